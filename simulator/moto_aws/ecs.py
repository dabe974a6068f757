"""Clusters, task definitions and services.

Parameters: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/
"""

import json
from typing import Any

from simulator.moto_aws.kind import Call, Created, Existing, Kind, UnsupportedError, without
from wire_format import Properties


def _tags(inputs: Properties) -> dict[str, Any]:
    tags = [{"key": key, "value": value} for key, value in sorted((inputs.get("tags") or {}).items())]
    return {"tags": tags} if tags else {}


def _create_cluster(call: Call, inputs: Properties) -> Created:
    made = call.send("ecs", "create_cluster", inputs, {"name": "clusterName"})["cluster"]
    settings = inputs.get("settings") or [{"name": "containerInsights", "value": "disabled"}]
    return Created(made["clusterArn"], {"arn": made["clusterArn"], "settings": settings})


def _update_cluster(call: Call, existing: Existing, news: Properties) -> None:
    call.send("ecs", "update_cluster", news, cluster=existing.inputs["name"])


def _delete_cluster(call: Call, existing: Existing) -> None:
    call.client("ecs").delete_cluster(cluster=existing.inputs["name"])


def _put_providers(call: Call, inputs: Properties) -> Created:
    given = {"capacityProviders": [], "defaultCapacityProviderStrategies": [], **inputs}
    call.send("ecs", "put_cluster_capacity_providers", given, {"clusterName": "cluster"})
    return Created(inputs["clusterName"])


def _delete_providers(call: Call, existing: Existing) -> None:
    call.client("ecs").put_cluster_capacity_providers(
        cluster=existing.inputs["clusterName"], capacityProviders=[], defaultCapacityProviderStrategy=[]
    )


def _register(call: Call, inputs: Properties) -> dict[str, Any]:
    try:
        containers = json.loads(inputs["containerDefinitions"])
    except ValueError as error:
        raise UnsupportedError(f"containerDefinitions is not JSON: {error}") from error
    sent = without(inputs, "containerDefinitions", "volumes")
    volumes = {"volumes": [_volume(item) for item in inputs["volumes"]]} if inputs.get("volumes") else {}
    answer = call.send("ecs", "register_task_definition", sent, containerDefinitions=containers, **volumes)
    made: dict[str, Any] = answer["taskDefinition"]
    return made


def _volume(given: Properties) -> Properties:
    volume = {name: value for name, value in given.items() if name != "hostPath" and value is not None}
    return {**volume, "host": {"sourcePath": given["hostPath"]}} if given.get("hostPath") else volume


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


def _update_task_definition(_call: Call, _existing: Existing, _news: Properties) -> None:
    """A revision never changes: what does not replace it is not sent."""


def _delete_task_definition(call: Call, existing: Existing) -> None:
    if existing.inputs.get("skipDestroy"):
        return
    call.client("ecs").deregister_task_definition(taskDefinition=existing.outputs["arn"])


def _replay_task_definition(call: Call, existing: Existing) -> None:
    """Revisions count up: those before the kept one are registered and taken back."""
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
    """The parameters whose structure differs from Pulumi's."""
    parts: dict[str, Any] = {}
    network = inputs.get("networkConfiguration")
    if network:
        public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        # moto asks for the groups that AWS lets a program leave out.
        given = {"securityGroups": [], **network, "assignPublicIp": public}
        parts["networkConfiguration"] = {"awsvpcConfiguration": given}
    if inputs.get("loadBalancers"):
        parts["loadBalancers"] = [_target(item) for item in inputs["loadBalancers"]]
    return parts


def _target(given: Properties) -> Properties:
    named = {"loadBalancerName": given["elbName"]} if given.get("elbName") else {}
    return {**{key: value for key, value in given.items() if key != "elbName" and value is not None}, **named}


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
    made = call.send("ecs", "create_service", sent, _SERVICE, **_built(inputs), **_tags(inputs))["service"]
    outputs = {
        "arn": made["serviceArn"],
        "cluster": made["clusterArn"],
        "launchType": made.get("launchType", "EC2"),
        "platformVersion": made.get("platformVersion", "LATEST"),
        "iamRole": inputs.get("iamRole") or "",
    }
    return Created(made["serviceArn"], outputs)


def _update_service(call: Call, existing: Existing, news: Properties) -> None:
    kept = {name: value for name, value in news.items() if name not in _BUILT | _CREATION_ONLY}
    sent = {**kept, **_deployment(news)}
    where = {"cluster": existing.outputs["cluster"], "service": existing.inputs["name"]}
    call.send("ecs", "update_service", sent, _SERVICE, **where, **_built(news))


def _delete_service(call: Call, existing: Existing) -> None:
    where = {"cluster": existing.outputs["cluster"], "service": existing.inputs["name"]}
    call.client("ecs").delete_service(**where, force=True)


KINDS = {
    "aws:ecs/cluster:Cluster": Kind(create=_create_cluster, delete=_delete_cluster, update=_update_cluster),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Kind(
        create=_put_providers, delete=_delete_providers
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Kind(
        create=_create_task_definition,
        delete=_delete_task_definition,
        update=_update_task_definition,
        replay=_replay_task_definition,
    ),
    "aws:ecs/service:Service": Kind(create=_create_service, delete=_delete_service, update=_update_service),
}
