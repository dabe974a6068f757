"""Files for `promtool test rules`: every scenario, those side by side that ask different metrics."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import yaml

from observability.alerting.alerts import Absent, Alert, Burning, alerts
from observability.alerting.recording import Recorded
from observability.alerting.rules import asks_prometheus
from observability.durations import duration
from stacks.observed import Observed
from tests.observability.scenarios.burning import absent, burning, month_recorded, steps_recorded
from tests.observability.scenarios.crossed import crossed
from tests.observability.scenarios.scenario import Scenario
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


def proofs(observed: Observed) -> dict[str, str]:
    """One file for each step of time, for one file knows only one: tests of the rules in the directory above."""
    found = scenarios(observed)
    return {name: proof_file(found, step, rules=f"../{RULES}") for name, step in FILES.items()}


def scenarios(observed: Observed) -> list[Scenario]:
    """The scenario of every alert and of everything recorded."""
    config = observed.config
    recorded = partial(Recorded, app=config.app, environment=config.environment)
    objectives = [recorded(objective=it) for component in observed.signals for it in component.objectives]
    shown = [_scenario(alert, recorded) for alert in alerts(observed.signals) if asks_prometheus(alert)]
    shown += [make(it) for it in objectives for make in (steps_recorded, month_recorded)]
    return shown


def _scenario(alert: Alert, recorded: Any) -> Scenario:
    condition = alert.condition
    if isinstance(condition, Absent):
        return absent(alert, condition)
    if isinstance(condition, Burning):
        return burning(alert, condition, recorded(objective=condition.objective))
    return crossed(alert, condition)


def proof_file(found: Sequence[Scenario], step_seconds: int, rules: str) -> str:
    """Those of `found` that go by `step_seconds`, as promtool reads them; they test the file `rules`."""
    step = duration(step_seconds)
    mine = [it for it in found if it.timeline.step_seconds == step_seconds]
    tests = [_group(layer, step) for layer in layers(mine)]
    content = {"rule_files": [rules], "evaluation_interval": step, "tests": tests}
    return yaml.safe_dump(content, sort_keys=False, width=1000)


def layers(found: Sequence[Scenario]) -> list[list[Scenario]]:
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
