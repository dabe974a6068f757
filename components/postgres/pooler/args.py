"""Arguments of the pooler."""

from msgspec import Struct, field

from components.alloy.sidecar import CollectingArgs
from components.aws.endpoints import DatabaseEndpoint
from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.aws.security_groups import Upstream
from components.postgres.pooler.pgbouncer import (
    DRAIN_LIMIT_SECONDS,
    IGNORED_PARAMETERS,
    STOP_TIMEOUT_SECONDS,
    PoolSize,
)
from observability.records.exporters import PgBouncerNames


class PoolerTimeouts(Struct, frozen=True, kw_only=True):
    """How long something may take before it is ended."""

    query_wait_timeout_seconds: int
    """How long a client waits for a connection before it gets an error, in seconds, 1 to 120."""
    statement_timeout_seconds: int
    """After how long PostgreSQL cancels a statement, in seconds: a leaving task waits for the last one."""
    server_idle_timeout_seconds: int
    """After how long an unused connection to PostgreSQL is closed, in seconds."""

    @property
    def drain_seconds(self) -> int:
        """How long a leaving task keeps its clients: one waits its longest, then runs its longest statement."""
        return self.query_wait_timeout_seconds + self.statement_timeout_seconds

    def __post_init__(self) -> None:
        """Refuse times in which a task would be killed with clients on it.

        Raises:
            ValueError: a client could wait longer than ECS or the load balancer leaves a task.

        """
        if self.query_wait_timeout_seconds > STOP_TIMEOUT_SECONDS:
            raise ValueError(
                f"query_wait_timeout_seconds is {self.query_wait_timeout_seconds}: a task has "
                f"{STOP_TIMEOUT_SECONDS} seconds to stop, so nobody can wait longer"
            )
        if self.drain_seconds > DRAIN_LIMIT_SECONDS:
            raise ValueError(
                f"statement_timeout_seconds is {self.statement_timeout_seconds}: with the wait it must stay "
                f"within {DRAIN_LIMIT_SECONDS} seconds, the longest that a successor can wait for a leaving task"
            )


class PoolerDeployment(Struct, frozen=True, kw_only=True):
    """How far the number of tasks may move during a deployment."""

    minimum_healthy_percent: int
    """Share of the tasks that must run, 0 to 100."""
    maximum_percent: int
    """Share of the tasks that may run; above 100 it multiplies the connections to PostgreSQL."""


class PoolerImages(Struct, frozen=True, kw_only=True):
    """Images of the task's containers."""

    pgbouncer: str
    """Image with `pgbouncer` 1.26.1 or later and a shell."""
    curl: str
    """Image with `curl` and a shell, for the certificate authorities."""
    psql: str
    """Image with `psql` 15 or later and a shell: makes the roles."""
    exporter: str
    """Image with pgbouncer_exporter, and busybox's `wget` and `grep` for the health check."""


class PoolerArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Pooler`."""

    service_name: str
    """Physical name of the ECS service, the dimension `ServiceName` of CloudWatch."""
    pool: PoolSize
    """Tasks, and the connections that they share."""
    timeouts: PoolerTimeouts
    """How long clients, statements and idle connections may take."""
    deployment: PoolerDeployment
    """How tasks are replaced."""
    database: DatabaseEndpoint
    """The primary, its owner and the database that clients name. Source: `Database.endpoint`."""
    application_role: str
    """PostgreSQL's role of the application, made by each task as the owner, and PgBouncer's user there."""
    reader_role: str | None = None
    """PostgreSQL's role that may only read, made likewise, for replicas; None where there are none."""
    placement: NetworkPlacement
    """Private subnets, in two zones or more where the pool has two tasks or more."""
    cluster: ClusterRef
    """The cluster that runs the tasks."""
    region: str
    """Region, for the log driver."""
    task: TaskArgs
    """Size of each task."""
    images: PoolerImages
    """Images of the task's containers."""
    authorities_url: str | None = None
    """Where `curl` finds Amazon's authorities; Amazon's own page on the internet when left out."""
    exporter_names: PgBouncerNames | None = None
    """Metric names of pgbouncer_exporter; None where nobody scrapes it."""
    upstreams: list[Upstream] = field(default_factory=list)
    """Further servers in the network that the tasks call. Source: `Network.upstreams`."""
    collecting: CollectingArgs | None = None
    """Where PgBouncer's numbers go; nowhere when left out, and then nobody outside the task sees them."""
    ignored_parameters: list[str] = field(default_factory=lambda: list(IGNORED_PARAMETERS))
    """Startup parameters that are accepted and dropped. Source: config
    `database.pooler.ignore_startup_parameters`."""
    protect: bool = True
    """Refuse to delete the load balancer: its host name stands in every task's `DATABASE_URL`."""

    def __post_init__(self) -> None:
        """Refuse several tasks in one zone, and roles that are not their own.

        Raises:
            ValueError: several tasks have one subnet, or two of owner, application and readers are one role.

        """
        if self.application_role == self.database.user:
            raise ValueError(f"application_role is {self.application_role}, the owner: it must be another role")
        if self.reader_role in (self.database.user, self.application_role):
            raise ValueError(f"reader_role is {self.reader_role}, which may write: it must be another role")
        subnets, tasks = self.placement.subnet_ids, self.pool.tasks
        if isinstance(subnets, list) and len(subnets) < min(tasks, 2):
            raise ValueError(f"subnet_ids has {len(subnets)}: {tasks} tasks need 2, in two zones")
