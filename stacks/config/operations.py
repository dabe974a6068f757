"""Configuration of running the stack: what is deferred until when, what a month may cost, who is on call."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from stacks.config.base import EntryName, Model, Problem
from stacks.config.growth import PhaseConfig, current_phase

TRIGGERS = ("metric", "phase", "query", "users")
"""Ways to say when something deferred comes, of which each has one."""


Tools = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9+-]{0,30}$")], Annotated[int, Field(ge=0)]],
    Field(
        max_length=20,
        description="Programs that whoever works on the application needs, with the least major version: node.",
    ),
]
"""What `footing ready` looks for on the machine that it runs on."""


class TriggerConfig(Model):
    """What brings a deferred item: one of metric, query, phase and users."""

    metric: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")] | None = Field(
        default=None,
        description="Id of an alert or a panel of the stack, of docs/alerts.md or docs/dashboards.md.",
    )
    query: Annotated[str, Field(min_length=1, max_length=1000)] | None = Field(
        default=None, description="SQL that returns one number: select count(*) from usage_events."
    )
    above: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="More than this brings it; required with query, an alert's own when left out."
    )
    phase: EntryName | None = Field(default=None, description="Phase with which it comes.")
    users: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Users in all from which on it comes."
    )


class DeferredConfig(Model):
    """Something that is not built yet, on purpose."""

    name: EntryName = Field(description="What it is: partition_usage_events.")
    owner: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="Who looks at the trigger.")
    trigger: TriggerConfig = Field(description="What brings it.")
    reason: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        default=None, description="Why it can wait."
    )
    key: Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$")] | None = Field(
        default=None, description="Key of the stack file that it would set: services.api.websockets."
    )


class BudgetConfig(Model):
    """What a month may cost."""

    monthly_usd: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        description="US dollars a month, at the most."
    )


class OncallConfig(Model):
    """Who answers at night, and where."""

    primary: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="Who is called first.")
    secondary: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="Who is called when the first does not answer."
    )
    escalation_minutes: Annotated[int, Field(ge=1, le=240)] = Field(
        default=15, description="After how long without an answer the second is called, in minutes."
    )
    channel: Annotated[str, Field(pattern=r"^#[a-z0-9_-]{1,80}$")] | None = Field(
        default=None, description="Channel in which an incident is talked about."
    )
    vendor_support: dict[EntryName, Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default={}, max_length=50, description="Where each vendor is asked, by name: an address, a mail address."
    )
    rollback: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        default=None, description="Where the way back is written."
    )


def operation_problems(
    deferred: Sequence[DeferredConfig],
    oncall: OncallConfig | None,
    phases: Sequence[PhaseConfig],
    config: BaseModel,
) -> Iterator[Problem]:
    """Yield where a trigger never comes, a key is none of `config`, or the second on call is the first."""
    names = [it.name for it in deferred]
    for name in dict.fromkeys(it for it in names if names.count(it) > 1):
        yield "deferred", f"given {name} twice, allowed once"
    for number, it in enumerate(deferred):
        here = f"deferred.{number}"
        yield from ((f"{here}.trigger{key}", problem) for key, problem in _trigger_problems(it.trigger, phases))
        if it.key and not found_at(config, it.key)[0]:
            yield (
                f"{here}.key",
                f"given {it.key}, allowed a key of a stack file, as docs/configuration.md has them",
            )
    if oncall and oncall.secondary == oncall.primary:
        yield "oncall.secondary", f"given {oncall.secondary}, who is primary, allowed somebody else"


def _trigger_problems(trigger: TriggerConfig, phases: Sequence[PhaseConfig]) -> Iterator[Problem]:
    given = [key for key in TRIGGERS if getattr(trigger, key) is not None]
    if len(given) != 1:
        yield "", f"given {' and '.join(given) or 'nothing'}, allowed one of {', '.join(TRIGGERS)}"
        return
    if trigger.query and trigger.above is None:
        yield ".above", "missing; required with query"
    if trigger.above is not None and not (trigger.query or trigger.metric):
        yield ".above", f"given {trigger.above:g} with {given[0]}, allowed with metric or query"
    if trigger.phase and trigger.phase not in [it.name for it in phases]:
        known = ", ".join(it.name for it in phases) or "none so far"
        yield ".phase", f"given {trigger.phase}, allowed one of phases: {known}"


def budget_problems(
    budget: BudgetConfig | None, phases: Sequence[PhaseConfig], phase: str | None, stores: Mapping[str, float]
) -> Iterator[Problem]:
    """Yield each budget that is smaller than what it holds; `stores` are the budgets of single stores, by key."""
    held = ", ".join(f"{key} {it:g}" for key, it in stores.items())
    budgets = {f"phases.{number}.monthly_usd": it.monthly_usd for number, it in enumerate(phases)}
    if budget:
        budgets["budget.monthly_usd"] = budget.monthly_usd
    for key, usd in budgets.items():
        if usd is not None and usd < sum(stores.values()):
            yield key, f"given {usd}, allowed {sum(stores.values()):g} or more, what is in it alone: {held}"
    current = current_phase(phases, phase)
    if budget and current and current.monthly_usd and budget.monthly_usd < current.monthly_usd:
        given = f"given {budget.monthly_usd}, allowed {current.monthly_usd} or more"
        yield "budget.monthly_usd", f"{given}, what phase {current.name} may cost"


def found_at(config: BaseModel, key: str) -> tuple[bool, Any]:
    """Return whether `key` may stand in the file of `config`, and what does; below what is left out any may."""
    value: Any = config
    for part in key.split("."):
        if isinstance(value, BaseModel):
            if part not in type(value).model_fields:
                return False, None
            value = getattr(value, part)
        elif isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        elif value is not None:
            return False, None
    return True, value


def built_already(deferred: Sequence[DeferredConfig], config: BaseModel) -> Iterator[str]:
    """Yield a sentence for each deferred item that the stack has."""
    for number, it in enumerate(deferred):
        if it.key and found_at(config, it.key)[1] not in (None, False, 0, "none", "off", "", [], {}):
            yield (
                f"deferred.{number}: {it.name} waits for its trigger, and {it.key} is set already: "
                "take the entry out, or the key"
            )
