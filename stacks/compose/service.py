"""The web service, by the backend of the configuration."""

from collections.abc import Mapping, Sequence

import pulumi
from msgspec import Struct

from components.alloy.sidecar import CollectingArgs
from components.aws.placement import ClusterRef
from components.aws.security_groups import Upstream
from components.cluster import Cluster
from components.domain import Domain
from components.network import Network
from components.service.args import (
    BalancerArgs,
    CapacityArgs,
    HttpArgs,
    ImageArgs,
    ServiceArgs,
    TelemetryArgs,
    VariablesArgs,
)
from components.service.service import Service
from components.service.web_service import WebService
from edge_rules.ranges import IPV4_RANGES
from stacks.compose.objectives import error_shares, latency_limits, objectives_args, warn_of_looser_alerts
from stacks.compose.stack import Stack, task
from stacks.compose.web import probe_requests
from stacks.config.metric_names import metric_names
from stacks.config.rollout import rollout_args
from stacks.config.scaling import scaling_args


class ServiceInputs(Struct, frozen=True, kw_only=True):
    """What the other components of a stack hand to its service, whatever its backend."""

    environment: Mapping[str, pulumi.Input[str]]
    """Plain variables beside those of the configuration, which win."""
    secrets: Mapping[str, pulumi.Input[str]]
    """Secret variables beside those of the configuration, which win."""
    upstreams: Sequence[Upstream]
    """Servers inside the network that the service calls."""
    trust_store_arn: pulumi.Input[str] | None
    """Authorities of the client certificates that callers must show; None where callers need none."""
    task_policy: pulumi.Input[str] | None
    """IAM policy document of the application; None for no permission."""
    collecting: CollectingArgs | None
    """Store of the application's metrics; None where nothing is collected."""


def make_service(
    stack: Stack, network: Network, cluster: Cluster, domain: Domain, inputs: ServiceInputs
) -> WebService:
    """Return the web service; a second `service.provider` is a second module of `components/service/`."""
    service, promised = stack.config.service, stack.config.objectives
    targets = promised.targets
    metrics = service.metrics
    warn_of_looser_alerts(targets)
    scaling, base_tasks = scaling_args(service.scaling), service.capacity.base_tasks
    configured = {name: stack.secrets[name] for name, source in service.secrets.items() if source == "config"}
    given = {name: value for name, value in inputs.environment.items() if name not in service.secrets}
    return Service(
        "service",
        ServiceArgs(
            service_name=stack.names.of("api"),
            image=ImageArgs(reference=service.image, owned_by_ci=service.image_by == "ci"),
            http=HttpArgs(
                port=service.port,
                health_path=service.health_path,
                idle_timeout_seconds=service.max_request_seconds,
                websockets=service.websockets,
            ),
            task=task(stack, service.task),
            scaling=scaling,
            capacity=CapacityArgs(
                base_tasks=scaling.minimum_tasks if base_tasks is None else base_tasks,
                spot_percent=service.capacity.spot_percent,
            ),
            balancer=BalancerArgs(
                subnet_ids=network.public_subnet_ids,
                ingress_cidrs=list(IPV4_RANGES),
                certificate_arn=domain.certificate_arn,
                trust_store_arn=inputs.trust_store_arn,
                access_log_days=service.access_log_days,
            ),
            cluster=ClusterRef(arn=cluster.arn, name=stack.names.prefix),
            placement=network.placement,
            region=stack.config.region,
            variables=VariablesArgs(
                plain={**given, **service.environment},
                secret={**inputs.secrets, **configured},
                generated=[name for name, source in service.secrets.items() if source == "generated"],
            ),
            rollout=rollout_args(service.deployment),
            upstreams=list(inputs.upstreams),
            task_policy=inputs.task_policy,
            telemetry=TelemetryArgs(
                metric_names=metric_names(metrics, (service.health_path, metrics.path)) if metrics else None,
                collecting=inputs.collecting if metrics else None,
                port=metrics.port if metrics else None,
                path=metrics.path if metrics else "/metrics",
                probe_requests=probe_requests(stack),
                latency_limits=latency_limits(targets),
                error_shares=error_shares(targets),
                objectives=objectives_args(targets, metrics, period_days=promised.period_days),
            ),
            protect=service.protect,
        ),
        stack.opts,
    )
