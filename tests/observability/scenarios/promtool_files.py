"""Files for `promtool test rules`: every scenario, those side by side that ask different metrics."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import yaml

from observability.alerting.alerts import AbsenceCondition, Alert, BurnRateCondition, alerts
from observability.alerting.recording import RecordedObjective
from observability.alerting.rules import queries_prometheus
from observability.durations import duration
from observability.stack import ObservedStack
from tests.observability.scenarios.burn_rate import (
    absence_scenario,
    burn_rate_scenario,
    month_recorded,
    steps_recorded,
)
from tests.observability.scenarios.scenario import Scenario
from tests.observability.scenarios.threshold import threshold_scenario
from tests.observability.scenarios.timeline import FIVE_MINUTELY, HALF_HOURLY, HOURLY, MINUTELY, SIX_HOURLY

GIVEN = "given as recorded"
RULES = "rules.yml"
"""The file that is tested."""
FILES = {
    "minutes.test.yml": MINUTELY,
    "hours.test.yml": FIVE_MINUTELY,
    "days.test.yml": HALF_HOURLY,
    "weeks.test.yml": HOURLY,
    "months.test.yml": SIX_HOURLY,
}
"""By name the seconds of a step; a name says how long what it tests takes to show."""


def scenarios(observed: ObservedStack) -> list[Scenario]:
    """The scenario of every alert and of everything recorded."""
    identity = observed.identity
    recorded = partial(RecordedObjective, app=identity.app, environment=identity.environment)
    objectives = [recorded(objective=it) for component in observed.signals for it in component.objectives]
    shown = [_scenario(alert, recorded) for alert in alerts(observed.signals) if queries_prometheus(alert)]
    shown += [make(it) for it in objectives for make in (steps_recorded, month_recorded)]
    return shown


def _scenario(alert: Alert, recorded: Any) -> Scenario:
    condition = alert.condition
    if isinstance(condition, AbsenceCondition):
        return absence_scenario(alert, condition)
    if isinstance(condition, BurnRateCondition):
        return burn_rate_scenario(alert, condition, recorded(objective=condition.objective))
    return threshold_scenario(alert, condition)


def promtool_file(found: Sequence[Scenario], step_seconds: int, rules: str) -> str:
    """Those of `found` that go by `step_seconds`, as promtool reads them; they test the file `rules`."""
    step = duration(step_seconds)
    mine = [it for it in found if it.timeline.step_seconds == step_seconds]
    tests = [_group(layer, step) for layer in compatible_groups(mine)]
    content = {"rule_files": [rules], "evaluation_interval": step, "tests": tests}
    return yaml.safe_dump(content, sort_keys=False, width=1000)


def compatible_groups(found: Sequence[Scenario]) -> list[list[Scenario]]:
    """`found` in as few groups as may be, none with two scenarios that write the same metric."""
    made: list[list[Scenario]] = []
    taken: list[set[str]] = []
    for scenario in found:
        metrics = {series.metric for series in scenario.timeline.samples}
        # What is given as recorded must not be recorded beside it: such scenarios share a group with their like.
        given = any(it.startswith("slo:") for it in metrics)
        metrics = {f"{it} {scenario.name}" for it in metrics} | {GIVEN} if given else metrics
        free = (place for place, it in enumerate(taken) if not metrics - {GIVEN} & it and given is (GIVEN in it))
        place = next(free, len(made))
        if place == len(made):
            made.append([])
            taken.append(set())
        made[place].append(scenario)
        taken[place] |= metrics
    return made


def _group(layer: Sequence[Scenario], step: str) -> dict[str, Any]:
    return {
        "name": ", ".join(scenario.name for scenario in layer),
        "interval": step,
        "input_series": [
            {"series": series, "values": values}
            for scenario in layer
            for series, values in scenario.timeline.texts().items()
        ],
        "promql_expr_test": [test for scenario in layer for test in _tests(scenario)],
    }


def _tests(scenario: Scenario) -> Iterator[dict[str, Any]]:
    for seconds, expression, something in scenario.checks:
        samples = [{"labels": "{}", "value": 1}] if something else []
        yield {"expr": expression, "eval_time": duration(seconds), "exp_samples": samples}
