"""Configuration of PostgreSQL whose provider runs the pooler too: Supabase."""

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from policies import limits
from providers.supabase.plans import COMPUTE, PLANS, REGIONS, WITHOUT_RECOVERY
from stacks.budget import Budget, Client, ProviderPool
from stacks.config.base import EntryName, Model, Name, Problem, VariableName, Within
from stacks.config.request_limits import RESOURCES_VARIABLE, ResourceLimitConfig, counting_problems
from stacks.config.schema_register import SchemaRegister
from stacks.config.vendor import Cidr, one_of, range_problems, refused

STORE = "redis."
"""Begin of a source that is a store's URL."""
FUNCTION_SOURCE = r"^(config|redis\.[a-z][a-z0-9-]{0,15})$"
FunctionSecret = Annotated[str, Field(pattern=FUNCTION_SOURCE)]
"""Where the value of a function's variable comes from."""


def _fixed_clients(given: Any) -> None:
    """Refuse a number of clients, with the smallest size whose pool takes as many. Source: C-30."""
    if given is None:
        return
    fitting = [(name, it.client_connections) for name, it in COMPUTE.items() if type(given) is int]
    size, most = next((it for it in fitting if it[1] >= given), (tuple(COMPUTE)[-1], 0))
    smallest = f"{size}, for {most}, is the smallest that takes so many" if most else f"{size} takes the most"
    words = f"left out: Supabase fixes it by database.compute: {smallest}"
    raise PydanticCustomError("refused", "{words}", {"words": words})


class ManagedPoolerConfig(Model):
    """The provider's own pool."""

    mode: Literal["transaction"] = Field(
        default="transaction", description="The only mode that lets many clients share few connections."
    )
    server_connections: Annotated[int, Within(limits.POOL_SERVER_CONNECTIONS)] = Field(
        default=80, description="Connections that the pool opens to PostgreSQL, over all pairs."
    )
    user_database_pairs: int = Field(
        default=1,
        ge=1,
        le=20,
        description="Pairs of user and database that come over the pool: each has an equal part of "
        "server_connections, which Supabase calls default_pool_size.",
    )
    dedicated: bool = Field(
        default=False,
        description="Whether the dedicated pooler is on as well: it opens as many connections again.",
    )
    default_pool_size: Annotated[int, Field(ge=1, le=3000)] | None = Field(
        default=None,
        description="Connections of each pair, for a check: server_connections over user_database_pairs is it.",
    )
    client_connections: Annotated[None, BeforeValidator(_fixed_clients)] = Field(
        default=None, description="Cannot be set: clients that the pool takes follow from database.compute."
    )
    query_wait_timeout_seconds: Annotated[None, refused("Supabase has no setting for it")] = Field(
        default=None, description="Cannot be set at Supabase."
    )
    server_idle_timeout_seconds: Annotated[None, refused("Supabase has no setting for it")] = Field(
        default=None, description="Cannot be set at Supabase."
    )

    @property
    def pool_size(self) -> int:
        """Connections of each pair."""
        return self.server_connections // self.user_database_pairs


class SupabaseReplicaConfig(Model):
    """One read replica."""

    purpose: Name = Field(description="What reads from it: browse, analytics.")
    region: Annotated[str, one_of(REGIONS)] | None = Field(
        default=None, description="Its region; the project's when left out."
    )


class SupabaseAuthConfig(Model):
    """Limits of Supabase's authentication service; those that are left out stay as they are."""

    rate_limits: dict[
        Literal["anonymous_users", "email_sent", "otp", "sms_sent", "token_refresh", "verify", "web3"],
        Annotated[int, Field(ge=1)],
    ] = Field(default={}, description="Requests an hour or in five minutes, by Supabase's names: token_refresh.")
    captcha_provider: Literal["turnstile", "hcaptcha"] | None = Field(
        default=None, description="Challenge before signing in, if wanted."
    )
    captcha_secret: VariableName | None = Field(
        default=None, description="Name of its key under `footing:secrets`; required with captcha_provider."
    )
    disable_signup: bool = Field(default=False, description="Whether nobody new may sign up.")


