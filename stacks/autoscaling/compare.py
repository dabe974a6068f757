"""One service scaled in several ways under one load."""

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from components.service.scaling import FULL_PERCENT, ScalingArgs, ScheduleArgs, StepArgs, TargetArgs, step_policies
from observability.durations import MINUTE_SECONDS
from stacks.autoscaling.launch import LAUNCH_DAY, Load
from stacks.autoscaling.run import Outcome, run

LEAD_MINUTES = 60
"""How long before the launch the schedule adds its tasks: the go/no-go. Source: S1-89."""


class Comparison(Struct, frozen=True, kw_only=True):
    """One way to scale, and what came of it."""

    title: str
    """The way, in a few words."""
    outcome: Outcome
    """The run."""


def compare(configured: ScalingArgs, cpu: int, load: Load = LAUNCH_DAY) -> Iterator[Comparison]:
    """Yield the configured scaling, then others within its bounds, on tasks of `cpu` units of 1/1024 vCPU."""
    bounds = ScalingArgs(
        minimum_tasks=configured.minimum_tasks,
        maximum_tasks=configured.maximum_tasks,
        cooldown_seconds=configured.cooldown_seconds,
    )
    stepped = replace(bounds, step=configured.step or StepArgs())
    percent = stepped.step.cpu_high_percent if stepped.step else FULL_PERCENT
    requests = round(load.requests_of_one_task(cpu) * MINUTE_SECONDS * percent / FULL_PERCENT)
    on_cpu = TargetArgs(cpu_percent=percent)
    mode = "step" if configured.step else "target" if configured.target else "fixed"
    yield Comparison(title=f"as configured: {mode}", outcome=run(configured, load, cpu))
    launch = ScheduleArgs(
        schedule_name="launch",
        expression=f"at({load.opens_at - dt.timedelta(minutes=LEAD_MINUTES):%Y-%m-%dT%H:%M:%S})",
        minimum_tasks=bounds.maximum_tasks,
        maximum_tasks=bounds.maximum_tasks,
    )
    ways = {
        "step": stepped,
        "target: CPU": replace(bounds, target=on_cpu),
        "target: CPU and requests": replace(bounds, target=replace(on_cpu, requests_per_task_per_minute=requests)),
        "step, and a schedule": replace(stepped, schedules=[launch]),
    }
    for title, scaling in ways.items():
        if scaling != configured:
            yield Comparison(title=title, outcome=run(scaling, load, cpu))
    # As policies are usually written: one task more or fewer, however far the metric is off.
    alone = tuple(
        replace(
            policy,
            steps=tuple(replace(step, percent=-1 if policy.below else 1) for step in policy.steps[:1]),
            least_tasks=1,
        )
        for policy in step_policies(stepped)
    )
    yield Comparison(title="step, one task at a time", outcome=run(stepped, load, cpu, alone))
