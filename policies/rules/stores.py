"""Rules of what measures the others, and of what keeps the series."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import (
    NOT_APPLICABLE,
    PASSED,
    Judgement,
    Resource,
    Rule,
    fail,
    undecided,
)
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
    """Whether a task measures the others; None where its tags are unknown."""
    tag = stated(task, TAG)
    return None if unreadable(tag) else tag is not None


def _keeps_series(container: Mapping[str, Any]) -> bool:
    image = container.get("image")
    named = isinstance(image, str) and _PROMETHEUS.search(image) is not None
    words = [*items(container.get("command")), *items(container.get("entryPoint"))]
    return named or any(isinstance(word, str) and _STORE in word for word in words)


def _is_concerned(task: Resource) -> bool | None:
    """Whether Prometheus runs in the task; None where that is not known."""
    try:
        containers = definitions(task)
    except LookupError:
        return None
    return any(_keeps_series(container) for container in containers or ())


def _shares(volumes: Any) -> Iterator[bool | None]:
    """Whether each volume is shared over the network; None where that is not known."""
    for volume in items(volumes):
        driver = at(volume, "dockerVolumeConfiguration", "driverOpts", "type")
        if unreadable(volume, driver) or any(unreadable(at(volume, key)) for key in NETWORK_DISKS):
            yield None
        else:
            remote = [at(volume, key) for key in NETWORK_DISKS]
            yield any(it is not None for it in remote) or (isinstance(driver, str) and driver.startswith("nfs"))


def _on_a_disk(task: Resource) -> Judgement:
    volumes = task.get("volumes")
    shared = [None] if unreadable(volumes) else list(_shares(volumes))
    concerned = _is_concerned(task)
    if concerned is False:
        return NOT_APPLICABLE
    if not any(it is not False for it in shared):
        return PASSED
    if concerned is None or True not in shared:
        return undecided("what the volumes are, and who mounts them")
    return fail("a volume of a network file system", "a disk of the machine")


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
