import pytest

from components.sentry.args import (
    AlertArgs,
    KeyLimitArgs,
    PagerDutyArgs,
    SamplingArgs,
    SentryArgs,
    SlackArgs,
    TeamArgs,
)
from components.sentry.component import Sentry
from components.sentry.provider import HIGH, MEDIUM
from observability import Severity
from observability.alerting.alerts import alerts
from observability.alerting.evaluators import without_source_evaluated
from tests.components.changed_args import changed
from tests.components.recording import Recorded, record_component

ARGS = SentryArgs(
    team=TeamArgs(organization="example", slug="platform"),
    project="shop-api-staging",
    platform="python-fastapi",
    environment="staging",
    sampling=SamplingArgs(errors=1.0, traces=0.1),
    key_limit=KeyLimitArgs(events=1000, window_seconds=3600),
    slack=SlackArgs(integration_id=11, channel="#shop"),
)
SILENT = AlertArgs(errors=False, new_issue=False, performance_regression=False)
SLACK = {
    "type": "slack",
    "integrationId": "11",
    "config": {"targetType": "specific", "targetIdentifier": "", "targetDisplay": "#shop"},
    "data": {},
}
PAGER = {
    "type": "pagerduty",
    "integrationId": "21",
    "config": {"targetType": "specific", "targetIdentifier": "22"},
    "data": {"priority": "default"},
}
MAIL = {"type": "email", "config": {"targetType": "team", "targetIdentifier": "31"}, "data": {}}
OWNERS = {
    "type": "email",
    "config": {"targetType": "issue_owners", "targetIdentifier": ""},
    "data": {"fallthroughType": "ActiveMembers"},
}
DSN = "https://public@sentry.example.com/1"


def record(**changes: object) -> Recorded[Sentry]:
    args = changed(ARGS, changes)
    return record_component(lambda: Sentry("errors", args), read=lambda sentry: sentry.env)


def test_sentry_makes_one_project_and_one_limited_key():
    recorded = record(alerts=SILENT)
    assert recorded.inventory() == {("Project", "errors-project"), ("ClientKey", "errors-key")}
    project, key = recorded.one("Project"), recorded.one("ClientKey")
    assert {project.parent, key.parent} == {"errors"}
    assert project.inputs == {
        "organization": "example",
        "teams": ["platform"],
        "name": "shop-api-staging",
        "slug": "shop-api-staging",
        "platform": "python-fastapi",
    }
    assert key.inputs == {
        "organization": "example",
        "project": "shop-api-staging",
        "name": "staging",
        "rateLimitCount": 1000,
        "rateLimitWindow": 3600,
    }
    assert "errors-project" in key.dependencies


def test_sentry_dsn_is_public_and_goes_to_the_application():
    recorded = record(sampling={"traces": 0.25, "profiles": 0.01}, release="api@1.4.0")
    assert recorded.outputs == {"dsn": DSN, "project_slug": "shop-api-staging"}
    assert recorded.registered_outputs["errors"] == recorded.outputs
    assert recorded.read == {
        "SENTRY_DSN": DSN,
        "SENTRY_ENVIRONMENT": "staging",
        "SENTRY_RELEASE": "api@1.4.0",
        "SENTRY_SAMPLE_RATE": "1",
        "SENTRY_TRACES_SAMPLE_RATE": "0.25",
        "SENTRY_PROFILES_SAMPLE_RATE": "0.01",
    }


