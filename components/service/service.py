"""A web service on Fargate behind a public load balancer that only the edge may reach."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import security_groups
from components.aws.security_groups import Upstream
from components.component import Component
from components.service import signals
from components.service.access_log import make_access_log
from components.service.alarms import Front, rollback_alarms
from components.service.args import CapacityArgs, ServiceArgs
from components.service.autoscaling import make_autoscaling
from components.service.deployment import FULL_PERCENT, RolloutArgs
from components.service.rollout import deployment_configuration, running_task_definition, second_fleet
from components.service.tasks import drain_seconds, make_task_definition
from observability import Signals

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.2 and 1.3 with forward secrecy.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""

STICKY_SECONDS = 24 * 60 * 60
"""How long a client with an open connection comes back to the same task, in seconds."""

KEEP_ALIVE_SECONDS = 3600
"""How long the edge may keep one connection to the load balancer, in seconds: AWS's own default."""

HEALTH_GRACE_SECONDS = 60
"""Time after its start in which a task may fail its health check, in seconds."""

DEPLOYMENT_MINUTES = 30
"""How long the engine waits for a deployment, beside what the strategy itself waits, in minutes."""


class Service(Component):
    """One web service. Holds no data: a task can be replaced at any time."""

    hostname: pulumi.Output[str]
    """Host name of the load balancer: the origin of the edge."""
    security_group_id: pulumi.Output[str]
    """Group of the tasks."""
    task_definition_arn: pulumi.Output[str]
    """What really runs; an error where that is not what was requested, unless CI owns it."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self._front = security_groups.group(f"{name}-front", "Load balancer", args.vpc_id, self._child())
        self._group = security_groups.group(f"{name}-tasks", "Service tasks", args.vpc_id, self._child())
        self._admit_edge()
        self._connect()
        balancer = self._make_balancer()
        roles = ("tg", "tg-second") if args.rollout.two_fleets else ("tg",)
        targets = [self._make_target(role) for role in roles]
        listener = self._make_listeners(balancer, targets[0])
        self._front_metrics = Front(balancer=balancer.arn_suffix, targets=[it.arn_suffix for it in targets])
        task = make_task_definition(name, args, self._child())
        service = self._make_service(task, targets, listener)
        make_autoscaling(name, args, service, self._front_metrics, self._child())
        self.hostname = balancer.dns_name
        self.security_group_id = self._group.id
        self.task_definition_arn = self._running(service, task)
        self._signals = signals.signals(args, self._front_metrics)
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals

    def _admit_edge(self) -> None:
        ranges = aws.ec2.ManagedPrefixList(
            f"{self._name}-edge",
            name=f"{self._args.service_name}-edge",
            address_family="IPv4",
            max_entries=len(self._args.ingress_cidrs),
            entries=[{"cidr": cidr} for cidr in self._args.ingress_cidrs],
            opts=self._child(),
        )
        for port in (443, 80):
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-from-edge-{port}",
                security_group_id=self._front.id,
                prefix_list_id=ranges.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self._child(),
            )

    def _connect(self) -> None:
        task = Upstream(role="task", security_group_id=self._group.id, port=self._args.port)
        security_groups.connect(f"{self._name}-front", self._front, [task], self._child())
        store = self._args.collecting.store.upstreams if self._args.collecting else []
        security_groups.connect(f"{self._name}-tasks", self._group, [*self._args.upstreams, *store], self._child())
        security_groups.allow_https_out(f"{self._name}-tasks", self._group, self._child())

    def _make_balancer(self) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            f"{self._name}-alb",
            load_balancer_type="application",
            internal=False,
            subnets=self._args.public_subnet_ids,
            security_groups=[self._front.id],
            idle_timeout=self._args.idle_timeout_seconds,
            client_keep_alive=KEEP_ALIVE_SECONDS,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=self._args.protect,
            access_logs=make_access_log(
                self._name, self._args, self._child(), self._protected(self._args.protect)
            ),
            opts=self._child(),
        )

    def _make_target(self, role: str) -> aws.lb.TargetGroup:
        sticky: Any = {"type": "lb_cookie", "enabled": self._args.websockets, "cookie_duration": STICKY_SECONDS}
        # No physical name: a change of the port makes a new group beside the old one, which has its name still.
        return aws.lb.TargetGroup(
            f"{self._name}-{role}",
            port=self._args.port,
            protocol="HTTP",
            target_type="ip",
            vpc_id=self._args.vpc_id,
            deregistration_delay=drain_seconds(self._args),
            # Requests differ in length by a hundred times; a slow start would need round robin.
            load_balancing_algorithm_type="least_outstanding_requests",
            stickiness=sticky,
            health_check={
                "path": self._args.health_path,
                "matcher": "200",
                "interval": 15,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            opts=self._child(),
        )

    def _make_listeners(self, balancer: aws.lb.LoadBalancer, target: aws.lb.TargetGroup) -> aws.lb.Listener:
        aws.lb.Listener(
            f"{self._name}-http",
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                {
                    "type": "redirect",
                    "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"},
                }
            ],
            opts=self._child(),
        )
        return aws.lb.Listener(
            f"{self._name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=self._args.certificate_arn,
            mutual_authentication=self._demand_of_callers(),
            default_actions=[{"type": "forward", "target_group_arn": target.arn}],
            routing_http_response_server_enabled=False,
            opts=self._child(),
        )

    def _demand_of_callers(self) -> aws.lb.ListenerMutualAuthenticationArgsDict:
        if self._args.trust_store_arn is None:
            # Said aloud: the provider leaves a listener as it is where nothing is said.
            return {"mode": "off"}
        return {"mode": "verify", "trust_store_arn": self._args.trust_store_arn}

    def _make_service(
        self, task: aws.ecs.TaskDefinition, targets: list[aws.lb.TargetGroup], listener: aws.lb.Listener
    ) -> aws.ecs.Service:
        args, rollout = self._args, self._args.rollout
        least, most = rollout.running_percents
        made = rollback_alarms(self._name, args, self._front_metrics, self._child())
        alarms: Any = {"alarm_names": [alarm.name for alarm in made], "enable": True, "rollback": True}
        return aws.ecs.Service(
            f"{self._name}-service",
            name=args.service_name,
            cluster=args.cluster_arn,
            task_definition=task.arn,
            desired_count=args.scaling.minimum_tasks,
            capacity_provider_strategies=_capacity(args.capacity),
            # Without it a change of the capacity replaces the service: it is deleted first, and nobody answers.
            # https://github.com/hashicorp/terraform-provider-aws/issues/11351
            force_new_deployment=True,
            deployment_minimum_healthy_percent=least,
            deployment_maximum_percent=most,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_configuration=deployment_configuration(rollout),
            alarms=alarms,
            # ECS moves a task to another zone by starting a new one first.
            availability_zone_rebalancing="ENABLED" if most > FULL_PERCENT else "DISABLED",
            health_check_grace_period_seconds=HEALTH_GRACE_SECONDS,
            enable_execute_command=False,
            network_configuration={
                "subnets": args.private_subnet_ids,
                "security_groups": [self._group.id],
                "assign_public_ip": False,
            },
            load_balancers=[self._behind(targets, listener)],
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            enable_ecs_managed_tags=True,
            opts=self._child(
                depends_on=[listener], ignore_changes=self._owned_elsewhere(), custom_timeouts=_patience(rollout)
            ),
        )

    def _behind(self, targets: list[aws.lb.TargetGroup], listener: aws.lb.Listener) -> Any:
        behind: dict[str, Any] = {
            "target_group_arn": targets[0].arn,
            "container_name": self._name,
            "container_port": self._args.port,
        }
        if self._args.rollout.two_fleets:
            behind["advanced_configuration"] = second_fleet(self._name, listener, targets, self._child())
        return behind

    def _owned_elsewhere(self) -> list[str]:
        """Inputs that others change: autoscaling the number of tasks, CI the task definition."""
        by_scaling = ["desiredCount"] if self._args.scaling.automatic else []
        by_ci = ["taskDefinition"] if self._args.image_owned_by_ci else []
        return [*by_scaling, *by_ci]

    def _running(self, service: aws.ecs.Service, task: aws.ecs.TaskDefinition) -> pulumi.Output[str]:
        if self._args.image_owned_by_ci:
            return service.task_definition.apply(str)
        opts = pulumi.InvokeOutputOptions(parent=self, depends_on=[service])
        return running_task_definition(service, task.arn, opts)


def _capacity(capacity: CapacityArgs) -> list[Any]:
    """Never a launch type: to go from one to the other replaces the service."""
    base, spot = capacity.base_tasks, capacity.spot_percent
    # AWS places no task with a provider of weight 0, be it of its base.
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
    weight = max(FULL_PERCENT - spot, 1 if base else 0)
    fixed = [{"capacity_provider": "FARGATE", "base": base, "weight": weight}] if weight else []
    return [*fixed, *([{"capacity_provider": "FARGATE_SPOT", "weight": spot}] if spot else [])]


def _patience(rollout: RolloutArgs) -> pulumi.CustomTimeouts:
    """How long the engine waits for a deployment."""
    minutes = f"{DEPLOYMENT_MINUTES + rollout.shifting_minutes}m"
    return pulumi.CustomTimeouts(create=minutes, update=minutes)
