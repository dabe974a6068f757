"""Whether a run kept its limits, limit by limit, and whether it could tell at all."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from loadtest.measured import Measured
from loadtest.measures import value
from loadtest.scenario import Limit, Scenario

ACHIEVED_SHARE: Final = 0.95
"""Share of the due requests that the generator has to send: under it, it was the limit."""
CPU_PERCENT: Final = 90.0
"""Load of its processor over which Locust warns that the generator is the bottleneck."""
OF_THE_GENERATOR: Final = (
    Limit(
        measure="achieved_share",
        title="requests sent of those that were due",
        key="the generator",
        at_least=ACHIEVED_SHARE,
    ),
    Limit(
        measure="cpu_percent",
        title="processor of the generator, percent",
        key="the generator",
        at_most=CPU_PERCENT,
    ),
)
"""What every run has to keep, so that its other numbers mean something."""


class State(StrEnum):
    """What became of a limit."""

    KEPT = "kept"
    """The number is within it."""
    BROKEN = "broken"
    """It is not, or nothing measured it although something had to."""
    NOT_MEASURED = "not measured"
    """Nothing measured it, and nothing had to."""


class Verdict(Struct, frozen=True, kw_only=True):
    """One limit, and what became of it."""

    limit: Limit
    """The limit."""
    value: float | None
    """The measured number; None where the run could not measure it."""
    state: State
    """What became of it."""

    @property
    def measured(self) -> str:
        """The measured number for people."""
        return "nothing" if self.value is None else shown(self.limit, self.value)

    @property
    def allowed(self) -> str:
        """The limit for people."""
        words = (("at least", self.limit.at_least), ("at most", self.limit.at_most))
        return " and ".join(f"{word} {shown(self.limit, bound)}" for word, bound in words if bound is not None)

    @property
    def sentence(self) -> str:
        """What is wrong: the number, what is allowed, and whose limit it is."""
        return f"{self.limit.title}: measured {self.measured}, allowed {self.allowed} ({self.limit.key})"


def verdicts(scenario: Scenario, measured: Measured) -> list[Verdict]:
    """Return what became of each limit of the scenario, and of those of every run."""
    found = []
    for limit in (*scenario.limits, *OF_THE_GENERATOR):
        number, state = value(measured, limit.measure), State.KEPT
        if number is None:
            state = State.BROKEN if limit.required else State.NOT_MEASURED
        elif (limit.at_least is not None and number < limit.at_least) or (
            limit.at_most is not None and number > limit.at_most
        ):
            state = State.BROKEN
        found.append(Verdict(limit=limit, value=number, state=state))
    return found


def broken(found: Sequence[Verdict]) -> list[Verdict]:
    """Return those that are broken."""
    return [it for it in found if it.state is State.BROKEN]


def bottleneck(scenario: Scenario, measured: Measured) -> str | None:
    """Return the sentence that the generator was the bottleneck; None where it was not."""
    total, offered = measured.total.sent, scenario.offered_per_second
    if measured.cpu_percent > CPU_PERCENT:
        return (
            f"The generator was the bottleneck: its processor was busy for {measured.cpu_percent:.0f} %, at most "
            f"{CPU_PERCENT:.0f} %. Nothing that was measured tells of the stack: run it on a larger machine, or "
            "with --distributed."
        )
    if measured.achieved_share < ACHIEVED_SHARE:
        rate = total / measured.seconds if measured.seconds else 0.0
        return (
            f"The generator was the bottleneck: it sent {rate:.1f} of {offered:.1f} requests a second, "
            f"{measured.achieved_share:.0%} of those that were due, at least {ACHIEVED_SHARE:.0%}. Its "
            f"{scenario.users} users waited for answers: give it more users, or look at why answers are late."
        )
    return None


def shown(limit: Limit, number: float) -> str:
    """Return a number of a limit's unit for people."""
    name = limit.measure.partition(":")[0]
    if name == "latency":
        return f"{number:.0f} ms"
    if name.endswith("_share") or name == "reads_saved":
        return f"{number * 100:.3g} %"
    return f"{number:,.0f} %" if name == "cpu_percent" else f"{number:,.0f}"
