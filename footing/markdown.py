"""Tables and links in Markdown."""

import re
from collections.abc import Iterable, Sequence

_REQUIREMENT = re.compile(r"\b(?:S\d-\d\d+|C-\d+|F-[A-Z])\b")


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table, one line a row, with a final newline; cells may hold Markdown, but no line break."""
    cells = ([str(it).replace("|", "\\|").replace("\n", " ") for it in row] for row in (headers, *rows))
    first, *others = (f"| {' | '.join(row)} |\n" for row in cells)
    return f"{first}|{'---|' * len(headers)}\n{''.join(others)}"


def link_requirements(text: str) -> str:
    """Return `text` for a page of docs/, every id of a requirement (`S0-02`, `C-1`, `F-A`) linked to its row."""
    return _REQUIREMENT.sub(lambda it: f"[{it[0]}](requirements.md#{it[0].lower()})", text)
