"""A reader finds every page from where the docs begin, and no link leads nowhere."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[1]
ENTRY = ROOT / "docs" / "README.md"
PAGES = sorted((ROOT / "docs").rglob("*.md"))
WRITTEN = [*sorted(ROOT.glob("*.md")), *PAGES]
FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
READERS = ["The first hour", "Operators", "Contributors", "Reviewers"]


@cache
def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text())


def links(path: Path) -> list[tuple[Path, str]]:
    """File and anchor of each relative link, code left out."""
    text = re.sub(r"`[^`\n]*`(?!\])", "", prose(path))
    return [
        ((path.parent / unquote(file)).resolve() if file else path, anchor) for file, anchor in LINK.findall(text)
    ]


@cache
def anchors(path: Path) -> set[str]:
    """Names that GitHub gives to the headings of a page, and those that the page gives itself."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", prose(path), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        same = [name for name in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", name)]
        found.add(f"{slug}-{len(same)}" if slug in found else slug)
    return found | set(re.findall(r'<a id="([^"]+)"', path.read_text()))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_of_the_tree(path: Path):
    targets = links(path)
    assert [str(file) for file, _ in targets if not file.exists()] == []
    named = [(file, anchor) for file, anchor in targets if anchor and file.suffix == ".md"]
    assert [f"{file.name}#{anchor}" for file, anchor in named if anchor not in anchors(file)] == []


def test_every_page_is_reached_from_the_entry():
    reached, ahead = set(), [ENTRY]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        ahead += [file for file, _ in links(page) if file.suffix == ".md" and file not in reached]
    unlinked = [page for page in PAGES if page not in reached]
    assert unlinked == []


def test_entry_names_every_page_itself():
    named = {file for file, _ in links(ENTRY)}
    assert [page.name for page in PAGES if page.parent == ENTRY.parent and page not in named | {ENTRY}] == []


def test_entry_has_an_order_for_each_reader():
    parts = re.split(r"^## (.+)$", ENTRY.read_text(), flags=re.MULTILINE)
    ordered = [
        title for title, text in zip(parts[1::2], parts[2::2], strict=True) if re.search(r"^2\. ", text, re.M)
    ]
    assert ordered == READERS
    assert ENTRY in {file for file, _ in links(ROOT / "README.md")}
