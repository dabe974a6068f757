"""operations.md of a stack: what people do by hand, with the stack's own names."""

from collections.abc import Sequence

from observability.records.procedure import Procedure
from observability.stack import ObservedStack


def operations(observed: ObservedStack) -> str:
    """Return the page."""
    title = f"# Operations: {observed.identity.app} {observed.identity.environment}"
    said = "Made by `footing observe`. Words in capitals are to be filled in; the alerts are in runbook.md."
    return "\n".join([title, "", said, *lines(observed.procedures)]) + "\n"


def lines(procedures: Sequence[Procedure]) -> list[str]:
    """Return a list of contents, then a section for each procedure."""
    found = ["", *(f"- [{it.title}](#{it.id})" for it in procedures)]
    for it in procedures:
        found += ["", f'<a id="{it.id}"></a>', "", f"## {it.title}", "", it.text]
    return found
