"""Arguments of everything that runs the application: web services, workers, jobs and standalone tasks."""

from collections.abc import Mapping

import pulumi
from msgspec import Struct, field

from components.alloy.sidecar import CollectingArgs
from components.aws.datadog_agent import AgentArgs
from components.aws.fargate import TaskArgs
from components.aws.load_balancers import LoadBalancerRef
from components.aws.placement import ClusterRef, NetworkPlacement
from components.aws.security_groups import Upstream
from components.service.deployment import RolloutArgs
from components.service.objectives import ObjectivesArgs
from components.service.routing import RoutingArgs
from components.service.scaling import ScalingArgs, scaling_conflicts, scaling_problems, worker_problems
from observability.records.limits import ERROR_SHARES, LatencyLimits, Levels
from observability.records.names import MetricNames


class ImageArgs(Struct, frozen=True, kw_only=True):
    """The container image, and who deploys the next one."""

    reference: str
    """Container image, best by digest. Source: config `services.NAME.image`."""
    owned_by_ci: bool = False
    """`reference` is only the first one: CI deploys later task definitions, which are never rolled back here."""


class HttpArgs(Struct, frozen=True, kw_only=True):
    """What the container serves."""

    port: int
    """TCP port the container listens on, 1 to 65535."""
    health_path: str
    """Path that answers one of `health_codes` within 5 seconds when the container can serve; 3xx: not followed."""
    health_codes: str = "200"
    """HTTP statuses of a healthy answer, 200 to 499: `200`, `200,301` or `200-299`."""
    idle_timeout_seconds: int
    """Longest silence in a request before the load balancer gives up, in seconds; at least the longest request."""
    websockets: bool = False
    """Clients keep connections open: each stays with one task, and a stopping task gives them more time."""


class VariablesArgs(Struct, frozen=True, kw_only=True):
    """Environment variables of the container."""

    plain: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Never a secret: everybody who may describe a task can read them."""
    secret: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Secret values; they reach the container by reference only."""
    generated: list[str] = field(default_factory=list)
    """Names of variables whose values are generated once, 64 letters and digits, and never again: signing keys."""
    referenced: Mapping[str, str] = field(default_factory=dict)
    """Variables whose values stand in secrets or parameters of AWS that exist already, by ARN; as ECS names them:
    a secret's ARN may end with a JSON key, `:key::`."""

    def __post_init__(self) -> None:
        """Refuse a variable with two values, as ECS does.

        Raises:
            ValueError: a name is given twice.

        """
        names = [*self.plain, *self.secret, *self.generated, *self.referenced]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"variables: given {', '.join(twice)} twice, allowed one value for each")


class CapacityArgs(Struct, frozen=True, kw_only=True):
    """Shares of Fargate and Fargate Spot."""

    base_tasks: int
    """Tasks that never run on Spot, 0 or more."""
    spot_percent: int = 0
    """Share of the other tasks on Spot, 0 to 100: a third of the price, with 2 minutes' notice."""


class TelemetryArgs(Struct, frozen=True, kw_only=True):
    """The application's own metrics, and the thresholds of its alerts."""

    metric_names: MetricNames | None = None
    """Names of the application's metrics; the load balancer's are used when left out."""
    collecting: CollectingArgs | None = None
    """Store that the application's metrics are sent to; nowhere when left out."""
    port: int | None = None
    """TCP port of the metrics; that of the service when left out."""
    path: str = "/metrics"
    """Path of the metrics, in the text format of Prometheus."""
    label: str = ""
    """Label `service` of the metrics, where several services of a stack have some; none when empty."""
    probe_requests: int = 0
    """Requests of the stack's own probe in five minutes, which a load balancer cannot tell from people's."""
    latency_limits: LatencyLimits = field(default_factory=LatencyLimits)
    """Request latency over which somebody is alerted."""
    error_shares: Levels = ERROR_SHARES
    """HTTP 5xx ratio over which somebody is alerted."""
    objectives: ObjectivesArgs | None = None
    """Service level objectives; none when left out."""


class SidecarArgs(Struct, frozen=True, kw_only=True):
    """A further container of a task: a log router, an agent, a proxy."""

    container_name: str
    """Unique in the task."""
    image: str
    """Container image. Source: config `services.NAME.sidecars.NAME.image`."""
    entry_point: list[str] = field(default_factory=list)
    """Overrides the image's ENTRYPOINT; that of the image when empty."""
    command: list[str] = field(default_factory=list)
    """Overrides the image's CMD; that of the image when empty."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Plain variables."""
    referenced: Mapping[str, str] = field(default_factory=dict)
    """Secret variables by ARN."""
    shared: Mapping[str, str] = field(default_factory=dict)
    """Secret variables that the main container has as well: the name here, and there."""
    essential: bool = False
    """Whether the task stops with it."""
    restarts: bool = False
    """Whether ECS starts it again when it ends; not of an essential one."""
    user: str | None = None
    """User and group, `uid:gid`; unprivileged when left out."""
    read_only: bool = True
    """Whether its root file system is read-only."""
    memory_mib: int | None = None
    """Hard limit of its memory, MiB; none when left out."""


