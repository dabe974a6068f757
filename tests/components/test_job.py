import json
from typing import Any

import pytest
from msgspec.structs import replace

from components.alarms.args import AlarmsArgs
from components.alarms.component import Alarms
from components.alarms.spec import TreatMissingData
from components.aws.security_groups import Upstream
from components.grafana.alerts import no_data_state
from components.service.args import ImageArgs, VariablesArgs, WorkloadArgs
from components.service.job import Job
from components.service.job_args import JobArgs
from components.service.signals.job import job_signals
from observability import CloudWatch, Severity, Signal, Signals
from observability.alerting.alerts import alerts
from tests.components.alarms.cloudwatch_reference import ALARM, computed_series, state
from tests.components.changed_args import changed
from tests.components.recording import Recorded, Secret, record_component
from tests.components.test_service import ARGS as SERVICE

WORKLOAD = WorkloadArgs(
    key="services.nightly",
    service_name="shop-staging-nightly",
    image=ImageArgs(reference="example/nightly:1"),
    task=SERVICE.task,
    cluster=SERVICE.cluster,
    placement=SERVICE.placement,
    region=SERVICE.region,
    command=["nightly"],
    variables=VariablesArgs(plain={"LOG_LEVEL": "info"}),
    upstreams=[Upstream(role="pooler", security_group_id="sg-pooler", port=6432)],
)
ARGS = JobArgs(
    **{name: getattr(WORKLOAD, name) for name in WorkloadArgs.__struct_fields__},
    schedule="cron(0 3 * * ? *)",
    timezone="Europe/Berlin",
    retries=2,
)


def record(**changes: Any) -> Recorded[Job]:
    return record_component(lambda: Job("nightly", changed(ARGS, changes)))


def machine(recorded: Recorded[Job]) -> dict[str, Any]:
    return dict(json.loads(recorded.one("StateMachine").inputs["definition"]))


def attempt(recorded: Recorded[Job]) -> dict[str, Any]:
    return dict(machine(recorded)["States"]["Attempt"]["Branches"][0]["States"]["Run"])


def test_run_is_a_task_of_the_newest_definition_in_the_private_network():
    parameters = attempt(record())["Parameters"]
    assert parameters["TaskDefinition"] == "arn:aws:made:::nightly-task"
    assert parameters["Cluster"] == ARGS.cluster.arn
    assert parameters["NetworkConfiguration"]["AwsvpcConfiguration"] == {
        "Subnets": ["private-1", "private-2"],
        "SecurityGroups": ["nightly-tasks-id"],
        "AssignPublicIp": "DISABLED",
    }


def test_image_of_ci_runs_by_its_family():
    assert attempt(record(image={"owned_by_ci": True}))["Parameters"]["TaskDefinition"] == ARGS.service_name


def test_schedule_waits_for_all_that_a_run_calls():
    waits_for = record().one("Schedule").dependencies
    assert waits_for >= {"nightly-tasks-to-pooler", "nightly-tasks-into-pooler", "nightly-tasks-to-https"}


