"""PostgreSQL at Neon, with Neon's own pool, in the shape of every backend."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, cast

import pulumi
from msgspec import Struct, field

from components.aws.security_groups import Upstream
from components.aws.urls import escaped, postgres_url
from components.component import Component
from components.postgres.procedures import procedures
from components.postgres.store import Capacity
from observability import Board, Check, Comparison, Group, Signals, Vendor, VendorQuestion, Wanted
from providers.neon import resources as neon
from providers.neon.plans import CLIENT_CONNECTIONS, POOL_FRACTION, max_connections

PORT = 5432
"""TCP port of PostgreSQL and of its pool, which is another host."""
PREVIEW_CU = 0.25
"""Size of a preview's compute."""
CHECKS = (
    Check(
        id="neon-up",
        group=Group.DATABASE,
        title="The compute is not suspended",
        question=VendorQuestion(
            vendor=Vendor.NEON,
            url="/projects/{id:footing-neon.Project database-project}/endpoints",
            path="endpoints[?type=='read_write' && (current_state != 'active' || disabled)].id",
            wanted=Wanted(Comparison.EMPTY),
        ),
        fix="Leave database.suspend never, which the plan free cannot.",
    ),
)


class NeonComputeArgs(Struct, frozen=True, kw_only=True):
    """A compute."""

    min_cu: float
    """Least compute units, of about 4 GB each."""
    max_cu: float
    """Most compute units."""
    suspend_timeout_seconds: int
    """Time without a query until it is suspended; -1 for never, 0 for Neon's own choice."""


class NeonReplicaArgs(Struct, frozen=True, kw_only=True):
    """One read replica."""

    purpose: str
    """What reads from it."""
    compute: NeonComputeArgs
    """Its compute."""


class NeonBranchArgs(Struct, frozen=True, kw_only=True):
    """One branch, for a preview."""

    name: str
    """Its name."""
    data: Literal["schema-only", "parent-data"]
    """Whether it has the rows too."""


class NeonPostgresArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `NeonPostgres`."""

    project_name: str
    """Name of the project, for people."""
    organization: str | None = None
    """Id of the organization that pays; the key's own without one. Source: config `database.organization`."""
    region: str
    """Region by Neon's name, for example `aws-us-west-2`."""
    postgres_version: int
    """Major version."""
    database_name: str
    """Database of the application."""
    username: str
    """Role of the application, who owns that database."""
    compute: NeonComputeArgs
    """Compute of the default branch."""
    history_retention_seconds: int
    """How far back data can be restored, in seconds."""
    allowed_cidrs: Sequence[pulumi.Input[str]] | None = None
    """Who may open a connection; None on a plan that cannot say it, where everybody may."""
    replicas: Sequence[NeonReplicaArgs] = field(default_factory=list)
    """Read replicas."""
    branches: Sequence[NeonBranchArgs] = field(default_factory=list)
    """Branches for previews."""
    protect: bool = True
    """Refuse to delete the project and its database."""

    def __post_init__(self) -> None:
        """Refuse a list of nobody.

        Raises:
            ValueError: Neon would take it for everybody.

        """
        if self.allowed_cidrs is not None and not self.allowed_cidrs:
            raise ValueError("allowed_cidrs is empty, which Neon takes for everybody: name ranges, or None")


