"""The generator of load tests on Fargate: a master that adds up, workers that send. Nothing runs by itself."""

import pulumi
import pulumi_aws as aws
from msgspec import Struct

from components.alloy.sidecar import MEASURES_TAG
from components.aws import fargate, security_groups
from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.component import Component
from observability import Signals

PORT = 5557
"""Port of the master. https://docs.locust.io/en/stable/running-distributed.html"""
ROLES = ("master", "worker")
"""Both kinds of task."""
SUBNETS, GROUP, FLEET = "FOOTING_LOAD_SUBNETS", "FOOTING_LOAD_SECURITY_GROUP", "FOOTING_LOAD_FLEET"
"""Variables of the master by which `footing load --distributed` knows where tasks run, and how many."""


class LoadGeneratorArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `LoadGenerator`."""

    family: str
    """First part of the families of the task definitions. A physical name."""
    image: str
    """Image made from loadtest/Dockerfile. Source: config `load_generator.fargate.image`."""
    workers: int
    """Tasks that send, 1 or more."""
    task: TaskArgs
    """Size of each task."""
    cluster: ClusterRef
    """Cluster of the tasks."""
    placement: NetworkPlacement
    """Network of the tasks: private subnets with a way out."""
    region: str
    """AWS region, for the log driver."""


class LoadGenerator(Component):
    """Definitions of the tasks, their security group and log group. The tasks end with the test."""

    master_task_definition_arn: pulumi.Output[str]
    """ARN of the newest revision of the master's."""
    worker_task_definition_arn: pulumi.Output[str]
    """ARN of the newest revision of the workers'."""
    security_group_id: pulumi.Output[str]
    """Group of all of them: in from each other alone, out over HTTPS."""
    log_group_name: pulumi.Output[str]
    """Log group of their output, in which the master writes the result."""

    def __init__(self, name: str, args: LoadGeneratorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        child = self._child()
        group = security_groups.group(f"{name}-tasks", "Load generator", args.placement.vpc_id, child)
        own = security_groups.Upstream(role="master", security_group_id=group.id, port=PORT)
        needed = security_groups.connect(f"{name}-tasks", group.id, [own], child)
        needed += [security_groups.allow_https_out(f"{name}-tasks", group, child), *args.placement.routes]
        log = fargate.make_log_group(name, args.task.log_retention_days, child)
        execution = fargate.make_execution_role(name, [], child, args.task, region=args.region)
        role = fargate.make_task_role(name, child)
        ready = pulumi.Output.all(*(it.urn for it in needed))
        where: dict[str, pulumi.Input[str]] = {
            SUBNETS: pulumi.Output.all(args.placement.subnet_ids, ready).apply(lambda found: ",".join(found[0])),
            GROUP: group.id,
            FLEET: str(args.workers),
        }
        made: dict[str, aws.ecs.TaskDefinition] = {}
        for kind in ROLES:
            container = fargate.container(
                kind,
                args.image,
                environment=where if kind == "master" else {},
                log_group=log.name,
                region=args.region,
                linuxParameters={
                    "initProcessEnabled": True,
                    "tmpfs": [{"containerPath": "/tmp", "size": 64}],  # noqa: S108  in memory, of the task alone
                },
            )
            made[kind] = fargate.make_task_definition(
                f"{name}-{kind}",
                args.task,
                [container],
                family=f"{args.family}-{kind}",
                execution_role_arn=execution,
                task_role_arn=role.arn,
                # It measures the others: its own errors are the test's.
                tags=MEASURES_TAG,
                opts=child,
            )
        self.master_task_definition_arn = made["master"].arn
        self.worker_task_definition_arn = made["worker"].arn
        self.security_group_id = group.id
        self.log_group_name = log.name
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch: nothing, for a test is watched by who runs it."""
        return Signals(subject="Load generator")
