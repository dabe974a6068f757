"""What counts as a known shape, and what a source becomes."""

import ast

import pytest
from fresh_process import INIT, INPUTS, OUTPUTS, ZONE

from lazy_sdk import layout, prune


def test_every_class_is_found_with_its_decorators_and_its_place() -> None:
    shape = layout.class_file(INPUTS)
    assert shape
    texts = {name: INPUTS[place.start : place.end] for name, place in shape.places.items()}
    assert shape.head + "".join(texts.values()) == INPUTS
    assert texts["OtherArgs"].startswith("@pulumi.input_type\nclass OtherArgs:")
    lines = INPUTS.splitlines()
    assert [lines[place.lines_before] for place in shape.places.values()] == [
        "class BaseArgs:",
        "class RuleArgs:",
        "class LimitArgs(BaseArgs):",
        "@pulumi.input_type",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        INPUTS.replace("    'OtherArgs',\n", ""),
        INPUTS.replace("__all__ = [", "__all__ += ["),
        f"{INPUTS}__all__ += ['More']",
        INPUTS.replace("    A rule,", "class Rule:"),
        INPUTS.replace("class BaseArgs:", "if pulumi:\n  class BaseArgs:"),
        INPUTS.replace("import pulumi\n", "import pulumi\nfor each in (): pass\n"),
        # Every name is there, but one class stands inside a text.
        INPUTS.replace("    A rule,", "class OtherArgs:").replace("@pulumi.input_type\nclass OtherArgs:", "if 1:"),
    ],
)
def test_file_of_classes_of_another_shape_is_unknown(changed: str) -> None:
    assert changed != INPUTS
    assert layout.class_file(changed) is None


def test_package_keeps_only_what_is_not_its_own_modules() -> None:
    shape = layout.package_file("pulumi_random", INIT)
    assert shape
    assert shape.starred == ("get_zone", "zone", "_inputs")
    assert shape.children == ("outputs", "region")
    assert ast.unparse(shape.head).splitlines() == [
        "import builtins as _builtins",
        "from . import _utilities",
        "import typing",
        "_utilities.register(resource_modules='[]')",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        INIT + "answer = 42\n",
        INIT.replace("lazy_import('pulumi_random.region')", "lazy_import('pulumi_aws.region')"),
        INIT.replace("typing.TYPE_CHECKING", "typing.MAYBE"),
        "import typing\n",
    ],
)
def test_package_of_another_shape_is_unknown(changed: str) -> None:
    assert layout.package_file("pulumi_random", changed) is None


def test_module_takes_only_the_inputs_that_it_names_and_keeps_its_lines() -> None:
    made = prune.take_named(ZONE, "_inputs", {"RuleArgs", "LimitArgs", "Rule"}, ZONE)
    assert made.splitlines() == [
        "from ._inputs import RuleArgs" if line == "from ._inputs import *" else line for line in ZONE.splitlines()
    ]


def test_class_needs_its_bases_first_and_outputs_not_at_all() -> None:
    names = {"BaseArgs", "LimitArgs", "RuleArgs", "Zone"}
    text = "class RuleArgs(BaseArgs):\n    limit: 'LimitArgs'\n    zone: 'outputs.Zone'\n"
    assert prune.reached(text, names, own="RuleArgs") == (("BaseArgs",), ("LimitArgs",))
    assert prune.reached(OUTPUTS, {"Rule", "Zone"}, own="Zone")[0] == ()
