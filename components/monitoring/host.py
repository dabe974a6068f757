"""One EC2 machine with a disk that outlives it, for servers whose data must not lie on a network file system.

Prometheus does not support NFS, and so neither EFS; Fargate has no other disk that lasts.
https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects
"""

import base64
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import iam, security_groups
from components.aws.partition import managed_policy
from components.aws.security_groups import Upstream
from components.component import Component
from components.monitoring import signals
from components.monitoring.args import GRAFANA_PORT, PROMETHEUS_PORT, HostPlacement, MonitoringHostArgs
from components.monitoring.machine import IMAGE_PARAMETER, start_script
from observability import Signals

MACHINE_POLICIES = ("service-role/AmazonEC2ContainerServiceforEC2Role", "AmazonSSMManagedInstanceCore")
"""AWS's own policies of an ECS machine, and of one that is reached by Session Manager alone."""
ROOT_GIB = 30
"""Size of the machine's own disk, GiB: that of the image."""


class MonitoringHost(Component):
    """The machine, its disk, its cluster and its name. Stateful: the disk."""

    remote_write_url: pulumi.Output[str]
    """Address that collectors write to, inside the network."""
    query_url: pulumi.Output[str]
    """Address of a data source, inside the network."""
    volume_id: pulumi.Output[str]
    """The disk."""

    def __init__(self, name: str, args: MonitoringHostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self._domain = f"{args.cluster_name}.internal"
        self._machine = security_groups.group(f"{name}-machine", "Monitoring machine", args.vpc_id, self._child())
        self._tasks = security_groups.group(f"{name}-tasks", "Prometheus and Grafana", args.vpc_id, self._child())
        # Nobody from outside; the machine alone, for a session that forwards a port.
        needed = list(args.routes)
        for role, port in (("prometheus", PROMETHEUS_PORT), ("grafana", GRAFANA_PORT)):
            server = Upstream(role=role, security_group_id=self._tasks.id, port=port)
            needed += security_groups.connect(f"{name}-machine", self._machine.id, [server], self._child())
        for role, client in (("machine", self._machine), ("tasks", self._tasks)):
            needed += security_groups.connect(f"{name}-{role}", client.id, args.upstreams, self._child())
            needed.append(security_groups.allow_https_out(f"{name}-{role}", client, self._child()))
        volume = aws.ebs.Volume(
            f"{name}-data",
            availability_zone=args.zone,
            type="gp3",
            size=args.storage_gib,
            encrypted=True,
            kms_key_id=args.kms_key_arn,
            final_snapshot=True,
            opts=self._protected(args.protect) or self._child(),
        )
        cluster, provider = self._make_cluster(self._make_machines(volume))
        domain = aws.servicediscovery.PrivateDnsNamespace(
            f"{name}-domain", name=self._domain, vpc=args.vpc_id, opts=self._child()
        )
        entry = aws.servicediscovery.Service(
            f"{name}-prometheus",
            name="prometheus",
            dns_config={
                "namespace_id": domain.id,
                "dns_records": [{"type": "A", "ttl": 10}],
                "routing_policy": "MULTIVALUE",
            },
            opts=self._child(),
        )
        self.placement = HostPlacement(
            cluster_arn=cluster.arn,
            capacity_provider=provider.name,
            subnet_id=args.subnet_id,
            storage_gib=args.storage_gib,
            security_group_id=self._tasks.id,
            registry_arn=entry.arn,
            needed=needed,
        )
        """Cluster, subnet and disk for the servers."""
        address = f"http://prometheus.{self._domain}:{PROMETHEUS_PORT}"
        self.remote_write_url = pulumi.Output.from_input(f"{address}/api/v1/write")
        self.query_url = pulumi.Output.from_input(address)
        self.volume_id = volume.id
        self._finish()

    @property
    def signals(self) -> Signals:
        """Alerts, panels and checks of the servers themselves, measured by CloudWatch."""
        return signals.signals(self._args.cluster_name, self._args.service_name)

    @property
    def upstream(self) -> Upstream:
        """Prometheus, as a collector's security group names it."""
        return Upstream(role="metrics", security_group_id=self._tasks.id, port=PROMETHEUS_PORT)

    def _make_machines(self, volume: aws.ebs.Volume) -> aws.autoscaling.Group:
        args = self._args
        root: Any = {"volume_size": ROOT_GIB, "volume_type": "gp3", "encrypted": "true"}
        role = aws.iam.Role(
            f"{self._name}-machine", assume_role_policy=iam.trust("ec2.amazonaws.com"), opts=self._child()
        )
        for policy in MACHINE_POLICIES:
            aws.iam.RolePolicyAttachment(
                f"{self._name}-{policy.rpartition('/')[2]}",
                role=role.name,
                policy_arn=managed_policy(args.zone, policy),
                opts=self._child(),
            )
        machines = volume.arn.apply(lambda arn: f"{arn.partition(':volume/')[0]}:instance/*")
        aws.iam.RolePolicy(
            f"{self._name}-volume",
            role=role.id,
            policy=iam.allow(["ec2:AttachVolume"], [volume.arn, machines]),
            opts=self._child(),
        )
        template = aws.ec2.LaunchTemplate(
            f"{self._name}-machine",
            image_id=f"resolve:ssm:{IMAGE_PARAMETER}",
            instance_type=args.instance_type,
            iam_instance_profile={
                "arn": aws.iam.InstanceProfile(f"{self._name}-machine", role=role.name, opts=self._child()).arn
            },
            network_interfaces=[{"associate_public_ip_address": "false", "security_groups": [self._machine.id]}],
            # Version 2 alone, and no further than the machine: no container gets its role.
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": 1,
            },
            block_device_mappings=[{"device_name": "/dev/xvda", "ebs": root}],
            monitoring={"enabled": True},
            user_data=volume.id.apply(
                lambda id_: base64.b64encode(start_script(args.cluster_name, id_).encode()).decode()
            ),
            update_default_version=True,
            opts=self._child(),
        )
        return aws.autoscaling.Group(
            f"{self._name}-machines",
            name=self._args.cluster_name,
            min_size=0,
            max_size=1,
            desired_capacity=1,
            vpc_zone_identifiers=[self._args.subnet_id],
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            # The disk can be at one machine alone: the old one goes first.
            instance_refresh={"strategy": "Rolling", "preferences": {"min_healthy_percentage": 0}},
            tags=[
                {"key": "Name", "value": self._args.cluster_name, "propagate_at_launch": True},
                {"key": "AmazonECSManaged", "value": "", "propagate_at_launch": True},
            ],
            opts=self._child(),
        )

    def _make_cluster(self, machines: aws.autoscaling.Group) -> tuple[aws.ecs.Cluster, aws.ecs.CapacityProvider]:
        cluster = aws.ecs.Cluster(
            f"{self._name}-cluster",
            name=self._args.cluster_name,
            settings=[{"name": "containerInsights", "value": "enabled"}],
            opts=self._child(),
        )
        provider = aws.ecs.CapacityProvider(
            f"{self._name}-machine",
            name=self._args.cluster_name,
            auto_scaling_group_provider={
                "auto_scaling_group_arn": machines.arn,
                "managed_scaling": {"status": "DISABLED"},
                "managed_draining": "ENABLED",
            },
            opts=self._child(),
        )
        aws.ecs.ClusterCapacityProviders(
            f"{self._name}-machine",
            cluster_name=cluster.name,
            capacity_providers=[provider.name],
            opts=self._child(),
        )
        return cluster, provider
