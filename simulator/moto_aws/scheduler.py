"""Schedules of EventBridge Scheduler and their groups.

Parameters: https://docs.aws.amazon.com/scheduler/latest/APIReference/
"""

from typing import Any

from simulator.moto_aws.events import with_network
from simulator.moto_aws.kind import (
    Call,
    Created,
    Kind,
    creation,
    deletion,
    refuse_untrusted,
    update_without_outputs,
    without,
)
from wire_format import Properties

_SERVICE, _GROUP = "scheduler", "default"
_PRINCIPAL = "scheduler.amazonaws.com"


def _send(call: Call, operation: str, inputs: Properties) -> dict[str, Any]:
    target = dict(inputs["target"])
    # moto answers an unknown group with a KeyError; the call before it says what AWS says.
    call.client(_SERVICE).get_schedule_group(Name=inputs.get("groupName") or _GROUP)
    refuse_untrusted(call, target["roleArn"], _PRINCIPAL)
    if ecs := target.get("ecsParameters"):
        tags = [{"Key": key, "Value": value} for key, value in sorted((ecs.get("tags") or {}).items())]
        target["ecsParameters"] = {**with_network(without(ecs, "tags")), **({"tags": tags} if tags else {})}
    token = call.identity.uuid("token")
    return call.send(_SERVICE, operation, {**inputs, "target": target}, ClientToken=token)


def _create(call: Call, inputs: Properties) -> Created:
    made, group = _send(call, "create_schedule", inputs), inputs.get("groupName") or _GROUP
    outputs = {
        "arn": made["ScheduleArn"],
        "actionAfterCompletion": inputs.get("actionAfterCompletion") or "NONE",
        "groupName": group,
    }
    return Created(f"{group}/{inputs['name']}", outputs)


KINDS = {
    "aws:scheduler/schedule:Schedule": Kind(
        create=_create,
        delete=deletion(
            _SERVICE,
            "delete_schedule",
            lambda it: dict(zip(("GroupName", "Name"), it.id.split("/", 1), strict=True)),
        ),
        update=update_without_outputs(lambda call, _existing, news: _send(call, "update_schedule", news)),
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Kind(
        create=creation(
            _SERVICE,
            "create_schedule_group",
            lambda _call, inputs, answer: Created(
                inputs["name"], {"arn": answer["ScheduleGroupArn"], "state": "ACTIVE"}
            ),
        ),
        delete=deletion(_SERVICE, "delete_schedule_group", "Name"),
        # Nothing but tags changes in place.
        update=lambda _call, _existing, _news: None,
    ),
}
