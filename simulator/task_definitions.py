"""What ECS refuses of a task definition and its containers.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html and
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html, reviewed on 2026-11-26.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.validate import Failure
from wire_format import Properties, is_unknown

_FARGATE_MIB = {
    256: range(512, 2049, 512), 512: range(1024, 4097, 1024), 1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024), 4096: range(8192, 30721, 1024), 8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}  # fmt: skip
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html"""
EPHEMERAL_GIB = range(21, 201)
_CONTAINERS = "containerDefinitions"
_CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
_Container = Mapping[str, Any]


def task_faults(inputs: Properties) -> Iterator[Failure]:
    """Yield what is refused of a task definition, by the property's path."""
    cpu, memory = str(inputs.get("cpu") or ""), str(inputs.get("memory") or "")
    fargate = "FARGATE" in (inputs.get("requiresCompatibilities") or ())
    if fargate and cpu.isdigit() and memory.isdigit():
        sizes = _FARGATE_MIB.get(int(cpu), range(0))
        if int(memory) not in sizes or (cpu == "256" and memory == "1536"):
            yield Failure("memory", f"given {memory} MiB for {cpu} CPU units, allowed a size that Fargate has")
    storage = inputs.get("ephemeralStorage")
    size = storage.get("sizeInGib") if isinstance(storage, Mapping) else None
    if isinstance(size, int) and size not in EPHEMERAL_GIB:
        yield Failure(
            "ephemeralStorage.sizeInGib", f"given {size} GiB, allowed {EPHEMERAL_GIB[0]} to {EPHEMERAL_GIB[-1]}"
        )
    text = inputs.get(_CONTAINERS)
    if not isinstance(text, str) or is_unknown(text):
        return
    try:
        containers = json.loads(text)
        faults = [
            *_names(containers),
            *_variables(containers, role=not fargate or bool(inputs.get("executionRoleArn"))),
            *_dependencies(containers),
            *_shares(containers, memory=memory, cpu=cpu),
        ]
    except (AttributeError, KeyError, TypeError, ValueError):
        # botocore says what is wrong with another structure, when the definition is registered.
        return
    yield from (Failure(_CONTAINERS, f"{_CONTAINERS}: {fault}") for fault in faults)


def _names(containers: Sequence[_Container]) -> Iterator[str]:
    names = [str(it.get("name")) for it in containers]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"{name} given {names.count(name)} times, allowed once"
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
            yield f"given the name {name!r}, allowed 1 to 255 letters, digits, - and _"
    if containers and not any(it.get("essential", True) for it in containers):
        yield "given no essential container, allowed one at least"


def _variables(containers: Sequence[_Container], *, role: bool) -> Iterator[str]:
    for container in containers:
        plain, hidden = ({it["name"] for it in container.get(key) or ()} for key in ("environment", "secrets"))
        for twice in sorted(plain & hidden):
            yield f"{container.get('name')}: {twice} given in environment and secrets, allowed once"
        logs = (container.get("logConfiguration") or {}).get("logDriver") == "awslogs"
        if not role and (hidden or container.get("repositoryCredentials") or logs):
            yield f"{container.get('name')}: given secrets, an image or logs, allowed with executionRoleArn"


def _dependencies(containers: Sequence[_Container]) -> Iterator[str]:
    by_name = {it.get("name"): it for it in containers}
    for container in containers:
        for needed in container.get("dependsOn") or ():
            name, condition = needed["containerName"], needed.get("condition")
            said, other = f"{container.get('name')}: depends on {name}", by_name.get(name)
            if other is None:
                yield f"{said}, which is none, allowed a container of the task"
            elif condition not in _CONDITIONS:
                yield f"{said} by {condition}, allowed {', '.join(_CONDITIONS)}"
            elif condition == "HEALTHY" and not other.get("healthCheck"):
                yield f"{said} to be HEALTHY, allowed for a container with a healthCheck"
            elif condition in {"COMPLETE", "SUCCESS"} and other.get("essential", True):
                yield f"{said} to be {condition}, allowed for a container that is not essential"
    after = {name: {it["containerName"] for it in one.get("dependsOn") or ()} for name, one in by_name.items()}
    while free := [name for name, needed in after.items() if not needed & after.keys()]:
        for name in free:
            del after[name]
    if after:
        yield f"{', '.join(sorted(map(str, after)))} wait for one another, allowed no circle"


def _shares(containers: Sequence[_Container], *, memory: str, cpu: str) -> Iterator[str]:
    for key, text, unit in (
        ("memory", memory, "MiB"),
        ("memoryReservation", memory, "MiB"),
        ("cpu", cpu, "units"),
    ):
        total = sum(it[key] for it in containers if isinstance(it.get(key), int))
        if text.isdigit() and total > int(text):
            yield f"given {total} {unit} of {key} in all, allowed the task's {text}"
    for container in containers:
        soft, hard = container.get("memoryReservation"), container.get("memory")
        if isinstance(soft, int) and isinstance(hard, int) and soft >= hard:
            yield f"{container.get('name')}: memoryReservation {soft}, allowed less than memory, {hard}"
