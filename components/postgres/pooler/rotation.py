"""Replaces the pooler's tasks when AWS has rotated a secret that they read at their start.

Secrets Manager reports a rotation through CloudTrail, so the account needs a trail of management events.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-eventbridge.html
"""

import pulumi
import pulumi_aws as aws

from components.aws import iam
from components.document import json_text


def redeploy_after_rotation(
    name: str, secret_arn: pulumi.Input[str], service: aws.ecs.Service, opts: pulumi.ResourceOptions
) -> None:
    """Start a new deployment of `service` each time the secret was rotated; no code of ours runs."""
    machine = _redeployment(name, service, opts)
    role = aws.iam.Role(f"{name}-rotated", assume_role_policy=iam.trust("events.amazonaws.com"), opts=opts)
    aws.iam.RolePolicy(
        f"{name}-rotated", role=role.id, policy=iam.allow(["states:StartExecution"], [machine.arn]), opts=opts
    )
    rule = aws.cloudwatch.EventRule(
        f"{name}-rotated",
        description="The database's password was rotated",
        event_pattern=json_text(
            {
                "source": ["aws.secretsmanager"],
                "detail-type": ["AWS Service Event via CloudTrail"],
                "detail": {"eventName": ["RotationSucceeded"], "additionalEventData": {"SecretId": [secret_arn]}},
            }
        ),
        opts=opts,
    )
    aws.cloudwatch.EventTarget(f"{name}-rotated", rule=rule.name, arn=machine.arn, role_arn=role.arn, opts=opts)


def _redeployment(name: str, service: aws.ecs.Service, opts: pulumi.ResourceOptions) -> aws.sfn.StateMachine:
    role = aws.iam.Role(f"{name}-redeploy", assume_role_policy=iam.trust("states.amazonaws.com"), opts=opts)
    aws.iam.RolePolicy(
        f"{name}-redeploy", role=role.id, policy=iam.allow(["ecs:UpdateService"], [service.id]), opts=opts
    )
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:ecs:updateService",
        "Parameters": {"Cluster": service.cluster, "Service": service.name, "ForceNewDeployment": True},
        "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 6, "BackoffRate": 2}],
        "End": True,
    }
    return aws.sfn.StateMachine(
        f"{name}-redeploy",
        role_arn=role.arn,
        definition=json_text({"StartAt": "Redeploy", "States": {"Redeploy": task}}),
        opts=opts,
    )
