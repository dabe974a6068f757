"""The one way in which rules are asked: the engine's pack, the offline gate and the tests all come through it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.judgement import NOT_APPLICABLE, Judgement, Verdict
from policies.resource import Resource, Stack
from policies.rule import AnyRule, Level, Rule, StackRule


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one rule says of one resource."""

    rule: AnyRule
    """The rule."""
    resource: Resource
    """What it was asked about."""
    judgement: Judgement
    """What it says."""
    level: Level
    """What a violation does in this environment."""

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Id of the rule with the resource's type, and with that type below its parent's, as URNs join the two."""
        own = self.resource.type
        types = self.resource.urn.rpartition("::")[0].rpartition("::")[2].split("$")
        return frozenset((self.rule.id, it) for it in (own, "$".join([*types[-2:-1], own])))


class Catalogue:
    """Rules in an index by type, so that a resource meets only those that are about it."""

    def __init__(self, rules: Iterable[AnyRule]) -> None:
        self.rules: Sequence[AnyRule] = tuple(rules)
        """Every rule, in order."""
        self._types = frozenset[str]().union(*(rule.types for rule in self.rules))
        self._by_type: dict[str, list[Rule]] = {}
        for rule in self.rules:
            if isinstance(rule, Rule):
                for type_ in sorted(rule.types):
                    self._by_type.setdefault(type_, []).append(rule)

    def __iter__(self) -> Iterator[AnyRule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def knows(self, type_: str) -> bool:
        """Return whether a rule is about resources of a type."""
        return type_ in self._types

    @property
    def by_id(self) -> Mapping[str, AnyRule]:
        """Every rule by its id."""
        return {rule.id: rule for rule in self.rules}

    def of_resource(self, resource: Resource, environment: str) -> Iterator[Finding]:
        """Yield what the rules over one resource say of `resource`; rules that are off are not asked."""
        for rule in self._by_type.get(resource.type, ()):
            if (level := rule.levels.at(environment)) is not Level.OFF:
                try:
                    judgement = rule.judge(resource)
                except Exception as error:  # noqa: BLE001  whatever a rule raises, the others are still asked
                    judgement = _broken(error)
                yield Finding(rule=rule, resource=resource, judgement=judgement, level=level)

    def of_stack(self, stack: Stack) -> Iterator[Finding]:
        """Yield what the rules over several resources say of `stack`."""
        for rule in self.rules:
            if isinstance(rule, StackRule) and (level := rule.levels.at(stack.environment)) is not Level.OFF:
                concerned = stack.of(*sorted(rule.types))
                try:
                    judged = {id(it): (it, judgement) for it, judgement in rule.check(stack)}
                    judged |= {id(it): (it, NOT_APPLICABLE) for it in concerned if id(it) not in judged}
                except Exception as error:  # noqa: BLE001  as above
                    judged = {id(it): (it, _broken(error)) for it in concerned[:1]}
                for resource, judgement in judged.values():
                    yield Finding(rule=rule, resource=resource, judgement=judgement, level=level)

    def of_all(self, stack: Stack) -> Iterator[Finding]:
        """Yield what every rule says."""
        for resource in stack.resources:
            yield from self.of_resource(resource, stack.environment)
        yield from self.of_stack(stack)


def _broken(error: Exception) -> Judgement:
    # The error's own text may hold a property's value: only its kind is told.
    return Judgement(Verdict.BROKEN, f"the rule raised {type(error).__name__}")
