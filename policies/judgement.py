"""What a rule says of one resource. Standard library only."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policies.resource import SECRET, UNKNOWN


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


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason."""

    verdict: Verdict
    """What the rule says."""
    observed: str = ""
    """What was seen, where it failed or could not decide. Never a value that could be a secret: use `seen`."""
    required: str = ""
    """What must be so, where it failed."""
    names: frozenset[str] = frozenset()
    """The parts that fail, where a reviewed exception may name them: variables of a container."""
    measured: frozenset[float] = frozenset()
    """Every number outside the rule's limit, where that is all that is wrong: an exception may allow it."""
    may_be_more: bool = False
    """Whether more than the allowed number is as good: of a replica's parameter group."""

    @property
    def reason(self) -> str:
        """Both as one clause; empty when it passed."""
        if self.verdict is Verdict.FAIL:
            return f"observed {self.observed}; required {self.required}"
        return self.observed


PASSED = Judgement(Verdict.PASS)
NOT_APPLICABLE = Judgement(Verdict.NOT_APPLICABLE)


def fail(observed: str, required: str, *, measured: Iterable[float] = (), may_be_more: bool = False) -> Judgement:
    """Return a violation: what was seen, what is required, and the numbers outside a limit."""
    return Judgement(Verdict.FAIL, observed, required, measured=frozenset(measured), may_be_more=may_be_more)


def undecided(what: str) -> Judgement:
    """Return an undecided judgement: a preview cannot know `what`."""
    return Judgement(Verdict.UNDECIDED, f"{what} is not known yet")


def decide(what: str, observed: str, required: str, *, holds: bool, doubtful: bool) -> Judgement:
    """Return `PASSED` where it `holds`, undecided about `what` where that is `doubtful`, else a violation."""
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
