"""The way in for people: a task in a cluster of its own that forwards ports by Session Manager, and ends.

Nothing listens: the agent in the task calls Session Manager over HTTPS, and a tunnel is a session of somebody whom
IAM knows. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
from msgspec import Struct

from components.aws import fargate, iam, security_groups
from components.aws.fargate import TaskArgs
from components.aws.partition import partition
from components.aws.placement import NetworkPlacement
from components.aws.security_groups import Upstream
from components.component import Component

CONTAINER = "bastion"
"""Name of the task's container; its runtime id is the target of a session."""
MINUTES_VARIABLE = "MINUTES"
"""Variable by which whoever runs the task asks for less time than the longest."""
AGENT_DIRECTORIES = {
    "agents": "/managed-agents",
    "agent-state": "/var/lib/amazon/ssm",
    "agent-log": "/var/log/amazon/ssm",
}
"""Directories that the agent of ECS Exec writes, by the volume that takes them where the root is read-only.

AWS supports a writable root alone; with these three others run it: https://github.com/aws/containers-roadmap/issues/1359
"""
SESSION_ACTIONS = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]
"""What the agent asks of Session Manager; none of them takes a resource."""
KEY_ACTIONS = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
"""What CloudWatch Logs needs of a key.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""


class TargetArgs(Struct, frozen=True, kw_only=True):
    """A server that the bastion reaches."""

    upstream: Upstream
    """Its port and the group in front of it."""
    host: pulumi.Input[str]
    """Host name inside the network."""
    facts: Mapping[str, pulumi.Input[Any]]
    """What a person needs to log in: user, database, where the password is; no secret."""


class BastionArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Bastion`."""

    bastion_name: str
    """Physical name of the cluster and of the task family; part of the log group's."""
    region: str
    """Region of the stack."""
    placement: NetworkPlacement
    """Private subnets."""
    task: TaskArgs
    """Size of the task, and how long logs are kept."""
    image: str
    """Image with a shell and `sleep`."""
    minutes: int
    """Longest life of a task, in minutes."""
    read_only: bool
    """Whether the root file system is read-only."""
    targets: dict[str, TargetArgs]
    """Servers by the name that a person types; one at least."""
    upstreams: list[Upstream]
    """Interface endpoints that the task calls."""
    protect: bool = True
    """Refuse to delete the key: what was logged could not be read any more."""

    def __post_init__(self) -> None:
        """Refuse a bastion that leads nowhere.

        Raises:
            ValueError: there are no targets.

        """
        if not self.targets:
            raise ValueError("targets is empty: a bastion without a server behind it leads nowhere")


