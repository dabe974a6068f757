"""Application Auto Scaling.

Parameters: https://docs.aws.amazon.com/autoscaling/application/APIReference/
"""

from simulator.identity import arn
from simulator.moto_aws.kind import Call, Created, Kind, creation, deletion
from wire_format import Properties

_SERVICE = "application-autoscaling"


def _where(inputs: Properties) -> dict[str, str]:
    return {
        "ResourceId": inputs["resourceId"],
        "ScalableDimension": inputs["scalableDimension"],
        "ServiceNamespace": inputs["serviceNamespace"],
    }


def _target(call: Call, inputs: Properties, _answer: Properties) -> Created:
    name = arn(_SERVICE, f"scalable-target/{call.identity.hex(32, 'target')}", region=call.region)
    role = (
        "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_ECSService"
    )
    return Created(inputs["resourceId"], {"arn": name, "roleArn": arn("iam", role, region=call.region)})


KINDS = {
    "aws:appautoscaling/policy:Policy": Kind(
        create=creation(
            _SERVICE,
            "put_scaling_policy",
            lambda call, inputs, answer: Created(
                inputs["name"],
                {
                    "arn": arn("autoscaling", f"scalingPolicy:{call.identity.uuid('policy')}", region=call.region),
                    "alarmArns": sorted(alarm["AlarmARN"] for alarm in answer.get("Alarms", [])),
                },
            ),
            {"name": "PolicyName"},
        ),
        delete=deletion(
            _SERVICE, "delete_scaling_policy", lambda it: {"PolicyName": it.inputs["name"], **_where(it.inputs)}
        ),
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Kind(
        create=creation(
            _SERVICE,
            "put_scheduled_action",
            lambda call, inputs, _answer: Created(
                f"{inputs['name']}-{inputs['serviceNamespace']}-{inputs['resourceId']}",
                {"arn": arn("autoscaling", f"scheduledAction:{call.identity.uuid('action')}", region=call.region)},
            ),
            {"name": "ScheduledActionName"},
        ),
        delete=deletion(
            _SERVICE,
            "delete_scheduled_action",
            lambda it: {"ScheduledActionName": it.inputs["name"], **_where(it.inputs)},
        ),
    ),
    "aws:appautoscaling/target:Target": Kind(
        create=creation(_SERVICE, "register_scalable_target", _target),
        delete=deletion(_SERVICE, "deregister_scalable_target", lambda it: _where(it.inputs)),
    ),
}
