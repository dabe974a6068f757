"""How resources of one stack belong together.

A value that is not known yet is followed by the URN of the resource that it comes from; a known one, in a program
that writes names by hand, by being the same text.
"""

from policies.rule import Resource, Stack
from policies.rules.reading import covered, items


def by_urn(resource: Resource, key: str) -> tuple[str, ...]:
    """URNs of the resources that a property comes from."""
    return tuple(resource.property_dependencies.get(key, ()))


def linked(resource: Resource, key: str, stack: Stack, *types: str) -> list[Resource]:
    """Resources of these types that a property comes from."""
    urns = set(by_urn(resource, key))
    return [it for it in stack.of(*types) if it.urn and it.urn in urns]


def linking(stack: Stack, type_: str, key: str, to: Resource) -> list[Resource]:
    """Resources of a type whose property comes from `to`."""
    return [it for it in stack.of(type_) if to.urn and to.urn in by_urn(it, key)]


def siblings(stack: Stack, types: tuple[str, ...], key: str, of: Resource, name: str) -> list[Resource]:
    """Resources whose property comes from `of`, or is the same text as the property of it called `name`.

    A property may come from another sibling, which has it from `of`: programs order resources that way.
    """
    own = of.get(name)
    named = isinstance(own, str) and own != ""

    def belongs(it: Resource) -> bool:
        value = it.get(key)
        same = named and not covered(value) and own in items(value)
        return same or (of.urn != "" and of.urn in _origins(it, key, stack))

    return [it for it in stack.of(*types) if belongs(it)]


def _origins(resource: Resource, key: str, stack: Stack) -> set[str]:
    """URNs that a property comes from, at first hand or handed on under the same name."""
    found: set[str] = set()
    waiting = [*by_urn(resource, key)]
    while waiting:
        urn = waiting.pop()
        if urn not in found:
            found.add(urn)
            source = stack.by_urn.get(urn)
            waiting += by_urn(source, key) if source else ()
    return found


def strays(stack: Stack, types: tuple[str, ...], key: str) -> bool:
    """Whether a resource of these types has an unknown property that comes from no resource of the stack."""
    return any(covered(it.get(key)) and not by_urn(it, key) for it in stack.of(*types))
