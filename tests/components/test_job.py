import json
from typing import Any

import pytest
from msgspec.structs import replace

from components.alarms.args import AlarmsArgs
from components.alarms.spec import TreatMissingData
from components.aws.security_groups import Upstream
from components.grafana.alerts import no_data_state
from components.service.args import ImageArgs, VariablesArgs, WorkloadArgs
from components.service.job import Job
from components.service.job_args import JobArgs
from components.service.signals.job import job_signals
from observability import CloudWatch, Severity, Signals
from observability.alerting.alerts import alerts
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


def not_started(**changes: Any) -> tuple[int, int] | None:
    """Return the period and the wait of the alert of a job that did not start, in seconds."""
    for it in signals(**changes).signals:
        if it.id == "job-nightly-not-started":
            assert isinstance(it.query, CloudWatch)
            return it.query.period_seconds, it.for_seconds
    return None


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
        ({"schedule": "rate(167 hours)"}, (3600, 168 * 3600)),
        # CloudWatch looks back 7 days at the most, which hold the late start of a weekly job just not.
        ({"schedule": "rate(7 days)", "timezone": "UTC"}, None),
        ({"schedule": "cron(0 3 1 * ? *)"}, None),
        ({"schedule": "at(2027-03-01T11:00:00)"}, None),
        ({"enabled": False}, None),
    ],
)
def test_job_that_did_not_start_is_told_of_where_an_alarm_looks_back_that_far(
    changes: dict[str, Any], alert: tuple[int, int] | None
):
    assert not_started(**changes) == alert


@pytest.mark.parametrize("schedule", ["rate(5 minutes)", "rate(167 hours)"])
def test_every_alert_is_an_alarm_that_cloudwatch_takes(schedule: str):
    records = [signals(schedule=schedule, severity=Severity.PAGE)]
    args = AlarmsArgs(
        prefix="shop-staging",
        signals=records,
        severities=[Severity.PAGE],
        region="eu-west-1",
        runbook_url="https://example.com/runbook",
        email_addresses=["ops@example.com"],
        cluster_name="shop-staging",
        service_name="shop-staging-api",
        database_identifier="shop-staging",
    )
    alarms = {it.name.removeprefix("job-nightly-").partition("-page")[0]: it for it in args.specs}
    assert set(alarms) == {"failed-runs", "hung-runs", "not-started", "dead-letters"}
    started = alarms["not-started"]
    assert (started.below, started.threshold, started.missing) == (True, 1, TreatMissingData.BREACHING)
    assert alarms["failed-runs"].missing is TreatMissingData.NOT_BREACHING


def test_grafana_waits_as_long_and_takes_silence_for_a_job_that_did_not_start():
    [alert] = [it for it in alerts([signals()]) if it.name.startswith("job-nightly-not-started")]
    assert (no_data_state(alert), alert.for_seconds) == ("Alerting", 26 * 3600)


def test_runbooks_name_the_keys_of_this_job():
    runbooks = " ".join(it.runbook for it in signals().signals)
    assert "`services.nightly.schedule`" in runbooks
    assert "`services.nightly.timeout_seconds`" in runbooks
    assert "services.api" not in runbooks
