"""Configuration of growth: phases with their users and requests, and the load tests that stand for them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from stacks.config.base import EntryName, Model, Problem
from stacks.config.load_generator import LoadRequestConfig

Count = Annotated[int, Field(ge=1, le=10_000_000_000)]
"""A number of people, or of what they do."""

GROWING = ("users", "daily_users", "concurrent_users", "requests_per_second")
"""What no later phase has less of."""


class PhaseConfig(Model):
    """A time with a number of users, and what the stack is scaled to for them."""

    name: EntryName = Field(description="Its name: launch, growth.")
    first_month: Annotated[int, Field(ge=0, le=240)] = Field(
        description="Month in which it begins; 0 is the launch."
    )
    last_month: Annotated[int, Field(ge=0, le=240)] | None = Field(
        default=None, description="Month in which it ends; the next one's first when left out."
    )
    users: Count | None = Field(default=None, description="Users in all.")
    daily_users: Count | None = Field(default=None, description="Users who come on a day.")
    concurrent_users: Count | None = Field(default=None, description="Users at the same moment, at the peak.")
    requests_per_second: Count | None = Field(default=None, description="Requests a second at the peak.")
    think_time_seconds: Annotated[float, Field(gt=0, le=86400)] | None = Field(
        default=None, description="Time between two requests of one user, in seconds."
    )
    daily_writes: dict[EntryName, Count] = Field(
        default={}, max_length=50, description="What is made on a day, by name: jobs, bids, messages."
    )
    monthly_usd: Count | None = Field(default=None, description="What a month may cost, US dollars.")
    scale: dict[Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$")], int | str] = Field(
        default={},
        max_length=50,
        description="Keys of the stack file that change for it, and to what: database.compute: 2xlarge.",
    )


class LoadTestConfig(Model):
    """A load test, and how many real users it stands for."""

    name: EntryName = Field(description="Its name: smoke, day-one.")
    virtual_users: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="Users that the generator plays.")
    duration_seconds: Annotated[int, Field(ge=1, le=86400)] = Field(default=600, description="Length, in seconds.")
    think_time_seconds: Annotated[float, Field(gt=0, le=86400)] | None = Field(
        default=None,
        description="Time between two requests of a virtual user, in seconds; the phase's when left out.",
    )
    represents_users: Count | None = Field(
        default=None, description="Users at the same moment that it stands for; virtual_users when left out."
    )
    phase: EntryName | None = Field(
        default=None, description="Phase whose users they are; the one in force when left out."
    )
    requests_per_second: Annotated[float, Field(gt=0, le=100_000)] | None = Field(
        default=None, description="Rate of all its users together, in place of think_time_seconds."
    )
    requests: list[LoadRequestConfig] = Field(
        default=[], max_length=50, description="What is requested; as load_generator.requests when left out."
    )


def current_phase(phases: Sequence[PhaseConfig], name: str | None) -> PhaseConfig | None:
    """Return the phase in force: the one called `name`, or the first; None without any."""
    return next((it for it in phases if name in (None, it.name)), None)


def next_phase(phases: Sequence[PhaseConfig], name: str | None) -> PhaseConfig | None:
    """Return the phase after the one in force; None after the last."""
    current = current_phase(phases, name)
    return next((later for earlier, later in pairwise(phases) if earlier is current), None)


def growth_problems(
    phases: Sequence[PhaseConfig], phase: str | None, tests: Sequence[LoadTestConfig]
) -> Iterator[Problem]:
    """Yield where the phases do not follow each other, or their numbers and those of the tests do not fit."""
    for key, names in (("phases", [it.name for it in phases]), ("load_tests", [it.name for it in tests])):
        for name in dict.fromkeys(it for it in names if names.count(it) > 1):
            yield key, f"given {name} twice, allowed once"
    if phase is not None and current_phase(phases, phase) is None:
        yield (
            "phase",
            f"given {phase}, allowed one of phases: {', '.join(it.name for it in phases) or 'none so far'}",
        )
    for number, it in enumerate(phases):
        yield from ((f"phases.{number}.{key}", problem) for key, problem in _phase_problems(it))
    for number, test in enumerate(tests):
        for key, problem in _test_problems(test, phases, phase):
            yield f"load_tests.{number}.{key}", problem
    yield from _order_problems(phases)


def _order_problems(phases: Sequence[PhaseConfig]) -> Iterator[Problem]:
    for number, (earlier, later) in enumerate(pairwise(phases), 1):
        last = earlier.last_month or earlier.first_month
        if later.first_month < max(last, earlier.first_month + 1):
            problem = f"given {later.first_month}, allowed {max(last, earlier.first_month + 1)} or later"
            yield f"phases.{number}.first_month", f"{problem}: {earlier.name} comes before"
    for key in GROWING:
        known = [(number, it, getattr(it, key)) for number, it in enumerate(phases) if getattr(it, key)]
        for (_, earlier, less), (number, _, more) in pairwise(known):
            if more < less:
                yield f"phases.{number}.{key}", f"given {more}, allowed {less} or more, what {earlier.name} has"


def _phase_problems(phase: PhaseConfig) -> Iterator[Problem]:
    if phase.last_month is not None and phase.last_month < phase.first_month:
        yield "last_month", f"given {phase.last_month}, allowed first_month, {phase.first_month}, or later"
    counts = [(key, getattr(phase, key)) for key in GROWING[:3] if getattr(phase, key)]
    for (larger, most), (key, given) in pairwise(counts):
        if given > most:
            yield key, f"given {given}, allowed up to {larger}, {most}"
    rate, users, pause = phase.requests_per_second, phase.concurrent_users, phase.think_time_seconds
    if rate and users and pause and rate > users / pause:
        problem = (
            f"given {rate}, allowed up to {users / pause:.0f}, what {users} concurrent_users send with "
            f"think_time_seconds {pause:g}"
        )
        yield "requests_per_second", problem


def _test_problems(test: LoadTestConfig, phases: Sequence[PhaseConfig], phase: str | None) -> Iterator[Problem]:
    """Yield where virtual users stand for more people than they send requests for. Source: C-23."""
    of_whom = current_phase(phases, test.phase or phase)
    if test.phase and of_whom is None:
        known = ", ".join(it.name for it in phases) or "none so far"
        yield "phase", f"given {test.phase}, allowed one of phases: {known}"
    if test.requests_per_second and test.think_time_seconds:
        yield "requests_per_second", "given beside think_time_seconds, allowed one of them"
    wanted, played = test.represents_users, test.virtual_users
    if wanted is None or wanted <= played:
        return
    pause = of_whom.think_time_seconds if of_whom else None
    if pause is None or test.think_time_seconds is None:
        problem = (
            f"given {wanted}, allowed up to {played}, its virtual_users: that one stands for more, its "
            "think_time_seconds and that of its phase have to say"
        )
        yield "represents_users", problem
    elif wanted > round(played * pause / test.think_time_seconds):
        most = round(played * pause / test.think_time_seconds)
        problem = (
            f"given {wanted}, allowed up to {most}: {played} virtual_users with think_time_seconds "
            f"{test.think_time_seconds:g} send what {most} users send with {pause:g}; {wanted} need "
            f"virtual_users {-(-wanted * test.think_time_seconds // pause):.0f}, or think_time_seconds "
            f"{played * pause / wanted:g}"
        )
        yield "represents_users", problem
