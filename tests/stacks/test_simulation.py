"""The simulation of autoscaling: the component's policies bring the capacity of a launch day within minutes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from components.service.scaling import QueueScaling, ScalingArgs, StepArgs, TargetArgs, step_policies
from stacks.autoscaling import IMPORT_NIGHT, LAUNCH_DAY, Outcome, compare, run, run_queue
from stacks.autoscaling.scaler import adjustment
from stacks.config import from_file
from stacks.config.scaling import scaling_args

ROOT = Path(__file__).parents[2]
SERVICE = from_file(ROOT / "Pulumi.production.yaml").config.web["api"]
PRODUCTION = scaling_args(SERVICE.scaling)
FALLING = replace(LAUNCH_DAY, users_before=20_000, users_after=1000)
"""Everybody goes home."""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return {it.title: it.outcome for it in compare(PRODUCTION, SERVICE.task.cpu)}


def test_production_goes_from_8_to_50_tasks_within_minutes(outcomes: dict[str, Outcome]):
    assert (PRODUCTION.minimum_tasks, PRODUCTION.maximum_tasks) == (8, 50)
    reached = outcomes["as configured: step"].minutes_to(50)
    assert reached is not None
    assert reached <= 15
    assert outcomes["as configured: step"].minutes_to_capacity <= 15


def test_one_task_at_a_time_takes_a_cooldown_for_each(outcomes: dict[str, Outcome]):
    slow = outcomes["step, one task at a time"].minutes_to(50)
    assert slow is not None
    # 42 tasks, one every 180 seconds, and the minutes until the alarm rings.
    assert 126 <= slow <= 132


def test_ways_are_in_the_order_of_what_they_know(outcomes: dict[str, Outcome]):
    order = ["step, and a schedule", "target: CPU and requests", "as configured: step", "target: CPU"]
    overloaded = [outcomes[title].overloaded_minutes for title in order]
    assert overloaded[0] == 0
    assert overloaded == sorted(overloaded)
    assert len(set(overloaded)) == len(overloaded)


def test_policies_of_the_component_decide():
    slow = replace(PRODUCTION, cooldown_seconds=600)
    late = replace(PRODUCTION, step=StepArgs(cpu_high_percent=90, response_high_ms=5000))
    usual, *others = (run(it, LAUNCH_DAY, 1024).minutes_to_capacity for it in (PRODUCTION, slow, late))
    assert min(others) > usual


@pytest.mark.parametrize("mode", ["step", "target"])
def test_tasks_go_when_the_load_goes_and_none_is_missed(mode: str):
    step, target = (StepArgs(), None) if mode == "step" else (None, TargetArgs(cpu_percent=70))
    falling = run(replace(PRODUCTION, step=step, target=target), FALLING, 1024)
    before_it = [it.ready for it in falling.moments if it.minute < 0]
    after_it = [it.ready for it in falling.moments if it.minute >= 0]
    assert before_it[-1] == 50
    assert after_it == sorted(after_it, reverse=True)
    assert after_it[-1] == 8
    assert not any(it.busy > 1 for it in falling.moments if it.minute >= 0)


@pytest.mark.parametrize(
    ("tasks", "percent", "least", "change"),
    [(8, 100, 2, 8), (8, 25, 2, 2), (3, 25, 2, 2), (10, 55, 2, 5), (20, -10, 1, -2), (5, -10, 1, -1)],
)
def test_change_is_a_share_of_the_tasks_and_never_nothing(tasks: int, percent: int, least: int, change: int):
    assert adjustment(tasks, percent, least) == change


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 20),
    st.integers(0, 60),
    st.integers(500, 40_000),
    st.sampled_from([{"step": StepArgs()}, {"target": TargetArgs(cpu_percent=50)}]),
)
def test_tasks_stay_within_their_bounds_under_any_load(least: int, more: int, users: int, by: dict[str, object]):
    scaling = ScalingArgs(minimum_tasks=least, maximum_tasks=least + more, **by)  # type: ignore[arg-type]
    outcome = run(scaling, replace(LAUNCH_DAY, users_after=users), 512)
    assert {least <= it.desired <= least + more for it in outcome.moments} == {True}


def test_thresholds_of_the_seeds_are_the_defaults():
    found = {policy.policy_name: policy.threshold for policy in step_policies(PRODUCTION)}
    assert found == {"cpu-high": 70, "response-high": 0.8, "cpu-low": 30}
    assert PRODUCTION.cooldown_seconds == 180


BY_DEPTH = ScalingArgs(minimum_tasks=2, maximum_tasks=40, queue=QueueScaling(messages_per_task=30))


def test_worker_scaled_by_depth_works_its_queue_off_and_goes_back_to_its_minimum():
    moments = run_queue(BY_DEPTH, IMPORT_NIGHT)
    alone = run_queue(ScalingArgs(minimum_tasks=2, maximum_tasks=2), IMPORT_NIGHT)
    # 600 messages a minute of 2 seconds each are the work of 20 tasks and more.
    assert max(it.ready for it in moments) >= 20
    drained = next(it.minute for it in moments if it.minute >= IMPORT_NIGHT.burst_minutes and it.depth == 0)
    assert drained <= 40
    assert alone[-1].depth > 1000
    assert (moments[-1].ready, moments[-1].depth) == (2, 0)
    assert {2 <= it.desired <= 40 for it in moments} == {True}


def test_shorter_backlog_takes_more_tasks():
    short, long = (
        run_queue(replace(BY_DEPTH, queue=QueueScaling(messages_per_task=each)), IMPORT_NIGHT)
        for each in (30, 300)
    )
    assert max(it.desired for it in short) > max(it.desired for it in long)
    assert max(it.depth for it in short) < max(it.depth for it in long)
