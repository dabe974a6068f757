"""A plan of `footing plan --json` as what rules judge; see docs/plan-format.md. Standard library only."""

import re
from collections.abc import Mapping
from typing import Any, Final

from policies.resource import SECRET, UNKNOWN, Resource

_MARKS: Final = {"$unknown": UNKNOWN, "$secret": SECRET}
# The plan writes a program's own key that reads like a mark with one more "$".
_ESCAPED: Final = re.compile(r"\$(\$+(?:unknown|secret|resource|asset|archive))")


def resources(document: Mapping[str, Any]) -> list[Resource]:
    """Read the resources of a plan, in its order, with its marks as `UNKNOWN` and `SECRET`.

    Raises:
        KeyError, TypeError, AttributeError: the document is not of the documented shape.

    """
    return [
        Resource(
            type=planned["type"],
            urn=planned["urn"],
            name=planned["name"],
            properties=value(planned["inputs"]),
            parent=planned["parent"],
            protect=planned["protect"],
            dependencies=tuple(planned["dependencies"]),
            property_dependencies={key: tuple(urns) for key, urns in planned["property_dependencies"].items()},
            source=planned["source"],
            is_component=planned.get("custom") is False,
        )
        for planned in document["resources"]
    ]


def value(planned: Any) -> Any:
    """Read one value of a plan."""
    if isinstance(planned, Mapping):
        for key, mark in _MARKS.items():
            if planned.get(key) is True:
                return mark
        return {
            _ESCAPED.sub(r"\1", key) if key.startswith("$$") else key: value(item) for key, item in planned.items()
        }
    return [value(item) for item in planned] if isinstance(planned, list) else planned
