"""What an experiment found, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One number or fact that was looked at."""

    what: str
    """What was observed, in a few words."""
    expected: str
    """What it should be."""
    observed: str
    """What it was."""
    holds: bool
    """Whether the observed is as expected."""
    depends_on_speed: bool = False
    """Whether a slower machine alone could make it fail; a test leaves those to `make lab`."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Connections to PostgreSQL over time."""

    name: str
    points: Sequence[tuple[float, int]]
    """Seconds since the load began, and connections from then on."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """All that one experiment found."""

    title: str
    explanation: str
    """What was done, in a sentence or two."""
    findings: Sequence[Finding]
    curves: Sequence[Curve] = ()

    @property
    def holds(self) -> bool:
        """Whether everything is as expected."""
        return all(finding.holds for finding in self.findings)


def at_most(what: str, observed: int, limit: int, unit: str) -> Finding:
    """Return a finding that a count stays within its limit."""
    return Finding(what=what, expected=f"at most {limit} {unit}", observed=str(observed), holds=observed <= limit)


def exactly(what: str, observed: int, expected: int, unit: str) -> Finding:
    """Return a finding that a count is what it should be."""
    return Finding(what=what, expected=f"{expected} {unit}", observed=str(observed), holds=observed == expected)


def above(what: str, observed: int, floor: int, unit: str) -> Finding:
    """Return a finding that a count exceeds `floor`: that a counter-example really fails, for example."""
    return Finding(what=what, expected=f"above {floor} {unit}", observed=str(observed), holds=observed > floor)
