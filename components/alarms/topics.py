"""SNS topics of alarms and events: two encrypted topics, one of them for pages."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms.args import AlarmsArgs
from observability import Severity

TOPICS = {Severity.PAGE: "page", Severity.TICKET: "ticket"}
"""Role of the topic by severity."""
PUBLISHERS = {"cloudwatch": "cloudwatch.amazonaws.com", "events": "events.amazonaws.com"}
"""Services of AWS that may publish, by a word for the statement."""
STORE = {"metrics": "aps.amazonaws.com"}
"""Amazon Managed Prometheus, where it evaluates alerts.

https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-receiver-AWSpermission.html
"""
DELETION_DAYS = 7
"""How long a key that is no longer used can still be brought back, in days."""


def make_topics(
    name: str, args: AlarmsArgs, *, kept: pulumi.ResourceOptions, opts: pulumi.ResourceOptions
) -> Mapping[str, aws.sns.Topic]:
    """Return topics by role, with their subscriptions; `kept` are the options of their key."""
    # The key that AWS manages for SNS lets neither alarms nor events publish, and its policy cannot be changed:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    key = aws.kms.Key(
        f"{name}-key",
        description=f"Messages of alarms of {args.prefix}.",
        enable_key_rotation=True,
        deletion_window_in_days=DELETION_DAYS,
        opts=kept,
    )
    key_policy = key.arn.apply(lambda arn: _key_policy(arn, args))
    aws.kms.KeyPolicy(f"{name}-key-policy", key_id=key.id, policy=key_policy, opts=opts)
    topics = {
        role: aws.sns.Topic(f"{name}-{role}", name=f"{args.prefix}-{role}", kms_master_key_id=key.arn, opts=opts)
        for role in TOPICS.values()
    }
    for role, topic in topics.items():
        policy = topic.arn.apply(lambda arn: _topic_policy(arn, args))
        aws.sns.TopicPolicy(f"{name}-{role}-policy", arn=topic.arn, policy=policy, opts=opts)
        for address in args.email_addresses:
            _subscribe(f"{name}-{role}-{address}", topic, "email", address, opts)
    if args.pager_url is not None:
        _subscribe(f"{name}-page-pager", topics["page"], "https", args.pager_url, opts)
    return topics


def _key_policy(key_arn: str, args: AlarmsArgs) -> str:
    _, partition, _, _, account, _ = key_arn.split(":")
    owner = {
        "Sid": "owner",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": key_arn,
    }
    publishers = PUBLISHERS | (STORE if args.store_publishes else {})
    publish = [
        _allowed(sid, it, ["kms:Decrypt", "kms:GenerateDataKey*"], key_arn) for sid, it in publishers.items()
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": [owner, *publish]})


def _topic_policy(topic_arn: str, args: AlarmsArgs) -> str:
    _, partition, _, region, account, _ = topic_arn.split(":")
    alarms, events = (_allowed(sid, it, ["sns:Publish"], topic_arn) for sid, it in PUBLISHERS.items())
    # Alarms of this account alone. Events take no condition: with one they are not delivered.
    ours = {"ArnLike": {"aws:SourceArn": f"arn:{partition}:cloudwatch:{region}:{account}:alarm:*"}}
    statements = [{**alarms, "Condition": ours}, events]
    for sid, it in STORE.items() if args.store_publishes else ():
        store = _allowed(sid, it, ["sns:Publish", "sns:GetTopicAttributes"], topic_arn)
        statements.append({**store, "Condition": {"StringEquals": {"aws:SourceAccount": account}}})
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _allowed(sid: str, service: str, actions: list[str], resource: str) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": actions,
        "Resource": resource,
    }


def _subscribe(
    name: str, topic: aws.sns.Topic, protocol: str, endpoint: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> None:
    aws.sns.TopicSubscription(name, topic=topic.arn, protocol=protocol, endpoint=endpoint, opts=opts)
