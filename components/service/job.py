"""A task of the application that runs on a schedule: never twice at once, with retries and a time limit."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import iam
from components.component import Component
from components.document import json_text
from components.service.job_args import JobArgs
from components.service.network import make_task_network
from components.service.signals.job import job_signals
from components.service.standalone import STOP_TIMEOUT_SECONDS
from components.service.state_machine import RunArgs, definition
from components.service.tasks import make_task_definition
from observability import Signals
from observability.durations import DAY_SECONDS, HOUR_SECONDS

DEAD_LETTER_SECONDS = 14 * DAY_SECONDS
"""How long the dead-letter queue keeps a message, in seconds: SQS's longest."""
START_RETRIES, START_WITHIN_SECONDS = 10, HOUR_SECONDS
"""How often EventBridge Scheduler repeats a start that AWS refused, and how long, in seconds."""
EVENTS_RULE = "StepFunctionsGetEventsForECSTaskRule"
"""Rule by which Step Functions learns that a task ended; its own, one in each account.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
"""
LOG_DELIVERY_ACTIONS = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
]
"""Actions by which Step Functions logs; none of them takes a resource.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""


class Job(Component):
    """One job: EventBridge Scheduler starts a state machine, which runs the task and tells whether it failed."""

    state_machine_arn: pulumi.Output[str]
    """State machine; an execution of it is a run, by hand as well."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the newest revision."""
    security_group_id: pulumi.Output[str]
    """Group of the task."""
    dead_letter_queue_url: pulumi.Output[str]
    """Queue of the starts that AWS refused."""

    def __init__(self, name: str, args: JobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self._group, needed = make_task_network(name, "Job tasks", args, self._child())
        task = make_task_definition(name, args, self._child(), stop_timeout_seconds=STOP_TIMEOUT_SECONDS)
        machine = self._make_state_machine(task)
        queue = aws.sqs.Queue(
            f"{name}-dead-letters",
            name=f"{args.service_name}-dead-letters",
            message_retention_seconds=DEAD_LETTER_SECONDS,
            sqs_managed_sse_enabled=True,
            opts=self._child(),
        )
        # A run that starts before its database counts as failed.
        self._schedule = self._make_schedule(machine, queue, needed)
        self.state_machine_arn, self.task_definition_arn = machine.arn, task.arn
        self.security_group_id, self.dead_letter_queue_url = self._group.id, queue.url
        self._signals = job_signals(args, machine.arn, queue.name)
        self._finish()

    @property
    def ready(self) -> pulumi.Resource:
        """The schedule; all that its runs call is there before it."""
        return self._schedule

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals

    def _make_state_machine(self, task: aws.ecs.TaskDefinition) -> aws.sfn.StateMachine:
        args = self._args
        log = aws.cloudwatch.LogGroup(
            f"{self._name}-runs-log",
            # Its prefix keeps the account's resource policy of log deliveries short.
            name=f"/aws/vendedlogs/states/{args.service_name}",
            retention_in_days=args.task.log_retention_days,
            opts=self._child(),
        )
        run = RunArgs(
            partition=self._cluster_arn(1),
            cluster_arn=args.cluster.arn,
            task_definition=args.service_name if args.image.owned_by_ci else task.arn,
            family=args.service_name,
            container_name=self._name,
            subnet_ids=args.placement.subnet_ids,
            security_group_id=self._group.id,
            retries=args.retries,
            timeout_seconds=args.timeout_seconds,
        )
        return aws.sfn.StateMachine(
            f"{self._name}-runs",
            name=args.service_name,
            type="STANDARD",
            definition=json_text(definition(run)),
            role_arn=self._make_role("runs", "states.amazonaws.com", self._run_statements(task)),
            logging_configuration={
                "level": "ERROR",
                "include_execution_data": True,
                "log_destination": pulumi.Output.concat(log.arn, ":*"),
            },
            opts=self._child(),
        )

    def _make_schedule(
        self, machine: aws.sfn.StateMachine, queue: aws.sqs.Queue, needed: list[pulumi.Resource]
    ) -> aws.scheduler.Schedule:
        args = self._args
        statements = [
            _allowed(["states:StartExecution"], [machine.arn]),
            _allowed(["sqs:SendMessage"], [queue.arn]),
        ]
        return aws.scheduler.Schedule(
            f"{self._name}-schedule",
            name=args.service_name,
            schedule_expression=args.schedule,
            schedule_expression_timezone=args.timezone,
            flexible_time_window={"mode": "OFF"},
            state="ENABLED" if args.enabled else "DISABLED",
            target={
                "arn": machine.arn,
                "role_arn": self._make_role("schedule", "scheduler.amazonaws.com", statements),
                # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
                "input": json.dumps({"scheduled_time": "<aws.scheduler.scheduled-time>"}),
                "dead_letter_config": {"arn": queue.arn},
                "retry_policy": {
                    "maximum_event_age_in_seconds": START_WITHIN_SECONDS,
                    "maximum_retry_attempts": START_RETRIES,
                },
            },
            opts=self._child(depends_on=needed),
        )

    def _make_role(self, role_name: str, service: str, statements: list[dict[str, Any]]) -> pulumi.Output[str]:
        """Return the ARN of a role that `service` assumes for this account alone."""
        name, account = f"{self._name}-{role_name}", self._cluster_arn(4)
        trust = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": service},
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        }
        role = aws.iam.Role(name, assume_role_policy=iam.document([trust]), opts=self._child())
        policy = aws.iam.RolePolicy(name, role=role.id, policy=iam.document(statements), opts=self._child())
        return iam.arn_with(role, policy)

    def _run_statements(self, task: aws.ecs.TaskDefinition) -> list[dict[str, Any]]:
        """Return what the state machine may do: run, watch and stop the tasks of this job, and log.

        https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
        """
        args = self._args
        in_cluster = {"ArnEquals": {"ecs:cluster": args.cluster.arn}}
        tasks = self._arn("ecs", f"task/{args.cluster.name}/*")
        machine = self._arn("states", f"stateMachine:{args.service_name}")
        definitions = self._arn("ecs", f"task-definition/{args.service_name}:*")
        to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        return [
            _allowed(["states:ListExecutions"], [machine]),
            _allowed(["ecs:RunTask"], [definitions], in_cluster),
            # A task is tagged as it is started, and by nobody else.
            _allowed(["ecs:TagResource"], [tasks], {"StringEquals": {"ecs:CreateAction": "RunTask"}}),
            _allowed(["ecs:DescribeTasks", "ecs:StopTask"], [tasks], in_cluster),
            # It takes container instances as its resource, of which Fargate has none.
            _allowed(["ecs:ListTasks"], ["*"], in_cluster),
            _allowed(["iam:PassRole"], [task.execution_role_arn, task.task_role_arn], to_tasks),
            _allowed(
                ["events:PutRule", "events:PutTargets", "events:DescribeRule"],
                [self._arn("events", f"rule/{EVENTS_RULE}")],
            ),
            _allowed(LOG_DELIVERY_ACTIONS, ["*"]),
        ]

    def _arn(self, service: str, resource: str) -> pulumi.Output[str]:
        """Return the ARN of a resource in the partition, region and account of the cluster."""

        def beside(cluster_arn: str) -> str:
            _, partition, _, region, account, *_ = cluster_arn.split(":")
            return f"arn:{partition}:{service}:{region}:{account}:{resource}"

        return pulumi.Output.from_input(self._args.cluster.arn).apply(beside)

    def _cluster_arn(self, position: int) -> pulumi.Output[str]:
        """Return one part of the cluster's ARN: 1 the partition, 4 the account."""
        return pulumi.Output.from_input(self._args.cluster.arn).apply(lambda arn: arn.split(":")[position])


def _allowed(actions: list[str], resources: list[Any], condition: dict[str, Any] | None = None) -> dict[str, Any]:
    conditions = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **conditions}
