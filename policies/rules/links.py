"""How resources of one stack belong together.

A value that is not known yet is followed by the URN of the resource that it comes from; a known one, in a program
that writes names by hand, by being the same text. Every question is answered from an index, made once for a stack.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from policies.judgement import Judgement, decide
from policies.resource import Resource, Stack
from policies.rule import StackCheck
from policies.rules.reading import items, unreadable

STACKS_KEPT = 64
"""Indexes that are kept: a run has one stack and asks about a few properties."""


@dataclass(frozen=True, kw_only=True)
class _Index:
    """The resources of some types, by what one of their properties comes from, and by its text."""

    direct: Mapping[str, list[Resource]]
    handed_on: Mapping[str, list[Resource]]
    named: Mapping[str, list[Resource]]
    has_unresolved_links: bool


def by_urn(resource: Resource, key: str) -> tuple[str, ...]:
    """Return the URNs of the resources that a property comes from."""
    return tuple(resource.property_dependencies.get(key, ()))


def linked(resource: Resource, key: str, stack: Stack, *types: str) -> list[Resource]:
    """Return the resources of these types that a property comes from."""
    found = (stack.by_urn.get(urn) for urn in by_urn(resource, key))
    return [it for it in found if it is not None and it.type in types]


def linking(stack: Stack, type_: str, key: str, to: Resource) -> list[Resource]:
    """Return the resources of a type whose property comes from `to`."""
    return _index(stack, (type_,), key).direct.get(to.urn, []) if to.urn else []


def siblings(stack: Stack, types: tuple[str, ...], key: str, of: Resource, name: str) -> list[Resource]:
    """Return the resources whose property comes from `of`, or is the same text as its property called `name`.

    A property may come from another sibling, which has it from `of`: programs order resources that way.
    """
    index, own = _index(stack, types, key), of.get(name)
    named = index.named.get(own, []) if isinstance(own, str) and own else []
    handed_on = index.handed_on.get(of.urn, []) if of.urn else []
    return list({id(it): it for it in (*handed_on, *named)}.values())


def has_unresolved_links(stack: Stack, types: tuple[str, ...], key: str) -> bool:
    """Return whether one of these types has an unknown property that comes from no resource of the stack."""
    return _index(stack, types, key).has_unresolved_links


def each(types: Iterable[str], judge: Callable[[Resource, Stack], Judgement]) -> StackCheck:
    """Return the check that judges every resource of `types` by itself, with its stack at hand."""
    return lambda stack: ((resource, judge(resource, stack)) for resource in stack.of(*types))


def has_sibling(
    of: tuple[str, str], sibling: tuple[str, str], *, what: str, observed: str, required: str
) -> StackCheck:
    """Return the check that each of a type has a sibling; both are given as their type and the key of the name."""
    (type_, name), (sibling_type, key) = of, sibling

    def judge(resource: Resource, stack: Stack) -> Judgement:
        holds = bool(siblings(stack, (sibling_type,), key, resource, name))
        doubtful = has_unresolved_links(stack, (sibling_type,), key)
        return decide(what, observed, required, holds=holds, doubtful=doubtful)

    return each((type_,), judge)


@lru_cache(maxsize=STACKS_KEPT)
def _index(stack: Stack, types: tuple[str, ...], key: str) -> _Index:
    direct, handed_on, named = (defaultdict[str, list[Resource]](list) for _ in range(3))
    unresolved = False
    for resource in stack.of(*types):
        for urn in by_urn(resource, key):
            direct[urn].append(resource)
        for urn in _origins(resource, key, stack):
            handed_on[urn].append(resource)
        value = resource.get(key)
        unresolved = unresolved or (unreadable(value) and not by_urn(resource, key))
        for text in items(value):
            if isinstance(text, str):
                named[text].append(resource)
    return _Index(direct=direct, handed_on=handed_on, named=named, has_unresolved_links=unresolved)


def _origins(resource: Resource, key: str, stack: Stack) -> set[str]:
    """Return the URNs that a property comes from, at first hand or handed on under the same name."""
    found: set[str] = set()
    waiting = [*by_urn(resource, key)]
    while waiting:
        urn = waiting.pop()
        if urn not in found:
            found.add(urn)
            source = stack.by_urn.get(urn)
            waiting += by_urn(source, key) if source else ()
    return found
