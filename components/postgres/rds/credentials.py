"""The master password: generated here, or made and rotated by RDS, which alone knows it."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from msgspec import Struct

from components.aws import secrets_manager
from components.aws.urls import escaped
from components.postgres.rds.args import DatabaseArgs


class StoredSecret(Struct, frozen=True, kw_only=True):
    """Where tasks read the password."""

    arn: pulumi.Output[str]
    """Secret with the key `password`."""
    version_id: pulumi.Output[str]
    """Version to name; empty for whichever is current when a task starts."""


class Generated:
    """A password of pulumi-random, in a secret of ours."""

    def __init__(self, name: str, args: DatabaseArgs, port: int, opts: pulumi.ResourceOptions) -> None:
        self._name, self._args, self._port, self._opts = name, args, port, opts
        self._password = random.RandomPassword(
            f"{name}-password",
            length=32,
            special=False,
            keepers={"generation": str(args.credentials.generation)},
            opts=opts,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """Arguments of the instance."""
        return {"password": self._password.result}

    @property
    def user_information(self) -> pulumi.Output[str]:
        """User and password as a URL holds them."""
        return pulumi.Output.concat(self._args.username, ":", escaped(self._password.result))

    def store(self, primary: aws.rds.Instance) -> StoredSecret:
        """Keep all that a client needs in one secret, and return it."""
        version = secrets_manager.make_secret(
            f"{self._name}-credentials",
            f"Owner of {self._args.database_name} on {self._args.identifier}",
            {
                "username": self._args.username,
                "password": self._password.result,
                "host": primary.address,
                "port": self._port,
                "dbname": self._args.database_name,
            },
            self._opts,
        )
        return StoredSecret(arn=version.secret_arn, version_id=version.version_id)


class Managed:
    """A password of RDS, in a secret of its own, rotated by AWS without a function of ours."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions) -> None:
        self._name, self._args, self._opts = name, args, opts

    @property
    def settings(self) -> dict[str, Any]:
        """Arguments of the instance."""
        return {"manage_master_user_password": True}

    @property
    def user_information(self) -> pulumi.Output[str]:
        """User alone: a URL that outlives a rotation cannot hold the password."""
        return pulumi.Output.from_input(self._args.username)

    def store(self, primary: aws.rds.Instance) -> StoredSecret:
        """Set how often the secret of RDS changes, and return it."""
        # A preview of the switch from a generated password still sees the old, empty list.
        arn = primary.master_user_secrets.apply(lambda found: str(found[0].secret_arn) if found else "")
        if self._args.credentials.rotation_days:
            aws.secretsmanager.SecretRotation(
                f"{self._name}-rotation",
                secret_id=arn,
                rotation_rules={"automatically_after_days": self._args.credentials.rotation_days},
                rotate_immediately=False,
                opts=self._opts,
            )
        return StoredSecret(arn=arn, version_id=pulumi.Output.from_input(""))
