"""What a policy rule is: one small pure function with its reasons beside it. Standard library only."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from policies.resource import SECRET, UNKNOWN, Properties, Resource, Stack

__all__ = [
    "NOT_APPLICABLE",
    "PASSED",
    "SECRET",
    "UNKNOWN",
    "Judgement",
    "Level",
    "Levels",
    "Properties",
    "Resource",
    "Rule",
    "Severity",
    "Stack",
    "StackRule",
    "Verdict",
    "fail",
    "undecided",
    "whole_number",
]


class Verdict(StrEnum):
    """What a rule says of one resource."""

    PASS = "pass"  # noqa: S105  a verdict, not a password
    """The rule holds."""
    FAIL = "fail"
    """It does not."""
    NOT_APPLICABLE = "not applicable"
    """The rule is about something else."""
    UNDECIDED = "could not decide"
    """A property that the rule needs is unknown. Never the same as passing."""
    BROKEN = "broken"
    """The rule itself raised an error. Never the same as passing."""


class Severity(StrEnum):
    """How bad it is where a rule does not hold."""

    LOW = "low"
    """Untidy, or dearer than it needs to be."""
    MEDIUM = "medium"
    """An incident takes longer or costs more."""
    HIGH = "high"
    """An outage, or data at risk."""
    CRITICAL = "critical"
    """Data lost or open to strangers."""


class Level(StrEnum):
    """What a violation does."""

    OFF = "off"
    """Nothing: the rule is not asked."""
    ADVISORY = "advisory"
    """It is told."""
    MANDATORY = "mandatory"
    """It stops the change."""


RELAXED = frozenset({"development", "preview", "staging", "test"})
"""Environments that nobody's data lives in. Every other name, known or not, is held to production's level."""


@dataclass(frozen=True, kw_only=True)
class Levels:
    """What a violation does, by environment."""

    production: Level
    """In production, and wherever the environment is not one of `RELAXED`."""
    elsewhere: Level
    """In the environments of `RELAXED`."""

    @classmethod
    def everywhere(cls, level: Level) -> "Levels":
        """Return the same level for every environment."""
        return cls(production=level, elsewhere=level)

    def at(self, environment: str) -> Level:
        """Return the level in `environment`."""
        return dict.fromkeys(RELAXED, self.elsewhere).get(environment, self.production)


EVERYWHERE: Final = Levels.everywhere(Level.MANDATORY)
"""Stops the change in every environment."""
IN_PRODUCTION: Final = Levels(production=Level.MANDATORY, elsewhere=Level.ADVISORY)
"""Stops it in production, is told elsewhere."""
ONLY_PRODUCTION: Final = Levels(production=Level.MANDATORY, elsewhere=Level.OFF)
"""Stops it in production; elsewhere nobody asks."""
ADVICE: Final = Levels.everywhere(Level.ADVISORY)
"""Told everywhere."""
ADVICE_IN_PRODUCTION: Final = Levels(production=Level.ADVISORY, elsewhere=Level.OFF)
"""Told in production."""


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason."""

    verdict: Verdict
    """What the rule says."""
    observed: str = ""
    """What was seen, where it failed or could not decide. Never a value that could be a secret: use `seen`."""
    required: str = ""
    """What must be so, where it failed."""

    @property
    def reason(self) -> str:
        """Both as one clause; empty when it passed."""
        if self.verdict is Verdict.FAIL:
            return f"observed {self.observed}; required {self.required}"
        return self.observed


PASSED = Judgement(Verdict.PASS)
NOT_APPLICABLE = Judgement(Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, kw_only=True)
class _Reasons:
    """What every rule says of itself."""

    id: str
    """Kebab case: the subject, then what must be true. Never used again for another rule."""
    title: str
    """The rule as a statement."""
    why: str
    """What goes wrong without it."""
    source: str
    """Requirement rows, or the page of the provider's documentation."""
    remedy: str
    """What to change in a program of one's own: properties of the provider, in one sentence."""
    keys: tuple[str, ...] = ()
    """Keys of the stack's file that decide it; none where the component sets it by itself."""
    severity: Severity = Severity.HIGH
    """How bad a violation is."""
    levels: Levels = EVERYWHERE
    """What a violation does."""
    controls: tuple[str, ...] = ()
    """Ids of the same rule elsewhere, each looked up in its own documentation."""
    waivable: bool = True
    """Whether an exception is accepted in production."""
    types: frozenset[str]
    """Type tokens the rule looks at."""

    @property
    def remediation(self) -> str:
        """What a person changes, in sentences: the key of the stack's file, then the provider's properties."""
        if not self.keys:
            return f"No key of the stack's file: the component sets it; report a bug. Elsewhere: {self.remedy}"
        return f"Change {' or '.join(self.keys)} in the stack's file. Elsewhere: {self.remedy}"

    def waivable_in(self, environment: str) -> bool:
        """Return whether an exception is accepted in `environment`."""
        return self.waivable or bool(RELAXED & {environment})


@dataclass(frozen=True, kw_only=True)
class Rule(_Reasons):
    """A rule over one resource: it stops the change before the resource is made."""

    check: Callable[[Resource], Judgement]
    """Judges one resource of one of `types`; pure."""

    def judge(self, resource: Resource) -> Judgement:
        """Judge one resource; a type that the rule does not look at is not applicable."""
        return self.check(resource) if resource.type in self.types else NOT_APPLICABLE


@dataclass(frozen=True, kw_only=True)
class StackRule(_Reasons):
    """A rule over several resources together: the engine can ask it only when all are registered."""

    check: Callable[[Stack], Iterable[tuple[Resource, Judgement]]]
    """Judges the resources of `types` within the stack; pure. A resource that it leaves out is not applicable."""

    def judge(self, stack: Stack) -> Iterator[tuple[Resource, Judgement]]:
        """Judge the whole stack."""
        yield from self.check(stack)


AnyRule = Rule | StackRule


def fail(observed: str, required: str) -> Judgement:
    """Return a violation: what was seen, what is required."""
    return Judgement(Verdict.FAIL, observed, required)


def undecided(what: str) -> Judgement:
    """Return an undecided judgement: a preview cannot know `what`."""
    return Judgement(Verdict.UNDECIDED, f"{what} is not known yet")


def decide(what: str, observed: str, required: str, *, holds: bool, doubtful: bool) -> Judgement:
    """Return a pass where it `holds`, undecided about `what` where that is `doubtful`, else a violation."""
    if holds:
        return PASSED
    return undecided(what) if doubtful else fail(observed, required)


def seen(value: Any, *words: str) -> str:
    """Return a value as a report may show it: numbers, true, false and nothing; of texts, only the `words`.

    Any other text could be a password, whatever the property is called.
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)) or value in words:
        return str(value)
    return {id(UNKNOWN): "an unknown value", id(SECRET): "a secret"}.get(id(value), "another value")


def whole_number(value: Any) -> int | None:
    """Return the integer that a property means, or None: `200` and `"200"` are; `True` and `200.5` are not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) else None


def hidden(value: Mapping[str, Any] | Any, *keys: str) -> bool:
    """Return whether any of these properties, or the whole, is unknown."""
    return value is UNKNOWN or any(value.get(key) is UNKNOWN for key in keys)
