"""A web service on Fargate behind a load balancer."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import security_groups
from components.aws.security_groups import Upstream
from components.component import Component
from components.service.alarms import rollback_alarms
from components.service.args import ServiceArgs
from components.service.autoscaling import make_autoscaling
from components.service.dimensions import TargetDimensions
from components.service.ecs import collecting, make_ecs_service, make_task_group
from components.service.rollout import make_rule, running_task_definition, second_fleet
from components.service.signals import service_signals
from components.service.tasks import STOP_MARGIN_SECONDS, drain_seconds, make_task_definition
from observability import Signals

STICKY_SECONDS = 24 * 60 * 60
"""How long a client with an open connection comes back to the same task, in seconds."""
HEALTH_GRACE_SECONDS = 60
"""Time after its start in which a task may fail its health check, in seconds."""
LONGEST_PREFIX = 24
"""Characters of a logical name from which the provider can still make a target group's name: it allows 32."""


class Service(Component):
    """One web service. Holds no data: a task can be replaced at any time."""

    security_group_id: pulumi.Output[str]
    """Group of the tasks."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the task definition that runs; an error where it is not the requested one, unless CI owns it."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        stores = args.telemetry.collecting.store.upstreams if args.telemetry.collecting else []
        group, needed = make_task_group(name, args, "Service tasks", stores, self._child())
        self.security_group_id = group.id
        task_port = Upstream(role="task", security_group_id=group.id, port=args.http.port)
        needed += security_groups.connect(
            f"{name}-front", args.balancer.security_group_id, [task_port], self._child()
        )
        roles = ("tg", "tg-second") if args.rollout.two_fleets else ("tg",)
        targets = [self._make_target_group(role) for role in roles]
        rule = make_rule(name, args, targets, self._child())
        dimensions = TargetDimensions(
            arn_suffix=args.balancer.arn_suffix, target_group_suffixes=[target.arn_suffix for target in targets]
        )
        task = make_task_definition(
            name,
            args,
            self._child(),
            environment={"PORT": str(args.http.port)},
            stop_timeout_seconds=drain_seconds(args) + STOP_MARGIN_SECONDS,
            collecting=collecting(args.telemetry, args.http.port),
            portMappings=[{"containerPort": args.http.port, "protocol": "tcp"}],
        )
        alarm_names: Any = [it.name for it in rollback_alarms(name, args, dimensions, self._child())]
        self._service = service = make_ecs_service(
            name,
            args,
            task,
            group,
            self._child(),
            needed=[rule, *needed],
            leaving_seconds=2 * drain_seconds(args) + STOP_MARGIN_SECONDS,
            alarms={"alarm_names": alarm_names, "enable": True, "rollback": True},
            health_check_grace_period_seconds=HEALTH_GRACE_SECONDS,
            load_balancers=[self._load_balancer(targets, rule)],
        )
        make_autoscaling(name, args, service, self._child(), dimensions=dimensions)
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

    def _make_target_group(self, role: str) -> aws.lb.TargetGroup:
        http = self._args.http
        logical_name = f"{self._name}-{role}"
        sticky: Any = {"type": "lb_cookie", "enabled": http.websockets, "cookie_duration": STICKY_SECONDS}
        # No physical name: a change of the port makes a new group beside the old one, which has its name still.
        return aws.lb.TargetGroup(
            logical_name,
            name_prefix="web-" if len(logical_name) > LONGEST_PREFIX else None,
            port=http.port,
            protocol="HTTP",
            target_type="ip",
            vpc_id=self._args.placement.vpc_id,
            deregistration_delay=drain_seconds(self._args),
            # Requests differ in length by a hundred times; a slow start would need round robin.
            load_balancing_algorithm_type="least_outstanding_requests",
            stickiness=sticky,
            health_check={
                "path": http.health_path,
                "matcher": http.health_codes,
                "interval": 15,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            opts=self._child(),
        )

    def _load_balancer(self, targets: list[aws.lb.TargetGroup], rule: aws.lb.ListenerRule) -> Any:
        block: dict[str, Any] = {
            "target_group_arn": targets[0].arn,
            "container_name": self._name,
            "container_port": self._args.http.port,
        }
        if self._args.rollout.two_fleets:
            block["advanced_configuration"] = second_fleet(
                self._name, rule, targets[1], self._child(), region=self._args.region
            )
        return block
