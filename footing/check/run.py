"""From a plan to a report."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from footing.check.pack import GateError, Pack
from footing.plan.model import SECRET_KEY, UNKNOWN_KEY, Plan, PlanFormatError, PlannedResource
from stacks.config.load import PROJECT

if TYPE_CHECKING:
    from policies.report import Report

DEEPEST: Final = 100
"""Levels of objects and lists within the inputs of a resource; a program of ours has ten."""


def report_on(
    document: dict[str, Any],
    environment: str,
    pack: Pack,
    today: date,
    *,
    is_whole: bool = True,
    limit_exceptions: Sequence[Mapping[str, Any]] = (),
) -> "Report":
    """Judge a plan in the format of docs/plan-format.md; one that was saved may be a part of its stack.

    `limit_exceptions` is the block of that name in the stack's file.
    """
    from policies import gate, levels, planned
    from policies.limit_exceptions import read
    from policies.resource import Stack

    name = str(document["stack"])
    made = gate.judge(
        pack.catalogue,
        Stack(environment=environment, resources=planned.resources(document)),
        name=name,
        today=today,
        waivers=pack.waivers,
        allowed_undecided=pack.allowed_undecided,
        allowed_unjudged=pack.allowed_unjudged,
        is_whole=is_whole,
        limit_exceptions=read(limit_exceptions),
    )
    native = levels.unmatched(pack.configuration, pack.waivers, f"{document['project']}/{name}")
    return replace(made, problems=[*made.problems, *native]) if native else made


def saved(path: Path, stack: str) -> dict[str, Any]:
    """Return the plan in the file at `path`, once it is sure to be one of `stack` in this project.

    Raises:
        GateError: it cannot be read, is empty, of another stack, or not of the documented shape.

    """
    try:
        text = path.read_text(encoding="utf-8")
        plan = Plan.from_json(text)
    except OSError as error:
        raise GateError(f"{path} cannot be read: {error.strerror}. Nothing was judged.") from None
    except UnicodeDecodeError:
        raise GateError(f"{path} is not UTF-8 text. Nothing was judged.") from None
    except PlanFormatError as error:
        raise GateError(f"{path}: {error}") from None
    except RecursionError:
        raise GateError(f"{path}: the plan is nested too deep. Nothing was judged.") from None
    if plan.stack != stack:
        raise GateError(f"{path} is the plan of {plan.stack!r}, not of {stack!r}. Nothing was judged.")
    for flaw in _flaws(plan):
        raise GateError(f"{path}: {flaw}; see docs/plan-format.md. Nothing was judged.")
    document: dict[str, Any] = json.loads(text)
    return document


def _flaws(plan: Plan) -> Iterator[str]:
    """Yield what is wrong with a plan of the right version and stack."""
    if plan.project != PROJECT:
        yield f"it is a plan of the project {plan.project!r}, not of {PROJECT!r}"
    if not plan.resources:
        yield "it holds no resource"
    urns: set[str] = set()
    for number, it in enumerate(plan.resources, start=1):
        if flaw := _flaw(it, f"urn:pulumi:{plan.stack}::{plan.project}::", urns):
            yield f"resource {number}: {flaw}"
        urns.add(it.urn)


def _flaw(resource: PlannedResource, prefix: str, urns: set[str]) -> str:
    texts = (resource.type, resource.name, resource.urn, resource.parent, resource.source)
    if not all(isinstance(it, str) for it in texts) or not resource.type or not resource.name:
        return "type, name, urn, parent and source must be texts"
    if not (resource.urn.startswith(prefix) and resource.urn.endswith(f"{resource.type}::{resource.name}")):
        return f"its urn is not {prefix}...{resource.type}::{resource.name}"
    if resource.urn in urns:
        return f"{resource.urn} is there twice"
    if not all(isinstance(it, bool) for it in (resource.custom, resource.external, resource.protect)):
        return "custom, external and protect must be true or false"
    links = (*resource.dependencies, *(urn for urns in resource.property_dependencies.values() for urn in urns))
    if not isinstance(resource.inputs, dict) or not all(isinstance(it, str) for it in links):
        return "inputs must be an object, and what they come from URNs"
    waiting: list[tuple[Any, int]] = [(resource.inputs, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            return f"inputs nested more than {DEEPEST} deep"
        if isinstance(value, dict):
            if any(value.get(mark, True) is not True for mark in (SECRET_KEY, UNKNOWN_KEY)):
                return "a mark of a secret or of an unknown value must be true"
            value = [*value.values()]
        waiting += [(it, depth + 1) for it in value] if isinstance(value, list) else []
    return ""
