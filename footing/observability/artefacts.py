"""The files that are made from a stack's record; each is one function, and one line here."""

from collections.abc import Callable, Mapping

from footing.observability.load_limits import load_limits
from footing.observability.proof.files import (
    by_five_minutes,
    by_half_hours,
    by_quarter_days,
    by_the_hour,
    by_the_minute,
)
from footing.observability.rules import rules
from footing.observability.runbook import runbook
from stacks.observed import Observed

ARTEFACTS: Mapping[str, Callable[[Observed], str]] = {
    "rules.yml": rules,
    "rules.minutes.test.yml": by_the_minute,
    "rules.hours.test.yml": by_five_minutes,
    "rules.days.test.yml": by_half_hours,
    "rules.weeks.test.yml": by_the_hour,
    "rules.months.test.yml": by_quarter_days,
    "load-limits.json": load_limits,
    "runbook.md": runbook,
}
"""By file name, in the order in which they are written."""


def render(observed: Observed) -> dict[str, str]:
    """The text of every file by its name."""
    return {name: made(observed) for name, made in ARTEFACTS.items()}
