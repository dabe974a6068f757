"""What the pooler is made from."""

from dataclasses import dataclass

import pulumi

from components._fargate import TaskArgs


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
    """How long a client waits for a connection before it gets an error, in seconds."""
    server_idle_timeout_seconds: int
    """After how long an unused connection to PostgreSQL is closed, in seconds."""
    image: str
    """Image with `pgbouncer` 1.21 or later and a shell."""
    prepare_image: str
    """Image with `curl` and a shell, for the certificate authorities."""
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
    """Private subnets. Source: `Network.private_subnet_ids`."""
    database_name: str
    """Database that clients name."""
    database_user: str
    """User that clients name, and that PgBouncer uses."""
    database_host: pulumi.Input[str]
    """Source: `Database.address`."""
    database_port: int
    """TCP port of PostgreSQL."""
    database_password: pulumi.Input[str]
    """Secret. Source: `Database.password`."""
    database_secret_arn: pulumi.Input[str]
    """Secret with key `password`. Source: `Database.secret_arn`."""
    database_secret_version_id: pulumi.Input[str]
    """Source: `Database.secret_version_id`."""
    database_security_group_id: pulumi.Input[str]
    """Source: `Database.security_group_id`."""

    def __post_init__(self) -> None:
        """Refuse numbers that the tasks cannot share equally.

        Raises:
            ValueError: `tasks` is below 1, or does not divide the connections.

        """
        if self.tasks < 1:
            raise ValueError(f"tasks is {self.tasks}: at least 1 pooler must run")
        for field in ("server_connections", "client_connections"):
            if getattr(self, field) % self.tasks:
                raise ValueError(
                    f"{field} is {getattr(self, field)}: it must be a multiple of tasks, {self.tasks}"
                )
