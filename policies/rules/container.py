"""Rules of the containers in ECS task definitions, and of what people type in them."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, decide, fail, seen, undecided
from policies.resource import UNKNOWN, Resource
from policies.rule import IN_PRODUCTION, Rule, Severity
from policies.rules.reading import Check, at, parsed, truth, unreadable
from policies.rules.tokens import CLUSTER, TASK

ContainerCheck = Callable[[Mapping[str, Any]], str]
"""Says what is wrong with one container; empty if nothing."""


def definitions(task: Mapping[str, Any]) -> Any:
    """Return the containers of a task: UNKNOWN where their text is hidden, None where it is no list of objects."""
    found = parsed(task.get("containerDefinitions"))
    good = isinstance(found, list) and all(isinstance(it, Mapping) for it in found)
    return found if good or found is UNKNOWN else None


def _entries(container: Mapping[str, Any], key: str) -> list[Any]:
    found = container.get(key)
    return found if isinstance(found, list) else []


def variables(container: Mapping[str, Any], key: str = "environment") -> Iterator[tuple[str, Any]]:
    """Name of every variable, with its value where it is a literal."""
    for entry in _entries(container, key):
        name = at(entry, "name")
        if isinstance(name, str):
            yield name, at(entry, "value")


def _each(wrong: ContainerCheck, required: str, among: Callable[[Any], list[Any]] = list) -> Check:
    """Return the check that nothing is `wrong` with the containers that `among` picks."""

    def check(task: Resource) -> Judgement:
        found = definitions(task)
        if unreadable(found):
            return undecided("containerDefinitions")
        containers = among(found or [])
        if not containers:
            return fail("containerDefinitions without a container", required)
        said = [f"container {place}: {words}" for place, it in enumerate(containers, 1) if (words := wrong(it))]
        return fail("; ".join(said), required) if said else PASSED

    return check


def _each_is(key: str, hold: Callable[[Any], bool], *, required: str, observed: str = "") -> Check:
    def wrong(container: Mapping[str, Any]) -> str:
        value = at(container, *key.split("."))
        return "" if hold(value) else observed or f"{key} {seen(value)}"

    return _each(wrong, required)


_PINNED: Final = re.compile(r"(@sha256:[0-9a-f]{64}|:v?\d+\.\d+(\.\d+)*([-+][\w.-]+)?)$")
"""A digest, or a tag that is a version of at least two numbers."""


def _staying(containers: list[Any]) -> list[Any]:
    """Return the containers that stay: one that prepares a volume and ends has nothing to break into."""
    awaited = [it for container in containers for it in _entries(container, "dependsOn")]
    ended = [at(it, "containerName") for it in awaited if at(it, "condition") == "SUCCESS"]
    return [it for it in containers if it.get("essential") is not False or it.get("name") not in ended]


def _root(container: Mapping[str, Any]) -> str:
    # Without a user the image decides, and most images say root.
    user = container.get("user")
    if not isinstance(user, str) or not user:
        return "no user"
    return "user root" if user.partition(":")[0].strip() in ("root", "0", "") else ""


EXEC_LOGS: Final = ("DEFAULT", "OVERRIDE")


def _exec_logged(cluster: Resource) -> Judgement:
    """Judge what is kept of commands that people type in tasks; without a word of it, nobody is to type any."""
    configuration = cluster.get("configuration")
    given = at(configuration, "executeCommandConfiguration")
    if given is None and not unreadable(configuration):
        return NOT_APPLICABLE
    logging, key = at(given, "logging"), at(given, "kmsKeyId")
    return decide(
        "executeCommandConfiguration",
        "commands without a log, or without a key",
        "logging DEFAULT or OVERRIDE, and kmsKeyId",
        # A key that only the cloud can name is one.
        holds=logging in EXEC_LOGS and key not in (None, ""),
        doubtful=unreadable(configuration, given, logging),
    )


_rule = partial(Rule, types=frozenset({TASK}))

RULES: Final = (
    _rule(
        id="container-not-privileged",
        title="No container is privileged",
        why="it would own the machine that it runs on",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html",
        remedy="Unset privileged.",
        severity=Severity.CRITICAL,
        controls=("CKV_AWS_334",),
        check=_each_is(
            "privileged", lambda value: value is None or truth(value) is False, required="no privileged container"
        ),
    ),
    _rule(
        id="container-user",
        title="Containers that stay run as a user without privileges",
        why="a hole in the program is a hole in everything the container may do",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html",
        remedy="Set user to a number that is not 0.",
        levels=IN_PRODUCTION,
        check=_each(_root, "a user that is not root", among=_staying),
    ),
    _rule(
        id="container-read-only-root",
        title="Containers cannot change their own files",
        why="whoever breaks in could leave a program behind",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html",
        remedy="Set readonlyRootFilesystem, and mount a volume where the program writes.",
        severity=Severity.MEDIUM,
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_336",),
        check=_each_is(
            "readonlyRootFilesystem", lambda value: truth(value) is True, required="readonlyRootFilesystem true"
        ),
    ),
    _rule(
        id="container-logs",
        title="Every container's output is kept",
        why="what a task said before it died is gone with it",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
        remedy="Set logConfiguration.",
        check=_each_is(
            "logConfiguration.logDriver",
            lambda driver: isinstance(driver, str) and driver not in ("", "none"),
            required="a logConfiguration",
            observed="no logDriver",
        ),
    ),
    _rule(
        id="container-image-pinned",
        title="Images are named by their digest or their version",
        why="a tag such as latest moves: the next task may run another program",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html",
        remedy="Name the image as repository@sha256:digest, or by its version.",
        keys=(
            *("services.NAME.image", "services.NAME.sidecars", "services.NAME.scaling.redis_image"),
            *("database.pooler.image", "database.pooler.prepare_image"),
            *("database.pooler.exporter_image", "metrics.collector.image"),
        ),
        levels=IN_PRODUCTION,
        check=_each_is(
            "image",
            lambda image: isinstance(image, str) and _PINNED.search(image) is not None,
            required="an image by digest or version",
            observed="an image without its digest or version",
        ),
    ),
    Rule(
        id="cluster-exec-logged",
        title="Commands that people type in tasks are logged and encrypted",
        why="nobody could tell afterwards what was done in a running task",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
        remedy="Set logging to OVERRIDE and kmsKeyId in the cluster's executeCommandConfiguration.",
        keys=("bastion",),
        severity=Severity.MEDIUM,
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_223", "CKV_AWS_224"),
        types=frozenset({CLUSTER}),
        check=_exec_logged,
    ),
)
