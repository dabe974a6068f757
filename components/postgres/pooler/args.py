"""What the pooler is made from."""

from dataclasses import dataclass, field

import pulumi

from components.alloy.sidecar import CollectingArgs
from components.aws.fargate import TaskArgs
from components.aws.security_groups import Upstream
from observability.records.exporters import PgBouncerNames

STOP_TIMEOUT_SECONDS = 120
"""Longest time that ECS on Fargate leaves a task between SIGTERM and SIGKILL.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

DRAIN_LIMIT_SECONDS = 3600
"""Longest deregistration delay of a target group.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
"""


@dataclass(frozen=True, kw_only=True)
class PoolerArgs:
    """What `Pooler` is made from."""

    tasks: int
    """PgBouncer processes at rest; 2 or more where an outage matters. Source: config `database.pooler.tasks`."""
    server_connections: int
    """Connections all tasks together open to PostgreSQL; a multiple of `tasks`.

    Source: config `database.pooler.server_connections`.
    """
    client_connections: int
    """Clients all tasks together accept; a multiple of `tasks`."""
    minimum_healthy_percent: int
    """Share of `tasks` that must run during a deployment, 0 to 100."""
    maximum_percent: int
    """Share of `tasks` that may run during a deployment; above 100 it multiplies the connections."""
    query_wait_timeout_seconds: int
    """How long a client waits for a connection before it gets an error, in seconds, 1 to 120."""
    statement_timeout_seconds: int
    """After how long PostgreSQL cancels a statement, in seconds: a leaving task waits for the last one."""
    server_idle_timeout_seconds: int
    """After how long an unused connection to PostgreSQL is closed, in seconds."""
    image: str
    """Image with `pgbouncer` 1.21 or later and a shell."""
    prepare_image: str
    """Image with `curl` and a shell, for the certificate authorities."""
    authorities_url: str | None = None
    """Where `curl` finds Amazon's authorities; Amazon's own page on the internet when left out."""
    exporter_image: str
    """Image with pgbouncer_exporter, and busybox's `wget` and `grep` for the health check."""
    metrics: PgBouncerNames | None = None
    """What that exporter calls its metrics; None where nobody scrapes it."""
    task: TaskArgs
    """Size of each task."""
    cluster_arn: pulumi.Input[str]
    """Source: `Cluster.arn`."""
    cluster_name: str
    """Physical name of the cluster, for metrics."""
    service_name: str
    """Physical name of the ECS service, for metrics."""
    region: str
    """Region, for the log driver."""
    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets, in two zones or more where `tasks` is. Source: `Network.private_subnet_ids`."""
    database_name: str
    """Database that clients name."""
    database_user: str
    """User that clients name, and that PgBouncer uses."""
    database_host: pulumi.Input[str]
    """Source: `Database.address`."""
    database_port: int
    """TCP port of PostgreSQL."""
    database_secret_arn: pulumi.Input[str]
    """Secret with key `password`. Source: `Database.secret_arn`."""
    database_secret_version_id: pulumi.Input[str]
    """Source: `Database.secret_version_id`; empty for the version that is current when a task starts."""
    follow_rotation: bool = False
    """Replace the tasks after AWS has rotated that secret. Wanted where the version is empty."""
    database_security_group_id: pulumi.Input[str]
    """Source: `Database.security_group_id`."""
    upstreams: list[Upstream] = field(default_factory=list)
    """What else the tasks call inside the network. Source: `Network.upstreams`."""
    collecting: CollectingArgs | None = None
    """Where PgBouncer's numbers go; nowhere when left out, and then nobody outside the task sees them."""
    protect: bool = True
    """Refuse to delete the load balancer: its host name stands in every task's `DATABASE_URL`."""

    @property
    def drain_seconds(self) -> int:
        """How long a leaving task keeps its clients: one waits its longest, then runs its longest statement."""
        return self.query_wait_timeout_seconds + self.statement_timeout_seconds

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit each other.

        Raises:
            ValueError: `tasks` is below 1 or does not divide the connections, several tasks have one subnet, or
                a task would be killed with clients on it.

        """
        if self.tasks < 1:
            raise ValueError(f"tasks is {self.tasks}: at least 1 pooler must run")
        for shared in ("server_connections", "client_connections"):
            if getattr(self, shared) % self.tasks:
                raise ValueError(
                    f"{shared} is {getattr(self, shared)}: it must be a multiple of tasks, {self.tasks}"
                )
        if isinstance(self.subnet_ids, list) and len(self.subnet_ids) < min(self.tasks, 2):
            raise ValueError(f"subnet_ids has {len(self.subnet_ids)}: {self.tasks} tasks need 2, in two zones")
        if self.query_wait_timeout_seconds > STOP_TIMEOUT_SECONDS:
            raise ValueError(
                f"query_wait_timeout_seconds is {self.query_wait_timeout_seconds}: a task has "
                f"{STOP_TIMEOUT_SECONDS} seconds to stop, so nobody can wait longer"
            )
        if self.drain_seconds > DRAIN_LIMIT_SECONDS:
            raise ValueError(
                f"statement_timeout_seconds is {self.statement_timeout_seconds}: with the wait it must stay "
                f"within {DRAIN_LIMIT_SECONDS} seconds, the longest that a load balancer waits for a leaving task"
            )
