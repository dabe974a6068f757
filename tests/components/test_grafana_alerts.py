import json
import re
from collections.abc import Callable

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from promql_parser import parse

from components.grafana.alerts import rule as rule_of
from components.grafana.args import ContactArgs
from components.grafana.observability import Observability
from footing.project import observed, stack_file
from observability import (
    CloudWatch,
    CloudWatchMath,
    MinimumTraffic,
    Objective,
    Prometheus,
    Severity,
    Signal,
    Signals,
    Threshold,
)
from observability.alerting.alerts import alerts
from observability.alerting.burn import burn_rate_promql
from observability.alerting.evaluators import without_source_evaluated
from observability.dashboards.boards import UID_LENGTH, short_uid
from observability.dashboards.panels import panel_id
from observability.durations import duration
from observability.promql import Expression, Increase, Level, Rate, Ratio, Scaled, Series, Sum
from tests.components.grafana_samples import (
    CONNECTIONS,
    OBJECTIVE,
    WAITING,
    model,
    observability_args,
    panels,
    record,
    rules,
)
from tests.components.recording import record_component

OVER_80 = (Threshold(severity=Severity.TICKET, value=80),)


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
    signal = replace(CONNECTIONS, unit=unit, thresholds=(Threshold(severity=Severity.PAGE, value=value),))
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
        "pooler-waiting-info": ("OK", "Alerting", "1h30m"),
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


def component_signals(*signals: Signal, objectives: tuple[Objective, ...] = ()) -> list[Signals]:
    return [Signals(subject="Service", signals=signals, objectives=objectives)]


def test_a_rule_of_an_objective_asks_its_condition_and_tells_what_is_left():
    found = rules(record(signals=component_signals(objectives=(OBJECTIVE,))))
    assert list(found) == [
        *(f"availability-burn-{pair.name}" for pair in OBJECTIVE.windows),
        "availability-absent",
    ]
    fast, slow = found["availability-burn-1h"], found["availability-burn-3d"]
    assert model(fast, "A")["expr"] == burn_rate_promql(OBJECTIVE, OBJECTIVE.windows[0])
    # The condition answers the share of failures while it holds and nothing else.
    assert model(fast, "C")["conditions"] == [{"evaluator": {"type": "gt", "params": [0]}}]
    assert [(rule["execErrState"], rule["noDataState"], rule["for"]) for rule in (fast, slow)] == [
        ("KeepLast", "OK", "2m"),
        ("OK", "OK", "3h"),
    ]
    assert [stage["refId"] for stage in fast["datas"]] == ["A", "B", "C", "D", "E", "F"]
    assert model(fast, "D")["expr"].startswith("1 - (")
    assert model(fast, "E")["expression"] == "D"
    assert model(fast, "F")["expression"] == "$E * 2592000 * 0.001 / $B"
    description = fast["annotations"]["description"]
    assert "Error ratio over 1h: {{ humanizePercentage $values.B.Value }}; the SLO allows 0.1 %." in description
    assert "Error budget remaining of 30 days: {{ humanizePercentage $values.E.Value }}" in description
    assert "exhausted in {{ humanizeDuration $values.F.Value }} at this burn rate" in description
    assert fast["annotations"]["__dashboardUid__"] == "shop-staging-objectives"
    assert fast["annotations"]["__panelId__"] == str(panel_id("availability"))


def test_a_rule_tells_when_a_source_is_silent():
    rule = rules(record(signals=component_signals(objectives=(OBJECTIVE,))))["availability-absent"]
    assert model(rule, "A")["expr"] == "absent(http_requests_total)"
    assert model(rule, "C")["conditions"] == [{"evaluator": {"type": "gt", "params": [0]}}]
    assert rule["noDataState"] == "OK"
    assert rule["annotations"]["description"].startswith("Prometheus has no series `http_requests_total`")


def test_a_floor_keeps_a_rule_silent_and_its_panel_open():
    requests = Rate(Series("http_requests_total"))
    share = Prometheus(expression=Ratio(Rate(Series("errors_total")), requests), window_seconds=600)
    guarded = replace(WAITING, query=share, minimum_traffic=MinimumTraffic(expression=requests, value=10))
    recorded = record(signals=component_signals(guarded))
    [rule] = rules(recorded).values()
    text = "sum(rate(errors_total[10m])) / (sum(rate(http_requests_total[10m])) > 0)"
    assert model(rule, "A")["expr"] == f"({text}) and (sum(rate(http_requests_total[10m])) > 10)"
    assert panels(recorded)["Clients that wait"]["targets"][0]["expr"] == text
    assert rule["noDataState"] == "OK"


