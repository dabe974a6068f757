"""A JMESPath held to the shape of an answer, as botocore's own model has it: every field in it has to exist."""

from collections.abc import Callable
from typing import Any

Node = dict[str, Any]


class Many:
    """The list of a projection."""

    type_name, name = "list", "a list"

    def __init__(self, member: Any) -> None:
        self.member = member


def walk(node: Node, shape: Any) -> Any:
    """The shape of what a parsed path leads to, None where it is no shape any more; a field that is none fails."""
    return NODES[node["type"]](node, shape)


def _field(node: Node, shape: Any) -> Any:
    if shape is None or shape.type_name == "map":
        return shape and shape.value
    assert shape.type_name == "structure", f"{node['value']}: {shape.name} is no structure"
    assert node["value"] in shape.members, f"{shape.name} has no {node['value']}"
    return shape.members[node["value"]]


def _chain(node: Node, shape: Any) -> Any:
    for child in node["children"]:
        shape = walk(child, shape)
    return shape


def _projection(node: Node, shape: Any) -> Any:
    children = node["children"]
    inside = _element(walk(children[0], shape))
    for condition in children[2:]:
        walk(condition, inside)
    return Many(walk(children[1], inside))


def _flatten(node: Node, shape: Any) -> Any:
    inside = walk(node["children"][0], shape)
    return inside.member if isinstance(inside, Many) and _is_list(inside.member) else inside


def _judged(node: Node, shape: Any) -> Any:
    found = [walk(child, shape) for child in node["children"]]
    return Many(_element(found[0])) if node.get("value") == "values" else None


def _is_list(shape: Any) -> bool:
    return getattr(shape, "type_name", "") == "list"


def _element(shape: Any) -> Any:
    return shape.member if _is_list(shape) else getattr(shape, "value", None)


def _same(_: Node, shape: Any) -> Any:
    return shape


NODES: dict[str, Callable[[Node, Any], Any]] = {
    "field": _field,
    **dict.fromkeys(("subexpression", "pipe", "index_expression"), _chain),
    **dict.fromkeys(("projection", "value_projection", "filter_projection"), _projection),
    "flatten": _flatten,
    "index": lambda _, shape: _element(shape),
    **dict.fromkeys(("slice", "identity", "current"), _same),
    **dict.fromkeys(
        ("function_expression", "comparator", "and_expression", "or_expression", "not_expression"), _judged
    ),
    "literal": lambda *_: None,
}
