"""Each component's README: its example runs and makes a component, and it says what that costs."""

import re
from pathlib import Path

import pytest

from components.component import Component
from tests.components.recording import record_component

ROOT = Path(__file__).parents[2]
READMES = {
    str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "components").rglob("README.md"))
}
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def component_of(example: str) -> Component:
    """The component that the example makes last."""
    namespace: dict[str, object] = {"__name__": "example"}
    exec(compile(example, "README.md", "exec"), namespace)  # noqa: S102  our own pages
    return [it for it in namespace.values() if isinstance(it, Component)][-1]


@pytest.mark.parametrize("name", READMES)
def test_example_of_a_readme_makes_its_component(name: str):
    examples = BLOCK.findall(READMES[name])
    assert examples, f"{name} has no example"
    for example in examples:
        recorded = record_component(lambda text=example: component_of(text))
        assert Path(name).parent.parts[:2] == Path(*type(recorded.component).__module__.split(".")).parts[:2]
        assert [it for it in recorded.resources if it.custom], f"the example of {name} makes no resource"


@pytest.mark.parametrize("name", READMES)
def test_readme_says_what_it_costs_with_a_source(name: str):
    _, _, cost = READMES[name].partition("\n## Cost\n")
    assert "https://" in cost, f"{name} has no section '## Cost' with a source"


def test_readmes_are_found():
    assert {f"components/{it}/README.md" for it in ("alarms", "datadog", "edge", "grafana")} <= set(READMES)
