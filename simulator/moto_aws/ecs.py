"""Clusters, task definitions and services.

Parameters: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/
"""

import json
from collections.abc import Callable
from typing import Any

from simulator.moto_aws.kind import (
    Call,
    Created,
    Existing,
    Kind,
    UnsupportedError,
    creation,
    deletion,
    update_without_outputs,
    without,
)
from wire_format import Properties


def _register(call: Call, inputs: Properties) -> dict[str, Any]:
    try:
        containers = json.loads(inputs["containerDefinitions"])
    except ValueError as error:
        raise UnsupportedError(f"containerDefinitions is not JSON: {error}") from error
    sent = without(inputs, "containerDefinitions", "volumes")
    fixed: dict[str, Any] = {"containerDefinitions": containers}
    if inputs.get("volumes"):
        fixed["volumes"] = [
            _renamed(item, "hostPath", "host", lambda path: {"sourcePath": path}) for item in inputs["volumes"]
        ]
    answer = call.send("ecs", "register_task_definition", sent, **fixed)
    made: dict[str, Any] = answer["taskDefinition"]
    return made


def _renamed(given: Properties, name: str, new: str, convert: Callable[[Any], Any]) -> Properties:
    found = {key: value for key, value in given.items() if key != name and value is not None}
    return {**found, new: convert(given[name])} if given.get(name) else found


def _create_task_definition(call: Call, inputs: Properties) -> Created:
    made = _register(call, inputs)
    name = made["taskDefinitionArn"]
    outputs = {
        "arn": name,
        "arnWithoutRevision": name.rsplit(":", 1)[0],
        "enableFaultInjection": inputs.get("enableFaultInjection", False),
        "networkMode": made.get("networkMode", "bridge"),
        "revision": made["revision"],
    }
    return Created(inputs["family"], outputs)


def _deregister(call: Call, existing: Existing) -> None:
    if not existing.inputs.get("skipDestroy"):
        call.client("ecs").deregister_task_definition(taskDefinition=existing.outputs["arn"])


def _replay_task_definition(call: Call, existing: Existing) -> None:
    # Revisions count up: those before the kept one are registered and taken back.
    made = _register(call, existing.inputs)
    while made["revision"] < existing.outputs["revision"]:
        call.client("ecs").deregister_task_definition(taskDefinition=made["taskDefinitionArn"])
        made = _register(call, existing.inputs)


_SERVICE = {
    "capacityProviderStrategies": "capacityProviderStrategy",
    "iamRole": "role",
    "name": "serviceName",
    "orderedPlacementStrategies": "placementStrategy",
}
_BUILT = {"networkConfiguration", "loadBalancers", "deploymentConfiguration", "alarms", "tags"}
_CREATION_ONLY = {"cluster", "iamRole", "launchType", "name", "schedulingStrategy", "deploymentController"}


def _built(inputs: Properties) -> dict[str, Any]:
    """Return the parameters whose structure differs from Pulumi's."""
    parts: dict[str, Any] = {}
    network = inputs.get("networkConfiguration")
    if network:
        public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        # moto asks for the groups that AWS lets a program leave out.
        given = {"securityGroups": [], **network, "assignPublicIp": public}
        parts["networkConfiguration"] = {"awsvpcConfiguration": given}
    if inputs.get("loadBalancers"):
        parts["loadBalancers"] = [
            _renamed(item, "elbName", "loadBalancerName", str) for item in inputs["loadBalancers"]
        ]
    return parts


def _deployment(inputs: Properties) -> dict[str, Any]:
    given = {
        "deploymentCircuitBreaker": inputs.get("deploymentCircuitBreaker"),
        "maximumPercent": inputs.get("deploymentMaximumPercent"),
        "minimumHealthyPercent": inputs.get("deploymentMinimumHealthyPercent"),
        "alarms": inputs.get("alarms"),
        **(inputs.get("deploymentConfiguration") or {}),
    }
    found = {name: value for name, value in given.items() if value is not None}
    return {"deploymentConfiguration": found} if found else {}


def _create_service(call: Call, inputs: Properties) -> Created:
    sent = {**without(inputs, *_BUILT), **_deployment(inputs)}
    tags = [{"key": key, "value": value} for key, value in sorted((inputs.get("tags") or {}).items())]
    fixed = {**_built(inputs), **({"tags": tags} if tags else {})}
    made = call.send("ecs", "create_service", sent, _SERVICE, **fixed)["service"]
    outputs = {
        "arn": made["serviceArn"],
        "cluster": made["clusterArn"],
        "launchType": made.get("launchType", "EC2"),
        "platformVersion": made.get("platformVersion", "LATEST"),
        "iamRole": inputs.get("iamRole") or "",
    }
    return Created(made["serviceArn"], outputs)


def _service(existing: Existing) -> dict[str, Any]:
    return {"cluster": existing.outputs["cluster"], "service": existing.inputs["name"]}


KINDS = {
    "aws:ecs/cluster:Cluster": Kind(
        create=creation(
            "ecs",
            "create_cluster",
            lambda _call, inputs, answer: Created(
                answer["cluster"]["clusterArn"],
                {
                    "arn": answer["cluster"]["clusterArn"],
                    "settings": inputs.get("settings") or [{"name": "containerInsights", "value": "disabled"}],
                },
            ),
            {"name": "clusterName"},
        ),
        delete=deletion("ecs", "delete_cluster", lambda it: {"cluster": it.inputs["name"]}),
        update=update_without_outputs(
            lambda call, it, news: call.send("ecs", "update_cluster", news, cluster=it.inputs["name"])
        ),
    ),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Kind(
        create=creation(
            "ecs",
            "put_cluster_capacity_providers",
            lambda _call, inputs, _answer: Created(inputs["clusterName"]),
            {"clusterName": "cluster"},
            {"capacityProviders": [], "defaultCapacityProviderStrategies": []},
        ),
        delete=deletion(
            "ecs",
            "put_cluster_capacity_providers",
            lambda it: {
                "cluster": it.inputs["clusterName"],
                "capacityProviders": [],
                "defaultCapacityProviderStrategy": [],
            },
        ),
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Kind(
        create=_create_task_definition,
        delete=_deregister,
        # A revision never changes: what does not replace it is not sent.
        update=lambda _call, _existing, _news: None,
        replay=_replay_task_definition,
    ),
    "aws:ecs/service:Service": Kind(
        create=_create_service,
        delete=deletion("ecs", "delete_service", lambda it: {**_service(it), "force": True}),
        update=update_without_outputs(
            lambda call, it, news: call.send(
                "ecs",
                "update_service",
                {**without(news, *_BUILT, *_CREATION_ONLY), **_deployment(news)},
                _SERVICE,
                **_service(it),
                **_built(news),
            )
        ),
    ),
}
