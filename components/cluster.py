"""The ECS cluster that all tasks of a stack share."""

import pulumi
import pulumi_aws as aws
from msgspec import Struct

from components.component import Component


class ClusterArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Cluster`."""

    cluster_name: str
    """Physical name, up to 255 characters; alarms and autoscaling refer to it."""


class Cluster(Component):
    """One Fargate cluster with Container Insights. Holds no data; replacing it restarts every task."""

    arn: pulumi.Output[str]
    """ARN of the cluster."""
    cluster_name: pulumi.Output[str]
    """Physical name of the cluster."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        cluster = aws.ecs.Cluster(
            f"{name}-ecs",
            name=args.cluster_name,
            settings=[{"name": "containerInsights", "value": "enabled"}],
            opts=self._child(),
        )
        providers = aws.ecs.ClusterCapacityProviders(
            f"{name}-fargate",
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            opts=self._child(),
        )
        # A service names its providers, and ECS refuses those that the cluster does not have yet.
        self.arn = pulumi.Output.all(cluster.arn, providers.id).apply(lambda found: str(found[0]))
        self.cluster_name = cluster.name
        self._finish()
