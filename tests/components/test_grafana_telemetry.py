"""What is watched on the watcher itself."""

import pytest

from components.grafana import telemetry
from footing.project import observed, stack_file
from observability import Board, Prometheus, Severity, Signals
from observability.alerting.alerts import Alert, ThresholdCondition, alerts, queried_series
from tests.components.grafana_samples import CONNECTIONS, dashboards, record


def test_the_watcher_watches_only_what_is_its_own():
    signals = telemetry.signals("staging")
    assert signals.board is Board.TELEMETRY
    series = queried_series([signals])
    assert {it.metric for it in series} >= {
        "up",
        "prometheus_remote_storage_samples_failed_total",
        "prometheus_rule_evaluation_failures_total",
    }
    assert [str(it) for it in series if not str(it).endswith('{environment="staging"}')] == []


def test_a_job_that_is_down_wakes_somebody_once():
    [up] = [it for it in telemetry.signals("staging").signals if it.id == "telemetry-up"]
    # One target of several may be replaced by a deployment, so the best of a job counts.
    assert up.query.promql == 'max by (job) (up{environment="staging"})'
    assert up.thresholds == ()
    seen = observed("production", stack_file("production", None)).signals
    asking = [it for it in alerts(seen) if asks_for(it, "up")]
    paging = [it for it in asking if it.severity is Severity.PAGE]
    jobs = [it.name.removeprefix("scrape-").removesuffix("-page-below") for it in paging]
    assert sorted(jobs) == ["pgbouncer", "postgres", "service"]
    # The zone's exporter lives on somebody else's API: the stack is well without it.
    assert [it.name for it in asking if it not in paging] == ["scrape-cloudflare-ticket-below"]


def asks_for(alert: Alert, metric: str) -> bool:
    condition = alert.condition
    if not isinstance(condition, ThresholdCondition) or not isinstance(condition.signal.query, Prometheus):
        return False
    return metric in {it.metric for it in condition.signal.query.expression.series()}


def test_prometheus_is_watched_only_where_it_is_asked():
    assert list(dashboards(record(signals=[]))) == ["telemetry"]
    components = [Signals(subject="Database", board=Board.DATABASE, signals=(CONNECTIONS,))]
    recorded = record(signals=components, prometheus_datasource_uid=None)
    assert list(dashboards(recorded)) == ["database"]
    assert recorded.component.signals.signals == ()
    assert recorded.component.signals.checks


def test_a_stack_without_anything_to_show_is_refused():
    with pytest.raises(ValueError, match="nothing to show"):
        record(signals=[], prometheus_datasource_uid=None)
