"""What a monitoring host, and the servers on it, are made from."""

from dataclasses import dataclass, field

import pulumi

from components.aws.security_groups import Upstream

PROMETHEUS_PORT, GRAFANA_PORT, ALERTMANAGER_PORT = 9090, 3000, 9093
"""The ports that their makers give them."""


@dataclass(frozen=True, kw_only=True)
class MonitoringHostArgs:
    """What `MonitoringHost` is made from."""

    cluster_name: str
    """Physical name of the ECS cluster, of the machine, and first part of the private domain."""
    service_name: str
    """Physical name that the servers' ECS service will have, for metrics."""
    instance_type: str = "t3.small"
    """EC2 type with an x86_64 processor of the Nitro system. Source: S4-43."""
    storage_gib: int = 50
    """Size of the disk, GiB; it can grow, never shrink."""
    kms_key_arn: str | None = None
    """Key that encrypts the disk, for ever; AWS's own when left out."""
    zone: str
    """Availability zone of the disk, and so of the machine."""
    subnet_id: pulumi.Input[str]
    """Private subnet in that zone. Source: `Network.private_subnet_ids`."""
    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    upstreams: list[Upstream] = field(default_factory=list)
    """What machine and servers call inside the network. Source: `Network.upstreams`."""
    protect: bool = True
    """Refuse to delete the disk: the series are nowhere else."""


@dataclass(frozen=True, kw_only=True)
class ServersPlace:
    """Where the servers run."""

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


@dataclass(frozen=True, kw_only=True)
class MonitoringServersArgs:
    """What `MonitoringServers` is made from."""

    service_name: str
    """Physical name of the ECS service. Source: `MonitoringHostArgs.service_name`."""
    place: ServersPlace
    """Source: `MonitoringHost.place`."""
    retention_days: int
    """How long series are kept, in days. Source: config `metrics.store.retention_days`, S4-45."""
    evaluation_interval_seconds: int
    """How often rules are evaluated, in seconds."""
    rules: str
    """Recording and alerting rules, as a rules file of Prometheus."""
    prometheus_image: str
    """Image with Prometheus and a shell with `base64` and `gunzip`."""
    prometheus_memory_mib: int = 1024
    """Memory at which Prometheus is killed, MiB."""
    grafana_image: str
    """Image with Grafana and a shell."""
    grafana_memory_mib: int = 384
    """Memory at which Grafana is killed, MiB."""
    alertmanager: pulumi.Input[str] | None = None
    """Secret. Configuration of Alertmanager; without one there is none, and Grafana alone tells people."""
    alertmanager_image: str | None = None
    """Image with Alertmanager and a shell; needed with `alertmanager`."""
    region: str
    """Region, for the log driver."""
    log_retention_days: int
    """How long CloudWatch keeps the servers' output, in days. Source: config `logs.retention_days`."""

    def __post_init__(self) -> None:
        """Refuse a configuration that nobody would read.

        Raises:
            ValueError: Alertmanager has a configuration and no image, or series are kept for less than a day.

        """
        if self.alertmanager is not None and self.alertmanager_image is None:
            raise ValueError("alertmanager_image is missing: alertmanager is given")
        if self.retention_days < 1:
            raise ValueError(f"retention_days is {self.retention_days}: 1 at the least")
