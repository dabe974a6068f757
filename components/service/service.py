"""A web service on Fargate behind a public load balancer that only the edge may reach."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import fargate, security_groups
from components.aws.security_groups import Upstream
from components.component import Component
from components.service.access_log import make_access_log
from components.service.alarms import rollback_alarms
from components.service.args import CapacityArgs, ServiceArgs
from components.service.autoscaling import make_autoscaling
from components.service.deployment import FULL_PERCENT
from components.service.dimensions import BalancerDimensions
from components.service.rollout import deployment_configuration, running_task_definition, second_fleet
from components.service.scaling import most_tasks
from components.service.signals import service_signals
from components.service.tasks import STOP_MARGIN_SECONDS, drain_seconds, make_task_definition
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


class Service(Component):
    """One web service. Holds no data: a task can be replaced at any time."""

    hostname: pulumi.Output[str]
    """Host name of the load balancer: the origin of the edge."""
    security_group_id: pulumi.Output[str]
    """Group of the tasks."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the task definition that runs; an error where it is not the requested one, unless CI owns it."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        vpc_id = args.placement.vpc_id
        self._balancer_group = security_groups.group(f"{name}-front", "Load balancer", vpc_id, self._child())
        self._task_group = security_groups.group(f"{name}-tasks", "Service tasks", vpc_id, self._child())
        ranges = aws.ec2.ManagedPrefixList(
            f"{name}-edge",
            name=f"{args.service_name}-edge",
            address_family="IPv4",
            max_entries=len(args.balancer.ingress_cidrs),
            entries=[{"cidr": cidr} for cidr in args.balancer.ingress_cidrs],
            opts=self._child(),
        )
        for port in (443, 80):
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-from-edge-{port}",
                security_group_id=self._balancer_group.id,
                prefix_list_id=ranges.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self._child(),
            )
        task_port = Upstream(role="task", security_group_id=self._task_group.id, port=args.http.port)
        needed = security_groups.connect(f"{name}-front", self._balancer_group, [task_port], self._child())
        store = args.telemetry.collecting.store.upstreams if args.telemetry.collecting else []
        needed += security_groups.connect(
            f"{name}-tasks", self._task_group, [*args.upstreams, *store], self._child()
        )
        needed.append(security_groups.allow_https_out(f"{name}-tasks", self._task_group, self._child()))
        self._needed = [*needed, *args.placement.routes]
        balancer = self._make_balancer()
        roles = ("tg", "tg-second") if args.rollout.two_fleets else ("tg",)
        targets = [self._make_target_group(role) for role in roles]
        listener = self._make_listeners(balancer, targets[0])
        dimensions = BalancerDimensions(
            arn_suffix=balancer.arn_suffix, target_group_suffixes=[target.arn_suffix for target in targets]
        )
        task = make_task_definition(name, args, self._child())
        self._service = service = self._make_service(task, targets, listener, dimensions)
        make_autoscaling(name, args, service, dimensions, self._child())
        self.hostname = balancer.dns_name
        self.security_group_id = self._task_group.id
        looked_up = pulumi.InvokeOutputOptions(parent=self, depends_on=[service])
        self.task_definition_arn = (
            service.task_definition.apply(str)
            if args.image.owned_by_ci
            else running_task_definition(service, task.arn, looked_up)
        )
        self._signals = service_signals(args, dimensions)
        self._finish()

    @property
    def ready(self) -> pulumi.Resource:
        """The running tasks; all that they call is there before them."""
        return self._service

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals

    def _make_balancer(self) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            f"{self._name}-alb",
            load_balancer_type="application",
            internal=False,
            subnets=self._args.balancer.subnet_ids,
            security_groups=[self._balancer_group.id],
            idle_timeout=self._args.http.idle_timeout_seconds,
            client_keep_alive=KEEP_ALIVE_SECONDS,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=self._args.protect,
            access_logs=make_access_log(
                self._name, self._args, self._child(), self._protected(self._args.protect)
            ),
            opts=self._child(),
        )

    def _make_target_group(self, role: str) -> aws.lb.TargetGroup:
        sticky: Any = {
            "type": "lb_cookie",
            "enabled": self._args.http.websockets,
            "cookie_duration": STICKY_SECONDS,
        }
        # No physical name: a change of the port makes a new group beside the old one, which has its name still.
        return aws.lb.TargetGroup(
            f"{self._name}-{role}",
            port=self._args.http.port,
            protocol="HTTP",
            target_type="ip",
            vpc_id=self._args.placement.vpc_id,
            deregistration_delay=drain_seconds(self._args),
            # Requests differ in length by a hundred times; a slow start would need round robin.
            load_balancing_algorithm_type="least_outstanding_requests",
            stickiness=sticky,
            health_check={
                "path": self._args.http.health_path,
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
                {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}}
            ],
            opts=self._child(),
        )
        trust_store_arn = self._args.balancer.trust_store_arn
        return aws.lb.Listener(
            f"{self._name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=self._args.balancer.certificate_arn,
            # Never left out: the provider would leave the listener as it is.
            mutual_authentication=(
                {"mode": "verify", "trust_store_arn": trust_store_arn}
                if trust_store_arn is not None
                else {"mode": "off"}
            ),
            default_actions=[{"type": "forward", "target_group_arn": target.arn}],
            routing_http_response_server_enabled=False,
            opts=self._child(),
        )

    def _make_service(
        self,
        task: aws.ecs.TaskDefinition,
        targets: list[aws.lb.TargetGroup],
        listener: aws.lb.Listener,
        dimensions: BalancerDimensions,
    ) -> aws.ecs.Service:
        args, rollout = self._args, self._args.rollout
        minimum_percent, maximum_percent = rollout.running_percents
        alarms = rollback_alarms(self._name, args, dimensions, self._child())
        alarm_names: Any = [alarm.name for alarm in alarms]
        # Autoscaling changes the number of tasks, and CI the task definition.
        by_scaling = ["desiredCount"] if args.scaling.automatic else []
        by_ci = ["taskDefinition"] if args.image.owned_by_ci else []
        return aws.ecs.Service(
            f"{self._name}-service",
            name=args.service_name,
            cluster=args.cluster.arn,
            task_definition=task.arn,
            desired_count=args.scaling.minimum_tasks,
            capacity_provider_strategies=_capacity_providers(args.capacity),
            # Without it the provider refuses a change of the capacity, and older ones replaced the service for it.
            # https://github.com/hashicorp/terraform-provider-aws/issues/11351
            force_new_deployment=True,
            deployment_minimum_healthy_percent=minimum_percent,
            deployment_maximum_percent=maximum_percent,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_configuration=deployment_configuration(rollout),
            alarms={"alarm_names": alarm_names, "enable": True, "rollback": True},
            # ECS moves a task to another zone by starting a new one first.
            availability_zone_rebalancing="ENABLED" if maximum_percent > FULL_PERCENT else "DISABLED",
            health_check_grace_period_seconds=HEALTH_GRACE_SECONDS,
            enable_execute_command=False,
            network_configuration={
                "subnets": args.placement.subnet_ids,
                "security_groups": [self._task_group.id],
                "assign_public_ip": False,
            },
            load_balancers=[self._load_balancer(targets, listener)],
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            enable_ecs_managed_tags=True,
            opts=self._child(
                # A task that starts before its database counts as failed, and the first deployment with it.
                depends_on=[listener, *self._needed],
                ignore_changes=[*by_scaling, *by_ci],
                custom_timeouts=fargate.deployment_timeouts(
                    tasks=most_tasks(args.scaling),
                    minimum_percent=minimum_percent,
                    maximum_percent=maximum_percent,
                    leaving_seconds=2 * drain_seconds(args) + STOP_MARGIN_SECONDS,
                    further_minutes=rollout.shifting_minutes,
                ),
            ),
        )

    def _load_balancer(self, targets: list[aws.lb.TargetGroup], listener: aws.lb.Listener) -> Any:
        block: dict[str, Any] = {
            "target_group_arn": targets[0].arn,
            "container_name": self._name,
            "container_port": self._args.http.port,
        }
        if self._args.rollout.two_fleets:
            block["advanced_configuration"] = second_fleet(self._name, listener, targets, self._child())
        return block


def _capacity_providers(capacity: CapacityArgs) -> list[Any]:
    """Return shares of Fargate and Spot; never a launch type, for from one to the other replaces the service."""
    base, spot = capacity.base_tasks, capacity.spot_percent
    # AWS places no task with a provider of weight 0, be it of its base.
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
    weight = max(FULL_PERCENT - spot, 1 if base else 0)
    providers: list[Any] = [{"capacity_provider": "FARGATE", "base": base, "weight": weight}] if weight else []
    return providers + ([{"capacity_provider": "FARGATE_SPOT", "weight": spot}] if spot else [])
