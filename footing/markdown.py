"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table, one line a row, with a final newline; cells may hold Markdown, but no line break."""
    cells = ([str(it).replace("|", "\\|").replace("\n", " ") for it in row] for row in (headers, *rows))
    first, *others = (f"| {' | '.join(row)} |\n" for row in cells)
    return f"{first}|{'---|' * len(headers)}\n{''.join(others)}"
