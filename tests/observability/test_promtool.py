"""The rules of every stack: what promtool says of them, and whether their tests notice a wrong one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from observability.alerting.rules import groups
from observability.files.artefacts import rules
from tests.observability.mutants import SECONDS, WINDOW, mutants
from tests.observability.promtool import Case, checked, failing, invalid
from tests.observability.proved_stacks import STACKS, cases, seen
from tests.observability.scenarios.promtool_files import FILES

SHARES = 12
"""Into how many tests the wrong rules are divided, for as many processes."""


@pytest.mark.parametrize("stack", STACKS)
def test_rules_are_read_without_a_complaint(stack: str, tmp_path: Path):
    assert checked(rules(seen(stack)), tmp_path) == ""


@pytest.mark.parametrize("stack", STACKS)
def test_every_alert_fires_and_is_silent_when_its_record_says_so(stack: str, tmp_path: Path):
    unproved = [case.name for case in cases(stack).values() if not any(it.checks for it in case.scenarios)]
    assert unproved == []
    assert failing(list(cases(stack).values()), tmp_path) == []


@pytest.mark.parametrize("stack", STACKS)
def test_no_window_begins_on_a_sample(stack: str):
    # Prometheus 2 counts such a sample and Prometheus 3 does not: the same tests have to hold for both.
    texts = [
        rule["expr"] for group in groups(seen(stack).signals, seen(stack).identity) for rule in group["rules"]
    ]
    windows = {int(found[1]) * SECONDS[found[2]] for text in texts for found in WINDOW.finditer(text)}
    assert windows
    assert [(it, step) for it in windows for step in FILES.values() if it >= step and it % step == 0] == []


@pytest.mark.parametrize("share", range(SHARES))
def test_every_wrong_number_time_comparison_and_missing_guard_fails_a_test(share: int, tmp_path: Path):
    wrong = list(_wrong())
    assert len(wrong) > 800
    mine = wrong[share::SHARES]
    assert invalid(mine, tmp_path) == ""
    killed = failing(mine, tmp_path)
    unnoticed = sorted({case.name for case in mine} - set(killed))
    assert unnoticed == [], "\n".join([f"{len(killed)} of {len(mine)} were noticed; not:", *unnoticed])


def _wrong() -> Iterator[Case]:
    """Every wrong rule of every stack; rules that differ in the environment alone count once."""
    known = set()
    for stack in STACKS:
        for case in cases(stack).values():
            text = yaml.safe_dump(list(case.rules)).replace(seen(stack).identity.environment, "*")
            if text not in known:
                known.add(text)
                for what, rule in mutants(case.rules[-1]):
                    yield Case(
                        name=f"{stack}: {case.name}: {what}",
                        rules=[*case.rules[:-1], rule],
                        scenarios=case.scenarios,
                    )
