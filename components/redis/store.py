"""What every backend of Redis takes and offers, so that the rest of a program need not know which one it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pulumi

from components.aws.security_groups import Upstream
from observability import Signals

USER = "default"
"""The user that a client without a user name logs in as; every backend knows it."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a store is made, and under which name; a backend outside the network needs the name alone."""

    store_name: str
    """Physical name, up to 40 characters. Never changed: a new one is a new store."""
    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets. Source: `Network.private_subnet_ids`."""


class RedisStore(Protocol):
    """One output shape for every backend."""

    @property
    def url(self) -> pulumi.Output[str]:
        """Secret. `rediss://` URL with user and password; takes reads and writes."""

    @property
    def reader_url(self) -> pulumi.Output[str]:
        """Secret. The same, for reads that may be a moment late."""

    @property
    def host(self) -> pulumi.Output[str]:
        """Host name that takes writes."""

    @property
    def port(self) -> pulumi.Output[int]:
        """TCP port, TLS only."""

    @property
    def upstreams(self) -> Sequence[Upstream]:
        """Doors in the network that clients open; none for a store outside."""

    @property
    def signals(self) -> Signals:
        """What to watch."""


def url(password: pulumi.Output[str], host: pulumi.Input[str], port: pulumi.Input[Any]) -> pulumi.Output[str]:
    """Connection URL over TLS; a secret. `password` holds nothing that a URL would need escaped."""
    return pulumi.Output.secret(pulumi.Output.format("rediss://{0}:{1}@{2}:{3}", USER, password, host, port))