def share_of_errors(balancer: pulumi.Input[str]) -> CloudWatchMath:
    front = CloudWatch(
        namespace="AWS/ApplicationELB",
        metric="RequestCount",
        dimensions={"LoadBalancer": balancer},
        statistic="Sum",
        period_seconds=300,
    )
    return CloudWatchMath(
        expression="IF(requests > 50, errors / requests, 0)",
        metrics={"requests": front, "errors": replace(front, metric="HTTPCode_Target_5XX_Count")},
    )


@pytest.mark.parametrize("made_by", [str, pulumi.Output.from_input])
def test_metric_math_of_a_rule_is_one_query_for_each_is_asked_alone(made_by: Callable[[str], pulumi.Input[str]]):
    def build() -> Observability:
        signal = replace(CONNECTIONS, query=share_of_errors(made_by("app/lb/1")), thresholds=OVER_80)
        return Observability("watch", observability_args(signals=component_signals(signal)))

    [rule] = rules(record_component(build)).values()
    query = model(rule, "A")
    assert (query["metricEditorMode"], query["period"]) == (1, "300")
    requests, errors = (
        f'SUM(SEARCH(\'{{AWS/ApplicationELB,LoadBalancer}} MetricName="{name}"'
        " LoadBalancer=\"app/lb/1\"', 'Sum', 300))"
        for name in ("RequestCount", "HTTPCode_Target_5XX_Count")
    )
    assert query["expression"] == f"IF({requests} > 50, {errors} / {requests}, 0)"
    assert rule["datas"][0]["relativeTimeRange"] == {"from": 900, "to": 0}


@pytest.mark.parametrize(
    ("expression", "state"),
    [
        (Level(Series("a")), "Alerting"),
        (Sum((Level(Series("a")), Scaled(Level(Series("b")), 2))), "Alerting"),
        (Rate(Series("a")), "OK"),
        (Scaled(Increase(Series("a")), 2), "OK"),
        (Ratio(Level(Series("a")), Level(Series("b"))), "OK"),
    ],
)
def test_silence_is_a_fault_only_of_what_is_always_there(expression: Expression, state: str):
    asks = replace(WAITING, query=Prometheus(expression=expression))
    [rule] = rules(record(signals=component_signals(asks))).values()
    assert rule["noDataState"] == state


@pytest.mark.parametrize(
    "query", [Prometheus(expression=Level(Series("a"))), CloudWatch(namespace="A", metric="b", dimensions={})]
)
def test_what_may_be_missing_is_silent_without_a_fault(query: Prometheus | CloudWatch):
    below = (Threshold(severity=Severity.PAGE, value=1, below=True),)
    asked = replace(WAITING, query=query, thresholds=below, minimum_traffic=None)
    states = [
        rule["noDataState"]
        for sparse in (False, True)
        for rule in rules(record(signals=component_signals(replace(asked, sparse=sparse)))).values()
    ]
    assert states == ["Alerting", "OK"]


def test_a_gauge_under_its_floor_is_silent_without_a_fault():
    minimum_traffic = MinimumTraffic(expression=Level(Series("a")), value=10)
    [rule] = rules(record(signals=component_signals(replace(WAITING, minimum_traffic=minimum_traffic)))).values()
    assert rule["noDataState"] == "OK"


def test_each_threshold_waits_as_long_as_it_says():
    both = (
        Threshold(severity=Severity.TICKET, value=80, for_seconds=600),
        Threshold(severity=Severity.PAGE, value=95),
    )
    found = rules(record(signals=component_signals(replace(CONNECTIONS, thresholds=both))))
    assert [rule["for"] for rule in found.values()] == ["10m", "5m"]


@pytest.mark.parametrize("stack", ["production", "staging"])
def test_every_alert_of_a_stack_is_a_rule_that_somebody_can_act_on(stack: str):
    seen = observed(stack, stack_file(stack, None))
    made = [rule_of(alert, seen.panels, seen.owner) for alert in alerts(without_source_evaluated(seen.signals))]
    assert made
    assert len({it.uid for it in made}) == len({it.name for it in made}) == len(made)
    for it in made:
        assert [stage.model.get("type", "query") for stage in it.stages[:3]] == ["query", "reduce", "threshold"]
        assert "classic_conditions" not in repr([stage.model for stage in it.stages])
        assert it.exec_err_state in {"KeepLast", "OK"}
        # `NoData` would notify at once, before what it watches was scraped for the first time.
        assert it.no_data_state in {"Alerting", "OK"}
        assert {"severity", "service", "environment", "owner"} <= set(it.labels)
        assert all(it.labels.values())
        assert it.annotations["runbook_url"].startswith("https://")
        assert it.annotations["summary"].endswith(f" in {stack}")
        description = it.annotations["description"]
        assert description.count("{{") == description.count("}}")
        expressions = [stage.model["expr"] for stage in it.stages if "expr" in stage.model]
        for text in expressions:
            parse(text)
            # `== 0` drops the series that are well, and with them what tells that the alert is over.
            assert not re.search(r"==\s*(?!bool)", text)


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
