"""What the SDK knows about types, worked out for the properties that a program uses; undocumented as in `sdk`."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import copy
from functools import cache, partial
from typing import Any, Final, get_type_hints

import pulumi
from pulumi import _types

from footing.plan.sdk import takes

_SHAPES: Final = {
    "_globals_for_cls": "cls",
    "_py_properties": "cls",
    "_types_from_annotations": "cls",
    "_types_from_py_properties": "cls",
    "resource_pulumi_to_py_names": "resource_cls",
    "resource_types": "resource_cls",
    "unwrap_type": "val",
}
_PLAIN_NAMES: Final = ("Any", "Mapping", "Optional", "Sequence", "_builtins", "pulumi")
_PLAIN_TYPE: Final = re.compile(
    r"(?:Any|Mapping|Optional|Sequence|_builtins\.(?:bool|float|int|str)|pulumi\.(?:Input|Output)"
    r"|bool|float|int|str|[\[\], ])+"
)


@contextmanager
def types_on_demand() -> Iterator[bool]:
    """Work out the type of a property when it is asked for: a program gives one in eight of those there are.

    Yields:
        Whether this SDK allows it; where not, its own functions stay.

    """
    if not all(takes(getattr(_types, name, None), [parameter]) for name, parameter in _SHAPES.items()):
        yield False
        return
    unwrap = partial(_unwrapped, _types.unwrap_type, {})
    of_class = cache(partial(PropertyTypes, unwrap, {}))
    of_resource = cache(lambda cls: of_class(cls).beside(_types._types_from_annotations(cls)))
    with ExitStack() as originals:
        for name, function in (
            ("unwrap_type", unwrap),
            ("_types_from_py_properties", of_class),
            ("resource_types", of_resource),
            ("resource_pulumi_to_py_names", cache(_types.resource_pulumi_to_py_names)),
        ):
            originals.callback(setattr, _types, name, getattr(_types, name))
            setattr(_types, name, function)
        yield True


class PropertyTypes:
    """Types of a class's properties by Pulumi's names, as far as the SDK asks for them: with `get`."""

    def __init__(self, unwrap: Callable[[Any], Any], plain: dict[Any, Any], cls: type) -> None:
        self._unwrap = unwrap
        self._plain = plain
        self._cls = cls
        self._getters = {name: found.fget for _, name, found in _types._py_properties(cls)}
        self._types: dict[str, Any] = {}
        self._annotated: Mapping[str, Any] = {}
        self._globals: dict[str, Any] | None = None

    def beside(self, annotated: Mapping[str, Any]) -> "PropertyTypes":
        """Return these, and `annotated` for what has no property, as attributes of a component."""
        both = copy(self)
        both._annotated = annotated
        return both

    def get(self, name: str) -> Any:
        """Return the type without Output, Input and Optional around it, or None where there is none."""
        if name not in self._getters:
            return self._annotated.get(name)
        if name not in self._types:
            hint = self._hint(self._getters[name])
            found = None if hint is None else self._unwrap(hint)
            self._types[name] = None if found is pulumi.Output else found
        return self._types[name]

    def _hint(self, getter: Any) -> Any:
        if self._globals is None:
            self._globals = _types._globals_for_cls(self._cls) or {}
        text = getter.__annotations__.get("return")
        if not isinstance(text, str) or not _PLAIN_TYPE.fullmatch(text):
            return self._evaluated(getter)
        # With what its names mean in this module: another may have a class that is called Mapping.
        key = (text, *(id(self._globals.get(name)) for name in _PLAIN_NAMES))
        if key not in self._plain:
            self._plain[key] = self._evaluated(getter)
        return self._plain[key]

    def _evaluated(self, getter: Any) -> Any:
        local = {"Output": pulumi.Output, "T": type(None)}
        return get_type_hints(getter, globalns=self._globals, localns=local).get("return")


def _unwrapped(original: Callable[[Any], Any], kept: dict[int, tuple[Any, Any]], val: Any) -> Any:
    # By identity: to hash a type takes longer than to unwrap it. The type is kept, so that no other gets its id.
    if id(val) not in kept:
        kept[id(val)] = (val, original(val))
    return kept[id(val)][1]
