"""Whether the registers of a stack fit it: schema, growth, load tests, deferred items, budgets."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from policies.limit_exceptions import KEY
from stacks.config.base import Problem
from stacks.config.database import DatabaseConfig, RdsConfig
from stacks.config.errors import sentences
from stacks.config.fly_postgres import FlyPostgresConfig
from stacks.config.growth import PhaseConfig, growth_problems
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.neon import NeonConfig
from stacks.config.operations import budget_problems, found_at, operation_problems
from stacks.config.recovery import DAY_MINUTES, recovery_problems
from stacks.config.schema_register import schema_problems
from stacks.config.stack import StackConfig

WITHOUT: dict[str, object] = {
    "phases": [],
    "phase": None,
    "load_tests": [],
    "deferred": [],
    "budget": None,
    KEY: [],
}
"""What the stack of a later phase is judged without."""

Check = Callable[[StackConfig], Iterator[Problem]]
"""What finds the ways in which the parts of a configuration do not fit each other."""


def register_problems(config: StackConfig, check: Check) -> Iterator[Problem]:
    """Yield where the registers contradict each other or the stack; `check` judges the stack of a later phase."""
    if config.database:
        yield from schema_problems(
            config.database,
            config.services,
            [it.name for it in config.phases],
            provider=config.database.provider,
            preloaded=config.database.preload_libraries if isinstance(config.database, RdsConfig) else None,
        )
        yield from recovery_problems(
            config.database.recovery,
            provider=config.database.provider,
            continuous=_continuous(config.database),
            backed_up=_backed_up(config.database),
            tells=config.cloudwatch_alarms is not None,
        )
    yield from growth_problems(config.phases, config.phase, config.load_tests)
    yield from operation_problems(config.deferred, config.oncall, config.phases, config)
    stores = {f"redis.{name}.budget_usd": usd for name, it in config.redis.items() if (usd := _usd(it))}
    yield from budget_problems(config.budget, config.phases, config.phase, stores)
    if any(it.scale for it in config.phases):
        today = config.model_copy(update=WITHOUT)
        known, excepted = {*check(today)}, {it.key: it.allowed for it in config.limit_exceptions}
        for number, phase in enumerate(config.phases):
            for key, problem in _scaled_problems(today, phase, excepted, check):
                if (key, problem) not in known:
                    yield _of_phase(number, phase, key, problem)


def _continuous(database: DatabaseConfig) -> bool:
    """Return whether the database can be restored to the second, a day back at the least."""
    match database:
        case SupabaseConfig():
            return database.pitr_days is not None
        case NeonConfig():
            return database.history_retention_seconds >= DAY_MINUTES * 60
        case FlyPostgresConfig():
            return False
    return True


def _backed_up(database: DatabaseConfig) -> bool:
    """Return whether anything is kept for a day."""
    if isinstance(database, SupabaseConfig):
        return database.plan != "free"
    return not isinstance(database, NeonConfig) or _continuous(database)


def _usd(store: object) -> float | None:
    usd: float | None = getattr(store, "budget_usd", None)
    return usd


def _scaled_problems(
    today: StackConfig, phase: PhaseConfig, excepted: Mapping[str, int], check: Check
) -> Iterator[Problem]:
    """Yield why the stack with the keys of the phase would be refused; `excepted` are numbers that it may have."""
    values = today.model_dump()
    for key, value in phase.scale.items():
        *blocks, last = key.split(".")
        block: Any = values
        for part in blocks:
            block = block.get(part) if isinstance(block, dict) else None
        if not found_at(today, key)[0] or not isinstance(block, dict):
            yield key, f"given {value}, allowed a key of a block that the stack has"
            return
        block[last] = value
    try:
        yield from check(StackConfig.model_validate(values, context=excepted))
    except ValidationError as error:
        for key, _, problem in (it.partition(": ") for it in sentences(error, StackConfig)):
            yield key, problem


def _of_phase(number: int, phase: PhaseConfig, key: str, problem: str) -> Problem:
    if key in phase.scale:
        return f"phases.{number}.scale.{key}", problem
    return f"phases.{number}.scale", f"given what makes a stack that is refused, {key}: {problem}"
