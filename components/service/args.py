"""What a web service is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from components.alloy.sidecar import CollectingArgs
from components.aws.fargate import TaskArgs
from components.aws.security_groups import Upstream
from components.service.deployment import RolloutArgs
from components.service.objectives import ObjectivesArgs
from components.service.scaling import ScalingArgs, scaling_conflicts, scaling_problems
from observability.records.limits import ERROR_SHARES, LatencyLimits, Levels
from observability.records.names import MetricNames


@dataclass(frozen=True, kw_only=True)
class CapacityArgs:
    """Which machines of AWS the tasks run on."""

    base_tasks: int
    """Tasks that never run on Spot, 0 or more."""
    spot_percent: int = 0
    """Share of the other tasks that run on Spot: two thirds cheaper, and taken away at two minutes' notice."""


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """What `Service` is made from."""

    service_name: str
    """Physical name of the ECS service, for metrics."""
    image: str
    """Container image, best by digest. Source: config `service.image`."""
    image_owned_by_ci: bool = False
    """`image` is only the first one: later task definitions are deployed by CI, and never taken back here."""
    port: int
    """TCP port the container listens on."""
    health_path: str
    """Path that answers 200 when the container can serve."""
    websockets: bool = False
    """Clients keep connections open: each stays with one task, and a leaving task gives them more time."""
    task: TaskArgs
    """Size of each task."""
    scaling: ScalingArgs
    """How the number of tasks follows the load."""
    rollout: RolloutArgs = field(default_factory=RolloutArgs)
    """How new tasks take the place of old ones."""
    capacity: CapacityArgs
    """Which machines the tasks run on."""
    idle_timeout_seconds: int
    """Longest silence in a request before the load balancer gives up, in seconds; at least the longest request."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Plain variables. Never a secret: they can be read by everybody who may describe a task."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Variables whose values are secret; they reach the container by reference only."""
    generated_secrets: list[str] = field(default_factory=list)
    """Variables whose values are made up once, 64 letters and digits, and then kept: signing keys."""
    upstreams: list[Upstream] = field(default_factory=list)
    """Servers inside the network that the service calls."""
    ingress_cidrs: list[str]
    """IPv4 ranges that may call the load balancer: the edge's own."""
    certificate_arn: pulumi.Input[str]
    """Certificate of the HTTPS listener. Source: `Domain.certificate_arn`."""
    trust_store_arn: pulumi.Input[str] | None = None
    """Authorities of which callers must show a certificate; nobody must when left out.

    Source: `OriginPull.trust_store_arn`.
    """
    cluster_arn: pulumi.Input[str]
    """Source: `Cluster.arn`."""
    cluster_name: str
    """Physical name of the cluster, for metrics and autoscaling."""
    region: str
    """Region, for the log driver."""
    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    public_subnet_ids: pulumi.Input[list[str]]
    """Subnets of the load balancer. Source: `Network.public_subnet_ids`."""
    private_subnet_ids: pulumi.Input[list[str]]
    """Subnets of the tasks. Source: `Network.private_subnet_ids`."""
    access_log_days: int | None = 90
    """How long the record of every request at the load balancer is kept, in days; none when left out."""
    task_policy: pulumi.Input[str] | None = None
    """IAM document, as JSON: what the program may do at AWS; nothing when left out."""
    metrics: MetricNames | None = None
    """What the application calls its own metrics; None where it has none, and the load balancer tells the rest."""
    latency_limits: LatencyLimits = field(default_factory=LatencyLimits)
    """Time to an answer over which people are told."""
    error_shares: Levels = ERROR_SHARES
    """Share of answers with a 5xx over which people are told."""
    objectives: ObjectivesArgs | None = None
    """What the service promises; nothing when left out."""
    collecting: CollectingArgs | None = None
    """Where the program's own numbers go; nowhere when left out."""
    metrics_port: int | None = None
    """TCP port of the program's numbers; `port` when left out."""
    metrics_path: str = "/metrics"
    """Path of the program's numbers, in the text format of Prometheus."""
    protect: bool = True
    """Refuse to delete the load balancer: its host name would change."""

    def __post_init__(self) -> None:
        """Refuse what AWS would accept and then not do.

        Raises:
            ValueError: the parts do not fit each other.

        """
        for key, sentence in (
            *scaling_problems(self.scaling),
            *scaling_conflicts(self.scaling, two_fleets=self.rollout.two_fleets),
        ):
            raise ValueError(f"{key}: {sentence}")
