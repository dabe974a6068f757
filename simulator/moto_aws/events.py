"""Event buses, rules and their targets.

Parameters: https://docs.aws.amazon.com/eventbridge/latest/APIReference/
"""

from typing import Any

from simulator.moto_aws.kind import Call, Created, Kind, UnsupportedError, creation, deletion
from wire_format import Properties

_BUS, _TARGETS_PER_RULE = "default", 5
# Pulumi's `ecsTarget` is the API's `EcsParameters`, and so on.
_PARAMETERS = ("batch", "ecs", "http", "kinesis", "sqs", "appsync", "redshift", "sagemakerPipeline")
_RENAMES = {"appsync": "AppSyncParameters", "redshift": "RedshiftDataParameters"}


def _on_bus(inputs: Properties) -> dict[str, Any]:
    return {"EventBusName": inputs["eventBusName"]} if inputs.get("eventBusName") else {}


def _put_rule(call: Call, inputs: Properties) -> Created:
    state = inputs.get("state") or ("DISABLED" if inputs.get("isEnabled") is False else "ENABLED")
    made = call.send("events", "put_rule", inputs, State=state)
    bus = inputs.get("eventBusName") or _BUS
    name = inputs["name"] if bus == _BUS else f"{bus}/{inputs['name']}"
    return Created(name, {"arn": made["RuleArn"], "eventBusName": bus, "state": state})


def _target(inputs: Properties) -> dict[str, Any]:
    """Return what one target is in the API: Pulumi names the parameters of each service otherwise."""
    sent: dict[str, Any] = {"Id": inputs["targetId"], "Arn": inputs["arn"]}
    for name in ("input", "inputPath", "roleArn", "deadLetterConfig", "retryPolicy", "inputTransformer"):
        if inputs.get(name) is not None:
            sent[name] = inputs[name]
    if transformer := sent.get("inputTransformer"):
        sent["inputTransformer"] = {
            "inputTemplate": transformer["inputTemplate"],
            "inputPathsMap": transformer.get("inputPaths") or {},
        }
    for name in _PARAMETERS:
        if given := inputs.get(f"{name}Target"):
            sent[_RENAMES.get(name, f"{name}Parameters")] = with_network(given)
    return sent


def with_network(given: Properties) -> Properties:
    """Return the parameters of a task on ECS with its network as the API nests it."""
    network = given.get("networkConfiguration")
    if not network:
        return given
    public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
    return {**given, "networkConfiguration": {"awsvpcConfiguration": {**network, "assignPublicIp": public}}}


def _put_target(call: Call, inputs: Properties) -> Created:
    client = call.client("events")
    held = client.list_targets_by_rule(Rule=inputs["rule"], **_on_bus(inputs))["Targets"]
    if len({it["Id"] for it in held} | {inputs["targetId"]}) > _TARGETS_PER_RULE:
        raise UnsupportedError(f"the rule has {_TARGETS_PER_RULE} targets, which are allowed")
    call.send("events", "put_targets", {"targets": [_target(inputs)], "rule": inputs["rule"]}, **_on_bus(inputs))
    bus = inputs.get("eventBusName") or _BUS
    name = f"{inputs['rule']}-{inputs['targetId']}"
    return Created(name if bus == _BUS else f"{bus}-{name}", {"eventBusName": bus})


KINDS = {
    "aws:cloudwatch/eventBus:EventBus": Kind(
        create=creation(
            "events",
            "create_event_bus",
            lambda _call, inputs, answer: Created(inputs["name"], {"arn": answer["EventBusArn"]}),
        ),
        delete=deletion("events", "delete_event_bus", "Name"),
        update=lambda call, _existing, news: call.check("events", "create_event_bus", news),
    ),
    "aws:cloudwatch/eventRule:EventRule": Kind(
        create=_put_rule,
        delete=deletion("events", "delete_rule", lambda it: {"Name": it.inputs["name"], **_on_bus(it.inputs)}),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Kind(
        create=_put_target,
        delete=deletion(
            "events",
            "remove_targets",
            lambda it: {"Rule": it.inputs["rule"], "Ids": [it.inputs["targetId"]], **_on_bus(it.inputs)},
        ),
    ),
}
