"""The way of a request: network, domain, service, edge."""

from collections.abc import Mapping, Sequence

import pulumi

from components.alloy.sidecar import CollectingArgs
from components.aws.security_groups import Upstream
from components.cluster import Cluster
from components.domain import Domain, DomainArgs
from components.edge.args import AdoptionArgs, EdgeArgs
from components.edge.zone import Edge
from components.network import Nat, Network, NetworkArgs
from components.service.args import CapacityArgs, ServiceArgs
from components.service.service import Service
from edge_rules.ranges import IPV4_RANGES
from stacks.compose.objectives import (
    error_shares,
    latency_limits,
    objectives_args,
    warn_of_looser_alerts,
)
from stacks.compose.stack import Stack, task
from stacks.config.exporting import ZONE_EXPORTER
from stacks.config.metric_names import metric_names
from stacks.config.service import ServiceConfig, rollout_args, scaling_args
from stacks.edge import edge_settings


def make_network(stack: Stack) -> Network:
    """The VPC."""
    network = stack.config.network
    return Network(
        "network",
        NetworkArgs(
            cidr=network.cidr,
            zones=network.zones,
            nat=Nat(network.nat),
            region=stack.config.region,
            endpoints=list(network.endpoints),
            flow_log_retention_days=network.flow_log_retention_days or stack.config.logs.retention_days,
        ),
        stack.opts,
    )


def make_domain(stack: Stack) -> Domain:
    """The zone and its certificate."""
    edge = stack.config.edge
    return Domain(
        "domain",
        DomainArgs(
            zone_name=edge.zone,
            account_id=edge.account_id,
            protect=edge.protect,
            adopt_zone_id=edge.adopt.zone_id if edge.adopt else None,
        ),
        stack.opts,
    )


def make_service(
    stack: Stack,
    network: Network,
    cluster: Cluster,
    domain: Domain,
    *,
    trust_store_arn: pulumi.Input[str] | None,
    task_policy: pulumi.Input[str] | None,
    environment: Mapping[str, pulumi.Input[str]],
    secrets: Mapping[str, pulumi.Input[str]],
    upstreams: Sequence[Upstream],
    collecting: CollectingArgs | None,
) -> Service:
    """The web service; `environment` and `secrets` come beside those of the configuration."""
    service, metrics = stack.config.service, stack.config.service.metrics
    warn_of_looser_alerts(stack.config.objectives.targets)
    chosen = {name: stack.secrets[name] for name, source in service.secrets.items() if source == "config"}
    return Service(
        "service",
        ServiceArgs(
            service_name=stack.names.of("api"),
            image=service.image,
            image_owned_by_ci=service.image_by == "ci",
            port=service.port,
            health_path=service.health_path,
            websockets=service.websockets,
            task=task(stack, service.task),
            scaling=scaling_args(service.scaling),
            rollout=rollout_args(service.deployment),
            capacity=_capacity(service),
            idle_timeout_seconds=service.max_request_seconds,
            environment={**environment, **service.environment},
            secrets={**secrets, **chosen},
            generated_secrets=[name for name, source in service.secrets.items() if source == "generated"],
            upstreams=list(upstreams),
            ingress_cidrs=list(IPV4_RANGES),
            certificate_arn=domain.certificate_arn,
            trust_store_arn=trust_store_arn,
            cluster_arn=cluster.arn,
            cluster_name=stack.names.prefix,
            region=stack.config.region,
            vpc_id=network.vpc_id,
            public_subnet_ids=network.public_subnet_ids,
            private_subnet_ids=network.private_subnet_ids,
            access_log_days=service.access_log_days,
            task_policy=task_policy,
            latency_limits=latency_limits(stack.config.objectives.targets),
            error_shares=error_shares(stack.config.objectives.targets),
            objectives=objectives_args(stack.config.objectives.targets, metrics),
            collecting=collecting if metrics else None,
            metrics_port=metrics.port if metrics else None,
            metrics_path=metrics.path if metrics else "/metrics",
            metrics=metric_names(metrics) if metrics else None,
            protect=service.protect,
        ),
        stack.opts,
    )


def _capacity(service: ServiceConfig) -> CapacityArgs:
    capacity = service.capacity
    always = scaling_args(service.scaling).minimum_tasks
    base = always if capacity.base_tasks is None else capacity.base_tasks
    return CapacityArgs(base_tasks=base, spot_percent=capacity.spot_percent)


def make_edge(stack: Stack, domain: Domain, service: Service) -> Edge:
    """Cloudflare before the service."""
    edge = stack.config.edge
    return Edge(
        "edge",
        EdgeArgs(
            zone_name=edge.zone,
            zone_id=domain.zone_id,
            origin_hostname=service.hostname,
            settings=edge_settings(stack.config),
            exporter=edge.metrics == ZONE_EXPORTER,
            adopt=AdoptionArgs(**dict(edge.adopt)) if edge.adopt else None,
            reset=edge.reset,
        ),
        stack.opts,
    )
