"""The examples of the components' READMEs run, and the index names every component."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from components.component import Component
from tests.components.recording import record_component

ROOT = Path(__file__).parents[2]
READMES = sorted((ROOT / "components").rglob("README.md"))
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def examples(readme: Path) -> list[str]:
    return EXAMPLE.findall(readme.read_text(encoding="utf-8"))


def component_names() -> set[str]:
    return {
        node.name
        for path in (ROOT / "components").rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Component" for base in node.bases)
    }


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: str(readme.parent.relative_to(ROOT)))
def test_example_makes_what_it_names(readme: Path):
    assert examples(readme), "no example"
    for example in examples(readme):
        namespace: dict[str, Any] = {}

        def build(example: str = example, namespace: dict[str, Any] = namespace) -> Component:
            exec(compile(example, str(readme), "exec"), namespace)  # noqa: S102  our own README
            made = [value for value in namespace.values() if isinstance(value, Component)]
            assert made, "the example makes no component"
            return made[-1]

        recorded = record_component(build, preview=True)
        made = [value for value in namespace.values() if isinstance(value, Component)]
        parents = {it.parent for it in recorded.resources if it.custom}
        assert {component._name for component in made} <= parents


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: str(readme.parent.relative_to(ROOT)))
def test_readme_says_what_its_components_cost_and_links_to_files_that_exist(readme: Path):
    text = readme.read_text(encoding="utf-8")
    assert re.search(
        r"pricing.*\b20\d\d-\d\d-\d\d\b|\b20\d\d-\d\d-\d\d\b.*pricing", text, re.DOTALL | re.IGNORECASE
    )
    assert [link for link in LINK.findall(text) if not (readme.parent / link).exists()] == []


def test_index_names_every_component():
    index = (ROOT / "components" / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", index, re.MULTILINE)) == component_names()