class NeonPostgres(Component):
    """One project. Stateful: deleting it deletes its history too."""

    pooled_url: pulumi.Output[str]
    """Secret. URL of the pool in transaction mode, for all application queries."""
    direct_url: pulumi.Output[str]
    """Secret. URL of the server itself: migrations, LISTEN/NOTIFY."""
    host: pulumi.Output[str]
    """Host name of the pool."""
    port: pulumi.Output[int]
    """TCP port of the pool."""
    project_id: pulumi.Output[str]
    """Id of the project."""

    def __init__(self, name: str, args: NeonPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        compute, cidrs = args.compute, args.allowed_cidrs
        project = neon.Project(
            f"{name}-project",
            name=args.project_name,
            org_id=args.organization,
            region_id=args.region,
            pg_version=args.postgres_version,
            history_retention_seconds=args.history_retention_seconds,
            autoscaling_limit_min_cu=compute.min_cu,
            autoscaling_limit_max_cu=compute.max_cu,
            suspend_timeout_seconds=compute.suspend_timeout_seconds,
            # One by one: a rule sees those that are known.
            allowed_ips=None if cidrs is None else cast("Sequence[str]", list(cidrs)),
            allowed_ips_protected_branches_only=None if cidrs is None else False,
            opts=self._child(protect=args.protect),
        )
        role = neon.Role(
            f"{name}-role",
            project_id=project.id,
            branch_id=project.default_branch_id,
            name=args.username,
            opts=self._child(),
        )
        database = neon.Database(
            f"{name}-database",
            project_id=project.id,
            branch_id=project.default_branch_id,
            name=args.database_name,
            owner_name=role.name,
            opts=self._child(protect=args.protect),
        )
        login = pulumi.Output.concat(args.username, ":", escaped(role.password))
        readers = {it.purpose: self._reader(it, project, database) for it in args.replicas}
        for branch in args.branches:
            self._branch(branch, project, database)
        self.pooled_url = postgres_url(login, project.pooler_host, PORT, args.database_name)
        self.direct_url = postgres_url(login, project.host, PORT, args.database_name)
        self.host, self.port = project.pooler_host, pulumi.Output.from_input(PORT)
        self.project_id = project.id
        self._reader_urls = {
            purpose: postgres_url(login, it.pooler_host, PORT, args.database_name)
            for purpose, it in readers.items()
        }
        self._finish()

    def _reader(self, args: NeonReplicaArgs, project: neon.Project, database: neon.Database) -> neon.Endpoint:
        """Return a read-only compute of the default branch."""
        return neon.Endpoint(
            f"{self._name}-{args.purpose}",
            project_id=project.id,
            branch_id=project.default_branch_id,
            type="read_only",
            autoscaling_limit_min_cu=args.compute.min_cu,
            autoscaling_limit_max_cu=args.compute.max_cu,
            suspend_timeout_seconds=args.compute.suspend_timeout_seconds,
            opts=self._child(depends_on=[database]),
        )

    def _branch(self, args: NeonBranchArgs, project: neon.Project, database: neon.Database) -> None:
        """Make a copy with a compute that is suspended while nobody asks."""
        name = f"{self._name}-branch-{args.name}"
        branch = neon.Branch(
            name,
            project_id=project.id,
            name=args.name,
            parent_id=project.default_branch_id,
            init_source=args.data,
            opts=self._child(depends_on=[database], protect=False),
        )
        neon.Endpoint(
            f"{name}-compute",
            project_id=project.id,
            branch_id=branch.branch_id,
            type="read_write",
            autoscaling_limit_min_cu=PREVIEW_CU,
            autoscaling_limit_max_cu=PREVIEW_CU,
            suspend_timeout_seconds=0,
            opts=self._child(),
        )

    @property
    def reader_urls(self) -> Mapping[str, pulumi.Output[str]]:
        """Secrets. URL of each read replica's pool by its purpose; the role is the application's own."""
        return self._reader_urls

    @property
    def capacity(self) -> Capacity:
        """Connections of server and pool, which follow from the compute."""
        accepted = max_connections(self._args.compute.min_cu, self._args.compute.max_cu)
        return Capacity(
            max_connections=accepted,
            server_connections=int(accepted * POOL_FRACTION),
            client_connections=CLIENT_CONNECTIONS,
        )

    def upstreams_for(self, *, pool: bool, readers: Collection[str]) -> Sequence[Upstream]:
        """Return the pool's port, outside the network; the replicas' is the same."""
        return [Upstream(role="database", security_group_id=None, port=PORT)] if pool or readers else []

    @property
    def endpoint(self) -> None:
        """None: no exporter in the network reads it."""

    @property
    def secret_arns(self) -> Mapping[str, pulumi.Output[str]]:
        """None in AWS."""
        return {}

    @property
    def signals(self) -> Sequence[Signals]:
        """Checks; Neon's own dashboards have the metrics."""
        return [
            Signals(subject="Database", board=Board.DATABASE, checks=CHECKS, procedures=procedures(replicas=False))
        ]
