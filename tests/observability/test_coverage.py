"""The page of coverage has every row that was asked for, and names only records that exist."""

import re
from pathlib import Path

from tests.observability.documented_alerts import DOCUMENTED, PANELS
from tests.observability.everything import everything

PAGE = (Path(__file__).parents[2] / "docs" / "observability-coverage.md").read_text()
ROWS = dict(re.findall(r"^\| (S\d-\d+) \|[^|]*\| (.*) \|$", PAGE, re.M))
RANGES = {
    "S0": [(39, 59)],
    "S1": [(58, 76), (84, 87)],
    "S2": [(39, 41)],
    "S3": [(48, 69), (81, 81)],
    "S4": [(33, 51), (59, 65)],
}


def test_every_row_of_observability_is_answered():
    required = [
        f"{system}-{number}"
        for system, ranges in RANGES.items()
        for first, last in ranges
        for number in range(first, last + 1)
    ]
    assert list(ROWS) == required


def test_page_names_records_that_exist():
    records = {signal.id for component in everything().signals for signal in component.signals}
    named = {name for answer in ROWS.values() for name in re.findall(r"`([a-z0-9-]+)`", answer)}
    assert len(named) > 30
    assert named - records == set()


def test_page_names_the_record_that_holds_each_number():
    held = {(row.source, row.record) for row in DOCUMENTED} | set(PANELS.items())
    assert [(row, record) for row, record in held if f"`{record}`" not in ROWS[row]] == []
