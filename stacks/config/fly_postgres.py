"""Configuration of PostgreSQL at Fly.io: Managed Postgres, whose plan decides nearly everything."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from policies.fly_offers import POSTGRES_PLANS, POSTGRES_REGIONS, PostgresPlan
from stacks.budget import Budget, Client, ProviderPool
from stacks.config.base import Model, Problem
from stacks.config.fly import AppName, FlyRegion
from stacks.config.neon import NeonReplicaConfig
from stacks.config.schema_register import SchemaRegister
from stacks.config.vendor import one_of, refused

_BY_PLAN = "database.plan decides it"
_UNMANAGED = (
    "an unmanaged cluster is Machines that nobody repairs, made by flyctl alone; database.plan basic is a primary "
    "and a standby of 2 shared CPUs and 1024 MiB each, with backups, and database.disk_gib 10 their disk"
)


class FlyPoolerConfig(Model):
    """Fly's own PgBouncer."""

    mode: Literal["transaction"] = Field(
        default="transaction", description="The only mode that lets many clients share few connections."
    )
    server_connections: Annotated[None, refused(_BY_PLAN)] = Field(
        default=None, description="Cannot be set: connections to PostgreSQL follow from database.plan."
    )
    client_connections: Annotated[None, refused(_BY_PLAN)] = Field(
        default=None, description="Cannot be set: clients that the pool takes follow from database.plan."
    )
    default_pool_size: Annotated[None, refused(_BY_PLAN)] = Field(
        default=None, description="Cannot be set: it follows from database.plan."
    )
    query_wait_timeout_seconds: Annotated[None, refused("Fly.io has no setting for it")] = Field(
        default=None, description="Cannot be set at Fly.io."
    )


class FlyPostgresConfig(SchemaRegister):
    """PostgreSQL at Fly.io, in the private network of the organization: nothing outside reaches it."""

    provider: Literal["fly"]
    plan: Annotated[str, one_of(tuple(POSTGRES_PLANS))] = Field(
        default="basic",
        description="Size of primary and standby, which fixes the connections: basic, starter, launch, scale, "
        "performance.",
    )
    region: FlyRegion | None = Field(
        default=None,
        description="Region of the primary, for its life; the first of fly.regions when left out.",
    )
    cluster_name: AppName | None = Field(
        default=None, description="Name of the cluster; <app>-<environment>-db when left out."
    )
    disk_gib: Annotated[int, Field(ge=10, le=500)] = Field(default=10, description="Disk of each server, GB.")
    postgres_version: Literal["16", "17"] = Field(default="17", description="Major version. It cannot change.")
    postgis: bool = Field(default=False, description="Whether PostGIS can be switched on. It cannot change.")
    direct_connections: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, description="Connections kept for clients that bypass the pool: migrations, people."
    )
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=30,
        description="After how long a statement is cancelled, in seconds. Fly's API cannot set it: a migration "
        "has to, by ALTER ROLE ... SET statement_timeout.",
    )
    pooler: FlyPoolerConfig = FlyPoolerConfig()
    cluster_size: Annotated[None, refused(_UNMANAGED)] = Field(
        default=None, description="Cannot be set: Managed Postgres is a primary and a standby."
    )
    vm_size: Annotated[None, refused(_UNMANAGED)] = Field(
        default=None, description="Cannot be set: database.plan is the size."
    )
    volume_gb: Annotated[None, refused(_UNMANAGED)] = Field(
        default=None, description="Cannot be set: database.disk_gib is the size."
    )
    protect: bool = Field(default=True, description="Refuse to delete the cluster: its backups go with it.")

    @property
    def size(self) -> PostgresPlan:
        """The plan's numbers."""
        return POSTGRES_PLANS[self.plan]

    @property
    def metrics(self) -> Literal["none"]:
        """Nothing measures it here: Fly's own dashboards do."""
        return "none"

    @property
    def replicas(self) -> list[NeonReplicaConfig]:
        """None that is offered: the standby answers nobody."""
        return []

    @property
    def max_connections(self) -> int:
        """Connections that PostgreSQL accepts, as far as is documented: the pool's, and those beside it."""
        return self.size.server_connections + self.size.reserve_connections + self.direct_connections

    def budget(self, clients: tuple[Client, ...]) -> Budget:
        """Return every number that decides whether the connections of `clients` fit."""
        return Budget(
            max_connections=self.max_connections,
            reserved_connections=self.size.reserve_connections,
            direct_connections=self.direct_connections,
            server_connections=self.size.server_connections,
            client_connections=self.size.client_connections,
            poolers=ProviderPool(size_key="database.plan", settable=False),
            clients=clients,
        )


def fly_postgres_problems(database: FlyPostgresConfig, regions: list[str]) -> Iterator[Problem]:
    """Yield what Fly.io does not offer; `regions` are those of the stack, none without the block fly."""
    region = database.region or next(iter(regions), None)
    if region is not None and region not in POSTGRES_REGIONS:
        state = "given" if database.region else "missing, and fly.regions begins with"
        yield "database.region", f"{state} {region!r}, allowed {', '.join(sorted(POSTGRES_REGIONS))}"
