"""Making the stored resources again in a new process, so that moto holds what an earlier one left."""

import json
import re
from collections.abc import Callable, Iterable, Iterator

from simulator.moto_aws.kind import Call, Existing, Kind, UnsupportedError
from simulator.moto_aws.refusal import RefusedError, refusals
from simulator.store import Record
from wire_format import Value, reveal

# What names one resource and nothing else. A plain name such as "app" may be anything.
_IDENTIFIER = re.compile(r"arn:|[a-z]+-[0-9a-f]{17}$")


def replay_all(records: Iterable[Record], make: Callable[[Record], None]) -> None:
    """Make again what moto held, dependencies first.

    A resource that names a younger one by a plain name (an update may do that) is refused at first; it is
    tried again once the others are there.

    Raises:
        RefusedError: what the first of those that cannot be made again met.
    """
    pending, met = replay_order(records), dict[int, RefusedError]()
    while pending:
        refused = []
        for record in pending:
            try:
                make(record)
            except RefusedError as error:
                met.setdefault(id(record), error)
                refused.append(record)
        if len(refused) == len(pending):
            raise met[id(refused[0])]
        pending = refused


def replay_order(records: Iterable[Record]) -> list[Record]:
    """Return what moto made, in the order in which to make it again: first what deletions left behind.

    A resource comes after those whose ids or ARNs its inputs now hold.
    """
    kept = sorted((record for record in records if record.made_in == "moto"), key=lambda item: not item.left_over)
    by_identifier: dict[str, int] = {}
    for at, record in enumerate(kept):
        for name in (record.id, reveal(record.properties.get("arn"))):
            if isinstance(name, str) and _IDENTIFIER.match(name):
                by_identifier.setdefault(name, at)
    ordered: dict[int, Record] = {}
    visiting: set[int] = set()

    def visit(at: int) -> None:
        if at in visiting:
            return
        visiting.add(at)
        for text in _texts(reveal(kept[at].inputs)):
            if text in by_identifier:
                visit(by_identifier[text])
        ordered[at] = kept[at]

    for at in range(len(kept)):
        visit(at)
    return list(ordered.values())


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if value.startswith(("{", "[")):
            try:
                yield from _texts(json.loads(value))
            except ValueError:
                return
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def replay(record: Record, kind: Kind | None, call: Call, existing: Existing) -> None:
    """Make one stored resource again, or what its deletion left behind.

    Raises:
        RefusedError: it cannot be made again, or comes out with another id.
    """
    if kind is None:
        raise RefusedError(
            f"The kept cloud has a {record.type}, which this version does not make: remove its file."
        )
    with refusals(record.type):
        if record.left_over:
            if kind.replay_left_over:
                kind.replay_left_over(call, existing)
        elif kind.replay:
            kind.replay(call, existing)
        elif (made := kind.create(call, existing.inputs).id) != existing.id:
            raise UnsupportedError(
                f"the kept id {existing.id!r} came out as {made!r}, so the kept cloud is from another version of "
                "moto: remove its state directory"
            )
