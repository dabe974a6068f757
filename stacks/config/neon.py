"""Configuration of PostgreSQL at Neon: its sizes, its plans, and what its pool does not let anybody set."""

from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from providers.neon.plans import (
    CLIENT_CONNECTIONS,
    COMPUTE_UNITS,
    LARGEST_AUTOSCALING_CU,
    NEVER_SUSPENDED,
    PLANS,
    POOL_FRACTION,
    QUERY_WAIT_TIMEOUT_SECONDS,
    REGIONS,
    RESERVED_CONNECTIONS,
    WIDEST_AUTOSCALING_CU,
    Plan,
    max_connections,
)
from stacks.budget import Budget, Client, ProviderPool
from stacks.config.base import UNIQUE, Model, Name, Problem
from stacks.config.schema_register import SchemaRegister
from stacks.config.vendor import Cidr, one_of, range_problems, refused

WEEK_DAYS, DAY_SECONDS = 7, 86_400


def _unit(value: float) -> float:
    if value not in COMPUTE_UNITS:
        raise PydanticCustomError("unit", "{units}", {"units": ", ".join(f"{it:g}" for it in COMPUTE_UNITS)})
    return value


ComputeUnits = Annotated[float, AfterValidator(_unit)]
"""Size of a compute: 0.25, 0.5, 1 to 16, or an even number up to 56."""


class NeonPoolerConfig(Model):
    """Neon's own pool, PgBouncer: nothing of it can be set."""

    mode: Literal["transaction"] = Field(default="transaction", description="The only mode that Neon's pool has.")
    server_connections: Annotated[
        None, refused("Neon takes 0.9 of max_connections, which database.min_cu and max_cu decide")
    ] = Field(default=None, description="Cannot be set at Neon: it follows from the compute.")
    client_connections: Annotated[None, refused(f"Neon's pool takes {CLIENT_CONNECTIONS} clients")] = Field(
        default=None, description=f"Cannot be set at Neon: it takes {CLIENT_CONNECTIONS}."
    )
    query_wait_timeout_seconds: Annotated[
        None, refused(f"a client of Neon's pool waits {QUERY_WAIT_TIMEOUT_SECONDS} seconds")
    ] = Field(default=None, description="Cannot be set at Neon.")
    server_idle_timeout_seconds: Annotated[None, refused("Neon has no setting for it")] = Field(
        default=None, description="Cannot be set at Neon."
    )


class NeonReplicaConfig(Model):
    """One read replica: a read-only compute of the same data."""

    purpose: Name = Field(description="What reads from it: browse, analytics.")
    min_cu: ComputeUnits | None = Field(default=None, description="Least size; the primary's when left out.")
    max_cu: ComputeUnits | None = Field(default=None, description="Most size; the primary's when left out.")


class NeonBranchConfig(Model):
    """A copy for a preview, with a small compute that is suspended while nobody asks."""

    name: Name = Field(description="Name of the branch.")
    data: Literal["schema-only", "parent-data"] = Field(
        default="schema-only", description="parent-data: with people's data, to whoever sees the preview."
    )


