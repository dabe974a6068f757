"""The files that are made from a stack's record; each is one function, and one line here."""

from collections.abc import Callable, Mapping

from observability.files.dashboards import dashboards
from observability.files.grants import grants
from observability.files.load_limits import load_limits
from observability.files.routes import alertmanager_tmpl, alertmanager_yml
from observability.files.rules import rules
from observability.files.runbook import runbook
from stacks.observed import Observed
from tests.observability.scenarios.files import proofs

ARTEFACTS: Mapping[str, Callable[[Observed], str]] = {
    "grants.sql": grants,
    "rules.yml": rules,
    "load-limits.json": load_limits,
    "runbook.md": runbook,
    "alertmanager.yml": alertmanager_yml,
    "alertmanager.tmpl": alertmanager_tmpl,
}
"""By file name, in the order in which they are written."""

DIRECTORIES: Mapping[str, Callable[[Observed], Mapping[str, str]]] = {
    "dashboards": dashboards,
    "rules.tests": proofs,
}
"""Those that are several files: their texts by name, by the name of their directory."""


def render(observed: Observed) -> dict[str, str]:
    """The text of every file by its name."""
    files = {name: made(observed) for name, made in ARTEFACTS.items()}
    for directory, made_all in DIRECTORIES.items():
        files |= {f"{directory}/{name}": text for name, text in made_all(observed).items()}
    return files
