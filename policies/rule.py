"""What a policy rule is: one small pure function with its reasons beside it. Standard library only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class _Unknown:
    """Stands for a value that a preview cannot know yet."""

    def __repr__(self) -> str:
        return "[unknown]"


UNKNOWN: Final = _Unknown()
"""The one unknown value, wherever it stands in a resource's properties."""


class Verdict(StrEnum):
    """What a rule says of one resource."""

    PASS = "pass"  # noqa: S105  a verdict, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"
    UNDECIDED = "could not decide"
    """A property that the rule needs is unknown. Never the same as passing."""


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason."""

    verdict: Verdict
    reason: str = ""
    """What was observed and what is required; empty when it passed."""


PASSED = Judgement(Verdict.PASS)
NOT_APPLICABLE = Judgement(Verdict.NOT_APPLICABLE)

Properties = Mapping[str, Any]
"""Inputs of a resource as plain data, in the provider's own spelling; `UNKNOWN` where a value is not known."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule over resources of given types."""

    id: str
    """Kebab case: the subject, then what must be true."""
    title: str
    """The rule as a statement."""
    why: str
    """What goes wrong without it."""
    source: str
    """Where the rule comes from."""
    remedy: str
    """What to change."""
    types: frozenset[str]
    """Type tokens the rule looks at."""
    check: Callable[[Properties], Judgement]
    """Judges one resource's properties; pure."""

    def judge(self, type_token: str, properties: Properties) -> Judgement:
        """Judge one resource; a type that the rule does not look at is not applicable."""
        return self.check(properties) if type_token in self.types else NOT_APPLICABLE


def fail(observed: str, required: str) -> Judgement:
    """A violation: what was seen, what is required."""
    return Judgement(Verdict.FAIL, f"observed {observed}; required {required}")


def undecided(what: str) -> Judgement:
    """A preview cannot know `what`, so there is no verdict."""
    return Judgement(Verdict.UNDECIDED, f"{what} is not known yet")


def whole_number(value: Any) -> int | None:
    """The integer that a property means, or None: `200` and `"200"` are, `"many"`, `True` and `200.5` are not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() else None
    if isinstance(value, (int, float)) and value == int(value):
        return int(value)
    return None
