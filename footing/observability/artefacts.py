"""The files that are made from a stack's record; each is one function, and one line here."""

from collections.abc import Callable, Mapping

from footing.observability.dashboards import dashboards
from footing.observability.grants import grants
from footing.observability.load_limits import load_limits
from footing.observability.proof.files import (
    by_five_minutes,
    by_half_hours,
    by_quarter_days,
    by_the_hour,
    by_the_minute,
)
from footing.observability.routes import alertmanager_tmpl, alertmanager_yml
from footing.observability.rules import rules
from footing.observability.runbook import runbook
from stacks.observed import Observed

ARTEFACTS: Mapping[str, Callable[[Observed], str]] = {
    "grants.sql": grants,
    "rules.yml": rules,
    "rules.minutes.test.yml": by_the_minute,
    "rules.hours.test.yml": by_five_minutes,
    "rules.days.test.yml": by_half_hours,
    "rules.weeks.test.yml": by_the_hour,
    "rules.months.test.yml": by_quarter_days,
    "load-limits.json": load_limits,
    "runbook.md": runbook,
    "alertmanager.yml": alertmanager_yml,
    "alertmanager.tmpl": alertmanager_tmpl,
}
"""By file name, in the order in which they are written."""

DIRECTORIES: Mapping[str, Callable[[Observed], Mapping[str, str]]] = {
    "dashboards": dashboards,
}
"""Those that are several files: their texts by name, by the name of their directory."""


def render(observed: Observed) -> dict[str, str]:
    """The text of every file by its name."""
    files = {name: made(observed) for name, made in ARTEFACTS.items()}
    for directory, made_all in DIRECTORIES.items():
        files |= {f"{directory}/{name}": text for name, text in made_all(observed).items()}
    return files
