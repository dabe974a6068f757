"""Documents that name Outputs: those few are awaited together, and all else is rendered as plain data.

`pulumi.Output.json_dumps` and `pulumi.Output.concat` make Outputs of every leaf, known ones too: a dashboard with
three thousand leaves costs ten thousand. https://github.com/pulumi/pulumi-kubernetes/issues/1597
"""

import json
from collections.abc import Mapping
from typing import Any

import pulumi


def json_text(value: object, separators: tuple[str, str] | None = None) -> pulumi.Input[str]:
    """Return `value` as JSON with sorted keys: plain text where it holds no Output.

    Args:
        value: what `json` writes, with an Output in any place but a key's.
        separators: between items and after keys, as in `json.dumps`.

    Raises:
        TypeError: something in it is neither an Output nor JSON.

    """
    outputs: dict[int, pulumi.Output[Any]] = {}

    def text(known: Mapping[int, object]) -> str:
        def leaf_value(leaf: object) -> object:
            if not isinstance(leaf, pulumi.Output):
                raise TypeError(f"a document holds a {type(leaf).__name__}, which is neither an Output nor JSON")
            outputs.setdefault(id(leaf), leaf)
            return known.get(id(leaf))

        return json.dumps(value, sort_keys=True, separators=separators, default=leaf_value)

    plain = text({})
    if not outputs:
        return plain
    return pulumi.Output.all(*outputs.values()).apply(lambda known: text(dict(zip(outputs, known, strict=True))))


def joined_text(*parts: pulumi.Input[str]) -> pulumi.Input[str]:
    """Return the parts as one text: a plain one where none of them is an Output."""
    outputs = [part for part in parts if not isinstance(part, str)]
    if not outputs:
        return "".join(part for part in parts if isinstance(part, str))

    def text(values: list[str]) -> str:
        known = iter(values)
        return "".join(part if isinstance(part, str) else next(known) for part in parts)

    return pulumi.Output.all(*outputs).apply(text)
