"""The example of each component's README runs, and makes what it says."""

import ast
import re
from pathlib import Path

import pytest
from msgspec import Struct

from components.component import Component
from tests.components.recording import record_component

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NO_COMPONENT = "# no component"
"""Comment of an example that shows pieces and makes no component."""

READMES = sorted((ROOT / "components").rglob("README.md"))
EXAMPLES = [
    pytest.param(block, id=f"{path.parent.relative_to(ROOT)}-{number}")
    for path in READMES
    for number, block in enumerate(BLOCK.findall(path.read_text()))
]


class Empty(Component):
    """Stands in where an example makes no component of its own."""

    def __init__(self) -> None:
        super().__init__("empty", Struct(), None)
        self._finish()


@pytest.mark.parametrize("block", EXAMPLES)
def test_example_of_a_readme_runs(block: str):
    def build() -> Component:
        names: dict[str, object] = {}
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102  our own page, as a reader would run it
        made = [value for value in names.values() if isinstance(value, Component)]
        if NO_COMPONENT in block:
            assert made == []
            return Empty()
        return made[-1]

    recorded = record_component(build, preview=True)
    made = [it.name for it in recorded.resources if not it.custom and it.type.startswith("footing:")]
    assert made
    assert NO_COMPONENT in block or "empty" not in made


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.parent.name)
def test_readme_has_an_example_and_says_what_it_costs(path: Path):
    text = path.read_text()
    assert BLOCK.search(text)
    assert re.search(r"USD|None of its own|billed by|pricing", text)


def test_index_names_every_component():
    made = {
        node.name
        for path in (ROOT / "components").rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Component" for base in node.bases)
    }
    index = (ROOT / "components" / "README.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \| .* \| .* \|$", index, re.MULTILINE)) == made
    unasked = index.partition("## Never asked of the real cloud")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|( `.*?) \|", unasked, re.MULTILINE)))) == made
