"""Records of decisions have one form, and the index has a row for each."""

import re
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "docs" / "adr"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
TEMPLATE = FOLDER / "template.md"
HEAD = re.compile(r"# (?P<number>\d+|N)\. (?P<title>.+)\n\nDate: (?P<day>\S+)\n\nStatus: (?P<status>.+)\n\n")
STATUS = re.compile(r"proposed|accepted|superseded by \[\d+\]\((\d{4}-[a-z0-9-]+\.md)\)")
SECTIONS = ["Context", "Decision", "Consequences"]


def head(path: Path) -> dict[str, str]:
    found = HEAD.match(path.read_text())
    assert found, f"{path.name}: expected the title, Date: and Status: as in template.md"
    return found.groupdict()


def sections(path: Path) -> dict[str, str]:
    parts = re.split(r"^## (.+)\n", path.read_text(), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))


@pytest.mark.parametrize("path", [*RECORDS, TEMPLATE], ids=lambda path: path.name[:4])
def test_record_has_the_form_of_all(path: Path):
    written = sections(path)
    assert list(written) == SECTIONS
    assert all(written.values())
    assert "**Rejected.**" in written["Decision"]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name[:4])
def test_head_of_a_record_is_true(path: Path):
    words = head(path)
    assert path.name.startswith(f"{int(words['number']):04}-")
    assert date.fromisoformat(words["day"]) >= date(2026, 11, 22)
    status = STATUS.fullmatch(words["status"])
    assert status, words["status"]
    assert status[1] is None or (FOLDER / status[1]).is_file()


def test_numbers_run_without_a_gap():
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_index_has_a_row_for_each_record():
    rows = re.findall(
        r"^\| \[(\d+)\]\(([^)]+)\) \| (.+) \| (\S+) \| (.+) \|$", (FOLDER / "README.md").read_text(), re.MULTILINE
    )
    records = ((head(path), path.name) for path in RECORDS)
    assert rows == [(it["number"], name, it["title"], it["day"], it["status"]) for it, name in records]
