from typing import Any

from tests.components.inventory import document, inventory, trust
from tests.components.test_inventory_service import rule
from tests.components.test_job import record

ACCOUNT = "eu-west-1:123456789012"
CLUSTER = f"arn:aws:ecs:{ACCOUNT}:cluster/shop-staging"
IN_CLUSTER = {"ArnEquals": {"ecs:cluster": CLUSTER}}
TASKS = f"arn:aws:ecs:{ACCOUNT}:task/shop-staging/*"


def trust_in_account(service: str) -> dict[str, Any]:
    [statement] = trust(service)["Statement"]
    return document({**statement, "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}})


def allowed(actions: list[str], resource: str, **condition: Any) -> dict[str, Any]:
    return {"Action": actions, "Effect": "Allow", "Resource": [resource], **condition}


NETWORK = {
    "SecurityGroup/nightly-tasks": {"description": "Job tasks", "vpcId": "vpc-1"},
    "SecurityGroupEgressRule/nightly-tasks-to-pooler": rule(
        "nightly-tasks-id", 6432, referencedSecurityGroupId="sg-pooler"
    ),
    "SecurityGroupIngressRule/nightly-tasks-into-pooler": rule(
        "sg-pooler", 6432, referencedSecurityGroupId="nightly-tasks-id"
    ),
    "SecurityGroupEgressRule/nightly-tasks-to-https": rule("nightly-tasks-id", 443, cidrIpv4="0.0.0.0/0"),
}
TASK = {
    "LogGroup/nightly-log": {"retentionInDays": 14},
    "Role/nightly-task": {"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")},
    "Role/nightly-execution": {"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")},
    "RolePolicyAttachment/nightly-execution": {
        "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "role": "nightly-execution",
    },
    "TaskDefinition/nightly-task": {
        "containerDefinitions": [
            {
                "command": ["nightly"],
                "environment": [{"name": "LOG_LEVEL", "value": "info"}],
                "essential": True,
                "image": "example/nightly:1",
                "linuxParameters": {
                    "initProcessEnabled": True,
                    "tmpfs": [{"containerPath": "/tmp", "size": 64}],  # noqa: S108  in memory
                },
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "nightly-log",
                        "awslogs-region": "eu-west-1",
                        "awslogs-stream-prefix": "nightly",
                    },
                },
                "mountPoints": [],
                "name": "nightly",
                "readonlyRootFilesystem": True,
                "secrets": [],
                "stopTimeout": 60,
                "user": "10001:10001",
            }
        ],
        "cpu": "512",
        "executionRoleArn": "arn:aws:made:::nightly-execution",
        "family": "shop-staging-nightly",
        "memory": "1024",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "skipDestroy": True,
        "taskRoleArn": "arn:aws:made:::nightly-task",
        "volumes": [],
    },
}
RUNS = {
    "LogGroup/nightly-runs-log": {
        "name": "/aws/vendedlogs/states/shop-staging-nightly",
        "retentionInDays": 14,
    },
    "Role/nightly-runs": {"assumeRolePolicy": trust_in_account("states.amazonaws.com")},
    "RolePolicy/nightly-runs": {
        "policy": document(
            allowed(["states:ListExecutions"], f"arn:aws:states:{ACCOUNT}:stateMachine:shop-staging-nightly"),
            allowed(
                ["ecs:RunTask"],
                f"arn:aws:ecs:{ACCOUNT}:task-definition/shop-staging-nightly:*",
                Condition=IN_CLUSTER,
            ),
            allowed(["ecs:TagResource"], TASKS, Condition={"StringEquals": {"ecs:CreateAction": "RunTask"}}),
            allowed(["ecs:DescribeTasks", "ecs:StopTask"], TASKS, Condition=IN_CLUSTER),
            allowed(["ecs:ListTasks"], "*", Condition=IN_CLUSTER),
            {
                "Action": ["iam:PassRole"],
                "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
                "Effect": "Allow",
                "Resource": ["arn:aws:made:::nightly-execution", "arn:aws:made:::nightly-task"],
            },
            allowed(
                ["events:PutRule", "events:PutTargets", "events:DescribeRule"],
                f"arn:aws:events:{ACCOUNT}:rule/StepFunctionsGetEventsForECSTaskRule",
            ),
            allowed(
                [
                    "logs:CreateLogDelivery",
                    "logs:GetLogDelivery",
                    "logs:UpdateLogDelivery",
                    "logs:DeleteLogDelivery",
                    "logs:ListLogDeliveries",
                    "logs:PutResourcePolicy",
                    "logs:DescribeResourcePolicies",
                    "logs:DescribeLogGroups",
                ],
                "*",
            ),
        ),
        "role": "nightly-runs-id",
    },
    "StateMachine/nightly-runs": {
        "loggingConfiguration": {
            "includeExecutionData": True,
            "level": "ERROR",
            "logDestination": "arn:aws:made:::nightly-runs-log:*",
        },
        "name": "shop-staging-nightly",
        "roleArn": "arn:aws:made:::nightly-runs",
        "type": "STANDARD",
    },
}
SCHEDULE = {
    "Queue/nightly-dead-letters": {
        "messageRetentionSeconds": 1_209_600,
        "name": "shop-staging-nightly-dead-letters",
        "sqsManagedSseEnabled": True,
    },
    "Role/nightly-schedule": {"assumeRolePolicy": trust_in_account("scheduler.amazonaws.com")},
    "RolePolicy/nightly-schedule": {
        "policy": document(
            allowed(["states:StartExecution"], "arn:aws:made:::nightly-runs"),
            allowed(["sqs:SendMessage"], "arn:aws:made:::nightly-dead-letters"),
        ),
        "role": "nightly-schedule-id",
    },
    "Schedule/nightly-schedule": {
        "flexibleTimeWindow": {"mode": "OFF"},
        "name": "shop-staging-nightly",
        "scheduleExpression": "cron(0 3 * * ? *)",
        "scheduleExpressionTimezone": "Europe/Berlin",
        "state": "ENABLED",
        "target": {
            "arn": "arn:aws:made:::nightly-runs",
            "deadLetterConfig": {"arn": "arn:aws:made:::nightly-dead-letters"},
            "input": '{"scheduled_time": "<aws.scheduler.scheduled-time>"}',
            "retryPolicy": {"maximumEventAgeInSeconds": 3600, "maximumRetryAttempts": 10},
            "roleArn": "arn:aws:made:::nightly-schedule",
        },
    },
}


def test_inventory_of_a_job():
    made = inventory(record())
    made["StateMachine/nightly-runs"].pop("definition")
    assert made == {**NETWORK, **TASK, **RUNS, **SCHEDULE}


def test_disabled_job_has_a_schedule_that_starts_nothing():
    made = inventory(record(enabled=False))
    assert made["Schedule/nightly-schedule"] == {**SCHEDULE["Schedule/nightly-schedule"], "state": "DISABLED"}
