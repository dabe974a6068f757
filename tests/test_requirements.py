"""Keys of requirements that code and pages name as their source are rows of docs/requirements.md."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from footing.documents import PAGES
from policies.rules import CATALOGUE

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "requirements.md"
TEXT = PAGE.read_text()
KEY = re.compile(r"\b(S\d-(?:0[1-9]|[1-9]\d{1,2})|C-[1-9]\d*|F-[A-Z])\b")
ROWS = re.findall(r'^\| <a id="([^"]+)"></a>(\S+) \| ([^|]+(?:\\\|[^|]*)*) \|', TEXT, re.MULTILINE)
ANCHORS = {anchor for anchor, _, _ in ROWS}
KEYS = [key for _, key, _ in ROWS]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()
MAKERS = re.compile(r"\bseeds?\b", re.IGNORECASE)
"""What the documents were called by those who collected them: a word that no reader knows."""


@cache
def texts() -> dict[str, str]:
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.md", "*.yaml", "*.yml", "*.toml"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths if path != PAGE}


def test_every_row_has_a_key_of_its_own_and_an_anchor_of_its_name():
    assert len(KEYS) == len(set(KEYS)) > 400
    assert [key for anchor, key, _ in ROWS if anchor != key.lower()] == []
    assert [key for _, key, sentence in ROWS if not sentence.strip()] == []
    assert all(KEY.fullmatch(key) for key in KEYS)


@pytest.mark.parametrize("series", ["S0", "S1", "S2", "S3", "S4", "C"])
def test_no_row_of_a_document_is_missing(series: str):
    numbers = [int(key.partition("-")[2]) for key in KEYS if key.startswith(f"{series}-")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_key_that_is_named_is_a_row():
    named = {(name, key) for name, text in texts().items() for key in KEY.findall(text)}
    assert len({key for _, key in named}) > 100
    assert [f"{name}: {key}" for name, key in sorted(named) if key not in KEYS] == []


@pytest.mark.parametrize("page", ["limits.md", "rules.md"])
def test_generated_page_links_every_key_to_its_row(page: str):
    text = PAGES[page]()
    linked = re.findall(r"\[(\S+)\]\(requirements\.md#(\S+)\)", text)
    assert [(key, anchor) for key, anchor in linked if anchor not in ANCHORS or anchor != key.lower()] == []
    assert len(linked) == len(KEY.findall(text)) > 5


def test_rows_and_contradictions_point_at_each_other():
    pointing = {
        key: set(KEY.findall(cells)) for key, cells in re.findall(r"</a>(\S+) \| (.*) \|$", TEXT, re.MULTILINE)
    }
    assert pointing["S0-02"] == {"C-1", "C-31"}
    one_way = [
        (key, other)
        for key, others in pointing.items()
        for other in others
        if "C" in key + other and key not in pointing[other]
    ]
    assert one_way == []


def test_what_holds_a_contradiction_exists():
    held = re.findall(r"^\| <a id=\"c-\d+\">.*\| ([^|]+) \|$", TEXT, re.MULTILINE)
    named = {name for cell in held for name in re.findall(r"`([a-z0-9_./-]+)(?:: \w+)?`", cell)}
    files = {name for name in named if "/" in name}
    keys = {name for name in named - files if "." in name}
    rules = {name for name in named - files - keys if name.startswith(("edge-", "container-"))}
    assert (len(files), len(keys), len(rules)) > (1, 20, 2)
    assert [name for name in files if not (ROOT / name).exists()] == []
    assert rules <= {rule.id for rule in CATALOGUE}
    assert [key for key in keys if f"\n| `{key.partition('.')[2]}" not in CONFIGURATION] == []


def test_pages_and_names_of_files_do_not_speak_of_seeds():
    pages = {name: text for name, text in texts().items() if name.endswith(".md")} | {"requirements": TEXT}
    assert [name for name, text in pages.items() if MAKERS.search(text)] == []
    assert [name for name in texts() if "seed" in name] == []
