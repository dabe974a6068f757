"""A program of one web service, on a network, that tests change by a file beside it."""

from typing import Any

import pulumi

from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.cluster import Cluster, ClusterArgs
from components.load_balancer.args import LoadBalancerArgs
from components.load_balancer.load_balancer import LoadBalancer
from components.network import Nat, Network, NetworkArgs
from components.service.args import CapacityArgs, HttpArgs, ImageArgs, ServiceArgs, WorkloadArgs
from components.service.deployment import RolloutArgs, Strategy
from components.service.routing import routing_args
from components.service.scaling import ScalingArgs, StepArgs, TargetArgs
from components.service.service import Service
from components.service.standalone import StandaloneTask

NETWORK = NetworkArgs(
    cidr="10.0.0.0/16",
    zones=["us-east-1a", "us-east-1b"],
    nat=Nat("none"),
    region="us-east-1",
    flow_log_retention_days=7,
)
CERTIFICATE_ARN = "arn:aws:acm:us-east-1:123456789012:certificate/simulated"
SCALING = {
    "fixed": ScalingArgs(minimum_tasks=2, maximum_tasks=2),
    "target": ScalingArgs(minimum_tasks=2, maximum_tasks=4, target=TargetArgs(cpu_percent=70)),
    "step": ScalingArgs(minimum_tasks=2, maximum_tasks=4, step=StepArgs()),
}


def make(changes: dict[str, Any]) -> None:
    """The service, with `changes` put over its arguments; a migration too, where these have its image."""
    network, cluster = Network("network", NETWORK), Cluster("cluster", ClusterArgs(cluster_name="shop"))
    given = {
        "image": "example/api:1",
        "image_owned_by_ci": False,
        "port": 8080,
        "websockets": False,
        "scaling": "target",
        "spot_percent": 20,
        "strategy": "ROLLING",
        **changes,
    }
    balancer = LoadBalancer(
        "balancer",
        LoadBalancerArgs(
            load_balancer_name="shop-api",
            vpc_id=network.vpc_id,
            subnet_ids=network.public_subnet_ids,
            ingress_cidrs=["192.0.2.0/24"],
            certificate_arn=CERTIFICATE_ARN,
            idle_timeout_seconds=60,
            account_id="123456789012",
            region="us-east-1",
            protect=False,
        ),
    )
    shared: dict[str, Any] = {
        "task": TaskArgs(cpu=256, memory_mib=512, architecture="X86_64", log_retention_days=7),
        "cluster": ClusterRef(arn=cluster.arn, name="shop"),
        "placement": NetworkPlacement(vpc_id=network.vpc_id, subnet_ids=network.private_subnet_ids),
        "region": "us-east-1",
    }
    if image := given.get("migrate_image"):
        migrate = StandaloneTask(
            "task-migrate",
            WorkloadArgs(
                key="services.migrate",
                service_name="shop-migrate",
                image=ImageArgs(reference=image, owned_by_ci=False),
                **shared,
            ),
        )
        pulumi.export("run_requests", {"migrate": migrate.run_request})
    Service(
        "api",
        ServiceArgs(
            key="services.api",
            service_name="shop-api",
            image=ImageArgs(reference=given["image"], owned_by_ci=given["image_owned_by_ci"]),
            http=HttpArgs(
                port=given["port"],
                health_path="/health",
                idle_timeout_seconds=60,
                websockets=given["websockets"],
            ),
            scaling=SCALING[given["scaling"]],
            capacity=CapacityArgs(base_tasks=1, spot_percent=given["spot_percent"]),
            rollout=RolloutArgs(strategy=Strategy(given["strategy"]), shift_percent=10),
            balancer=balancer.ref,
            routing=routing_args("api"),
            **shared,
        ),
    )
