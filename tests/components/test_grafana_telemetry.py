"""What is watched on the watcher itself."""

import pytest

from components._signals import Board, Severity, Signals
from components._signals.alerts import asked
from components.grafana import telemetry
from tests.components.grafana_samples import CONNECTIONS, dashboards, record


def test_the_watcher_watches_only_what_is_its_own():
    told = telemetry.signals("staging")
    assert told.board is Board.TELEMETRY
    series = asked([told])
    assert {it.metric for it in series} >= {
        "up",
        "prometheus_remote_storage_samples_failed_total",
        "prometheus_rule_evaluation_failures_total",
    }
    assert [str(it) for it in series if not str(it).endswith('{environment="staging"}')] == []


def test_somebody_is_woken_when_no_target_of_a_job_answers():
    [up] = [it for it in telemetry.signals("staging").signals if it.id == "telemetry-up"]
    # One target of several may be replaced by a deployment, so the best of a job counts, and for longer than that.
    assert up.query.promql == 'max by (job) (up{environment="staging"})'
    [threshold] = up.thresholds
    assert (threshold.severity, threshold.below) == (Severity.PAGE, True)
    assert 0 < threshold.value <= 1
    assert up.for_seconds == telemetry.SILENT_SECONDS


def test_prometheus_is_watched_only_where_it_is_asked():
    assert list(dashboards(record(signals=[]))) == ["telemetry"]
    told = [Signals(subject="Database", board=Board.DATABASE, signals=(CONNECTIONS,))]
    recorded = record(signals=told, prometheus_datasource_uid=None)
    assert list(dashboards(recorded)) == ["database"]
    assert recorded.component.signals.signals == ()
    assert recorded.component.signals.checks


def test_a_stack_without_anything_to_show_is_refused():
    with pytest.raises(ValueError, match="nothing to show"):
        record(signals=[], prometheus_datasource_uid=None)
