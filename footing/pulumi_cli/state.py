"""What the engine holds of a stack, from `pulumi stack export`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


@dataclass(frozen=True)
class Resource:
    """One resource of a stack: its URN, its parent's, and whether a provider manages it."""

    urn: str
    type: str
    parent: str
    custom: bool
    protect: bool

    @property
    def name(self) -> str:
        """The name it has in the program."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def short_type(self) -> str:
        """The last part of its type token, for example `Bucket`."""
        return self.type.rsplit(":", 1)[-1]


@dataclass(frozen=True)
class StackState:
    """The resources of a stack, in the order they were made."""

    resources: tuple[Resource, ...]

    @classmethod
    def from_export(cls, export: Mapping[str, Any]) -> "StackState":
        """Read the JSON of `pulumi stack export`; a stack that was never applied has no resources."""
        resources = export["deployment"].get("resources") or ()
        return cls(
            tuple(
                Resource(
                    urn=resource["urn"],
                    type=resource["type"],
                    parent=resource.get("parent", ""),
                    custom=bool(resource.get("custom")),
                    protect=bool(resource.get("protect")),
                )
                for resource in resources
                if not resource.get("delete")  # replaced, and still waiting for its deletion
            )
        )

    def protected(self) -> tuple[Resource, ...]:
        """Return the resources that the engine refuses to delete."""
        return tuple(resource for resource in self.resources if resource.protect)

    def count_by_component(self) -> dict[str, int]:
        """Return how many resources of providers each top-level component holds, by `Type name`.

        Resources that belong to no component count under `Stack`.
        """
        made = [it for it in self.resources if it.custom and not it.type.startswith(PROVIDER_PREFIX)]
        tops = [self.top_component(it) for it in made]
        return dict(Counter(f"{top.short_type} {top.name}" if top else "Stack" for top in tops))

    def top_component(self, resource: Resource) -> Resource | None:
        """Return the outermost component that holds `resource`, if any."""
        top: Resource | None = None
        parent = self._by_urn.get(resource.parent)
        while parent is not None and parent.type != STACK_TYPE:
            top, parent = parent, self._by_urn.get(parent.parent)
        return top

    @cached_property
    def _by_urn(self) -> dict[str, Resource]:
        return {resource.urn: resource for resource in self.resources}
