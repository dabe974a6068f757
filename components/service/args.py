"""Arguments of a web service."""

from collections.abc import Mapping

import pulumi
from msgspec import Struct, field

from components.alloy.sidecar import CollectingArgs
from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.aws.security_groups import Upstream
from components.service.deployment import RolloutArgs
from components.service.objectives import ObjectivesArgs
from components.service.scaling import ScalingArgs, scaling_conflicts, scaling_problems
from observability.records.limits import ERROR_SHARES, LatencyLimits, Levels
from observability.records.names import MetricNames


class ImageArgs(Struct, frozen=True, kw_only=True):
    """The container image, and who deploys the next one."""

    reference: str
    """Container image, best by digest. Source: config `service.image`."""
    owned_by_ci: bool = False
    """`reference` is only the first one: CI deploys later task definitions, which are never rolled back here."""


class HttpArgs(Struct, frozen=True, kw_only=True):
    """What the container serves."""

    port: int
    """TCP port the container listens on, 1 to 65535."""
    health_path: str
    """Path that answers 200 when the container can serve."""
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

    def __post_init__(self) -> None:
        """Refuse a variable with two values, as ECS does.

        Raises:
            ValueError: a name is given twice.

        """
        names = [*self.plain, *self.secret, *self.generated]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"variables: given {', '.join(twice)} twice, allowed one value for each")


class CapacityArgs(Struct, frozen=True, kw_only=True):
    """Shares of Fargate and Fargate Spot."""

    base_tasks: int
    """Tasks that never run on Spot, 0 or more."""
    spot_percent: int = 0
    """Share of the other tasks on Spot, 0 to 100: a third of the price, with 2 minutes' notice."""


class BalancerArgs(Struct, frozen=True, kw_only=True):
    """The public load balancer."""

    subnet_ids: pulumi.Input[list[str]]
    """Public subnets. Source: `Network.public_subnet_ids`."""
    ingress_cidrs: list[str]
    """IPv4 ranges that may call the load balancer: the edge's own."""
    certificate_arn: pulumi.Input[str]
    """Certificate of the HTTPS listener. Source: `Domain.certificate_arn`."""
    trust_store_arn: pulumi.Input[str] | None = None
    """Trust store of the client certificates that callers must show; no certificate is needed when left out.

    Source: `OriginPull.trust_store_arn`.
    """
    access_log_days: int | None = 90
    """How long the access log is kept, in days; none is written when left out."""


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
    probe_requests: int = 0
    """Requests of the stack's own probe in five minutes, which a load balancer cannot tell from people's."""
    latency_limits: LatencyLimits = field(default_factory=LatencyLimits)
    """Request latency over which somebody is alerted."""
    error_shares: Levels = ERROR_SHARES
    """HTTP 5xx ratio over which somebody is alerted."""
    objectives: ObjectivesArgs | None = None
    """Service level objectives; none when left out."""


class ServiceArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Service`."""

    service_name: str
    """Physical name of the ECS service, for metrics."""
    image: ImageArgs
    """What runs."""
    http: HttpArgs
    """What it serves."""
    task: TaskArgs
    """Size of each task."""
    scaling: ScalingArgs
    """How the number of tasks follows the load."""
    capacity: CapacityArgs
    """Fargate and Fargate Spot."""
    balancer: BalancerArgs
    """The load balancer in front of the tasks."""
    cluster: ClusterRef
    """Cluster of the tasks."""
    placement: NetworkPlacement
    """Network of the tasks."""
    region: str
    """AWS region, for the log driver."""
    variables: VariablesArgs = field(default_factory=VariablesArgs)
    """Environment variables, secret and not."""
    rollout: RolloutArgs = field(default_factory=RolloutArgs)
    """Deployment strategy."""
    upstreams: list[Upstream] = field(default_factory=list)
    """Servers inside the network that the service calls."""
    task_policy: pulumi.Input[str] | None = None
    """IAM policy document of the task role, as JSON; no permission when left out."""
    telemetry: TelemetryArgs = field(default_factory=TelemetryArgs)
    """Metrics and alerts."""
    protect: bool = True
    """Refuse to delete the load balancer: its host name would change."""

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
