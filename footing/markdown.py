"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, right: int = 0) -> str:
    """Return a table, one line a row, with a final newline; cells may hold Markdown, but no line break or bar.

    Args:
        headers: a name for each column.
        rows: cells in the order of the columns.
        right: how many of the last columns stand to the right, as numbers do.

    """
    separator = "---|" * (len(headers) - right) + "---:|" * right
    cells = ([str(it).replace("|", "\\|").replace("\n", " ") for it in row] for row in (headers, *rows))
    first, *others = (f"| {' | '.join(row)} |\n" for row in cells)
    return f"{first}|{separator}\n{''.join(others)}"
