"""The files that are made from a stack's records; each is one function, and one line here."""

from collections.abc import Callable, Mapping

from observability.files.dashboards import dashboards
from observability.files.grants import grants
from observability.files.load_limits import load_limits
from observability.files.routes import alertmanager_tmpl, alertmanager_yml
from observability.files.rules import rules
from observability.files.runbook import runbook
from observability.stack import ObservedStack

ARTEFACTS: Mapping[str, Callable[[ObservedStack], str]] = {
    "grants.sql": grants,
    "rules.yml": rules,
    "load-limits.json": load_limits,
    "runbook.md": runbook,
    "alertmanager.yml": alertmanager_yml,
    "alertmanager.tmpl": alertmanager_tmpl,
}
"""By file name, in the order in which they are written; the dashboards follow, one file for each board."""


def render(observed: ObservedStack) -> dict[str, str]:
    """Return the text of every file by its path under the output directory."""
    files = {name: text_of(observed) for name, text_of in ARTEFACTS.items()}
    return files | {f"dashboards/{name}": text for name, text in dashboards(observed).items()}
