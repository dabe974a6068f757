"""Every file, folder and test that docs/where-to-put-code.md sends somebody to is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "where-to-put-code.md").read_text()
QUOTED = set(re.findall(r"`([^`\s]+)`", TEXT))
NODES = {tuple(it.split("::")) for it in QUOTED if "::" in it}
PATHS = {it for it in QUOTED if "/" in it or it.endswith((".py", ".md", ".yaml", ".toml"))} - {
    it for it in QUOTED if "::" in it
}
A_FILE_OF_A_COMPONENT = "args.py"


def places(pattern: str) -> list[Path]:
    """Files that a path means: `<name>` stands for any name."""
    return list(ROOT.glob(re.sub(r"<\w+>", "*", pattern).rstrip("/")))


def test_every_path_exists():
    named = PATHS - {A_FILE_OF_A_COMPONENT}
    assert len(named) > 60
    assert sorted(path for path in named if not places(path)) == []


def test_every_test_that_would_fail_exists():
    assert len(NODES) > 40
    there = {
        (file, node.name)
        for file in {file for file, _ in NODES}
        if (ROOT / file).is_file()
        for node in ast.walk(ast.parse((ROOT / file).read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert sorted(NODES - there) == []


def test_readme_names_every_room_and_no_other():
    table = (ROOT / "README.md").read_text().partition("## Where things are")[2]
    named = {
        name for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)/`", row)
    }
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert named >= packages
    assert sorted(name for name in named if not (ROOT / name).is_dir()) == []


def test_questions_of_a_newcomer_have_their_section():
    sections = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    required = {
        *("A backend of Redis", "An alert on PostgreSQL", "A limit", "A phase of Cloudflare"),
        *("A simulated AWS type", "A key of the stack file", "A rule", "A command"),
        *("An experiment of the lab", "A page"),
    }
    assert required <= set(sections)
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        assert re.search(r"^1\. .*`|^As for Redis", section, re.MULTILINE), section.partition("\n")[0]
