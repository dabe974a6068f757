"""From a plan to a report."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footing.check.pack import GateError, Pack

if TYPE_CHECKING:
    from policies.report import Report


def report_on(
    document: dict[str, Any], environment: str, pack: Pack, today: date, *, is_whole: bool = True
) -> "Report":
    """Judge a plan in the format of docs/plan-format.md; one that was saved may be a part of its stack."""
    from policies import gate, levels, planned
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
    )
    native = levels.unmatched(pack.configuration, pack.waivers, f"{document['project']}/{name}")
    return replace(made, problems=[*made.problems, *native]) if native else made


def saved(path: Path, stack: str) -> dict[str, Any]:
    """Return the plan in the file at `path`, once it is sure to be one of `stack`.

    Raises:
        GateError: it cannot be read, is of another version or of another stack.

    """
    from footing.plan.model import Plan, PlanFormatError

    try:
        text = path.read_text(encoding="utf-8")
        plan = Plan.from_json(text)
    except OSError as error:
        raise GateError(f"{path} cannot be read: {error.strerror}. Nothing was judged.") from None
    except UnicodeDecodeError:
        raise GateError(f"{path} is not UTF-8 text. Nothing was judged.") from None
    except PlanFormatError as error:
        raise GateError(f"{path}: {error}") from None
    if plan.stack != stack:
        raise GateError(f"{path} is the plan of {plan.stack!r}, not of {stack!r}. Nothing was judged.")
    document: dict[str, Any] = json.loads(text)
    return document
