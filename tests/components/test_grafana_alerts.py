import dataclasses
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._signals import Severity, Signals, Threshold
from components._signals.durations import duration
from components.grafana import ContactArgs
from components.grafana.boards import UID_LENGTH, short_uid
from tests.components.grafana_samples import (
    CONNECTIONS,
    panels,
    record,
    rules,
)


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("percentunit", 0.05, "over 5 % in staging"),
        ("percent", 90, "over 90 % in staging"),
        ("bytes", 512, "over 512 bytes in staging"),
        ("ms", 250.0, "over 250 ms in staging"),
        ("short", 95, "over 95 in staging"),
    ],
)
def test_a_message_tells_the_value_in_its_unit(unit: str, value: float, text: str):
    signal = dataclasses.replace(
        CONNECTIONS, unit=unit, thresholds=(Threshold(severity=Severity.PAGE, value=value),)
    )
    [rule] = rules(record(signals=[Signals(subject="Database", signals=(signal,))])).values()
    assert rule["annotations"]["summary"] == f"Database connections: {text}"


def test_a_rule_has_three_stages():
    [query, last, comparison] = rules(record())["database-connections-page"]["datas"]
    expression = {"type": "__expr__", "uid": "__expr__"}
    evaluated = {"intervalMs": 1000, "maxDataPoints": 43200}
    assert [it["refId"] for it in (query, last, comparison)] == ["A", "B", "C"]
    assert [it["datasourceUid"] for it in (query, last, comparison)] == ["cw-uid", "__expr__", "__expr__"]
    assert query["relativeTimeRange"] == {"from": 600, "to": 0}
    assert json.loads(query["model"]) == {
        "refId": "A",
        "datasource": {"type": "cloudwatch", "uid": "cw-uid"},
        "queryMode": "Metrics",
        "metricQueryType": 0,
        "metricEditorMode": 0,
        "region": "eu-west-1",
        "namespace": "AWS/RDS",
        "metricName": "DatabaseConnections",
        "dimensions": {"DBInstanceIdentifier": ["shop"]},
        "matchExact": True,
        "statistic": "Average",
        "period": "60",
        "id": "",
        "expression": "",
        "label": "",
        **evaluated,
    }
    assert json.loads(last["model"]) == {
        "refId": "B",
        "datasource": expression,
        "type": "reduce",
        "expression": "A",
        "reducer": "last",
        "settings": {"mode": "dropNN"},
        **evaluated,
    }
    assert json.loads(comparison["model"]) == {
        "refId": "C",
        "datasource": expression,
        "type": "threshold",
        "expression": "B",
        "conditions": [{"evaluator": {"type": "gt", "params": [95]}}],
        **evaluated,
    }


def test_every_threshold_has_a_rule_with_its_value_and_direction():
    compared = {
        name: json.loads(rule["datas"][2]["model"])["conditions"][0]["evaluator"]
        for name, rule in rules(record()).items()
    }
    assert compared == {
        "database-connections-ticket": {"type": "gt", "params": [80]},
        "database-connections-page": {"type": "gt", "params": [95]},
        "database-storage-page-below": {"type": "lt", "params": [5 * 1024**3]},
        "pooler-waiting-info": {"type": "gt", "params": [0.5]},
    }


def test_every_rule_sets_both_states_and_waits_as_its_signal_says():
    found = rules(record())
    assert all(rule["condition"] == "C" for rule in found.values())
    assert {(rule["keepFiringFor"], rule["missingSeriesEvalsToResolve"]) for rule in found.values()} == {("5m", 2)}
    assert {name: (rule["execErrState"], rule["noDataState"], rule["for"]) for name, rule in found.items()} == {
        "database-connections-ticket": ("OK", "OK", "5m"),
        "database-connections-page": ("KeepLast", "OK", "5m"),
        "database-storage-page-below": ("KeepLast", "Alerting", "5m"),
        "pooler-waiting-info": ("OK", "NoData", "1h30m"),
    }


def test_every_rule_says_who_what_and_where():
    recorded = record()
    numbers = {str(panel["id"]) for panel in panels(recorded).values()}
    found = rules(recorded)
    for rule in found.values():
        assert (rule["labels"]["service"], rule["labels"]["environment"]) == ("shop", "staging")
        assert rule["annotations"]["__dashboardUid__"] == "shop-staging-" + rule["labels"]["subject"].lower()
        assert rule["annotations"]["__panelId__"] in numbers
    rule = found["database-storage-page-below"]
    assert rule["labels"] == {
        "severity": "page",
        "service": "shop",
        "environment": "staging",
        "subject": "Database",
        "record": "database-storage",
        "owner": "platform",
    }
    assert rule["annotations"]["summary"] == "Free storage: under 5 GiB in staging"
    assert (
        rule["annotations"]["description"] == "Bytes left on the disk. Now: {{ humanize1024 $values.B.Value }}B."
    )
    assert rule["annotations"]["runbook_url"] == "https://example.com/runbook#database-storage"
    storage = panels(recorded)["Free storage"]
    assert rule["annotations"]["__panelId__"] == str(storage["id"])


def test_alerts_go_where_their_severity_says():
    found = rules(record())
    assert {name: rule["notificationSettings"]["contactPoint"] for name, rule in found.items()} == {
        "database-connections-ticket": "shop-staging-ticket",
        "database-connections-page": "shop-staging-page",
        "database-storage-page-below": "shop-staging-page",
        "pooler-waiting-info": "shop-staging-ticket",
    }
    own = rules(record(info=ContactArgs(email_addresses=["digest@example.com"])))
    assert own["pooler-waiting-info"]["notificationSettings"]["contactPoint"] == "shop-staging-info"


def test_group_is_evaluated_as_often_as_asked():
    groups = record(evaluation_interval_seconds=30).of("RuleGroup")
    assert {(it.inputs["intervalSeconds"], it.inputs["folderUid"]) for it in groups} == {(30, "shop-staging")}


@given(st.integers(0, 10**6))
def test_a_duration_is_written_the_one_way_that_comes_back(seconds: int):
    text = duration(seconds)
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    assert match
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    assert hours * 3600 + minutes * 60 + rest == seconds
    assert minutes < 60
    assert rest < 60
    assert text
    assert not re.search(r"(?<!\d)0[hm]", text)


@given(st.lists(st.text(alphabet="abc-", min_size=1, max_size=80), unique=True, max_size=20))
def test_rule_uids_fit_and_differ(texts: list[str]):
    uids = [short_uid(text) for text in texts]
    assert len(set(uids)) == len(uids)
    assert all(len(uid) <= UID_LENGTH for uid in uids)
    assert all(uid == text for uid, text in zip(uids, texts, strict=True) if len(text) <= UID_LENGTH)
