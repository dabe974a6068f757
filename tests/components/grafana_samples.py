"""Signals to test with, and the recording of what is made of them."""

import json

from msgspec.structs import replace

from components.grafana.args import ContactArgs, ObservabilityArgs
from components.grafana.observability import Observability
from observability import (
    Board,
    CloudWatch,
    Failures,
    Objective,
    Prometheus,
    Severity,
    Shape,
    Signal,
    Signals,
    Sql,
    Threshold,
)
from observability.promql import Level, Match, Operator, Series
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


OBJECTIVE = Objective(
    id="availability",
    title="Availability",
    description="An answer with a 5xx status is bad.",
    target=0.999,
    indicator=Failures(
        bad=Series("http_requests_total", (Match("status", "5..", Operator.LIKE),)),
        all=Series("http_requests_total"),
    ),
    runbook="Read the newest issue in Sentry.",
)


SLOW = Sql(
    text="SELECT rpc_name, duration_ms FROM rpc_observations WHERE $__timeFilter(created_at) LIMIT 9",
    shape=Shape.TABLE,
)


def observability_args(**changes: object) -> ObservabilityArgs:
    base = ObservabilityArgs(
        app="shop",
        environment="staging",
        owner="platform",
        folder_title="Shop staging",
        signals=[
            Signals(subject="Database", board=Board.DATABASE, signals=(CONNECTIONS, STORAGE)),
            Signals(subject="Errors"),
            Signals(subject="Pooler", board=Board.POOLER, signals=(WAITING,)),
        ],
        region="eu-west-1",
        cloudwatch_datasource_uid="cw-uid",
        prometheus_datasource_uid="prom-uid",
        page=ContactArgs(slack_webhook_url=WEBHOOK, email_addresses=["on-call@example.com"]),
        ticket=ContactArgs(email_addresses=["team@example.com"]),
        runbook_url="https://example.com/runbook",
    )
    return replace(base, **changes)


def record(**changes: object) -> Recorded[Observability]:
    return record_component(lambda: Observability("watch", observability_args(**changes)))


def dashboards(recorded: Recorded[Observability]) -> dict[str, dict]:
    """Models by board, in the order of the boards: resources are registered in any order."""
    made = {it.name.removeprefix("watch-"): json.loads(it.inputs["configJson"]) for it in recorded.of("Dashboard")}
    return {board.value: made[board.value] for board in Board if board.value in made}


def rules(recorded: Recorded[Observability]) -> dict[str, dict]:
    """Rules by name, but those of the watcher itself."""
    return {
        rule["name"]: rule
        for group in recorded.of("RuleGroup")
        for rule in group.inputs["rules"]
        if group.inputs["name"] != "Observability"
    }


def model(rule: dict, ref_id: str) -> dict:
    """The stage `ref_id` of a rule."""
    [text] = [stage["model"] for stage in rule["datas"] if stage["refId"] == ref_id]
    return json.loads(text)


def panels(recorded: Recorded[Observability]) -> dict[str, dict]:
    """Panels of all boards but that of telemetry, by title."""
    return {
        panel["title"]: panel
        for board, model in dashboards(recorded).items()
        for panel in model["panels"]
        if panel["type"] != "row" and board != "telemetry"
    }
