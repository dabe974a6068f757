"""PgBouncer on Fargate behind an internal load balancer: many clients, few connections to PostgreSQL."""

import math

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.aws import fargate, iam, secrets_manager, security_groups
from components.aws.security_groups import Upstream
from components.aws.urls import escaped
from components.component import Component
from components.postgres.pooler import signals
from components.postgres.pooler.args import PoolerArgs
from components.postgres.pooler.containers import PoolerContainers
from components.postgres.pooler.pgbouncer import (
    IDLE_TIMEOUT_SECONDS,
    LISTEN_PORT,
    MOST_HEALTHY_CHECKS,
    STATS_USER,
    STOP_TIMEOUT_SECONDS,
    PoolSize,
)
from components.postgres.pooler.role import PASSWORD_KEY, READER_PASSWORD_KEY
from observability import Signals

HEALTH_INTERVAL_SECONDS = 10
"""Time between two health checks of a task, in seconds; longer only where tasks drain for longer."""


class Pooler(Component):
    """PgBouncer in transaction mode. Holds no data: a task can be replaced at any time."""

    host: pulumi.Output[str]
    """Host name that clients inside the VPC connect to."""
    port: pulumi.Output[int]
    """TCP port that clients connect to."""
    pooled_url: pulumi.Output[str]
    """Secret. URL for all application queries; its password is the pooler's own, and opens no direct way."""
    secret_arn: pulumi.Output[str]
    """ARN of the secret: client_password, database_password, stats_password, exporter_url; reader_password."""
    security_group_id: pulumi.Output[str]
    """Group in front of the pooler; clients add their own rule."""

    def __init__(self, name: str, args: PoolerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self._front = security_groups.group(
            f"{name}-front", "PgBouncer, clients' side", args.placement.vpc_id, self._child()
        )
        self._group = security_groups.group(
            f"{name}-tasks", "PgBouncer tasks", args.placement.vpc_id, self._child()
        )
        task = Upstream(role="task", security_group_id=self._group.id, port=LISTEN_PORT)
        needed = security_groups.connect(f"{name}-front", self._front.id, [task], self._child())
        store = args.collecting.store.upstreams if args.collecting else []
        upstreams = [args.database.upstream, *args.upstreams, *store]
        needed += security_groups.connect(f"{name}-tasks", self._group.id, upstreams, self._child())
        needed.append(security_groups.allow_https_out(f"{name}-tasks", self._group, self._child()))
        # What clients are given opens PgBouncer alone; the third is that of the application's role behind it.
        passwords = {
            who: random.RandomPassword(f"{name}-{who}", length=32, special=False, opts=self._child()).result
            for who in ("client", "stats", "database", *(("reader",) if args.reader_role else ()))
        }
        client_password, stats_password = passwords["client"], passwords["stats"]
        address = f"@127.0.0.1:{LISTEN_PORT}/pgbouncer?sslmode=disable"
        values = {
            "client_password": client_password,
            PASSWORD_KEY: passwords["database"],
            "stats_password": stats_password,
            "exporter_url": pulumi.Output.concat(f"postgres://{STATS_USER}:", escaped(stats_password), address),
            **({READER_PASSWORD_KEY: passwords["reader"]} if args.reader_role else {}),
        }
        credentials = secrets_manager.make_secret(
            f"{name}-credentials", "Who may connect to PgBouncer", values, self._child()
        )
        balancer, target, listener = self._make_balancer()
        needed += [listener, *args.placement.routes]
        self._service = self._make_service(self._make_task(credentials), target, needed)
        self.host = balancer.dns_name
        self.port = pulumi.Output.from_input(LISTEN_PORT)
        self._reader_information = (
            pulumi.Output.concat(args.reader_role, ":", escaped(passwords["reader"])) if args.reader_role else None
        )
        user_information = pulumi.Output.concat(args.database.user, ":", escaped(client_password))
        location = pulumi.Output.concat(balancer.dns_name, f":{LISTEN_PORT}/{args.database.database_name}")
        self.pooled_url = pulumi.Output.secret(
            pulumi.Output.concat("postgresql://", user_information, "@", location)
        )
        self.secret_arn = credentials.secret_arn
        self.security_group_id = self._front.id
        self._signals = signals.signals(args, balancer.arn_suffix, target.arn_suffix)
        self._finish()

    @property
    def upstream(self) -> Upstream:
        """The port that clients in the network reach."""
        return Upstream(
            role="pooler", security_group_id=self.security_group_id, port=LISTEN_PORT, ready=[self._service]
        )

    @property
    def reader_information(self) -> pulumi.Output[str] | None:
        """Secret. The readers' role and its password as a URL holds them: a replica has the role as well."""
        return self._reader_information

    @property
    def pool(self) -> PoolSize:
        """Tasks, and the connections that they share."""
        return self._args.pool

    @property
    def signals(self) -> Signals:
        """Alerts, panels and checks."""
        return self._signals

    def _make_balancer(self) -> tuple[aws.lb.LoadBalancer, aws.lb.TargetGroup, aws.lb.Listener]:
        balancer = aws.lb.LoadBalancer(
            f"{self._name}-nlb",
            load_balancer_type="network",
            internal=True,
            subnets=self._args.placement.subnet_ids,
            security_groups=[self._front.id],
            enable_cross_zone_load_balancing=True,
            enable_deletion_protection=self._args.protect,
            opts=self._child(),
        )
        drain_seconds = self._args.timeouts.drain_seconds
        interval = max(HEALTH_INTERVAL_SECONDS, math.ceil(drain_seconds / MOST_HEALTHY_CHECKS))
        target = aws.lb.TargetGroup(
            f"{self._name}-tg",
            port=LISTEN_PORT,
            protocol="TCP",
            target_type="ip",
            vpc_id=self._args.placement.vpc_id,
            # Otherwise the task would see the client's address, which its group does not admit.
            preserve_client_ip="false",
            deregistration_delay=drain_seconds,
            connection_termination=True,
            # A new task counts as healthy no sooner than the one before it has drained: else the pools of all
            # leaving tasks would be open at once, and no arithmetic of batches would hold.
            health_check={
                "protocol": "TCP",
                "interval": interval,
                "healthy_threshold": max(2, math.ceil(drain_seconds / interval)),
                "unhealthy_threshold": 2,
            },
            opts=self._child(),
        )
        listener = aws.lb.Listener(
            f"{self._name}-listener",
            load_balancer_arn=balancer.arn,
            port=LISTEN_PORT,
            protocol="TCP",
            tcp_idle_timeout_seconds=IDLE_TIMEOUT_SECONDS,
            default_actions=[{"type": "forward", "target_group_arn": target.arn}],
            opts=self._child(),
        )
        return balancer, target, listener

    def _make_task(self, credentials: aws.secretsmanager.SecretVersion) -> aws.ecs.TaskDefinition:
        args = self._args
        log = fargate.make_log_group(self._name, args.task.log_retention_days, self._child())
        containers = PoolerContainers(args, log.name, credentials.secret_arn, credentials.version_id)
        readable = [args.database.secret_arn, credentials.secret_arn]
        role = fargate.make_task_role(self._name, self._child())
        policies: list[aws.iam.RolePolicy] = []
        if containers.collecting:
            readable += containers.collecting.secrets
            policies = containers.collecting.allow(self._name, role, self._child())
        return fargate.make_task_definition(
            self._name,
            args.task,
            containers.definitions,
            family=args.service_name,
            execution_role_arn=fargate.make_execution_role(
                self._name, readable, self._child(), args.task, region=args.region
            ),
            task_role_arn=iam.arn_with(role, *policies),
            volumes=containers.volumes,
            # The whole definition is unknown until the secrets exist; these are not, so a policy can judge
            # the numbers, and a person see a changed configuration, in the very first preview.
            tags={
                "footing:pool-mode": "transaction",
                "footing:database-user": args.application_role,
                **({"footing:reader-user": args.reader_role} if args.reader_role else {}),
                "footing:server-connections": str(args.pool.server_connections),
                "footing:server-connections-per-task": str(args.pool.server_connections_per_task),
                "footing:configuration": containers.ini_hash,
            },
            opts=self._child(),
        )

    def _make_service(
        self, task: aws.ecs.TaskDefinition, target: aws.lb.TargetGroup, needed: list[pulumi.Resource]
    ) -> aws.ecs.Service:
        args = self._args
        return aws.ecs.Service(
            f"{self._name}-service",
            name=args.service_name,
            cluster=args.cluster.arn,
            task_definition=task.arn,
            desired_count=args.pool.tasks,
            launch_type="FARGATE",
            deployment_minimum_healthy_percent=args.deployment.minimum_healthy_percent,
            deployment_maximum_percent=args.deployment.maximum_percent,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="DISABLED" if args.deployment.maximum_percent <= 100 else "ENABLED",
            health_check_grace_period_seconds=60,
            network_configuration={
                "subnets": args.placement.subnet_ids,
                "security_groups": [self._group.id],
                "assign_public_ip": False,
            },
            load_balancers=[
                {"target_group_arn": target.arn, "container_name": "pgbouncer", "container_port": LISTEN_PORT}
            ],
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            opts=self._child(
                depends_on=needed,
                custom_timeouts=fargate.deployment_timeouts(
                    tasks=args.pool.tasks,
                    minimum_percent=args.deployment.minimum_healthy_percent,
                    maximum_percent=args.deployment.maximum_percent,
                    leaving_seconds=args.timeouts.drain_seconds + STOP_TIMEOUT_SECONDS,
                ),
            ),
        )
