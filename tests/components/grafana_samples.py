"""Signals to test with, and the recording of what is made of them."""

import dataclasses
import json

from components._signals import CloudWatch, Prometheus, Severity, Signal, Signals, Threshold
from components._signals.promql import Level, Match, Series
from components.grafana import ContactArgs, Observability, ObservabilityArgs
from tests.components.recording import Recorded, record_component

WEBHOOK = "https://hooks.example.com/services/canary"


PAGER_KEY = "canary-pager-key"


CONNECTIONS = Signal(
    id="database-connections",
    title="Database connections",
    description="Open connections to PostgreSQL.",
    query=CloudWatch(
        namespace="AWS/RDS", metric="DatabaseConnections", dimensions={"DBInstanceIdentifier": "shop"}
    ),
    unit="short",
    thresholds=(Threshold(severity=Severity.TICKET, value=80), Threshold(severity=Severity.PAGE, value=95)),
    for_seconds=300,
    runbook="Look at the pooler first.",
)


STORAGE = Signal(
    id="database-storage",
    title="Free storage",
    description="Bytes left on the disk.",
    query=CloudWatch(namespace="AWS/RDS", metric="FreeStorageSpace", dimensions={"DBInstanceIdentifier": "shop"}),
    unit="bytes",
    thresholds=(Threshold(severity=Severity.PAGE, value=5 * 1024**3, below=True),),
    runbook="Make the disk larger.",
)


WAITING = Signal(
    id="pooler-waiting",
    title="Clients that wait",
    description="Clients without a server connection.",
    query=Prometheus(expression=Level(Series("pgbouncer_pools_client_waiting_connections", (Match("env", "x"),)))),
    unit="short",
    thresholds=(Threshold(severity=Severity.INFO, value=0.5),),
    for_seconds=5400,
    runbook="Look for long transactions.",
)


def observability_args(**changes: object) -> ObservabilityArgs:
    base = ObservabilityArgs(
        app="shop",
        environment="staging",
        folder_title="Shop staging",
        signals=[
            Signals(subject="Database", signals=(CONNECTIONS, STORAGE)),
            Signals(subject="Errors"),
            Signals(subject="Pooler", signals=(WAITING,)),
        ],
        region="eu-west-1",
        cloudwatch_datasource_uid="cw-uid",
        prometheus_datasource_uid="prom-uid",
        page=ContactArgs(slack_webhook_url=WEBHOOK, email_addresses=["on-call@example.com"]),
        ticket=ContactArgs(email_addresses=["team@example.com"]),
        runbook_url="https://example.com/runbook",
    )
    return dataclasses.replace(base, **changes)


def record(**changes: object) -> Recorded[Observability]:
    return record_component(lambda: Observability("watch", observability_args(**changes)))


def dashboard(recorded: Recorded[Observability]) -> dict:
    return json.loads(recorded.one("Dashboard").inputs["configJson"])


def rules(recorded: Recorded[Observability]) -> dict[str, dict]:
    return {rule["name"]: rule for group in recorded.of("RuleGroup") for rule in group.inputs["rules"]}


def panels(recorded: Recorded[Observability]) -> dict[str, dict]:
    return {it["title"]: it for it in dashboard(recorded)["panels"] if it["type"] != "row"}
