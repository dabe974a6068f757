"""How a program reaches PostgreSQL itself, as one group of arguments."""

import pulumi
from msgspec import Struct

from components.aws.secrets_manager import reference
from components.aws.security_groups import Upstream


class DatabaseEndpoint(Struct, frozen=True, kw_only=True):
    """A PostgreSQL server inside the network, without a pooler in between."""

    host: pulumi.Input[str]
    """Host name. Source: `Database.address`."""
    port: int
    """TCP port."""
    database_name: str
    """Database on the server."""
    user: str
    """Owner of that database."""
    secret_arn: pulumi.Input[str]
    """Secret with the key `password` of `user`. Source: `Database.secret_arn`."""
    secret_version_id: pulumi.Input[str]
    """Version of the secret; empty for the one that is current when a task starts.

    Source: `Database.secret_version_id`.
    """
    security_group_id: pulumi.Input[str]
    """Group in front of the server. Source: `Database.security_group_id`."""

    def owner_login(
        self, authorities_file: str
    ) -> tuple[dict[str, pulumi.Input[str]], dict[str, pulumi.Input[str]]]:
        """Return libpq's variables with which a container is the owner: plain ones, and references."""
        variables: dict[str, pulumi.Input[str]] = {
            "PGDATABASE": self.database_name,
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": authorities_file,
            "PGUSER": self.user,
        }
        return variables, {"PGPASSWORD": reference(self.secret_arn, "password", self.secret_version_id)}

    @property
    def upstream(self) -> Upstream:
        """Return the server as a client's security group names it."""
        return Upstream(role="database", security_group_id=self.security_group_id, port=self.port)
