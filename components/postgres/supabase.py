"""PostgreSQL at Supabase, with Supabase's own pool, in the shape of every backend."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import pulumi
import pulumi_random as random
from msgspec import Struct, field

from components.aws.security_groups import Upstream
from components.aws.urls import escaped, postgres_url
from components.component import Component
from components.postgres.procedures import procedures
from components.postgres.rds.args import ConnectionAlertArgs
from components.postgres.store import Capacity
from components.postgres.supabase_checks import supabase_checks
from components.postgres.supabase_signals import supabase_signals
from observability import Board, Signals
from observability.records import rpc
from providers.supabase import resources as supabase
from providers.supabase.plans import COMPUTE, POOLER_PORT

SERVER_PORT = 5432
DATABASE, USER = "postgres", "postgres"
PASSWORD_LENGTH = 40


class SupabasePoolArgs(Struct, frozen=True, kw_only=True):
    """The pool."""

    server_connections: int
    """Connections to PostgreSQL, over all pairs. Source: config `database.pooler.server_connections`."""
    default_pool_size: int
    """Connections of each pair of user and database."""


class SupabaseReplicaArgs(Struct, frozen=True, kw_only=True):
    """One read replica."""

    purpose: str
    """What reads from it."""
    region: str
    """Its region."""


class SupabasePostgresArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `SupabasePostgres`."""

    project_name: str
    """Name of the project, for people."""
    organization: str
    """Slug of the organization that pays. Source: config `database.organization`."""
    region: str
    """Region, for example `us-west-1`."""
    postgres_engine: str
    """Major version: `15` or `17`."""
    compute: str
    """Size of the server: a key of `COMPUTE`."""
    pool: SupabasePoolArgs
    """The pool."""
    max_connections: int
    """Connections PostgreSQL accepts."""
    statement_timeout_seconds: int
    """After how long a statement is cancelled, in seconds."""
    allowed_cidrs: Sequence[pulumi.Input[str]]
    """Who may open a connection; empty for nobody."""
    auth_settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the authentication service, by the API's names."""
    auth_secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """The same, for secrets."""
    api_max_rows: int
    """Rows that PostgREST answers at the most."""
    addons: Sequence[str] = ()
    """What is bought beside the plan: `pitr_7`, `ipv4_default`."""
    function_secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Variables of edge functions."""
    public_key: bool = False
    """Whether somebody asks for the key that browsers have."""
    replicas: Sequence[SupabaseReplicaArgs] = ()
    """Read replicas."""
    password_generation: int = 1
    """Another number is another password."""
    connection_alerts: ConnectionAlertArgs | None = None
    """Thresholds of open connections, where the metrics store has the project's series."""
    rpc_observations: bool = False
    """Whether the application writes its remote calls to the table `rpc_observations`, and Grafana reads them."""
    protect: bool = True
    """Refuse to delete the project."""

    def __post_init__(self) -> None:
        """Refuse what Supabase cannot do.

        Raises:
            ValueError: the size does not exist, or has fewer connections.

        """
        if self.compute not in COMPUTE:
            raise ValueError(f"compute is {self.compute!r}: one of {', '.join(COMPUTE)}")
        if self.max_connections > COMPUTE[self.compute].max_connections:
            raise ValueError(f"max_connections is {self.max_connections}: {self.compute} has fewer connections")


