"""What of the numbers somebody has to act on, in sentences."""

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from capacity.changes import Change
from capacity.launch import Launch
from capacity.limits import Limit
from capacity.traffic import Crowd
from providers.supabase.plans import COMPUTE
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.stack import StackConfig

Level = Literal["exceeded", "warning", "later"]
"""exceeded: a limit of the phase in force, and exit code 1. later: of a phase to come."""


class Finding(Struct, frozen=True, kw_only=True):
    """One finding."""

    id: str
    """Name of the finding: that of the limit, or pool-of-each-pair, clients-fix-the-size, launch."""
    level: Level
    phase: str
    """Phase in which it holds."""
    sentence: str
    change: Change | None
    """What to change, if one key does."""
    sources: tuple[str, ...] = ()
    """Rows of docs/requirements.md that it answers."""


def findings(
    config: StackConfig,
    phase: str,
    phases: Mapping[str, tuple[Crowd, tuple[Limit, ...]]],
    met: tuple[Launch, ...],
    *,
    users_known: bool,
) -> tuple[Finding, ...]:
    """Return the findings, those of the `phase` asked for first; of later phases only what they exceed.

    Where nobody said how many users there are, `users_known` is false, and no limit counts as exceeded.
    """
    people, limits = phases[phase]
    found = list(_of_the_phase(config, people, limits, "exceeded" if users_known else "warning"))
    found += _of_the_launch(config, people, met)
    later = list(phases)[list(phases).index(phase) + 1 :]
    for name in later:
        for it in phases[name][1]:
            if not it.holds and it.kind in ("limit", "account"):
                found.append(
                    Finding(id=it.id, level="later", phase=name, sentence=_sentence(it), change=it.change)
                )
    return tuple(sorted(found, key=lambda it: ("exceeded", "warning", "later").index(it.level)))


def _of_the_phase(
    config: StackConfig, people: Crowd, limits: tuple[Limit, ...], broken: Level
) -> Iterator[Finding]:
    for it in limits:
        if it.id == "pool-cold" and not it.holds:
            yield _pool_finding(config, people, it)
        elif not it.holds:
            level: Level = broken if it.kind in ("limit", "account") else "warning"
            yield Finding(id=it.id, level=level, phase=people.phase, sentence=_sentence(it), change=it.change)
    clients = next((it for it in limits if it.id == "clients"), None)
    if isinstance(config.database, SupabaseConfig) and clients and clients.demand:
        yield from _size_finding(config.database, people, clients)


def _sentence(it: Limit) -> str:
    bears = "none" if not it.breaks_above_users else f"{it.breaks_above_users:,} users"
    if it.kind == "quota":
        return (
            f"{it.title}: {it.demand:,.0f} at the largest moment, and a new account of AWS has {it.supply:,.0f}."
        )
    unit = f" {it.unit}" if it.unit else ""
    return f"{it.title}: {number(it.demand)} wanted, {number(it.supply)}{unit} there; it bears {bears}."


def number(value: float) -> str:
    """Return a number for people: whole from 100 on, with three figures below."""
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.3g}"


def _pool_finding(config: StackConfig, people: Crowd, it: Limit) -> Finding:
    """Return the documents' own: 25 connections for each pair serve 20,000 users only out of full caches."""
    pairs = getattr(getattr(config.database, "pooler", None), "user_database_pairs", 1)
    share = f" for each of {pairs} pairs of user and database" if pairs > 1 else ""
    sentence = (
        f"{it.supply:.0f} connections{share}, and {people.concurrent_users:,.0f} users at once need "
        f"{it.demand:.0f} while no cache has kept anything: such a moment is borne up to "
        f"{it.breaks_above_concurrent_users:,} users at once; beyond it queries wait until they are refused."
    )
    return Finding(
        id="pool-of-each-pair" if pairs > 1 else it.id,
        level="warning",
        phase=people.phase,
        sentence=sentence,
        change=it.change,
        sources=("C-1", "S1-44", "F-B") if pairs > 1 else (),
    )


def _size_finding(database: SupabaseConfig, people: Crowd, clients: Limit) -> Iterator[Finding]:
    """Yield where nothing but the number of clients fixes the size of the server: C-30."""
    share = clients.supply / database.client_connections
    smallest = next((name for name, it in COMPUTE.items() if it.max_connections >= database.max_connections), "")
    fitting = [name for name, it in COMPUTE.items() if it.client_connections * share >= clients.demand]
    if fitting and list(COMPUTE).index(fitting[0]) > list(COMPUTE).index(smallest):
        yield Finding(
            id="clients-fix-the-size",
            level="warning",
            phase=people.phase,
            sentence=(
                f"{clients.demand:,.0f} clients during a deployment need database.compute {fitting[0]}; the "
                f"connections of PostgreSQL alone would need {smallest}. Smaller pools of the tasks cost less "
                "than a server of that size."
            ),
            change=None,
            sources=("C-30", "S1-46", "F-B"),
        )


def _of_the_launch(config: StackConfig, people: Crowd, met: tuple[Launch, ...]) -> Iterator[Finding]:
    if met and met[0].overloaded_minutes:
        best = min(met, key=lambda it: it.overloaded_minutes)
        yield Finding(
            id="launch",
            level="warning",
            phase=people.phase,
            sentence=(
                f"At a launch the tasks are overloaded for {met[0].overloaded_minutes} minutes as configured, "
                f"and for {best.overloaded_minutes} with: {best.title}."
            ),
            change=Change(
                key=f"services.{config.main_web}.scaling.schedules",
                now="",
                to="",
                note="other bounds an hour before the launch: docs/scaling.md",
            ),
            sources=("S1-89", "F-B"),
        )
