"""PostgreSQL at Fly.io: Managed Postgres with Fly's own pool, in the shape of every backend."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_fly_machines.postgres.v1 as fly
from msgspec import Struct

from components.aws.security_groups import Upstream
from components.aws.urls import escaped
from components.component import Component
from components.postgres.procedures import procedures
from components.postgres.store import Capacity
from observability import Board, ByHand, Check, Group, Signals

CHECKS = (
    Check(
        id="fly-postgres-backups",
        group=Group.DATABASE,
        title="The newest backup is younger than a day",
        question=ByHand("fly mpg backup list"),
        fix="Ask Fly.io: backups are the plan's, and nothing here sets them.",
    ),
)


class FlyPostgresArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `FlyPostgres`."""

    cluster_name: str
    """Name of the cluster. Source: config `database.cluster_name`."""
    organization: str
    """Slug of the organization. Source: config `fly.organization`."""
    region: str
    """Region of the primary. Source: config `database.region`."""
    plan: str
    """`basic`, `starter`, `launch`, `scale` or `performance`. Source: config `database.plan`."""
    disk_gib: int
    """Disk of each server. Source: config `database.disk_gib`."""
    postgres_version: str
    """Major version: `16` or `17`. Source: config `database.postgres_version`."""
    postgis: bool = False
    """Whether PostGIS can be switched on. Source: config `database.postgis`."""
    database_name: str
    """Database of the application, and its user."""
    max_connections: int
    """Connections that PostgreSQL accepts, as far as is documented."""
    server_connections: int
    """Connections that the plan's pool opens."""
    client_connections: int
    """Clients that the plan's pool takes."""
    protect: bool = True
    """Refuse to delete the cluster and its database: the backups go with them."""


class FlyPostgres(Component):
    """One cluster. Stateful: deleting it deletes its backups too."""

    pooled_url: pulumi.Output[str]
    """Secret. URL of the pool in transaction mode, for all application queries."""
    direct_url: pulumi.Output[str]
    """Secret. URL of the server itself: migrations, LISTEN/NOTIFY."""
    host: pulumi.Output[str]
    """Host name of the pool, in the organization's private network."""
    port: pulumi.Output[int]
    """TCP port of the pool."""
    cluster_id: pulumi.Output[str]
    """Id of the cluster."""

    def __init__(self, name: str, args: FlyPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        cluster = fly.Postgres(
            f"{name}-cluster",
            name=args.cluster_name,
            org_slug=args.organization,
            region=args.region,
            # Its word for the largest plan begins with a capital.
            plan=next(it for it in fly.Plan if it.value.lower() == args.plan),
            disk_size_gb=args.disk_gib,
            pg_major_version=fly.PgMajorVersion(args.postgres_version),
            pool_mode=fly.PoolMode.TRANSACTION,
            postgis_enabled=args.postgis,
            opts=self._child(protect=args.protect),
        )
        database = fly.PostgresDatabase(
            f"{name}-database",
            postgres_cluster_id=cluster.id,
            name=args.database_name,
            opts=self._child(protect=args.protect),
        )
        user = fly.PostgresUser(
            f"{name}-user",
            postgres_cluster_id=cluster.id,
            username=args.database_name.replace("_", "-"),
            role=fly.Role.SCHEMA_ADMIN,
            opts=self._child(depends_on=[database]),
        )
        # The answer that makes a user has no password: it is asked for by itself, and is a secret from here on.
        asked = fly.get_postgres_users_credential_output(
            postgres_cluster_id=cluster.id,
            username=user.username,
            opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[user]),
        )
        told: pulumi.Output[str] = asked.apply(lambda it: str(it.data.password) if it.data else "")
        password: pulumi.Output[str] = pulumi.Output.secret(told)
        login = pulumi.Output.concat(user.username, ":", escaped(password))
        data: Any = cluster.data
        pooler, direct = data.endpoints.primary.pooler, data.endpoints.primary.direct
        self.host, self.port = pooler.apply(lambda it: str(it.host)), pooler.apply(lambda it: int(it.port))
        self.pooled_url = _url(login, self.host, self.port, args.database_name)
        direct_host, direct_port = direct.apply(lambda it: str(it.host)), direct.apply(lambda it: int(it.port))
        self.direct_url = _url(login, direct_host, direct_port, args.database_name)
        self.cluster_id = cluster.id.apply(str)
        self._finish()

    @property
    def reader_urls(self) -> Mapping[str, pulumi.Output[str]]:
        """None: the standby answers nobody."""
        return {}

    @property
    def capacity(self) -> Capacity:
        """Connections of server and pool, which follow from the plan."""
        return Capacity(
            max_connections=self._args.max_connections,
            server_connections=self._args.server_connections,
            client_connections=self._args.client_connections,
        )

    def upstreams_for(self, *, pool: bool, readers: Collection[str]) -> Sequence[Upstream]:  # noqa: ARG002
        """Return none: nothing in the VPC reaches the private network of the organization."""
        return []

    @property
    def endpoint(self) -> None:
        """None: no exporter in the VPC reads it."""

    @property
    def secret_arns(self) -> Mapping[str, pulumi.Output[str]]:
        """None in AWS."""
        return {}

    @property
    def signals(self) -> Sequence[Signals]:
        """Checks; Fly's own dashboards have the metrics."""
        return [
            Signals(subject="Database", board=Board.DATABASE, checks=CHECKS, procedures=procedures(replicas=False))
        ]


def _url(
    login: pulumi.Output[str], host: pulumi.Output[str], port: pulumi.Output[int], database: str
) -> pulumi.Output[str]:
    """Return a secret URL. `require`: its certificate is of a name of the private network."""
    url: pulumi.Output[str] = pulumi.Output.concat(
        "postgresql://", login, "@", host, ":", port.apply(str), f"/{database}"
    )
    return pulumi.Output.secret(pulumi.Output.concat(url, "?sslmode=require"))
