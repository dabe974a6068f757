"""Prometheus and Grafana in one task on the monitoring host."""

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.alloy import sidecar
from components.aws import fargate, secrets_manager
from components.component import Component
from components.document import json_text
from components.monitoring import containers
from components.monitoring.args import MonitoringServersArgs

PASSWORD_KEY = "grafana_password"  # noqa: S105  the name of a key
"""Key of the administrator's password in the servers' secret."""


class MonitoringServers(Component):
    """The servers. Their data is on the host's disk: the task can be replaced, and nobody measures meanwhile."""

    secret_arn: pulumi.Output[str]
    """ARN of the secret with the key `grafana_password`, that of the user `admin`."""

    def __init__(self, name: str, args: MonitoringServersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        password = random.RandomPassword(f"{name}-admin", length=32, special=False, opts=self._child())
        secret = secrets_manager.make_secret(
            f"{name}-credentials", "Grafana's administrator", {PASSWORD_KEY: password.result}, self._child()
        )
        placement = args.placement
        log = fargate.make_log_group(name, args.log_retention_days, self._child())
        reference = secrets_manager.reference(secret.secret_arn, PASSWORD_KEY, secret.version_id)
        aws.ecs.Service(
            f"{name}-service",
            name=args.service_name,
            cluster=placement.cluster_arn,
            task_definition=aws.ecs.TaskDefinition(
                f"{name}-task",
                family=args.service_name,
                network_mode="awsvpc",
                requires_compatibilities=["EC2"],
                execution_role_arn=fargate.make_execution_role(
                    name, [secret.secret_arn], self._child(), region=args.region
                ),
                task_role_arn=fargate.make_task_role(name, self._child()).arn,
                container_definitions=json_text(containers.containers(args, reference, log.name)),
                volumes=containers.volumes(),
                skip_destroy=True,
                tags=sidecar.MEASURES_TAG,
                opts=self._child(),
            ).arn,
            desired_count=1,
            capacity_provider_strategies=[{"capacity_provider": placement.capacity_provider, "weight": 1}],
            force_new_deployment=True,
            # Two of them would write to the same files.
            deployment_minimum_healthy_percent=0,
            deployment_maximum_percent=100,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="DISABLED",
            network_configuration={
                "subnets": [placement.subnet_id],
                "security_groups": [placement.security_group_id],
                "assign_public_ip": False,
            },
            service_registries={"registry_arn": placement.registry_arn},
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            opts=self._child(
                depends_on=placement.needed,
                custom_timeouts=fargate.deployment_timeouts(
                    tasks=1, minimum_percent=0, maximum_percent=100, leaving_seconds=containers.STOP_SECONDS
                ),
            ),
        )
        self.secret_arn = secret.secret_arn
        self._finish()
