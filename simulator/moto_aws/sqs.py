"""Queues and their policies.

Parameters: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from simulator.moto_aws.kind import Call, Created, Existing, Kind, deletion
from wire_format import Properties

_ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
_DEFAULTS = {
    "kmsDataKeyReusePeriodSeconds": 300,
    "deduplicationScope": "queue",
    "fifoThroughputLimit": "perQueue",
}


def _attributes(inputs: Properties) -> dict[str, str]:
    # A queue is standard by lacking the attribute: SQS refuses false.
    given = {name: value for name, value in inputs.items() if name != "fifoQueue" or value}
    return {key: _text(given[name]) for name, key in _ATTRIBUTES.items() if given.get(name) not in (None, "")}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, Mapping) else str(value)


def _create(call: Call, inputs: Properties) -> Created:
    tags = {"tags": inputs["tags"]} if inputs.get("tags") else {}
    client = call.client("sqs")
    url = client.create_queue(QueueName=inputs["name"], Attributes=_attributes(inputs), **tags)["QueueUrl"]
    held = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    fifo = (
        _DEFAULTS
        if inputs.get("fifoQueue")
        else {**_DEFAULTS, "deduplicationScope": "", "fifoThroughputLimit": ""}
    )
    made_up = {**fifo, "sqsManagedSseEnabled": not inputs.get("kmsMasterKeyId")}
    unset = {name: value for name, value in made_up.items() if inputs.get(name) is None}
    return Created(url, {"arn": held["QueueArn"], "url": url, **unset})


def _update(call: Call, existing: Existing, news: Properties) -> None:
    sent = {name: value for name, value in _attributes(news).items() if name != "FifoQueue"}
    client = call.client("sqs")
    client.set_queue_attributes(QueueUrl=existing.id, Attributes=sent)
    if news.get("tags"):
        client.tag_queue(QueueUrl=existing.id, Tags=news["tags"])


def _setting(name: str) -> Kind:
    """Return the kind of a queue's attribute that is a resource of its own."""

    def put(call: Call, url: str, value: str) -> None:
        call.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={_ATTRIBUTES[name]: value})

    def create(call: Call, inputs: Properties) -> Created:
        put(call, inputs["queueUrl"], _text(inputs[name]))
        return Created(inputs["queueUrl"])

    delete: Callable[[Call, Existing], None] = lambda call, existing: put(call, existing.id, "")  # noqa: E731
    return Kind(create=create, delete=delete)


KINDS = {
    "aws:sqs/queue:Queue": Kind(
        create=_create, delete=deletion("sqs", "delete_queue", "QueueUrl"), update=_update
    ),
    "aws:sqs/queuePolicy:QueuePolicy": _setting("policy"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _setting("redriveAllowPolicy"),
    "aws:sqs/redrivePolicy:RedrivePolicy": _setting("redrivePolicy"),
}
