"""State machines. Their definitions are looked into by `simulator.states_language`.

Parameters: https://docs.aws.amazon.com/step-functions/latest/apireference/
"""

import fnmatch
import json
from typing import Any

from simulator.moto_aws.kind import (
    Call,
    Created,
    Kind,
    UnsupportedError,
    deletion,
    refuse_untrusted,
    update_without_outputs,
    without,
)
from wire_format import Properties

_SERVICE = "stepfunctions"
_PRINCIPAL = "states.amazonaws.com"
_LOG_ACTION = "logs:CreateLogDelivery"


def _logs(inputs: Properties) -> dict[str, Any]:
    given = inputs.get("loggingConfiguration")
    if not given:
        return {}
    found = {"level": given.get("level") or "OFF", "includeExecutionData": bool(given.get("includeExecutionData"))}
    if given.get("logDestination"):
        found["destinations"] = [{"cloudWatchLogsLogGroup": {"logGroupArn": given["logDestination"]}}]
    return {"loggingConfiguration": found}


def _send(call: Call, operation: str, inputs: Properties, **fixed: Any) -> dict[str, Any]:
    refuse_untrusted(call, inputs["roleArn"], _PRINCIPAL)
    fixed |= _logs(inputs)
    if fixed.get("loggingConfiguration", {}).get("level", "OFF") != "OFF":
        _refuse_without_logs(call, inputs["roleArn"].rsplit("/", 1)[-1])
    return call.send(_SERVICE, operation, without(inputs, "loggingConfiguration", "tags"), **fixed)


def _refuse_without_logs(call: Call, role: str) -> None:
    """Raise what Step Functions says of a role that may not deliver logs.

    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
    """
    client = call.client("iam")
    try:
        names = client.list_role_policies(RoleName=role)["PolicyNames"]
        attached = client.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    except client.exceptions.NoSuchEntityException:
        return
    documents = [client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    for policy in attached:
        version = client.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        found = client.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)
        documents.append(found["PolicyVersion"]["Document"])
    if not any(_allows(it if isinstance(it, dict) else json.loads(it), _LOG_ACTION) for it in documents):
        raise UnsupportedError(
            f"the role {role} is not authorized to access the log destination, allowed one with {_LOG_ACTION}"
        )


def _allows(document: dict[str, Any], action: str) -> bool:
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    for statement in statements:
        given = statement.get("Action") or []
        patterns = given if isinstance(given, list) else [given]
        if statement["Effect"] == "Allow" and any(fnmatch.fnmatch(action.lower(), it.lower()) for it in patterns):
            return True
    return False


def _create(call: Call, inputs: Properties) -> Created:
    tags = [{"key": key, "value": value} for key, value in sorted((inputs.get("tags") or {}).items())]
    kind = inputs.get("type") or "STANDARD"
    made = _send(call, "create_state_machine", {**inputs, "type": kind}, **({"tags": tags} if tags else {}))
    name = made["stateMachineArn"]
    outputs: Properties = {
        "arn": name,
        "status": "ACTIVE",
        "revisionId": call.identity.uuid("revision"),
        "stateMachineVersionArn": f"{name}:1" if inputs.get("publish") else "",
    }
    if inputs.get("loggingConfiguration") is None:
        outputs["loggingConfiguration"] = {"includeExecutionData": False, "level": "OFF"}
    return Created(name, outputs)


KINDS = {
    "aws:sfn/stateMachine:StateMachine": Kind(
        create=_create,
        delete=deletion(_SERVICE, "delete_state_machine", "stateMachineArn"),
        update=update_without_outputs(
            lambda call, it, news: _send(
                call, "update_state_machine", without(news, "name", "type"), stateMachineArn=it.id
            )
        ),
    )
}
