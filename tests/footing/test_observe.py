"""`make observe` on a smaller clock: a real fault, seen by a real Prometheus, told by a real Alertmanager."""

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from footing.project import root
from lab import application, observe, programs
from lab.application import ROUTES, STATUSES
from lab.observe import Timing
from lab.process import ServerError
from observability.promql import Rate, Ratio
from observability.records.names import MetricNames
from observability.routing.alertmanager import TEMPLATES_FILE, GroupTiming, templates

QUICK = Timing(interval_seconds=1, healthy_seconds=10, limit_seconds=60, group_timing=GroupTiming(wait_seconds=1))
NOBODY = "postgresql://nobody@127.0.0.1:9/none"
NAMES = MetricNames()


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    (tmp_path / TEMPLATES_FILE).write_text(templates("https://example.grafana.net"))
    return tmp_path


def write_rules(directory: Path, share: float) -> None:
    failed = Ratio(Rate(NAMES.with_status("5..")), Rate(NAMES.answers()))
    rule = {
        "alert": "service-availability-burn-1h",
        "expr": f"{failed.promql('5s')} > {share}",
        "for": "1s",
        "labels": {"severity": "page", "service": "feed", "environment": "test", "record": "service-availability"},
        "annotations": {
            "summary": "Availability: the budget goes too fast in test",
            "runbook_url": "https://r.test",
        },
    }
    text = yaml.safe_dump({"groups": [{"name": "objective", "rules": [rule]}]})
    (directory / observe.RULES_FILE).write_text(text)


@pytest.mark.lab
def test_fault_of_the_pooler_is_told_to_pager_and_chat(reports: Path):
    assert programs.missing() == []
    write_rules(reports, 0.0144)
    lines: list[str] = []
    assert observe.run(reports, lines.append, QUICK)
    [healthy] = [line for line in lines if line.startswith("all is well")]
    assert " 0 failed; scraped: pgbouncer, postgres, prometheus, redis, service" in healthy
    steps = [line.partition(" s  ")[2].partition(":")[0] for line in lines[lines.index(healthy) + 1 :]]
    assert steps[0] == "the fault"
    assert {"the pager rings", "the chat reads"} <= set(steps[1:])
    assert any("service-availability-burn-1h is firing" in line for line in lines)


@pytest.mark.lab
def test_fault_that_no_rule_sees_is_not_called_told(reports: Path):
    write_rules(reports, 2)
    assert not observe.run(reports, lambda _: None, Timing(interval_seconds=1, healthy_seconds=2, limit_seconds=4))


@pytest.mark.lab
def test_directory_without_rules_ends_with_a_sentence_and_code_2(tmp_path: Path):
    command = [sys.executable, "-m", "lab", "observe", str(tmp_path)]
    done = subprocess.run(command, cwd=root(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"{tmp_path / 'rules.yml'} is not there: run `footing observe STACK` first\n"


def test_stack_whose_rules_tell_of_no_budget_is_refused(reports: Path):
    write_rules(reports, 0.0144)
    file = reports / observe.RULES_FILE
    file.write_text(file.read_text().replace("severity: page", "severity: ticket"))
    with pytest.raises(
        ServerError, match=r"no alert of .*/rules.yml pages when a budget burns: choose another stack"
    ):
        observe.read_alerts(reports)


def test_application_tells_of_itself_under_the_names_that_rules_read():
    with application.running(NOBODY) as app:
        for address in app.addresses():
            with pytest.raises(urllib.error.HTTPError, match="500") as raised:
                urllib.request.urlopen(address)  # noqa: S310
            raised.value.close()
        with urllib.request.urlopen(f"{app.url}/metrics") as answer:  # noqa: S310
            lines = answer.read().decode().splitlines()
    counted = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    for route in ROUTES:
        own = f'{NAMES.method_label}="GET",{NAMES.route_label}="{route}"'
        answers = {
            status: counted[f'{NAMES.requests}{{{own},{NAMES.status_label}="{status}"}}'] for status in STATUSES
        }
        # What has not happened is 0 and not absent: Prometheus sees no growth in what is there for the first time.
        assert answers == {200: "0", 404: "0", 500: "1"}
        buckets = [counted[f'{NAMES.duration}_bucket{{{own},le="{edge}"}}'] for edge in NAMES.duration_edges]
        assert buckets == sorted(buckets)
        assert counted[f'{NAMES.duration}_bucket{{{own},le="+Inf"}}'] == "1"
        assert counted[f"{NAMES.duration}_count{{{own}}}"] == "1"
        assert float(counted[f"{NAMES.duration}_sum{{{own}}}"]) > 0
