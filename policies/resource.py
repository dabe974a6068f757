"""What rules judge: resources as plain data, however they were brought here. Standard library only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from policies.aliases import present_name


class _Mark:
    """Stands for a value that a rule must not or cannot see."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


UNKNOWN: Final = _Mark("[unknown]")
"""Stands, wherever it is in a resource's properties, for a value that a preview cannot know yet."""
SECRET: Final = _Mark("[secret]")
"""Stands for a value that is there and is secret, wherever the runner can tell."""

Properties = Mapping[str, Any]
"""Inputs of a resource as plain data, in the provider's own spelling, with the marks above."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource(Mapping[str, Any]):
    """One resource; as a mapping it is its properties."""

    type: str
    """Type token, for example `aws:rds/instance:Instance`; of several names of one resource, the present one."""
    urn: str = ""
    """URN in the stack."""
    name: str = ""
    """Logical name."""
    properties: Properties = field(default_factory=dict)
    """Inputs."""
    parent: str = ""
    """URN of the parent."""
    protect: bool = False
    """Whether the engine refuses to delete it."""
    dependencies: tuple[str, ...] = ()
    """URNs of the resources it was made from, where the runner knows them."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Property to the URNs that its value comes from: what a value that is not known yet will belong to."""
    source: str = ""
    """Line of the program that made it, `path:line`, where the runner knows it."""
    is_component: bool = False
    """Whether it only groups others, so that no provider makes anything for it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", present_name(self.type))

    def __getitem__(self, key: str) -> Any:
        return self.properties[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.properties)

    def __len__(self) -> int:
        return len(self.properties)

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True, eq=False)
class Stack:
    """All resources of one stack."""

    environment: str
    """Value of `environment` in the stack's configuration."""
    resources: Sequence[Resource]
    """In the order in which they were registered."""

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return found

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """Every resource that has a URN, by it."""
        return {resource.urn: resource for resource in self.resources if resource.urn}

    def of(self, *types: str) -> list[Resource]:
        """Return the resources of these types, type by type."""
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]
