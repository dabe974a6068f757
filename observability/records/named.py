"""Records of one of several components of a kind: each has ids, titles and keys of its own."""

import re
from typing import TypeVar

from msgspec.structs import asdict, replace

from observability.records.check import Check
from observability.records.objective import Objective
from observability.records.procedure import Procedure
from observability.records.record import Signal, Signals

Record = TypeVar("Record", Signal, Objective)

MOST_CHARACTERS = 60
"""Longest title of a panel."""


def named(signals: Signals, *, concept: str, default: str, name: str) -> Signals:
    """Return `signals` as those of the component `name`, unchanged where it is the `default`: ids are state.

    Args:
        signals: records as the component has them, in the words of the default.
        concept: key of the stack file that holds a map of such components: `services`, `redis`.
        default: name whose records keep their ids: `api`, `cache`.
        name: name of the component in that map.

    """
    if name == default:
        return signals
    records: tuple[Signal | Objective | Check, ...] = (*signals.signals, *signals.objectives, *signals.checks)
    ids = {it.id for it in records}

    def own_id(id_: str) -> str:
        first, _, rest = id_.partition("-")
        return f"{first}-{name}-{rest}".removesuffix("-")

    def text(value: str) -> str:
        own_keys = re.sub(rf"\b{concept}\.{default}\.", f"{concept}.{name}.", value)
        return re.sub(r"`([a-z0-9-]+)`", lambda it: f"`{own_id(it[1])}`" if it[1] in ids else it[0], own_keys)

    def title(value: str) -> str:
        ending = f" ({name})"
        return value[: MOST_CHARACTERS - len(ending)].rstrip() + ending

    def own(it: Record) -> Record:
        return replace(
            it, id=own_id(it.id), title=title(it.title), description=text(it.description), runbook=text(it.runbook)
        )

    def check(it: Check) -> Check:
        texts = {key: text(value) for key, value in asdict(it.question).items() if isinstance(value, str)}
        question = replace(it.question, **texts)
        title = f"{text(it.title)} ({name})"
        return replace(it, id=own_id(it.id), title=title, question=question, fix=text(it.fix))

    def procedure(it: Procedure) -> Procedure:
        return replace(it, id=f"{it.id}-{name}", title=f"{it.title} ({name})", text=text(it.text))

    return replace(
        signals,
        subject=f"{signals.subject} {name}",
        signals=tuple(map(own, signals.signals)),
        objectives=tuple(map(own, signals.objectives)),
        checks=tuple(map(check, signals.checks)),
        procedures=tuple(map(procedure, signals.procedures)),
    )
