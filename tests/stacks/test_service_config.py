"""Configuration of the service: what does not fit together is refused, and the budget counts all its tasks."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.service.deployment import RolloutArgs, Strategy
from stacks.config import ConfigError, StackConfig, from_file, parse
from stacks.config.rollout import rollout_args
from stacks.config.service_problems import passed_schedules

ROOT = Path(__file__).parents[2]
STACKS = ("production", "staging")
LAUNCH = {"name": "launch", "at": "at(2027-03-01T11:00:00)", "minimum_tasks": 40, "maximum_tasks": 50}
STEP = {"mode": "step", "minimum_tasks": 8, "maximum_tasks": 50}
TARGET = {"mode": "target", "minimum_tasks": 8, "maximum_tasks": 50}
BLUE_GREEN = {"strategy": "blue_green"}


def changed(values: dict[str, Any], changes: dict[str, Any]) -> StackConfig:
    return parse("test", {**values, "services": {"api": {**values["services"]["api"], **changes}}})


@pytest.mark.parametrize(
    "changes",
    [
        {"image": "example/api:1", "image_by": "tag"},
        {"image": "example/api:1", "image_by": "ci"},
        {"scaling": {"mode": "fixed", "tasks": 50}},
        {"scaling": {**TARGET, "memory_percent": 80, "requests_per_task_per_minute": 600}},
        {"scaling": {**STEP, "schedules": [{**LAUNCH, "timezone": "Europe/Berlin"}]}},
        {"scaling": {**STEP, "schedules": [{**LAUNCH, "at": "cron(0 11 * * ? *)"}]}},
        {"scaling": STEP, "deployment": BLUE_GREEN},
        {"capacity": {"spot_percent": 50, "base_tasks": 8}},
        {"websockets": True, "task": {"cpu": 256, "memory_mib": 512, "architecture": "ARM64"}},
    ],
)
def test_choices_that_go_together_are_accepted(values: dict[str, Any], changes: dict[str, Any]):
    accepted = changed(values, changes).services["api"].model_dump(exclude_unset=True)
    assert {key: accepted[key] for key in changes} == changes


@pytest.mark.parametrize(
    ("changes", "key", "message"),
    [
        ({"image": "example/api:1"}, "image", "given 'example/api:1', allowed a digest (@sha256:...)"),
        ({"scaling": {"mode": "magic"}}, "scaling.mode", "given 'magic', allowed 'fixed', 'target', 'step'"),
        ({"scaling": {"minimum_tasks": 2}}, "scaling.mode", "missing; allowed 'fixed', 'step', 'target'"),
        ({"scaling": {**STEP, "cpu_percent": 70}}, "scaling.cpu_percent", "unknown key"),
        ({"scaling": {**STEP, "minimum_tasks": 0}}, "scaling.minimum_tasks", "given 0, allowed 1 or more"),
        ({"scaling": {**STEP, "cpu_low_percent": 36}}, "scaling.cpu_low_percent", "allowed up to half of"),
        ({"scaling": {**STEP, "schedules": [LAUNCH, LAUNCH]}}, "scaling.schedules", "allowed each name once"),
        (
            {"scaling": {**STEP, "schedules": [{**LAUNCH, "at": "tomorrow"}]}},
            "scaling.schedules.0.at",
            "allowed at(2026-12-24T18:00:00), or cron() with six fields",
        ),
        (
            {"scaling": {**STEP, "schedules": [{**LAUNCH, "timezone": "Berlin"}]}},
            "scaling.schedules.0.timezone",
            "given 'Berlin', allowed an IANA name",
        ),
        (
            {"scaling": {**STEP, "schedules": [{**LAUNCH, "minimum_tasks": 51}]}},
            "scaling.schedules",
            "given minimum_tasks 51 in launch, allowed 1 up to its maximum_tasks, 50",
        ),
        (
            {"scaling": {**TARGET, "requests_per_task_per_minute": 600}, "deployment": BLUE_GREEN},
            "scaling.requests_per_task_per_minute",
            "allowed with strategy rolling only",
        ),
        ({"deployment": {"strategy": "canary", "percent": 100}}, "deployment.percent", "allowed 99 or less"),
        ({"capacity": {"base_tasks": 9}}, "capacity.base_tasks", "allowed up to the tasks that always run, 8"),
    ],
)
def test_service_that_would_not_work_is_refused(
    values: dict[str, Any], changes: dict[str, Any], key: str, message: str
):
    with pytest.raises(ConfigError) as caught:
        changed(values, changes)
    [problem] = caught.value.problems
    assert problem.startswith(f"services.api.{key}: ")
    assert message in problem


@pytest.mark.parametrize("strategy", ["blue_green", "canary", "linear"])
def test_both_fleets_are_counted_in_the_connection_budget(values: dict[str, Any], strategy: str):
    rolling = {"strategy": "rolling", "minimum_percent": 100, "maximum_percent": 150}
    [api] = changed(values, {"deployment": rolling, "database_pool": 24}).connection_budget.clients
    assert api.fleet.peak == 75
    with pytest.raises(ConfigError) as caught:
        changed(values, {"deployment": {"strategy": strategy}, "database_pool": 24})
    [problem] = caught.value.problems
    assert "given 24; all services are 2400 clients at the worst moment" in problem
    assert "(while all deploy: api 2400; api has 100 tasks then)" in problem


def test_tasks_of_a_schedule_are_counted_in_the_connection_budget(values: dict[str, Any]):
    larger = {**STEP, "schedules": [{**LAUNCH, "maximum_tasks": 51}]}
    with pytest.raises(ConfigError, match=r"api\.database_pool: given 18; all services are 1836 clients"):
        changed(values, {"scaling": larger})


def test_every_key_of_a_strategy_reaches_the_component(values: dict[str, Any]):
    canary = {"strategy": "canary", "percent": 5, "minutes": 7, "bake_minutes": 9}
    assert rollout_args(changed(values, {"deployment": canary}).web["api"].deployment) == RolloutArgs(
        strategy=Strategy.CANARY, shift_percent=5, shift_minutes=7, bake_minutes=9
    )


def test_production_runs_nothing_of_its_base_on_spot_and_names_its_image_by_digest():
    production, staging = (from_file(ROOT / f"Pulumi.{stack}.yaml").config.web["api"] for stack in STACKS)
    assert (production.capacity.spot_percent, production.image_by) == (0, "digest")
    assert (staging.capacity.spot_percent, staging.capacity.base_tasks) == (100, 0)


NOW = datetime(2027, 3, 1, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "timezone", "passed"),
    [
        ("at(2027-03-01T10:29:00)", "UTC", True),
        ("at(2027-03-01T10:31:00)", "UTC", False),
        ("at(2027-03-01T11:00:00)", "Europe/Berlin", True),
        ("at(2027-03-01T10:00:00)", "America/New_York", False),
        ("cron(0 3 * * ? 2025-2026)", "UTC", True),
        ("cron(0 3 * * ? 2026,2027)", "UTC", False),
        ("cron(0 3 * * ? *)", "UTC", False),
        ("rate(1 day)", "UTC", False),
    ],
)
def test_schedule_that_has_passed_is_warned_of_and_stays_in_the_file(
    values: dict[str, Any], schedule: str, timezone: str, *, passed: bool
):
    when = {"schedule": schedule, "timezone": timezone}
    job = {"kind": "job", "image": values["services"]["api"]["image"], "database_pool": 0, **when}
    services = {"report": job, "paused": {**job, "enabled": False}}
    keys = ["services.report.schedule"]
    if not schedule.startswith("rate"):
        at = {**LAUNCH, "at": schedule, "timezone": timezone}
        services["api"] = {
            **values["services"]["api"],
            "scaling": {**STEP, "schedules": [LAUNCH, {**at, "name": "b"}]},
        }
        keys.append("services.api.scaling.schedules.1.at")
    config = parse("test", {**values, "services": {**values["services"], **services}})
    sentences = list(passed_schedules(config.services, NOW))
    assert sorted(it.partition(": ")[0] for it in sentences) == (sorted(keys) if passed else [])
    assert all(f"{schedule} has passed in {timezone}" in it for it in sentences)