class Bastion(Component):
    """Cluster, task definition, group, role and log of the tunnels of people. Nothing runs until somebody asks."""

    cluster_name: pulumi.Output[str]
    """Cluster that runs its tasks, and nothing else."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the newest revision."""
    security_group_id: pulumi.Output[str]
    """Group of the tasks."""
    log_group_name: pulumi.Output[str]
    """Log group of tasks and of commands that are typed in them."""

    def __init__(self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        role = fargate.make_task_role(name, self._child())
        key = self._make_key(role)
        log = aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/footing/{args.bastion_name}-log",
            retention_in_days=args.task.log_retention_days,
            kms_key_id=key.arn,
            opts=self._child(),
        )
        cluster = self._make_cluster(key, log)
        policy = self._allow(role, key, log)
        group = security_groups.group(f"{name}-tasks", "Tunnels of people", args.placement.vpc_id, self._child())
        upstreams = [*(it.upstream for it in args.targets.values()), *args.upstreams]
        security_groups.connect(f"{name}-tasks", group.id, upstreams, self._child())
        security_groups.allow_https_out(f"{name}-tasks", group, self._child())
        task = self._make_task(log, iam.arn_with(role, policy))
        self.cluster_name, self.task_definition_arn = cluster.name, task.arn
        self.security_group_id, self.log_group_name = group.id, log.name
        self._finish()

    @property
    def door(self) -> dict[str, Any]:
        """What `footing connect` needs to know; no secret."""
        args = self._args
        return {
            "region": args.region,
            "cluster": self.cluster_name,
            "task_definition": self.task_definition_arn,
            "container": CONTAINER,
            "subnet_ids": args.placement.subnet_ids,
            "security_group_id": self.security_group_id,
            "log_group": self.log_group_name,
            "minutes": args.minutes,
            "targets": {
                name: {"host": it.host, "port": it.upstream.port, **it.facts} for name, it in args.targets.items()
            },
        }

    def _make_key(self, role: aws.iam.Role) -> aws.kms.Key:
        """Make the key of the log and of sessions, which CloudWatch Logs may use for this stack's log alone."""
        args, name = self._args, f"{self._name}-key"
        key = aws.kms.Key(
            name,
            description=f"Log and sessions of {args.bastion_name}",
            enable_key_rotation=True,
            opts=self._child(protect=args.protect),
        )

        def policy(role_arn: str) -> str:
            account, own = role_arn.split(":")[4], partition(args.region)
            log = f"arn:{own}:logs:{args.region}:{account}:log-group:/footing/{args.bastion_name}-log"
            statements = [
                {
                    "Sid": "Owner",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:{own}:iam::{account}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Sid": "Logs",
                    "Effect": "Allow",
                    "Principal": {"Service": f"logs.{args.region}.amazonaws.com"},
                    "Action": KEY_ACTIONS,
                    "Resource": "*",
                    "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": log}},
                },
            ]
            return json.dumps({"Version": iam.POLICY_VERSION, "Statement": statements}, sort_keys=True)

        aws.kms.KeyPolicy(name, key_id=key.id, policy=role.arn.apply(policy), opts=self._child())
        return key

    def _make_cluster(self, key: aws.kms.Key, log: aws.cloudwatch.LogGroup) -> aws.ecs.Cluster:
        cluster = aws.ecs.Cluster(
            f"{self._name}-ecs",
            name=self._args.bastion_name,
            settings=[{"name": "containerInsights", "value": "enabled"}],
            configuration={
                "execute_command_configuration": {
                    "kms_key_id": key.arn,
                    "logging": "OVERRIDE",
                    "log_configuration": {
                        "cloud_watch_encryption_enabled": True,
                        "cloud_watch_log_group_name": log.name,
                    },
                }
            },
            opts=self._child(),
        )
        aws.ecs.ClusterCapacityProviders(
            f"{self._name}-fargate",
            cluster_name=cluster.name,
            capacity_providers=["FARGATE"],
            opts=self._child(),
        )
        return cluster

    def _allow(self, role: aws.iam.Role, key: aws.kms.Key, log: aws.cloudwatch.LogGroup) -> aws.iam.RolePolicy:
        statements: list[dict[str, Any]] = [
            {"Effect": "Allow", "Action": SESSION_ACTIONS, "Resource": ["*"]},
            {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": ["*"]},
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                "Resource": [pulumi.Output.concat(log.arn, ":*")],
            },
            {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [key.arn]},
        ]
        return aws.iam.RolePolicy(
            f"{self._name}-sessions", role=role.id, policy=iam.document(statements), opts=self._child()
        )

    def _make_task(self, log: aws.cloudwatch.LogGroup, role_arn: pulumi.Input[str]) -> aws.ecs.TaskDefinition:
        args = self._args
        volumes = AGENT_DIRECTORIES if args.read_only else {}
        longest = args.minutes
        script = (
            "set -eu\n"
            f'minutes="${{{MINUTES_VARIABLE}:-{longest}}}"; [ "$minutes" -le {longest} ] || minutes={longest}\n'
            'echo "open for $minutes minutes"\nexec sleep "$((minutes * 60))"'
        )
        container = fargate.container(
            CONTAINER,
            args.image,
            log_group=log.name,
            region=args.region,
            entryPoint=["sh", "-c"],
            command=[script],
            readonlyRootFilesystem=args.read_only,
            linuxParameters={"initProcessEnabled": True},
            mountPoints=[{"sourceVolume": it, "containerPath": path} for it, path in volumes.items()],
        )
        return fargate.make_task_definition(
            self._name,
            args.task,
            [container],
            family=args.bastion_name,
            execution_role_arn=fargate.make_execution_role(
                self._name, [], self._child(), args.task, region=args.region
            ),
            task_role_arn=role_arn,
            volumes=list(volumes),
            opts=self._child(),
        )
