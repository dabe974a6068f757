"""The files that are made from a stack's record; each is one function, and one line here."""

from collections.abc import Callable, Mapping

from footing.observability.routes import alertmanager_tmpl, alertmanager_yml
from footing.observability.runbook import runbook
from stacks.observed import Observed

ARTEFACTS: Mapping[str, Callable[[Observed], str]] = {
    "runbook.md": runbook,
    "alertmanager.yml": alertmanager_yml,
    "alertmanager.tmpl": alertmanager_tmpl,
}
"""By file name, in the order in which they are written."""


def render(observed: Observed) -> dict[str, str]:
    """The text of every file by its name."""
    return {name: made(observed) for name, made in ARTEFACTS.items()}