class NeonConfig(SchemaRegister):
    """PostgreSQL at Neon."""

    provider: Literal["neon"]
    organization: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")] | None = Field(
        default=None, description="Id of the organization that pays, org-...; the key's own when left out."
    )
    project_name: Annotated[str, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Name of the project; <app>-<environment> when left out."
    )
    region: Annotated[str, one_of(REGIONS)] | None = Field(
        default=None, description="Region by Neon's name, aws-us-east-1; the stack's when left out."
    )
    plan: Literal["free", "launch", "scale"] = Field(
        default="launch", description="Plan of the organization; it decides what can be had."
    )
    postgres_version: Literal["15", "16", "17"] = Field(
        default="17", description="Major version. It cannot change."
    )
    database_name: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,55}$")] | None = Field(
        default=None, description="Database of the application; `app` with underscores when left out."
    )
    username: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")] | None = Field(
        default=None, description="Role of the application, who owns the database; its name when left out."
    )
    min_cu: ComputeUnits = Field(
        default=1, description="Least compute units, of about 4 GB each; with max_cu it decides max_connections."
    )
    max_cu: ComputeUnits = Field(default=2, description="Most compute units, up to 8 more than min_cu.")
    suspend: Literal["never", "allowed"] = Field(
        default="never", description="allowed: a compute that nobody asks stops; the next query waits for it."
    )
    suspend_after_seconds: Annotated[int, Field(ge=60, le=604_800)] | None = Field(
        default=None, description="Time without a query until then, with suspend: allowed; Neon's when left out."
    )
    history_days: Annotated[int, Field(ge=1, le=30)] | None = Field(
        default=None, description="Days that can be restored to the second; 7, or the plan's, when left out."
    )
    direct_connections: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, description="Connections kept for clients that bypass the pool: migrations, people."
    )
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=30,
        description="After how long a statement is cancelled, in seconds. Neon's API cannot set it: a "
        "migration has to, by ALTER ROLE ... SET statement_timeout.",
    )
    pooler: NeonPoolerConfig = NeonPoolerConfig()
    allowed_cidrs: list[Cidr] = Field(
        default=[],
        description="Who may open a connection beside the stack's own NAT gateways, with plan scale: any "
        "other plan lets everybody ask for the password.",
    )
    replicas: list[NeonReplicaConfig] = Field(
        default=[], max_length=5, description="Read replicas by purpose; each has a pool of its own."
    )
    branches: Annotated[list[NeonBranchConfig], UNIQUE] = Field(
        default=[], max_length=24, description="Branches for previews."
    )
    protect: bool = Field(default=True, description="Refuse to delete the project: its history goes with it.")

    def budget(self, clients: tuple[Client, ...]) -> Budget:
        """Return every number that decides whether the connections of `clients` fit."""
        return Budget(
            max_connections=self.max_connections,
            reserved_connections=RESERVED_CONNECTIONS,
            direct_connections=self.direct_connections,
            server_connections=self.server_connections,
            client_connections=CLIENT_CONNECTIONS,
            poolers=ProviderPool(size_key="database.min_cu", settable=False),
            clients=clients,
        )

    @property
    def metrics(self) -> Literal["none"]:
        """Nothing measures it here."""
        return "none"

    @property
    def max_connections(self) -> int:
        """Connections that PostgreSQL accepts."""
        return max_connections(self.min_cu, self.max_cu)

    @property
    def server_connections(self) -> int:
        """Connections that the pool opens for the application's role and database."""
        return int(self.max_connections * POOL_FRACTION)

    @property
    def suspend_timeout_seconds(self) -> int:
        """Time until a compute is suspended, by Neon's numbers: -1 for never, 0 for its own choice."""
        return NEVER_SUSPENDED if self.suspend == "never" else self.suspend_after_seconds or 0

    @property
    def history_retention_seconds(self) -> int:
        """How far back data can be restored."""
        days = self.history_days or WEEK_DAYS
        most = PLANS[self.plan].history_retention_seconds
        return days * DAY_SECONDS if self.history_days else min(most, days * DAY_SECONDS)

    def replica_connections(self, replica: NeonReplicaConfig) -> int:
        """Return what a replica accepts."""
        return max_connections(replica.min_cu or self.min_cu, replica.max_cu or self.max_cu)


def neon_problems(database: NeonConfig, region: str, gateways: int) -> Iterator[Problem]:
    """Yield every way in which the project's settings do not fit each other, its plan, or Neon.

    `gateways` is how many NAT gateways the stack has.
    """
    if database.region is None and f"aws-{region}" not in REGIONS:
        yield "database.region", f"missing; required where Neon has no region aws-{region}: {', '.join(REGIONS)}"
    yield from _size_problems("database", database.min_cu, database.max_cu, database)
    for number, it in enumerate(database.replicas):
        low, high = it.min_cu or database.min_cu, it.max_cu or database.max_cu
        if it.min_cu or it.max_cu:
            yield from _size_problems(f"database.replicas.{number}", low, high, database)
    purposes = [replica.purpose for replica in database.replicas]
    if len(set(purposes)) != len(purposes):
        yield "database.replicas", f"given the purposes {', '.join(purposes)}, allowed each purpose once"
    names = [branch.name for branch in database.branches]
    if len(set(names)) != len(names):
        yield "database.branches", f"given the names {', '.join(names)}, allowed each name once"
    yield from _plan_problems(database, gateways)
    yield from range_problems("database.allowed_cidrs", database.allowed_cidrs)