class SupabaseConfig(SchemaRegister):
    """PostgreSQL at Supabase."""

    provider: Literal["supabase"]
    organization: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] = Field(description="Organization that pays.")
    project_name: Annotated[str, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Name of the project; <app>-<environment> when left out."
    )
    region: Annotated[str, one_of(REGIONS)] | None = Field(
        default=None, description="Region of the project; the stack's when left out."
    )
    plan: Literal["free", "pro", "team", "enterprise"] = Field(
        default="pro", description="Plan of the organization; it decides what can be bought."
    )
    compute: Annotated[str, one_of(tuple(COMPUTE))] | None = Field(
        default=None,
        description="Size of the server, which fixes the clients of its pool; the smallest that has "
        "max_connections when left out.",
    )
    postgres_version: Literal["15", "17"] = Field(default="17", description="Major version. It cannot change.")
    max_connections: Annotated[int, Within(limits.POSTGRES_MAX_CONNECTIONS)] = Field(
        default=limits.POSTGRES_MAX_CONNECTIONS.maximum, description="Connections PostgreSQL accepts."
    )
    direct_connections: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, description="Connections kept for clients that bypass the pool: migrations, people."
    )
    platform_connections: Annotated[int, Field(ge=0, le=200)] = Field(
        default=30,
        description="Connections that Supabase's own services hold past the pool: PostgREST, Auth, Storage, "
        "Realtime.",
    )
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=30, description="After how long a statement is cancelled, in seconds."
    )
    pooler: ManagedPoolerConfig = ManagedPoolerConfig()
    allowed_cidrs: list[Cidr] = Field(
        default=[],
        description="Who may open a connection beside the stack's own NAT gateways: nobody when left out. The "
        "HTTP APIs stay open to all.",
    )
    enforce_tls: Literal[True] = Field(default=True, description="Connections without TLS are refused.")
    pitr_days: Literal[7, 14, 28] | None = Field(
        default=None, description="Days that can be restored to the second, bought beside the plan."
    )
    ipv4_address: bool = Field(
        default=False,
        description="An IPv4 address for the server itself, bought: without it its door is IPv6 alone.",
    )
    auth: SupabaseAuthConfig = SupabaseAuthConfig()
    advisor_findings_max: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None,
        description="Findings of Supabase's security advisor at the most, those of PostGIS among them; not "
        "counted when left out. Others than those of PostGIS are never accepted.",
    )
    api_max_rows: Annotated[int, Field(ge=1, le=1000000)] = Field(
        default=1000, description="Rows that PostgREST answers at the most."
    )
    function_secrets: dict[VariableName, FunctionSecret] = Field(
        default={},
        description="Variables of edge functions: config for the value under `footing:secrets`, redis.NAME "
        "for the URL of a store.",
    )
    function_limits: dict[EntryName, ResourceLimitConfig] = Field(
        default={},
        max_length=50,
        description="How often one may do one thing by edge functions, by name (search, upload), as JSON in "
        "their variable RESOURCE_LIMITS.",
    )
    replicas: list[SupabaseReplicaConfig] = Field(
        default=[], max_length=2, description="Read replicas by purpose; each has a door of its own."
    )
    metrics: Literal["none", "supabase"] = Field(
        default="none", description="supabase: whether the metrics store has the series of the project's endpoint."
    )
    password_generation: int = Field(default=1, ge=1, description="Raise it to generate a new password.")
    protect: bool = Field(default=True, description="Refuse to delete the project: its backups go with it.")

    @property
    def size(self) -> str:
        """Size of the server."""
        fitting = (name for name, it in COMPUTE.items() if it.max_connections >= self.max_connections)
        return self.compute or next(fitting, tuple(COMPUTE)[-1])

    @property
    def client_connections(self) -> int:
        """Clients that the pool takes."""
        return COMPUTE[self.size].client_connections

    def budget(self, clients: tuple[Client, ...]) -> Budget:
        """Return every number that decides whether the connections of `clients` fit."""
        return Budget(
            max_connections=self.max_connections,
            reserved_connections=limits.SUPERUSER_RESERVED_CONNECTIONS + self.platform_connections,
            direct_connections=self.direct_connections,
            server_connections=self.pooler.server_connections,
            client_connections=self.client_connections,
            poolers=ProviderPool(poolers=2 if self.pooler.dedicated else 1),
            clients=clients,
        )

    @property
    def functions_reach_redis(self) -> bool:
        """Whether edge functions know the URL of a store."""
        return any(it.startswith(STORE) for it in self.function_secrets.values())

    @property
    def secret_names(self) -> list[str]:
        """Names under `footing:secrets` that the project needs."""
        own = [name for name, source in self.function_secrets.items() if source == "config"]
        return [*own, *([self.auth.captcha_secret] if self.auth.captcha_secret else [])]


