"""Configuration of what a stack promises: a preset, and what it says otherwise."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from observability.records.names import MetricNames
from observability.records.objective import PERIOD_DAYS, usable_windows
from stacks.config.base import Model, Problem
from stacks.config.presets import NONE, PRESETS
from stacks.config.targets import OF_THE_SERVICE, ErrorTarget, HitTarget, LatencyTarget, OpenShare, Targets


class ObjectivesConfig(Model):
    """What is promised; every key that is left out is the preset's."""

    preset: Literal["base", "day-one", "realtime", "aws", "none"] = Field(
        default="base",
        description="Whose promises: docs/objectives.md has them side by side; none promises nothing.",
    )
    period_days: int = Field(
        default=PERIOD_DAYS,
        ge=7,
        le=90,
        description="Period of the error budgets, in days; metrics.store must keep series as long.",
    )
    availability: OpenShare | None = Field(
        default=None, description="Share of requests without a server's fault, for example 0.999."
    )
    errors: ErrorTarget | None = Field(default=None, description="How many calls may fail.")
    latency: list[LatencyTarget] | None = Field(default=None, description="How soon answers come.")
    hits: list[HitTarget] | None = Field(default=None, description="What the caches answer.")

    @property
    def targets(self) -> Targets:
        """The promises: the preset's, where nothing else is given."""
        given = {key: getattr(self, key) for key in Targets.model_fields}
        return {**PRESETS, "none": NONE}[self.preset].model_copy(
            update={k: v for k, v in given.items() if v is not None}
        )


def objective_problems(config: ObjectivesConfig, names: MetricNames | None) -> Iterator[Problem]:
    """Yield what of it could never be watched, with metrics called `names`; None: by load tests alone."""
    targets = config.targets
    yield from _twice("objectives.latency", [target.name for target in targets.latency])
    yield from _twice("objectives.hits", [f"{it.layer} in {it.unit}" for it in targets.hits])
    for number, hit in enumerate(targets.hits):
        if hit.layer == "redis_feed" and hit.unit == "bytes":
            yield (
                f"objectives.hits.{number}.unit",
                "given bytes with layer redis_feed, allowed requests: its look-ups",
            )
    if names is None:
        return
    in_milliseconds = 1 if names.duration_unit == "ms" else 1000
    edges = [float(edge) * in_milliseconds for edge in names.duration_edges]
    for target in targets.latency:
        # 0.1 s and 100 ms are the same edge, though not the same float.
        if target.population in OF_THE_SERVICE and all(abs(edge - target.target_ms) > 1e-6 for edge in edges):
            problem = (
                f"{target.name}: given {target.target_ms} ms, allowed an edge of {names.duration}, so that "
                f"somebody counts the answers within it: {', '.join(f'{edge:g}' for edge in edges)} ms"
            )
            yield "objectives.latency", problem
        if target.population == "operation" and not target.routes:
            yield "objectives.latency", f"{target.name}: an operation needs `routes`, for example /cycles/.*"
    success = None if targets.errors is None else 1 - targets.errors.share
    for key, target_share in (("availability", targets.availability), ("errors.share", success)):
        if target_share is not None and not usable_windows(target_share):
            problem = f"given {target_share:g}, which leaves a budget so large that no alert could fire"
            yield f"objectives.{key}", problem


def looser_alerts(targets: Targets) -> Iterator[str]:
    """Yield one sentence for each promise that is broken before its own alert fires. Source: C-8."""
    for target in targets.latency:
        first = target.warning_ms or target.critical_ms
        if first and first > target.target_ms:
            yield (
                f"objectives.latency: {target.name} promises {target.target_ms} ms and its first alert comes at "
                f"{first} ms; until then only the budget tells"
            )
    if targets.errors:
        first_share = targets.errors.warning or targets.errors.critical
        if first_share and first_share > targets.errors.share:
            yield (
                f"objectives.errors: {targets.errors.share * 100:g} % may fail and the first alert comes at "
                f"{first_share * 100:g} %; until then only the budget tells"
            )


def _twice(key: str, names: list[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield key, f"{name} is given twice, allowed once"
