"""Who may log in to ElastiCache, and how a password is changed while clients are connected.

A password is named by a number. One number is the calm state; two are a rotation under way, in which both
passwords are accepted and the newer one is handed to clients. See docs/redis.md.
"""

from collections.abc import Sequence
from enum import StrEnum

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from msgspec import Struct

from components.redis.store import USER

PASSWORD_LENGTH = 64
"""Characters; ElastiCache takes 16 to 128. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html"""
GROUP_ENGINE = "redis"
"""Engine of user and group: Valkey accepts those of Redis too, so that an engine change leaves them alone.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
"""

ACCESS = "on ~* &* +@all -flushall -flushdb -swapdb"
"""Every key, channel and command, but those that lose all keys in one word."""


class AuthMode(StrEnum):
    """How clients prove who they are."""

    USER_GROUP = "user_group"
    """A user of its own with up to two passwords: role-based access control."""
    TOKEN = "token"  # noqa: S105  a mode, not a token
    """One password of the whole group, the older way; not on serverless."""


class AuthArgs(Struct, frozen=True, kw_only=True):
    """Who may log in."""

    mode: AuthMode = AuthMode.USER_GROUP
    """How clients prove who they are. Source: config `redis.NAME.auth.mode`."""
    credentials: Sequence[int] = (1,)
    """Numbers of the accepted passwords, the newest last: one, or two while a rotation is under way."""


def make_passwords(
    name: str, credentials: Sequence[int], opts: pulumi.ResourceOptions
) -> list[random.RandomPassword]:
    """Make one password for each number; a number that is removed removes its password."""
    return [
        random.RandomPassword(f"{name}-password-{number}", length=PASSWORD_LENGTH, special=False, opts=opts)
        for number in credentials
    ]


def make_user_group(
    name: str, identifier: str, passwords: Sequence[random.RandomPassword], opts: pulumi.ResourceOptions
) -> aws.elasticache.UserGroup:
    """Make a group whose only user needs one of `passwords`; `identifier` is the physical name of both."""
    user = aws.elasticache.User(
        f"{name}-user",
        user_id=identifier,
        # A group without a user of this name gets one from AWS that needs no password.
        user_name=USER,
        engine=GROUP_ENGINE,
        access_string=ACCESS,
        authentication_mode={"type": "password", "passwords": [password.result for password in passwords]},
        opts=opts,
    )
    return aws.elasticache.UserGroup(
        f"{name}-users", user_group_id=identifier, engine=GROUP_ENGINE, user_ids=[user.user_id], opts=opts
    )
