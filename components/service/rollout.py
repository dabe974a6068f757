"""Deployment of a web service, and the proof that ECS did not roll it back."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import iam
from components.aws.partition import managed_policy
from components.service.args import ServiceArgs
from components.service.deployment import RolloutArgs, Strategy

SHIFTING_POLICY = "AmazonECSInfrastructureRolePolicyForLoadBalancers"
"""Policy of AWS with the permissions that ECS needs to shift traffic between two target groups.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
"""


def deployment_configuration(rollout: RolloutArgs) -> Any:
    """Return the `deployment_configuration` block of `aws.ecs.Service`."""
    block: dict[str, Any] = {"strategy": str(rollout.strategy)}
    if rollout.two_fleets:
        block["bake_time_in_minutes"] = str(rollout.bake_minutes)
    if rollout.strategy is Strategy.CANARY:
        block["canary_configuration"] = {
            "canary_percent": float(rollout.shift_percent),
            "canary_bake_time_in_minutes": str(rollout.shift_minutes),
        }
    if rollout.strategy is Strategy.LINEAR:
        block["linear_configuration"] = {
            "step_percent": float(rollout.shift_percent),
            "step_bake_time_in_minutes": str(rollout.shift_minutes),
        }
    return block


def make_rule(
    name: str, args: ServiceArgs, targets: list[aws.lb.TargetGroup], opts: pulumi.ResourceOptions
) -> aws.lb.ListenerRule:
    """Return the rule that sends the service's requests to its target groups, at first all to the first one."""
    forward: Any = {"type": "forward", "target_group_arn": targets[0].arn}
    if args.rollout.two_fleets:
        groups = [{"arn": target.arn, "weight": weight} for target, weight in zip(targets, (100, 0), strict=True)]
        forward = {"type": "forward", "forward": {"target_groups": groups}}
    conditions: Any = [{kind: {"values": values}} for kind, values in args.routing.conditions.items()]
    return aws.lb.ListenerRule(
        f"{name}-production",
        listener_arn=args.balancer.listener_arn,
        priority=args.routing.priority,
        conditions=conditions,
        actions=[forward],
        # ECS owns the weights from the first deployment on; to write ours again would send requests to no task.
        # https://github.com/terraform-aws-modules/terraform-aws-alb/issues/409
        opts=pulumi.ResourceOptions(
            parent=opts.parent, ignore_changes=["actions"] if args.rollout.two_fleets else None
        ),
    )


def second_fleet(
    name: str, rule: aws.lb.ListenerRule, second: aws.lb.TargetGroup, opts: pulumi.ResourceOptions, *, region: str
) -> dict[str, Any]:
    """Return the `advanced_configuration` block by which ECS shifts the traffic of `rule` to `second` and back."""
    role = aws.iam.Role(f"{name}-shifting", assume_role_policy=iam.trust("ecs.amazonaws.com"), opts=opts)
    allowed = aws.iam.RolePolicyAttachment(
        f"{name}-shifting", role=role.name, policy_arn=managed_policy(region, SHIFTING_POLICY), opts=opts
    )
    return {
        "alternate_target_group_arn": second.arn,
        "production_listener_rule": rule.arn,
        # Not the role's own ARN: without its policy the first deployment would fail.
        "role_arn": iam.arn_with(role, allowed),
    }


def running_task_definition(
    service: aws.ecs.Service, requested: pulumi.Output[str], opts: pulumi.InvokeOutputOptions
) -> pulumi.Output[str]:
    """Return the ARN of the task definition that `service` really runs, once it is steady.

    The engine counts a deployment that ECS rolled back as done: https://github.com/hashicorp/terraform-provider-aws/issues/20858.
    A preview looks nothing up.

    Raises:
        pulumi.RunError: in the returned Output, when it is not the one requested.

    """
    if pulumi.runtime.is_dry_run():
        return requested
    current = aws.ecs.get_service_output(cluster_arn=service.cluster, service_name=service.name, opts=opts)
    known = pulumi.Output.all(service.cluster, service.name, requested, current.task_definition)
    return known.apply(_as_requested)


def _as_requested(known: list[str]) -> str:
    cluster, service, requested, running = known
    if requested == running:
        return running
    raise pulumi.RunError(
        f"service {service}: requested task definition {_revision(requested)}, running {_revision(running)}: "
        "ECS rolled the deployment back, or somebody else deployed. See: "
        f"aws ecs describe-services --cluster {cluster} --services {service} --query services[0].events"
    )


def _revision(arn: str) -> str:
    return arn.rpartition("/")[2]
