"""Policy rules: one small pure function each, with its reasons beside it. Standard library only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policies.judgement import NOT_APPLICABLE, Judgement
from policies.limits import Limit
from policies.resource import Resource, Stack


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
    standards: tuple[str, ...] = ()
    """Ids of what it meets in FSBP, CIS and Prowler; standards.json has them for the catalogue."""
    waivable: bool = True
    """Whether an exception is accepted in production."""
    limit: Limit | None = None
    """The documented limit that it holds, which the stack's `limit_exceptions` may set aside."""
    types: frozenset[str]
    """Type tokens the rule looks at."""

    @property
    def remediation(self) -> str:
        """What a person changes, in sentences: the key of the stack's file, then the provider's properties."""
        if not self.keys:
            return f"No key of the stack's file: the component sets it; report a bug. Elsewhere: {self.remedy}"
        exception = ", or add an entry to limit_exceptions" if self.limit and self.limit.accepts_exceptions else ""
        return f"Change {' or '.join(self.keys)} in the stack's file{exception}. Elsewhere: {self.remedy}"

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


StackCheck = Callable[[Stack], Iterable[tuple[Resource, Judgement]]]


@dataclass(frozen=True, kw_only=True)
class StackRule(_Reasons):
    """A rule over several resources together: the engine can ask it only when all are registered."""

    check: StackCheck
    """Judges the resources of `types` within the stack; pure. A resource that it leaves out is not applicable."""


AnyRule = Rule | StackRule
