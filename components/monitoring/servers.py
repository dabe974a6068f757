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


class MonitoringServers(Component):
    """The servers. Their data is on the host's disk: the task can be replaced, and nobody measures meanwhile."""

    secret_arn: pulumi.Output[str]
    """ARN of the secret with the key `grafana_password`, that of the user `admin`."""

    def __init__(self, name: str, args: MonitoringServersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        secret = self._make_secret()
        self._make_service(self._make_task(secret))
        self.secret_arn = secret.secret_arn
        self._finish()

    def _make_secret(self) -> aws.secretsmanager.SecretVersion:
        password = random.RandomPassword(f"{self._name}-admin", length=32, special=False, opts=self._child())
        values: dict[str, pulumi.Input[object]] = {"grafana_password": password.result}
        if self._args.alertmanager is not None:
            values["alertmanager"] = self._args.alertmanager
        return secrets_manager.make_secret(
            f"{self._name}-credentials", "Grafana's administrator", values, self._child()
        )

    def _make_task(self, secret: aws.secretsmanager.SecretVersion) -> aws.ecs.TaskDefinition:
        args = self._args
        log = fargate.make_log_group(self._name, args.log_retention_days, self._child())
        references = {
            key: secrets_manager.reference(secret.secret_arn, key, secret.version_id)
            for key in ("grafana_password", "alertmanager")
        }
        return aws.ecs.TaskDefinition(
            f"{self._name}-task",
            family=args.service_name,
            network_mode="awsvpc",
            requires_compatibilities=["EC2"],
            execution_role_arn=fargate.make_execution_role(self._name, [secret.secret_arn], self._child()).arn,
            task_role_arn=fargate.make_task_role(self._name, self._child()).arn,
            container_definitions=json_text(containers.containers(args, references, log.name)),
            volumes=containers.volumes(),
            skip_destroy=True,
            tags=sidecar.MEASURES_TAG,
            opts=self._child(),
        )

    def _make_service(self, task: aws.ecs.TaskDefinition) -> aws.ecs.Service:
        place = self._args.place
        return aws.ecs.Service(
            f"{self._name}-service",
            name=self._args.service_name,
            cluster=place.cluster_arn,
            task_definition=task.arn,
            desired_count=1,
            capacity_provider_strategies=[{"capacity_provider": place.capacity_provider, "weight": 1}],
            force_new_deployment=True,
            # Two of them would write to the same files.
            deployment_minimum_healthy_percent=0,
            deployment_maximum_percent=100,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="DISABLED",
            network_configuration={
                "subnets": [place.subnet_id],
                "security_groups": [place.security_group_id],
                "assign_public_ip": False,
            },
            service_registries={"registry_arn": place.registry_arn},
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            opts=self._child(),
        )