def _smallest(can: Callable[[Plan], bool]) -> str:
    """Return the smallest plan that can do something."""
    return next(name for name, it in PLANS.items() if can(it))


def _size_problems(key: str, low: float, high: float, database: NeonConfig) -> Iterator[Problem]:
    """Yield what no compute can be, or none of the plan."""
    plan = PLANS[database.plan]
    widest = min(LARGEST_AUTOSCALING_CU, low + WIDEST_AUTOSCALING_CU)
    if low != high and not low <= high <= widest:
        allowed = f"min_cu to {widest:g}" if low < LARGEST_AUTOSCALING_CU else "the same as min_cu"
        yield f"{key}.max_cu", f"given {high:g} with min_cu {low:g}, allowed {allowed}"
        return
    most = plan.fixed_cu if low == high else plan.autoscaling_cu
    if high > most:
        smallest = _smallest(lambda it: high <= (it.fixed_cu if low == high else it.autoscaling_cu))
        yield f"{key}.max_cu", f"given {high:g}, allowed up to {most} with plan {database.plan}: {smallest} has it"
    if high > LARGEST_AUTOSCALING_CU and database.suspend == "allowed":
        yield f"{key}.max_cu", f"given {high:g}, allowed up to {LARGEST_AUTOSCALING_CU} with suspend: allowed"


def _plan_problems(database: NeonConfig, gateways: int) -> Iterator[Problem]:
    """Yield what the plan cannot do, with the smallest that can."""
    name, plan = database.plan, PLANS[database.plan]
    if database.suspend == "never" and not plan.can_stay_up:
        smallest = _smallest(lambda it: it.can_stay_up)
        problem = (
            f"given never with plan {name}, allowed 'allowed', typed out: its compute stops after "
            f"{plan.suspend_timeout_seconds[0]} seconds without a query; {smallest} is the smallest that stays up"
        )
        yield "database.suspend", problem
    if (seconds := database.suspend_after_seconds) is not None:
        least, most = plan.suspend_timeout_seconds
        if database.suspend == "never":
            yield "database.suspend_after_seconds", "given with suspend: never, allowed with suspend: allowed"
        elif not least <= seconds <= most:
            smallest = _smallest(
                lambda it: it.suspend_timeout_seconds[0] <= seconds <= it.suspend_timeout_seconds[1]
            )
            problem = f"given {seconds} with plan {name}, which has {least}, allowed with {smallest}"
            yield "database.suspend_after_seconds", problem
    if (days := database.history_days) and days * DAY_SECONDS > plan.history_retention_seconds:
        smallest = _smallest(lambda it: days * DAY_SECONDS <= it.history_retention_seconds)
        hours = plan.history_retention_seconds // 3600
        yield (
            "database.history_days",
            f"given {days}, allowed up to {hours} hours with plan {name}: {smallest} is the smallest that has it",
        )
    if len(database.branches) >= plan.branches:
        most = plan.branches - 1
        yield "database.branches", f"given {len(database.branches)}, allowed up to {most} with plan {name}"
    if not plan.allowed_ips and database.allowed_cidrs:
        smallest = _smallest(lambda it: it.allowed_ips)
        yield (
            "database.allowed_cidrs",
            f"given with plan {name}, allowed with {smallest}, the smallest that has it",
        )
    if plan.allowed_ips and not database.allowed_cidrs and not gateways:
        problem = "missing; required where the stack has no NAT gateway of its own: Neon takes none for everybody"
        yield "database.allowed_cidrs", problem
