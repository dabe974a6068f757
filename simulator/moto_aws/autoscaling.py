"""Application Auto Scaling.

Parameters: https://docs.aws.amazon.com/autoscaling/application/APIReference/
"""

from simulator.identity import ACCOUNT_ID, arn
from simulator.moto_aws.kind import Call, Created, Existing, Kind
from wire_format import Properties

_SERVICE = "application-autoscaling"


def _where(inputs: Properties) -> dict[str, str]:
    return {
        "ResourceId": inputs["resourceId"],
        "ScalableDimension": inputs["scalableDimension"],
        "ServiceNamespace": inputs["serviceNamespace"],
    }


def _register(call: Call, inputs: Properties) -> Created:
    call.send(_SERVICE, "register_scalable_target", inputs)
    name = arn("application-autoscaling", f"scalable-target/{call.identity.hex(32, 'target')}", region=call.region)
    role = (
        f"arn:aws:iam::{ACCOUNT_ID}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_ECSService"
    )
    return Created(inputs["resourceId"], {"arn": name, "roleArn": role})


def _deregister(call: Call, existing: Existing) -> None:
    call.client(_SERVICE).deregister_scalable_target(**_where(existing.inputs))


def _put_policy(call: Call, inputs: Properties) -> Created:
    made = call.send(_SERVICE, "put_scaling_policy", inputs, {"name": "PolicyName"})
    alarms = sorted(alarm["AlarmARN"] for alarm in made.get("Alarms", []))
    policy = arn("autoscaling", f"scalingPolicy:{call.identity.uuid('policy')}", region=call.region)
    return Created(inputs["name"], {"arn": policy, "alarmArns": alarms})


def _delete_policy(call: Call, existing: Existing) -> None:
    call.client(_SERVICE).delete_scaling_policy(PolicyName=existing.inputs["name"], **_where(existing.inputs))


def _put_action(call: Call, inputs: Properties) -> Created:
    call.send(_SERVICE, "put_scheduled_action", inputs, {"name": "ScheduledActionName"})
    name = arn("autoscaling", f"scheduledAction:{call.identity.uuid('action')}", region=call.region)
    return Created(f"{inputs['name']}-{inputs['serviceNamespace']}-{inputs['resourceId']}", {"arn": name})


def _delete_action(call: Call, existing: Existing) -> None:
    where = _where(existing.inputs)
    call.client(_SERVICE).delete_scheduled_action(ScheduledActionName=existing.inputs["name"], **where)


KINDS = {
    "aws:appautoscaling/policy:Policy": Kind(create=_put_policy, delete=_delete_policy),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Kind(create=_put_action, delete=_delete_action),
    "aws:appautoscaling/target:Target": Kind(create=_register, delete=_deregister),
}
