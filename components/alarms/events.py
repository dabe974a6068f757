"""Events that no metric shows: a deployment that ECS gave up, a failover, a disk that runs full."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms.args import AlarmsArgs
from components.aws.partition import partition
from components.document import json_text

RDS_CATEGORIES = ("failover", "failure", "low storage")
"""Categories of events of a server that somebody has to hear of.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
"""


def make_events(name: str, args: AlarmsArgs, topic: aws.sns.Topic, opts: pulumi.ResourceOptions) -> None:
    """Make the rules that write a ticket for each event."""
    for role, (pattern, paths, sentence) in _rules(args).items():
        rule = aws.cloudwatch.EventRule(
            f"{name}-{role}",
            name=f"{args.prefix}-{role}",
            description="Writes a ticket.",
            event_pattern=json_text(pattern),
            opts=opts,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-{role}-ticket",
            rule=rule.name,
            target_id="ticket",
            arn=topic.arn,
            input_transformer={"input_paths": paths, "input_template": json.dumps(sentence)},
            opts=opts,
        )


def _rules(args: AlarmsArgs) -> Mapping[str, tuple[dict[str, Any], dict[str, str], str]]:
    """Return by role which events, what is taken out of one, and the message."""
    rules: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {}
    if args.cluster_name:
        own = f"{args.cluster_name}/{args.prefix}"
        rules["deployment-failed"] = (
            {
                "source": ["aws.ecs"],
                "detail-type": ["ECS Deployment State Change"],
                "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
                # The cluster may be shared: only this stack's services, whose names begin with its own.
                "resources": [{"wildcard": f"arn:{partition(args.region)}:ecs:*:*:service/{own}-*"}],
            },
            {"service": "$.resources[0]", "reason": "$.detail.reason"},
            "Deployment failed: <service>. <reason> The old tasks still run; read the service's events.",
        )
    if args.database_identifier:
        rules["database-event"] = (
            {
                "source": ["aws.rds"],
                "detail-type": ["RDS DB Instance Event"],
                "detail": {
                    "EventCategories": list(RDS_CATEGORIES),
                    "SourceIdentifier": [{"prefix": args.database_identifier}],
                },
            },
            {"server": "$.detail.SourceIdentifier", "message": "$.detail.Message"},
            "Database <server>: <message>",
        )
    if args.bastion_name:
        rules["bastion-opened"] = (
            {
                "source": ["aws.ecs"],
                "detail-type": ["ECS Task State Change"],
                "detail": {
                    "clusterArn": [
                        {"wildcard": f"arn:{partition(args.region)}:ecs:*:*:cluster/{args.bastion_name}"}
                    ],
                    "lastStatus": ["RUNNING"],
                    "desiredStatus": ["RUNNING"],
                },
            },
            {"who": "$.detail.startedBy", "task": "$.detail.taskArn"},
            "A way in was opened by <who>: <task>. It ends by itself; aws ecs stop-task ends it now.",
        )
    if args.restore_role_arn is not None:
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
        rules["restore-failed"] = (
            {
                "source": ["aws.backup"],
                "detail-type": ["Restore Job State Change"],
                "detail": {"status": ["FAILED", "ABORTED"], "iamRoleArn": [args.restore_role_arn]},
            },
            {"job": "$.detail.restoreJobId", "message": "$.detail.statusMessage"},
            "The restore for a test failed: <message> (job <job>). Nobody knows whether the backups are any good.",
        )
    return rules
