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
    first, *others = (f"| {' | '.join(map(_cell, row))} |\n" for row in (headers, *rows))
    return f"{first}|{separator}\n{''.join(others)}"


def _cell(content: object) -> str:
    return str(content).replace("|", "\\|").replace("\n", " ")