class SupabasePostgres(Component):
    """One project. Stateful: deleting it deletes its backups too."""

    pooled_url: pulumi.Output[str]
    """Secret. URL of the pool in transaction mode, for all application queries."""
    direct_url: pulumi.Output[str]
    """Secret. URL of the server itself: migrations, LISTEN/NOTIFY. Over IPv6 alone, without the bought address."""
    host: pulumi.Output[str]
    """Host name of the pool."""
    port: pulumi.Output[int]
    """TCP port of the pool."""
    project_ref: pulumi.Output[str]
    """Reference of the project."""
    api_url: pulumi.Output[str]
    """Address of PostgREST, Auth, Storage and the edge functions."""
    anon_key: pulumi.Output[str]
    """Key by which browsers ask it, for everybody; empty where `public_key` is not asked for."""

    def __init__(self, name: str, args: SupabasePostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        password = random.RandomPassword(
            f"{name}-password",
            length=PASSWORD_LENGTH,
            special=False,
            keepers={"generation": str(args.password_generation)},
            opts=self._child(),
        )
        project = supabase.Project(
            f"{name}-project",
            name=args.project_name,
            organization_slug=args.organization,
            region=args.region,
            postgres_engine=args.postgres_engine,
            compute=args.compute,
            database_password=password.result,
            opts=self._child(protect=args.protect),
        )
        pooler = supabase.Pooler(
            f"{name}-pooler",
            project_ref=project.ref,
            pool_mode="transaction",
            default_pool_size=args.pool.default_pool_size,
            opts=self._child(),
        )
        self._settings(project, pooler)
        self._readers = {
            replica.purpose: supabase.ReadReplica(
                f"{name}-{replica.purpose}",
                project_ref=project.ref,
                region=replica.region,
                opts=self._child(protect=args.protect),
            )
            for replica in args.replicas
        }
        secret = escaped(password.result)
        self.pooled_url = _url(pooler.user, secret, pooler.host, POOLER_PORT)
        self.direct_url = _url(USER, secret, project.host, SERVER_PORT)
        self.host, self.port = pooler.host, pooler.port
        self.project_ref = project.ref
        self.api_url = pulumi.Output.concat("https://", project.ref, ".supabase.co")
        self.anon_key = pulumi.Output.from_input("")
        if args.public_key:
            self.anon_key = supabase.PublicKey(f"{name}-key", project_ref=project.ref, opts=self._child()).key
        self._reader_urls = {
            purpose: _url(it.user, secret, it.host, POOLER_PORT) for purpose, it in self._readers.items()
        }
        self._finish()

    def _settings(self, project: supabase.Project, pooler: supabase.Pooler) -> None:
        """Make the pages of settings, one after the other: most of them restart something."""
        name, args, ref = self._name, self._args, project.ref
        postgres = supabase.PostgresSettings(
            f"{name}-settings",
            project_ref=ref,
            settings={
                "max_connections": args.max_connections,
                "statement_timeout": f"{args.statement_timeout_seconds}s",
            },
            opts=self._child(depends_on=[pooler]),
        )
        tls = supabase.TlsEnforcement(
            f"{name}-tls", project_ref=ref, enforced=True, opts=self._child(depends_on=[postgres])
        )
        supabase.NetworkRestrictions(
            f"{name}-networks",
            project_ref=ref,
            # One by one: a rule sees those that are known.
            cidrs=cast("Sequence[str]", list(args.allowed_cidrs)),
            opts=self._child(depends_on=[tls]),
        )
        supabase.ApiSettings(f"{name}-api", project_ref=ref, max_rows=args.api_max_rows, opts=self._child())
        if args.auth_settings or args.auth_secrets:
            supabase.AuthSettings(
                f"{name}-auth",
                project_ref=ref,
                settings=dict(args.auth_settings),
                secrets=pulumi.Output.all(**args.auth_secrets) if args.auth_secrets else None,
                opts=self._child(),
            )
        for addon in args.addons:
            kind = addon.partition("_")[0]
            supabase.Addon(f"{name}-{kind}", project_ref=ref, variant=addon, opts=self._child())
        if args.function_secrets:
            supabase.FunctionSecrets(
                f"{name}-functions",
                project_ref=ref,
                secrets=pulumi.Output.all(**args.function_secrets),
                opts=self._child(),
            )

    @property
    def reader_urls(self) -> Mapping[str, pulumi.Output[str]]:
        """Secrets. URL of each read replica's pool by its purpose; the role is the project's own."""
        return self._reader_urls

    @property
    def capacity(self) -> Capacity:
        """Connections of server and pool."""
        return Capacity(
            max_connections=self._args.max_connections,
            server_connections=self._args.pool.server_connections,
            client_connections=COMPUTE[self._args.compute].client_connections,
        )

    def upstreams_for(self, *, pool: bool, readers: Collection[str]) -> Sequence[Upstream]:
        """Return the pool's port, outside the network; the replicas' is the same."""
        return [Upstream(role="database", security_group_id=None, port=POOLER_PORT)] if pool or readers else []

    @property
    def endpoint(self) -> None:
        """None: no exporter in the network reads it."""

    @property
    def secret_arns(self) -> Mapping[str, pulumi.Output[str]]:
        """None in AWS."""
        return {}

    @property
    def signals(self) -> Sequence[Signals]:
        """Signals of the project's own endpoint, where somebody scrapes it; checks."""
        alerts, found = self._args.connection_alerts, rpc.signals() if self._args.rpc_observations else ()
        if alerts:
            measured = supabase_signals(
                max_connections=self._args.max_connections, warning=alerts.warning, critical=alerts.critical
            )
            found = (*measured, *found)
        known = procedures(replicas=bool(self._args.replicas))
        checks = supabase_checks(self._name)
        return [Signals(subject="Database", board=Board.DATABASE, signals=found, checks=checks, procedures=known)]


def _url(
    user: pulumi.Input[str], password: pulumi.Output[str], host: pulumi.Output[str], port: int
) -> pulumi.Output[str]:
    return postgres_url(pulumi.Output.concat(user, ":", password), host, port, DATABASE)