@pytest.mark.parametrize("protect", [True, False])
def test_sentry_project_is_protected_by_its_argument(protect: bool):
    assert record(protect=protect).one("Project").protect is protect
    assert ARGS.protect


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sampling": {"errors": 1.1}}, "sampling.errors: given 1.1, allowed 0 to 1"),
        ({"sampling": {"traces": -0.1}}, "sampling.traces: given -0.1"),
        ({"sampling": {"profiles": 2}}, "sampling.profiles: given 2"),
        ({"sampling": {"traces": 0}}, "performance_regression: given, allowed only with sampling.traces over 0"),
        (
            {"sampling": {"errors": 0.05}},
            "given 10 errors, which are 0.5 events at an error_sample_rate of 0.05, allowed 1 event",
        ),
        (
            {"alerts": {"errors_warning": 100}},
            "errors_warning: given 100, allowed under errors_critical, 100",
        ),
        ({"key_limit": {"events": 0}}, "key_limit.events: given 0, allowed 1 or more"),
        ({"key_limit": {"window_seconds": 0}}, "key_limit.window_seconds: given 0"),
    ],
)
def test_sentry_refuses_rates_and_limits_that_are_none(changes: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        changed(ARGS, changes)


def test_sentry_check_ids_differ_between_projects():
    first = record().component.signals.checks
    second = record(project="shop-web-staging").component.signals.checks
    assert {check.id for check in first}.isdisjoint(check.id for check in second)


def thresholds(recorded: Recorded[Sentry], name: str = "errors-errors") -> tuple[int, int | None, int]:
    monitor = recorded.one("MetricMonitor", name).inputs
    return monitor["highAbove"], monitor.get("mediumAbove"), monitor["resolvedAt"]


def told(recorded: Recorded[Sentry], name: str = "errors-errors-alert") -> dict[int, list[dict[str, object]]]:
    """Actions by the priority from which they are taken."""
    filters = recorded.one("Alert", name).inputs["actionFilters"]
    assert {(it["logicType"], it["conditions"][0]["type"]) for it in filters} == {
        ("all", "issue_priority_greater_or_equal")
    }
    return {it["conditions"][0]["comparison"]: it["actions"] for it in filters}


def test_errors_are_one_monitor_of_two_thresholds_over_all_issues():
    recorded = record()
    assert recorded.one("MetricMonitor", "errors-errors").inputs == {
        "organization": "example",
        "project": "shop-api-staging",
        "name": "sentry-errors-api",
        "aggregate": "count()",
        "dataset": "events",
        "eventTypes": ["error"],
        "windowSeconds": 300,
        "highAbove": 100,
        "mediumAbove": 10,
        "resolvedAt": 10,
    }
    assert told(recorded) == {MEDIUM: [SLACK]}
    # A monitor speaks when the priority changes: no pause may swallow the step from a ticket to a page.
    assert recorded.one("Alert", "errors-errors-alert").inputs["frequencyMinutes"] == 0


def test_pages_ring_and_tickets_do_not():
    pager = PagerDutyArgs(integration_id=21, service_id=22)
    assert told(record(pagerduty=pager)) == {MEDIUM: [SLACK], HIGH: [PAGER]}
    assert told(record(pagerduty=pager), "errors-slow-alert") == {HIGH: [SLACK]}


@pytest.mark.parametrize(("team", "action"), [({"team_id": 31}, MAIL), ({}, OWNERS)])
def test_mail_takes_the_place_of_a_chat_that_is_not_there(team: dict[str, int], action: dict[str, object]):
    recorded = record(slack=None, team=team)
    assert told(recorded) == {MEDIUM: [action]}
    [only] = recorded.one("Alert", "errors-new-issue").inputs["actionFilters"]
    assert only["actions"] == [action]


@pytest.mark.parametrize(
    ("rate", "warning", "critical"), [(1.0, 10, 100), (0.5, 5, 50), (0.25, 2, 25), (0.3, 3, 30), (0.1, 1, 10)]
)
def test_thresholds_count_what_happens_and_not_what_is_sent(rate: float, warning: int, critical: int):
    recorded = record(sampling={"errors": rate})
    assert thresholds(recorded) == (critical, warning, warning)
    # A percentile of a sample is one of the whole: nothing scales it.
    assert thresholds(recorded, "errors-slow") == (500, None, 500)


def test_slow_requests_are_counted_in_spans():
    """Sentry refuses monitors of transactions: https://github.com/getsentry/sentry/pull/101177."""
    monitor = record().one("MetricMonitor", "errors-slow").inputs
    found = monitor["dataset"], monitor["aggregate"], monitor["eventTypes"], monitor["query"]
    assert found == ("events_analytics_platform", "p95(span.duration)", ["trace_item_span"], "is_transaction:true")


def test_records_hold_the_real_limits_whatever_is_sent():
    signals = record(sampling={"errors": 0.1}).component.signals
    found = {alert.name: (alert.severity, alert.summary) for alert in alerts([signals])}
    assert found["sentry-errors-api-ticket"] == (Severity.TICKET, "Error events in 5 minutes: api: over 10")
    assert found["sentry-errors-api-page"] == (Severity.PAGE, "Error events in 5 minutes: api: over 100")
    assert set(found) - {"sentry-errors-api-ticket", "sentry-errors-api-page"} == {
        "sentry-new-issue-api-ticket",
        "sentry-slow-issue-api-ticket",
        "sentry-slow-api-ticket",
    }


@pytest.mark.parametrize(
    ("switch", "gone"),
    [
        ("errors", {"errors-errors", "errors-errors-alert"}),
        ("new_issue", {"errors-new-issue"}),
        ("performance_regression", {"errors-slow", "errors-slow-alert", "errors-slow-issue"}),
    ],
)
def test_each_alert_can_be_switched_off_with_its_record(switch: str, gone: set[str]):
    on, off = record(), record(alerts={switch: False})
    assert {name for _, name in on.inventory() - off.inventory()} == gone
    missing = len(on.component.signals.signals) - len(off.component.signals.signals)
    assert missing == len([it for it in gone if not it.endswith("-alert")])


def test_web_vitals_are_watched_where_they_have_a_limit():
    more = record(alerts={"largest_paint_ms": 4000, "first_byte_ms": 500}).inventory() - record().inventory()
    vitals = {f"errors-{it}" for it in ("largest-paint", "first-byte")}
    assert {name for _, name in more} == vitals | {f"{it}-alert" for it in vitals}
    signals = {it.id: it for it in record(alerts={"first_byte_ms": 500}).component.signals.signals}
    assert signals["sentry-first-byte-api"].query.aggregate == "p75(measurements.ttfb)"
    assert [it.value for it in signals["sentry-first-byte-api"].thresholds] == [500]


def test_no_other_evaluator_is_asked_for_what_sentry_judges():
    signals = record().component.signals
    [rest] = without_source_evaluated([signals])
    assert signals.signals
    assert (rest.signals, rest.checks) == ((), signals.checks)
