"""Base of every component: its type token, the parent of its children, the registration of its outputs."""

from collections.abc import Mapping, Sequence
from inspect import get_annotations
from types import NoneType
from typing import Any, get_origin

import pulumi
from msgspec import Struct
from msgspec.structs import asdict

PACKAGE = "footing"
"""First part of every component's type token. Part of the state of every stack: never renamed without an alias."""


class Component(pulumi.ComponentResource):
    """Base of every component; a subclass annotates its outputs and ends its constructor with `_finish()`."""

    def __init__(self, name: str, args: Struct, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(f"{PACKAGE}:index:{type(self).__name__}", name, _inputs(args), opts)
        self._name = name

    def _child(self, **options: Any) -> pulumi.ResourceOptions:
        """Return options of one child: this component as parent, and `options`.

        The caller's own options are never merged in: a merge copies `aliases` and `import_` to children.
        """
        return pulumi.ResourceOptions(parent=self, **options)

    def _protected(self, protect: bool) -> pulumi.ResourceOptions | None:  # noqa: FBT001  named at every call
        """Return options of a protected child; None where `protect` is false."""
        return self._child(protect=True) if protect else None

    def _finish(self) -> None:
        """Register every output that the class annotates.

        Raises:
            AttributeError: an annotated output was never assigned.

        """
        self.register_outputs({name: getattr(self, name) for name in output_names(type(self))})


def depends_on_all(resources: Sequence[pulumi.Resource]) -> list[pulumi.Output[pulumi.Resource]]:
    """Return the option `depends_on` of many children that are each made after all of `resources`.

    Of a list, the SDK makes an Output of every resource in it for every child. An Output stands for all that it
    comes from.
    """
    if not resources:
        return []
    return [pulumi.Output.all(*(resource.urn for resource in resources)).apply(lambda _: resources[0])]


def output_names(component: type[Component]) -> list[str]:
    """Return the names of the outputs that `component` itself annotates as `pulumi.Output[...]`, in order."""
    # Not `get_type_hints`: it also evaluates the SDK's own annotations, which name things it cannot see.
    output: Any = pulumi.Output
    return [name for name, hint in get_annotations(component).items() if get_origin(hint) == output]


def _inputs(args: Struct) -> dict[str, Any]:
    """Return the fields of `args` as inputs of the component; None is left out, and so are resources.

    A component waits for its inputs, and its children for it: all of them would wait for what one of them needs.
    """
    left_out = (NoneType, pulumi.Resource)
    return {key: _plain(value) for key, value in asdict(args).items() if not isinstance(value, left_out)}


def _plain(value: Any) -> Any:
    """Return nested args as dictionaries; Outputs in them stay as they are."""
    if isinstance(value, Struct):
        return _inputs(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value if not isinstance(item, pulumi.Resource)]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value