class WorkloadArgs(Struct, frozen=True, kw_only=True):
    """What every kind of task that runs the application has in common."""

    key: str
    """Key of the stack file that describes it, for runbooks: `services.api`."""
    service_name: str
    """Physical name of the ECS service, task family or schedule; for metrics."""
    image: ImageArgs
    """What runs."""
    task: TaskArgs
    """Size of each task."""
    cluster: ClusterRef
    """Cluster of the tasks."""
    placement: NetworkPlacement
    """Network of the tasks."""
    region: str
    """AWS region, for the log driver."""
    entry_point: list[str] = field(default_factory=list)
    """Overrides the image's ENTRYPOINT; that of the image when empty."""
    command: list[str] = field(default_factory=list)
    """Overrides the image's CMD; that of the image when empty."""
    variables: VariablesArgs = field(default_factory=VariablesArgs)
    """Environment variables, secret and not."""
    sidecars: list[SidecarArgs] = field(default_factory=list)
    """Further containers of each task."""
    agent: AgentArgs | None = None
    """Datadog's agent beside it; none when left out."""
    tmp_mib: int = 64
    """Size of `/tmp`, MiB: in memory, for a volume of Fargate is not writable without privilege.

    https://github.com/aws/containers-roadmap/issues/938
    """
    upstreams: list[Upstream] = field(default_factory=list)
    """Servers inside the network that the tasks call."""
    task_policies: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """IAM policy documents of the task role, as JSON, by the last part of their resource's name; no permission
    when empty."""


class ScaledArgs(WorkloadArgs, frozen=True, kw_only=True):
    """What web services and workers have in common: tasks that always run, as many as the load needs."""

    scaling: ScalingArgs
    """How the number of tasks follows the load."""
    capacity: CapacityArgs
    """Fargate and Fargate Spot."""
    rollout: RolloutArgs = field(default_factory=RolloutArgs)
    """Deployment strategy."""

    def __post_init__(self) -> None:
        """Refuse what AWS would accept and then not do.

        Raises:
            ValueError: the scaling contradicts itself or the deployment strategy.

        """
        for key, sentence in (
            *scaling_problems(self.scaling),
            *scaling_conflicts(self.scaling, two_fleets=self.rollout.two_fleets),
        ):
            raise ValueError(f"{key}: {sentence}")


class SqsQueue(Struct, frozen=True, kw_only=True):
    """A queue of Amazon SQS, whose depth AWS measures."""

    queue_name: pulumi.Input[str]
    """Its name, the dimension `QueueName` of CloudWatch."""
    most_messages: int | None = None
    """Messages over which a ticket is written; none when left out."""


class RedisList(Struct, frozen=True, kw_only=True):
    """A list of Redis, whose length a sidecar of each task measures."""

    url_variable: str
    """Secret variable of the worker with the URL of the server."""
    list_key: str
    """Key of the list."""
    image: str
    """Image with a shell and `redis-cli`."""
    most_messages: int | None = None
    """Messages over which a ticket is written; none when left out."""


class ScrapeArgs(Struct, frozen=True, kw_only=True):
    """Where a worker exposes its metrics, and the store that they are sent to."""

    collecting: CollectingArgs
    """Store of the metrics."""
    port: int
    """TCP port of the metrics."""
    path: str = "/metrics"
    """Path of the metrics, in the text format of Prometheus."""
    label: str
    """Label `service` of the metrics."""


class WorkerArgs(ScaledArgs, frozen=True, kw_only=True):
    """Arguments of `Worker`."""

    queue: SqsQueue | RedisList | None = None
    """What it works off; nothing is measured when left out."""
    stop_timeout_seconds: int
    """Time to finish the message in work, between SIGTERM and SIGKILL, in seconds, 2 to 120."""
    metrics: ScrapeArgs | None = None
    """Its own metrics; none when left out."""

    def __post_init__(self) -> None:
        """Refuse what a worker does not have.

        Raises:
            ValueError: requests, two fleets, or the depth of a queue that is not given.

        """
        ScaledArgs.__post_init__(self)
        for key, sentence in worker_problems(
            self.scaling,
            two_fleets=self.rollout.two_fleets,
            has_queue=self.queue is not None,
            stop_timeout_seconds=self.stop_timeout_seconds,
        ):
            raise ValueError(f"{key}: {sentence}")


class ServiceArgs(ScaledArgs, frozen=True, kw_only=True):
    """Arguments of `Service`."""

    http: HttpArgs
    """What it serves."""
    balancer: LoadBalancerRef
    """The load balancer in front of the tasks. Source: `LoadBalancer.ref`."""
    routing: RoutingArgs
    """Requests that it answers."""
    telemetry: TelemetryArgs = field(default_factory=TelemetryArgs)
    """Metrics and alerts."""
