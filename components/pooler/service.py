"""PgBouncer on Fargate behind an internal load balancer: many clients, few connections to PostgreSQL."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components import _fargate, _firewall, _secret
from components._component import Component
from components._firewall import Upstream
from components._signals import Signals
from components.pooler import signals
from components.pooler.args import PoolerArgs
from components.pooler.pgbouncer import LISTEN_PORT, RUN_DIRECTORY, START_SCRIPT, PgBouncerSettings, render_ini

PREPARE_SCRIPT = f"""\
set -eu
curl --fail --silent --show-error --retry 5 --output "$RUN_DIRECTORY/rds-ca.pem" "$RDS_CA_URL"
chmod 0644 "$RUN_DIRECTORY/rds-ca.pem"
chown {_fargate.UNPRIVILEGED_USER} "$RUN_DIRECTORY"
"""
"""Fetches Amazon's certificate authorities and hands the directory to PgBouncer's user.

Fargate makes task volumes owned by root, and PgBouncer refuses to run as root.
"""

RDS_CA_URL = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"""

STOP_TIMEOUT_SECONDS = 120
"""Longest time that ECS on Fargate leaves a task between SIGTERM and SIGKILL."""


class Pooler(Component):
    """PgBouncer in transaction mode. Holds no data: a task can be replaced at any time."""

    host: pulumi.Output[str]
    """Host name that clients inside the VPC connect to."""
    port: pulumi.Output[int]
    """TCP port that clients connect to."""
    pooled_url: pulumi.Output[str]
    """Secret. URL for all application queries."""
    security_group_id: pulumi.Output[str]
    """Group in front of the pooler; clients add their own rule."""

    def __init__(self, name: str, args: PoolerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self._front = _firewall.group(f"{name}-front", "PgBouncer, clients' side", args.vpc_id, self._child())
        self._group = _firewall.group(f"{name}-tasks", "PgBouncer tasks", args.vpc_id, self._child())
        self._connect()
        balancer, target = self._make_balancer()
        self._make_service(self._make_task(), target)
        self.host = balancer.dns_name
        self.port = pulumi.Output.from_input(LISTEN_PORT)
        self.pooled_url = self._url(balancer.dns_name)
        self.security_group_id = self._front.id
        self._signals = signals.signals(args.cluster_name, args.service_name, args.tasks)
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals

    def _connect(self) -> None:
        task = Upstream(role="task", security_group_id=self._group.id, port=LISTEN_PORT)
        database = Upstream(
            role="database", security_group_id=self._args.database_security_group_id, port=self._args.database_port
        )
        _firewall.connect(f"{self._name}-front", self._front, [task], self._child())
        _firewall.connect(f"{self._name}-tasks", self._group, [database], self._child())
        _firewall.allow_https_out(f"{self._name}-tasks", self._group, self._child())

    def _make_balancer(self) -> tuple[aws.lb.LoadBalancer, aws.lb.TargetGroup]:
        balancer = aws.lb.LoadBalancer(
            f"{self._name}-nlb",
            load_balancer_type="network",
            internal=True,
            subnets=self._args.subnet_ids,
            security_groups=[self._front.id],
            enable_cross_zone_load_balancing=True,
            opts=self._child(),
        )
        target = aws.lb.TargetGroup(
            f"{self._name}-tg",
            port=LISTEN_PORT,
            protocol="TCP",
            target_type="ip",
            vpc_id=self._args.vpc_id,
            # Otherwise the task would see the client's address, which its group does not admit.
            preserve_client_ip="false",
            deregistration_delay=STOP_TIMEOUT_SECONDS // 2,
            connection_termination=True,
            health_check={"protocol": "TCP", "interval": 10, "healthy_threshold": 2, "unhealthy_threshold": 2},
            opts=self._child(),
        )
        aws.lb.Listener(
            f"{self._name}-listener",
            load_balancer_arn=balancer.arn,
            port=LISTEN_PORT,
            protocol="TCP",
            default_actions=[{"type": "forward", "target_group_arn": target.arn}],
            opts=self._child(),
        )
        return balancer, target

    def _make_task(self) -> aws.ecs.TaskDefinition:
        args = self._args
        log = _fargate.make_log_group(self._name, args.task.log_retention_days, self._child())
        return _fargate.make_task_definition(
            self._name,
            args.task,
            [self._prepare_container(log.name), self._pgbouncer_container(log.name)],
            family=args.service_name,
            execution_role=_fargate.make_execution_role(self._name, [args.database_secret_arn], self._child()),
            task_role=_fargate.make_task_role(self._name, self._child()),
            volumes=["run"],
            # The whole definition is unknown until the secret exists; these are not, so a policy can judge
            # the numbers in the very first preview.
            tags={
                "footing:pool-mode": "transaction",
                "footing:server-connections": str(args.server_connections),
            },
            opts=self._child(),
        )

    def _prepare_container(self, log_group: pulumi.Output[str]) -> dict[str, Any]:
        return _fargate.container(
            "prepare",
            self._args.prepare_image,
            environment={"RDS_CA_URL": RDS_CA_URL, "RUN_DIRECTORY": RUN_DIRECTORY},
            log_group=log_group,
            region=self._args.region,
            user="0:0",
            essential=False,
            entryPoint=["sh", "-c"],
            command=[PREPARE_SCRIPT],
            mountPoints=[{"sourceVolume": "run", "containerPath": RUN_DIRECTORY}],
        )

    def _pgbouncer_container(self, log_group: pulumi.Output[str]) -> dict[str, Any]:
        args = self._args
        password = _secret.reference(args.database_secret_arn, "password", args.database_secret_version_id)
        return _fargate.container(
            "pgbouncer",
            args.image,
            environment={
                "DATABASE_HOST": args.database_host,
                "DATABASE_NAME": args.database_name,
                "DATABASE_PORT": str(args.database_port),
                "DATABASE_USER": args.database_user,
                "PGBOUNCER_INI": render_ini(self._settings()),
                "POOLER_TASKS": str(args.tasks),
                "RUN_DIRECTORY": RUN_DIRECTORY,
            },
            secrets={"DATABASE_PASSWORD": password},
            log_group=log_group,
            region=args.region,
            entryPoint=["sh", "-c"],
            command=[START_SCRIPT],
            dependsOn=[{"containerName": "prepare", "condition": "SUCCESS"}],
            mountPoints=[{"sourceVolume": "run", "containerPath": RUN_DIRECTORY}],
            portMappings=[{"containerPort": LISTEN_PORT, "protocol": "tcp"}],
            stopTimeout=STOP_TIMEOUT_SECONDS,
        )

    def _settings(self) -> PgBouncerSettings:
        args = self._args
        return PgBouncerSettings.of_one_task(
            tasks=args.tasks,
            server_connections=args.server_connections,
            client_connections=args.client_connections,
            query_wait_timeout_seconds=args.query_wait_timeout_seconds,
            server_idle_timeout_seconds=args.server_idle_timeout_seconds,
            stats_user=args.database_user,
        )

    def _make_service(self, task: aws.ecs.TaskDefinition, target: aws.lb.TargetGroup) -> None:
        args = self._args
        aws.ecs.Service(
            f"{self._name}-service",
            name=args.service_name,
            cluster=args.cluster_arn,
            task_definition=task.arn,
            desired_count=args.tasks,
            launch_type="FARGATE",
            deployment_minimum_healthy_percent=args.minimum_healthy_percent,
            deployment_maximum_percent=args.maximum_percent,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="DISABLED" if args.maximum_percent <= 100 else "ENABLED",
            health_check_grace_period_seconds=60,
            network_configuration={
                "subnets": args.subnet_ids,
                "security_groups": [self._group.id],
                "assign_public_ip": False,
            },
            load_balancers=[
                {"target_group_arn": target.arn, "container_name": "pgbouncer", "container_port": LISTEN_PORT}
            ],
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            opts=self._child(depends_on=[target]),
        )

    def _url(self, host: pulumi.Output[str]) -> pulumi.Output[str]:
        args = self._args
        credentials = pulumi.Output.concat(args.database_user, ":", args.database_password)
        place = pulumi.Output.concat(host, f":{LISTEN_PORT}/{args.database_name}")
        return pulumi.Output.secret(pulumi.Output.concat("postgresql://", credentials, "@", place))
