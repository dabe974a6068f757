"""Three small rules over made-up types, and resources for them."""

from collections.abc import Iterable
from typing import Any

from policies.judgement import PASSED, Judgement, fail, seen, undecided
from policies.resource import UNKNOWN, Resource, Stack
from policies.rule import IN_PRODUCTION, Rule, StackRule

STORE, QUEUE = "test:index/store:Store", "test:index/queue:Queue"
TEXTS: dict[str, Any] = {"why": "it holds data", "source": "the tests", "remedy": "Set it."}
HIDDEN = "hunter2-canary"
"""A text that no output may hold."""


def _encrypted(resource: Resource) -> Judgement:
    value = resource.get("encrypted")
    if value is UNKNOWN:
        return undecided("encrypted")
    return PASSED if value is True else fail(f"encrypted {seen(value)}", "true")


def _named(resource: Resource) -> Judgement:
    return PASSED if resource["label"] else fail("no label", "a label")


def _few(stack: Stack) -> Iterable[tuple[Resource, Judgement]]:
    queues = stack.of(QUEUE)
    for queue in queues:
        yield queue, PASSED if len(queues) < 2 else fail(f"{len(queues)} queues", "1 queue")


ENCRYPTED = Rule(
    id="store-encrypted", title="Stores are encrypted", types=frozenset({STORE}), check=_encrypted,
    waivable=False, **TEXTS,
)  # fmt: skip
LABELLED = Rule(
    id="queue-labelled", title="Queues have a label", types=frozenset({QUEUE}), check=_named,
    levels=IN_PRODUCTION, **TEXTS,
)  # fmt: skip
FEW = StackRule(id="queues-few", title="There is one queue", types=frozenset({QUEUE}), check=_few, **TEXTS)
RULES = (ENCRYPTED, LABELLED, FEW)


def store(encrypted: Any, name: str = "store") -> Resource:
    return Resource(type=STORE, name=name, properties={"encrypted": encrypted, "password": HIDDEN})


def queue(label: Any = "mail", name: str = "queue") -> Resource:
    return Resource(type=QUEUE, name=name, properties={"label": label})


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:test::footing::{type_}::{name}"
