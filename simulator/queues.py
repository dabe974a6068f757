"""What SQS and EventBridge refuse of a queue, a rule's pattern and a schedule's target, beyond their models.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html,
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html and
https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html, reviewed on 2026-11-26.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import available_timezones

from simulator.validate import Failure
from wire_format import Properties, Value, is_unknown

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}|(?=.{1,80}$)[A-Za-z0-9_-]+\.fifo")
_BOUNDS = {
    "delaySeconds": (0, 900),
    "kmsDataKeyReusePeriodSeconds": (60, 86_400),
    "maxMessageSize": (1024, 1_048_576),
    "messageRetentionSeconds": (60, 1_209_600),
    "receiveWaitTimeSeconds": (0, 20),
    "visibilityTimeoutSeconds": (0, 43_200),
}
_RECEIVES = range(1, 1001)
_SOURCES = 10
_OPERATORS = frozenset(
    "prefix suffix equals-ignore-case wildcard anything-but numeric cidr exists".split()  # noqa: SIM905
)
_WINDOW_MINUTES = range(1, 1441)
_JSON_TARGETS = re.compile(r"arn:[a-z-]+:(lambda|states|events):|arn:[a-z-]+:scheduler:::aws-sdk:")


def queue_faults(inputs: Properties) -> Iterator[Failure]:
    """Yield what SQS refuses of a queue."""
    name, fifo = inputs.get("name"), bool(inputs.get("fifoQueue"))
    if isinstance(name, str) and not is_unknown(name):
        if not _NAME.fullmatch(name):
            yield Failure("name", "given a name that SQS refuses, allowed up to 80 letters, digits, - and _")
        elif name.endswith(".fifo") != fifo and not is_unknown(inputs.get("fifoQueue")):
            yield Failure("name", f"given {name!r}, allowed the end .fifo for a FIFO queue, and for it alone")
    for key, (least, most) in _BOUNDS.items():
        value = inputs.get(key)
        if isinstance(value, int) and not least <= value <= most:
            yield Failure(key, f"given {value}, allowed {least} to {most}")
    for key in ("contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit"):
        if inputs.get(key) and not fifo:
            yield Failure(key, "given for a standard queue, allowed for a FIFO queue alone")
    if inputs.get("kmsMasterKeyId") and inputs.get("sqsManagedSseEnabled"):
        yield Failure("sqsManagedSseEnabled", "given true beside kmsMasterKeyId, allowed one of them")
    yield from redrive_faults(inputs, fifo=fifo)


def redrive_faults(inputs: Properties, *, fifo: bool | None = None) -> Iterator[Failure]:
    """Yield what SQS refuses of the policies by which messages go to another queue and come from one."""
    policy = yield from _document(inputs, "redrivePolicy")
    if policy is not None:
        count, target = str(policy.get("maxReceiveCount")), str(policy.get("deadLetterTargetArn"))
        if not count.isdigit() or int(count) not in _RECEIVES:
            yield Failure("redrivePolicy", f"given maxReceiveCount {count}, allowed 1 to {_RECEIVES[-1]}")
        if not re.fullmatch(r"arn:[a-z-]+:sqs:[a-z0-9-]+:\d{12}:\S+", target):
            yield Failure("redrivePolicy", "given no deadLetterTargetArn, allowed the ARN of a queue")
        elif fifo is not None and target.endswith(".fifo") != fifo:
            kind = "FIFO" if fifo else "standard"
            yield Failure("redrivePolicy", f"given a queue of another kind, allowed a {kind} queue as this one is")
    allow = yield from _document(inputs, "redriveAllowPolicy")
    if allow is not None:
        permission, sources = allow.get("redrivePermission"), allow.get("sourceQueueArns") or ()
        if permission not in {"allowAll", "denyAll", "byQueue"}:
            yield Failure(
                "redriveAllowPolicy", "given another redrivePermission, allowed allowAll, denyAll, byQueue"
            )
        elif bool(sources) != (permission == "byQueue") or len(sources) > _SOURCES:
            yield Failure(
                "redriveAllowPolicy",
                f"given {len(sources)} sourceQueueArns, allowed 1 to {_SOURCES} for byQueue, none else",
            )


def policy_faults(inputs: Properties) -> Iterator[Failure]:
    """Yield what SQS refuses of the policy of a queue."""
    yield from _document(inputs, "policy")


def rule_faults(inputs: Properties) -> Iterator[Failure]:
    """Yield what EventBridge refuses of a rule: no event at all, or a pattern of another shape."""
    if inputs.get("eventPattern") is None and inputs.get("scheduleExpression") is None:
        yield Failure("eventPattern", "given neither eventPattern nor scheduleExpression, allowed one at least")
    pattern = yield from _document(inputs, "eventPattern")
    if pattern is not None:
        yield from (Failure("eventPattern", fault) for fault in _pattern(pattern, "eventPattern"))


def _pattern(value: Any, path: str) -> Iterator[str]:
    """Yield the faults of a pattern: an object of objects, at the end of which stand lists of what matches."""
    if not isinstance(value, Mapping):
        yield from _matches(value, path)
        return
    if not value:
        yield f"{path}: given nothing, allowed a field at least"
    for name, item in value.items():
        options = item if name == "$or" and isinstance(item, list) else [item]
        if name == "$or" and len(options) <= 1:
            yield f"{path}.$or: given another value, allowed a list of two patterns at least"
        for option in options:
            yield from _pattern(option, f"{path}.{name}")


def _matches(value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list) or not value:
        yield f"{path}: given {value!r}, allowed a list of what matches"
        return
    for item in value:
        operators = set(item) if isinstance(item, Mapping) else set()
        if isinstance(item, list) or (isinstance(item, Mapping) and (len(item) != 1 or operators - _OPERATORS)):
            yield f"{path}: given another match, allowed a value or one of {', '.join(sorted(_OPERATORS))}"


def schedule_faults(inputs: Properties) -> Iterator[Failure]:
    """Yield what EventBridge Scheduler refuses of a schedule beside its expression."""
    zone = inputs.get("scheduleExpressionTimezone")
    if isinstance(zone, str) and not is_unknown(zone) and zone not in available_timezones():
        yield Failure("scheduleExpressionTimezone", f"given {zone!r}, allowed a name of the IANA time zones")
    window = inputs.get("flexibleTimeWindow") or {}
    minutes = window.get("maximumWindowInMinutes")
    if (window.get("mode") == "FLEXIBLE") != (minutes is not None) or (
        isinstance(minutes, int) and minutes not in _WINDOW_MINUTES
    ):
        yield Failure(
            "flexibleTimeWindow",
            f"given {minutes} maximumWindowInMinutes for {window.get('mode')}, "
            f"allowed 1 to {_WINDOW_MINUTES[-1]} for FLEXIBLE, none for OFF",
        )
    target = inputs.get("target")
    if isinstance(target, Mapping):
        yield from _target_faults(target)


def _target_faults(target: Mapping[str, Value]) -> Iterator[Failure]:
    name, text, ecs = str(target.get("arn")), target.get("input"), target.get("ecsParameters")
    if _JSON_TARGETS.match(name) and isinstance(text, str) and not is_unknown(text):
        try:
            json.loads(text)
        except ValueError:
            yield Failure("target.input", "given something else, allowed JSON")
    if re.match(r"arn:[a-z-]+:ecs:[^:]*:[^:]*:cluster/", name) and not ecs:
        yield Failure("target.ecsParameters", "given nothing, allowed a task definition for a cluster")
    if isinstance(ecs, Mapping) and ecs.get("launchType") == "FARGATE" and not ecs.get("networkConfiguration"):
        yield Failure("target.ecsParameters.networkConfiguration", "given nothing, allowed subnets for FARGATE")
    letters = target.get("deadLetterConfig")
    if isinstance(letters, Mapping) and str(letters.get("arn")).endswith(".fifo"):
        yield Failure("target.deadLetterConfig.arn", "given a FIFO queue, allowed a standard queue")


def _document(inputs: Properties, name: str) -> Any:
    """Return the object that a property holds as JSON, and yield what is wrong; None where there is none."""
    text = inputs.get(name)
    if not isinstance(text, str) or is_unknown(text) or not text:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        yield Failure(name, "given something else, allowed an object of JSON")
        return None
    return found
