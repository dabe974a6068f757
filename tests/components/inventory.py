"""What a component registered, reduced to what a reader compares: one entry a resource, one a container."""

import json
import re
from typing import Any

from tests.components.recording import Recorded, Secret

LONG = {"ALLOY_CONFIG", "PROMETHEUS_RULES"}
"""Variables that hold whole files of other makers; the component's own tests read those."""
PROGRAMS = re.compile(r"^(?:exec )?(alloy|chown|curl|pgbouncer|prometheus|psql|/run\.sh)(?= |$)", re.MULTILINE)
"""What the scripts of containers run or become."""
IDENTITY = {"description", "userData"}
"""Inputs that are prose or a script."""


def inventory(recorded: Recorded[Any]) -> dict[str, dict[str, Any]]:
    """Return the settings of each resource as `Type/name`, and of each container as `container/name`."""
    found: dict[str, dict[str, Any]] = {}
    for resource in recorded.resources:
        if not resource.custom:
            continue
        settings = {key: value for key, value in resource.inputs.items() if key not in IDENTITY}
        for container in json.loads(settings.pop("containerDefinitions", "[]")):
            found[f"container/{container['name']}"] = _container(container)
        settings = {key: _plain(value) for key, value in settings.items()}
        if resource.protect:
            settings["protect"] = True
        found[f"{resource.type.rpartition(':')[2]}/{resource.name}"] = settings
    return found


def _container(definition: dict[str, Any]) -> dict[str, Any]:
    log = definition.pop("logConfiguration")
    assert log["logDriver"] == "awslogs"
    assert log["options"]["awslogs-stream-prefix"] == definition["name"]
    assert log["options"]["awslogs-group"].endswith("-log")
    assert definition.pop("readonlyRootFilesystem") is True
    environment = {it["name"]: it["value"] for it in definition.pop("environment")}
    secrets = {it["name"]: it["valueFrom"] for it in definition.pop("secrets")}
    if definition.get("entryPoint") == ["sh", "-c"]:
        [script] = definition["command"]
        assert script.startswith("set -eu\n")
        definition["command"] = PROGRAMS.findall(script)
    return {
        **{key: value for key, value in definition.items() if key != "name"},
        "environment": {key: _file(value) for key, value in environment.items() if key not in LONG},
        "secrets": secrets,
    }


def _file(value: str) -> Any:
    """Return a file in JSON parsed, and one of several lines as a list of them."""
    if value.startswith("{"):
        return json.loads(value)
    return value.splitlines() if "\n" in value else value


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return ("secret", _plain(value.value))
    if isinstance(value, dict):
        # The hash of pgbouncer.ini follows every number in it.
        return {key: _plain(item) for key, item in value.items() if key != "footing:configuration"}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str) and value.startswith("{"):
        document = json.loads(value)
        if "Statement" not in document:
            return document
        assert document["Version"] == "2012-10-17"
        assert {it["Effect"] for it in document["Statement"]} == {"Allow"}
        return [(it["Action"], it.get("Resource") or it["Principal"]["Service"]) for it in document["Statement"]]
    return value