def supabase_problems(database: SupabaseConfig, region: str, stores: Collection[str]) -> Iterator[Problem]:
    """Yield every way in which the project's settings do not fit each other, or the vendor.

    `stores` are names under `redis` whose URL the stack knows.
    """
    for name, source in database.function_secrets.items():
        if source != "config" and source.removeprefix(STORE) not in stores:
            known = ", ".join(["config", *(f"{STORE}{it}" for it in stores)])
            yield f"database.function_secrets.{name}", f"given {source}, allowed {known}"
    if database.function_limits and RESOURCES_VARIABLE in database.function_secrets:
        yield f"database.function_secrets.{RESOURCES_VARIABLE}", "given, allowed without database.function_limits"
    yield from counting_problems(
        "database.function_limits", database.function_limits, store=database.functions_reach_redis
    )
    if database.region is None and region not in REGIONS:
        yield "database.region", f"missing; required where Supabase has no region {region}: {', '.join(REGIONS)}"
    pooler = database.pooler
    if pooler.server_connections % pooler.user_database_pairs:
        problem = f"given {pooler.server_connections}, allowed a multiple of user_database_pairs"
        yield "database.pooler.server_connections", f"{problem}, {pooler.user_database_pairs}"
    elif pooler.default_pool_size not in (None, pooler.pool_size):
        wanted, pairs = pooler.default_pool_size, pooler.user_database_pairs
        each = f"server_connections {pooler.server_connections} over user_database_pairs {pairs}"
        problem = f"given {wanted}, allowed {pooler.pool_size}, which is {each}: {wanted} for each of {pairs}"
        yield "database.pooler.default_pool_size", f"{problem} is server_connections {(wanted or 0) * pairs}"
    yield from _size_problems(database)
    if not PLANS[database.plan].addons:
        yield from _free_problems(database)
    if (database.auth.captcha_provider is None) is not (database.auth.captcha_secret is None):
        yield "database.auth.captcha_secret", "given or missing alone, allowed together with captcha_provider"
    purposes = [replica.purpose for replica in database.replicas]
    if len(set(purposes)) != len(purposes):
        yield "database.replicas", f"given the purposes {', '.join(purposes)}, allowed each purpose once"
    yield from range_problems("database.allowed_cidrs", database.allowed_cidrs)


def _size_problems(database: SupabaseConfig) -> Iterator[Problem]:
    """Yield what the server's size cannot do."""
    size, wanted = database.size, database.max_connections
    if wanted > COMPUTE[size].max_connections:
        fitting = [name for name, it in COMPUTE.items() if it.max_connections >= wanted]
        way_out = (
            f"{fitting[0]} or larger" if fitting else f"none: the largest has {COMPUTE[size].max_connections}"
        )
        problem = f"given {size}, which has {COMPUTE[size].max_connections} connections, allowed {way_out}"
        yield "database.compute", f"{problem} with database.max_connections {wanted}"
    if database.pitr_days and size in WITHOUT_RECOVERY:
        yield "database.pitr_days", f"given with compute {size}, allowed with small or larger"


def _free_problems(database: SupabaseConfig) -> Iterator[Problem]:
    """Yield what the plan free cannot do."""
    bought = {
        "compute": database.compute not in (None, *WITHOUT_RECOVERY),
        "pitr_days": database.pitr_days is not None,
        "ipv4_address": database.ipv4_address,
        "replicas": bool(database.replicas),
    }
    for key in (key for key, given in bought.items() if given):
        yield f"database.{key}", f"given with plan {database.plan}, allowed with pro, the smallest that has it"
    most = COMPUTE[WITHOUT_RECOVERY[0]].max_connections
    if database.max_connections > most:
        problem = f"given {database.max_connections}, allowed up to {most} with plan {database.plan}"
        yield "database.max_connections", f"{problem}: pro is the smallest with a larger server"