def test_secrets_reach_the_task_by_reference_and_the_state_machine_not_at_all():
    recorded = record(variables=VariablesArgs(secret={"DATABASE_URL": "postgresql://hidden"}))
    [container] = json.loads(recorded.one("TaskDefinition").inputs["containerDefinitions"])
    assert container["secrets"] == [
        {"name": "DATABASE_URL", "valueFrom": "arn:aws:made:::secret:DATABASE_URL::v1"}
    ]
    assert not isinstance(recorded.one("StateMachine").inputs["definition"], Secret)
    assert "hidden" not in recorded.one("StateMachine").inputs["definition"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schedule": "rate(5 minute)"}, "schedule: given rate"),
        ({"timezone": "Europe/Atlantis"}, "timezone: given 'Europe/Atlantis', allowed an IANA name"),
        ({"timezone": "Europe"}, "timezone: "),
        ({"retries": 11}, "retries: given 11, allowed 0 to 10"),
        ({"retries": -1}, "retries: "),
        ({"timeout_seconds": 59}, "timeout_seconds: given 59, allowed 60 to 604800"),
        ({"timeout_seconds": 604_801}, "timeout_seconds: "),
    ],
)
def test_job_that_could_not_run_is_refused(changes: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        changed(ARGS, changes)


def signals(**changes: Any) -> Signals:
    return job_signals(replace(ARGS, **changes), "arn:machine", "queue")


def not_started_signal(**changes: Any) -> Signal | None:
    return next((it for it in signals(**changes).signals if it.id == "job-nightly-not-started"), None)


def not_started(**changes: Any) -> tuple[int, int] | None:
    """Return the period and the wait of the alert of a job that did not start, in seconds."""
    it = not_started_signal(**changes)
    if it is None:
        return None
    assert isinstance(it.query, CloudWatch)
    return it.query.period_seconds, it.for_seconds


@pytest.mark.parametrize(
    ("changes", "alert"),
    [
        ({"schedule": "rate(1 minute)"}, (300, 600)),
        ({"schedule": "rate(5 minutes)"}, (300, 600)),
        ({"schedule": "rate(45 minutes)"}, (300, 3000)),
        ({"schedule": "rate(55 minutes)"}, (300, 3600)),
        ({"schedule": "rate(1 hour)"}, (3600, 7200)),
        ({}, (3600, 26 * 3600)),
        ({"timezone": "UTC"}, (3600, 25 * 3600)),
        ({"schedule": "rate(6 days)", "timezone": "UTC"}, (3600, 145 * 3600)),
        ({"schedule": "rate(166 hours)"}, (3600, 167 * 3600)),
        # CloudWatch looks back 7 days at the most, which hold two starts of a weekly job just not.
        ({"schedule": "rate(167 hours)"}, None),
        ({"schedule": "rate(7 days)", "timezone": "UTC"}, None),
        ({"schedule": "cron(0 3 1 * ? *)"}, None),
        ({"schedule": "at(2027-03-01T11:00:00)"}, None),
        ({"schedule": "cron(0 3 * * ? 2028)"}, None),
        ({"enabled": False}, None),
    ],
)
def test_job_that_did_not_start_is_told_of_where_an_alarm_looks_back_that_far(
    changes: dict[str, Any], alert: tuple[int, int] | None
):
    assert not_started(**changes) == alert


def alarm_args(**changes: Any) -> AlarmsArgs:
    return AlarmsArgs(
        prefix="shop-staging",
        signals=[signals(severity=Severity.PAGE, **changes)],
        severities=[Severity.PAGE],
        region="eu-west-1",
        runbook_url="https://example.com/runbook",
        email_addresses=["ops@example.com"],
        cluster_name="shop-staging",
        service_name="shop-staging-api",
        database_identifier="shop-staging",
    )


@pytest.mark.parametrize("schedule", ["rate(5 minutes)", "rate(166 hours)"])
def test_every_alert_is_an_alarm_that_cloudwatch_takes(schedule: str):
    specs = alarm_args(schedule=schedule).specs
    alarms = {it.name.removeprefix("job-nightly-").partition("-page")[0]: it for it in specs}
    assert set(alarms) == {"failed-runs", "hung-runs", "not-started", "dead-letters"}
    started = alarms["not-started"]
    assert (started.below, started.threshold, started.missing) == (True, 1, TreatMissingData.NOT_BREACHING)
    assert alarms["failed-runs"].missing is TreatMissingData.NOT_BREACHING


def hours_of_alarm(starts: set[int], hours: int) -> list[int]:
    """Return the hours at whose end the alarm of a job that did not start is on, from its making on."""
    late = not_started_signal(severity=Severity.PAGE)
    assert late
    args = replace(alarm_args(), signals=[Signals(subject="Job", signals=(late,))])
    recorded = record_component(lambda: Alarms("alarms", args))
    inputs = recorded.one("MetricAlarm").inputs
    [expression] = [it["expression"] for it in inputs["metricQueries"] if "expression" in it]
    rows: list[dict[str, float | None]] = [{"counted": 1.0 if hour in starts else None} for hour in range(hours)]
    # CloudWatch reads some periods more than it looks at.
    reads = inputs["evaluationPeriods"] + 5
    found = (
        state(inputs, computed_series(expression, rows[max(0, hour + 1 - reads) : hour + 1]))
        for hour in range(hours)
    )
    return [hour for hour, is_ in enumerate(found) if is_ == ALARM]


def test_new_job_is_late_only_after_its_first_start():
    assert hours_of_alarm(set(), 300) == []
    daily = set(range(20, 400, 24))
    assert hours_of_alarm(daily, 300) == []
    # The starts at 68 and 92 are missing: late after 26 hours without one, and well with the next.
    assert hours_of_alarm(daily - {68, 92}, 300) == list(range(44 + 26, 116))
    # Of a job that was given up the alarm ends when its last start is forgotten.
    assert hours_of_alarm({20}, 400) == list(range(20 + 26, 20 + 168 + 5))


def test_grafana_waits_as_long_and_takes_silence_for_a_job_that_did_not_start():
    [alert] = [it for it in alerts([signals()]) if it.name.startswith("job-nightly-not-started")]
    assert (no_data_state(alert), alert.for_seconds) == ("Alerting", 26 * 3600)


def test_runbooks_name_the_keys_of_this_job():
    runbooks = " ".join(it.runbook for it in signals().signals)
    assert "`services.nightly.schedule`" in runbooks
    assert "`services.nightly.timeout_seconds`" in runbooks
    assert "services.api" not in runbooks
