"""Network of tasks that nobody calls: jobs and standalone tasks."""

import pulumi
import pulumi_aws as aws

from components.aws import security_groups
from components.service.args import WorkloadArgs


def make_task_network(
    name: str, description: str, args: WorkloadArgs, opts: pulumi.ResourceOptions
) -> tuple[aws.ec2.SecurityGroup, list[pulumi.Resource]]:
    """Return the security group of the tasks, and what a task waits for: rules, upstreams and routes."""
    group = security_groups.group(f"{name}-tasks", description, args.placement.vpc_id, opts)
    needed = security_groups.connect(f"{name}-tasks", group.id, args.upstreams, opts)
    needed.append(security_groups.allow_https_out(f"{name}-tasks", group, opts))
    return group, [*needed, *args.placement.routes]
