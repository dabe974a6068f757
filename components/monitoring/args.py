"""Arguments of a monitoring host, and of the servers on it."""

from collections.abc import Sequence

import pulumi
from msgspec import Struct, field

from components.aws.security_groups import Upstream

PROMETHEUS_PORT, GRAFANA_PORT = 9090, 3000
"""Default ports of Prometheus and Grafana."""


class MonitoringHostArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `MonitoringHost`."""

    cluster_name: str
    """Physical name of the ECS cluster, of the machine, and first part of the private domain."""
    service_name: str
    """Physical name that the servers' ECS service will have, for metrics."""
    instance_type: str = "t3.small"
    """EC2 type with an x86_64 processor of the Nitro system. Source: S4-43."""
    storage_gib: int = 50
    """Size of the disk, GiB; it can grow, never shrink."""
    kms_key_arn: str | None = None
    """Key that encrypts the disk, for its whole life; AWS's own when left out."""
    zone: str
    """Availability zone of the disk, and so of the machine."""
    subnet_id: pulumi.Input[str]
    """Private subnet in that zone. Source: `Network.private_subnet_ids`."""
    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    upstreams: list[Upstream] = field(default_factory=list)
    """Further servers in the network that machine and servers call. Source: `Network.upstreams`."""
    routes: Sequence[pulumi.Resource] = ()
    """Routes out of the subnet, which the servers need first. Source: `Network.placement`."""
    protect: bool = True
    """Refuse to delete the disk: the series are nowhere else."""


class HostPlacement(Struct, frozen=True, kw_only=True):
    """Where the servers run: on the host's cluster, beside its disk."""

    cluster_arn: pulumi.Input[str]
    """The host's own ECS cluster."""
    capacity_provider: pulumi.Input[str]
    """Name of the provider of its one machine."""
    subnet_id: pulumi.Input[str]
    """Private subnet of the machine."""
    security_group_id: pulumi.Input[str]
    """Group of the task."""
    storage_gib: int
    """Size of the disk, GiB."""
    registry_arn: pulumi.Input[str]
    """Entry of the private domain that follows the task's address."""
    needed: Sequence[pulumi.Resource] = ()
    """What has to be there before the servers start: rules of their group, routes."""


class MonitoringImages(Struct, frozen=True, kw_only=True):
    """Images of the servers."""

    prometheus: str
    """Image with Prometheus 2.25 or later and a shell with `base64` and `gunzip`."""
    grafana: str
    """Image with Grafana and a shell."""


class MonitoringServersArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `MonitoringServers`."""

    service_name: str
    """Physical name of the ECS service. Source: `MonitoringHostArgs.service_name`."""
    placement: HostPlacement
    """Source: `MonitoringHost.placement`."""
    retention_days: int
    """How long series are kept, in days, 1 or more. Source: config `metrics.store.retention_days`, S4-45."""
    evaluation_interval_seconds: int
    """How often rules are evaluated, in seconds."""
    rules: str
    """Recording and alerting rules, as a rules file of Prometheus."""
    images: MonitoringImages
    """Images of Prometheus and Grafana."""
    region: str
    """Region, for the log driver."""
    log_retention_days: int
    """How long CloudWatch keeps the servers' output, in days. Source: config `logs.retention_days`."""

    def __post_init__(self) -> None:
        """Refuse a store that keeps nothing.

        Raises:
            ValueError: series are kept for less than a day.

        """
        if self.retention_days < 1:
            raise ValueError(f"retention_days is {self.retention_days}: 1 at the least")
