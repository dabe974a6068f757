"""Rules of what measures the others, and of what keeps the series."""

import re
from collections.abc import Mapping
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, Judgement, decide
from policies.resource import Resource
from policies.rule import Rule
from policies.rules.container import definitions
from policies.rules.pooler import stated
from policies.rules.reading import at, items, unreadable
from policies.rules.tokens import TASK

NETWORK_DISKS: Final = (
    "efsVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "s3filesVolumeConfiguration",
)
"""What makes a volume of ECS one of a network file system."""

TAG: Final = "footing:measures"
"""Tag of a task that measures the others and serves nobody: its loss costs numbers, not answers."""

_PROMETHEUS: Final = re.compile(r"(^|/)prometheus([:@]|$)")
_STORE: Final = "--storage.tsdb.path"


def is_measuring(task: Mapping[str, Any]) -> bool | None:
    """Return whether a task measures the others; None where its tags are unknown."""
    tag = stated(task, TAG)
    return None if unreadable(tag) else tag is not None


def _runs_prometheus(task: Resource) -> bool | None:
    """Return whether Prometheus runs in the task; None where that is not known."""
    containers = definitions(task)
    if unreadable(containers):
        return None
    images = [container.get("image") for container in containers or ()]
    words = [it for one in containers or () for key in ("command", "entryPoint") for it in items(one.get(key))]
    named = any(isinstance(image, str) and _PROMETHEUS.search(image) for image in images)
    return named or any(isinstance(it, str) and _STORE in it for it in words)


def _on_a_disk(task: Resource) -> Judgement:
    # Whether each volume is shared over the network; None where that is not known.
    shared: list[bool | None] = []
    for volume in items(task.get("volumes")):
        driver = at(volume, "dockerVolumeConfiguration", "driverOpts", "type")
        remote = [at(volume, key) for key in NETWORK_DISKS]
        is_nfs = isinstance(driver, str) and driver.startswith("nfs")
        hidden = unreadable(volume, driver, *remote)
        shared.append(None if hidden else is_nfs or any(it is not None for it in remote))
    concerned = _runs_prometheus(task)
    if concerned is False:
        return NOT_APPLICABLE
    return decide(
        "what the volumes are, and who mounts them",
        "a volume of a network file system",
        "a disk of the machine",
        holds=all(it is False for it in shared),
        doubtful=concerned is None or True not in shared,
    )


RULES: Final = (
    Rule(
        id="prometheus-store-not-on-nfs",
        title="Prometheus keeps its series on a disk, never on a network file system",
        why="its store is damaged there without a word, and a month of numbers with it",
        source="https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects",
        remedy="Keep them on an EBS disk of the machine, or in a managed store.",
        keys=("metrics.store.provider",),
        types=frozenset({TASK}),
        check=_on_a_disk,
    ),
)
