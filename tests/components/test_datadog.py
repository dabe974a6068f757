import json
from typing import Any

import pulumi
import pytest
from msgspec.structs import replace

from components.datadog.access import TRUSTED_ACCOUNTS, DatadogAws, DatadogAwsArgs, DatadogKey, DatadogKeyArgs
from components.datadog.args import DatadogArgs
from components.datadog.component import Datadog
from components.datadog.names import UnsupportedQueryError, of_cloudwatch
from components.datadog.queries import condition, expression
from observability import (
    CloudWatch,
    CloudWatchMath,
    Failures,
    MinimumTraffic,
    Objective,
    Prometheus,
    Severity,
    Signal,
    Signals,
    Slowness,
    Threshold,
)
from observability.promql import (
    Expression,
    Increase,
    Level,
    Match,
    Operator,
    Quantile,
    Rate,
    Ratio,
    Scaled,
    Series,
)
from stacks.config.datadog import INTEGRATED_SITES
from tests.components.recording import Recorded, Secret, record_component

PAGE, TICKET = Severity.PAGE, Severity.TICKET
HERE = Match("environment", "production")
ANSWERS = Series("http_requests_total", (HERE,))
FAILED = ANSWERS.where(Match("status", "5..", Operator.LIKE))


def signal(id_: str, query: Any, *thresholds: Threshold, **more: Any) -> Signal:
    fields = {"title": id_.capitalize(), "description": "Told.", "unit": "short", "runbook": "Look.", **more}
    return Signal(id=id_, query=query, thresholds=thresholds, **fields)


def cloudwatch(metric: str, statistic: str, namespace: str = "AWS/RDS") -> CloudWatch:
    dimensions = {"DBInstanceIdentifier": "shop-db"}
    return CloudWatch(namespace=namespace, metric=metric, dimensions=dimensions, statistic=statistic)


CONNECTIONS = signal(
    "connections",
    cloudwatch("DatabaseConnections", "Maximum"),
    Threshold(severity=TICKET, value=80),
    Threshold(severity=PAGE, value=95),
    owner="data",
)
STORAGE = signal(
    "storage",
    cloudwatch("FreeStorageSpace", "Minimum"),
    Threshold(severity=PAGE, value=5000, below=True),
    for_seconds=90,
)
REJECTED = signal("rejected", cloudwatch("Rejected", "Sum"), Threshold(severity=PAGE, value=0))
WAITING = signal(
    "waiting", Prometheus(expression=Level(Series("waiting", (HERE,)))), Threshold(severity=TICKET, value=1)
)
SLOW = signal(
    "slow",
    Prometheus(expression=Quantile(0.95, Series("seconds_bucket", (HERE,)))),
    Threshold(severity=PAGE, value=1),
)
QUIET = signal(
    "quiet",
    Prometheus(expression=Ratio(Rate(FAILED), Rate(ANSWERS))),
    Threshold(severity=PAGE, value=0.05),
    minimum_traffic=MinimumTraffic(expression=Rate(ANSWERS), value=10),
)
MATH = signal("math", CloudWatchMath(expression="a", metrics={"a": cloudwatch("A", "Sum")}))
AVAILABLE = Objective(
    id="available",
    title="Answers",
    description="5xx.",
    target=0.999,
    indicator=Failures(bad=FAILED, all=ANSWERS),
    runbook="Look.",
)
FAST = Objective(
    id="fast",
    title="Fast answers",
    description="Over 250 ms.",
    target=0.95,
    indicator=Slowness(histogram="seconds", edge="0.25", edges=("0.25",), matches=(HERE,)),
    runbook="Look.",
)
ARGS = DatadogArgs(
    app="shop",
    environment="production",
    owner="platform",
    signals=[
        Signals(
            subject="Shop",
            signals=(CONNECTIONS, STORAGE, REJECTED, WAITING, SLOW, QUIET, MATH),
            objectives=(AVAILABLE, FAST),
        )
    ],
    runbook_url="https://example.com/runbook",
    handles={
        Severity.PAGE: ["@pagerduty-shop", "@slack-shop"],
        Severity.TICKET: ["@slack-shop"],
        Severity.INFO: ["@team@example.com"],
    },
)


def record(**changes: object) -> Recorded[Datadog]:
    return record_component(lambda: Datadog("datadog", replace(ARGS, **changes)))


def monitors() -> dict[str, dict[str, Any]]:
    return {it.name.removeprefix("datadog-"): it.inputs for it in record().of("Monitor")}


def test_monitor_is_true_only_while_every_number_of_the_wait_is_beyond():
    queries = {name: it["query"] for name, it in monitors().items() if it["type"] == "query alert"}
    assert queries == {
        "connections-ticket": "min(last_5m):max:aws.rds.database_connections{dbinstanceidentifier:shop-db} > 80",
        "connections-page": "min(last_5m):max:aws.rds.database_connections{dbinstanceidentifier:shop-db} > 95",
        "storage-page-below": "max(last_2m):min:aws.rds.free_storage_space{dbinstanceidentifier:shop-db} < 5000",
        "rejected-page": "min(last_5m):sum:aws.rds.rejected{dbinstanceidentifier:shop-db}.rollup(sum, 60) > 0",
        "waiting-ticket": "min(last_5m):sum:shop.waiting{environment:production} > 1",
    }
    assert all(it["query"].endswith(f" {it['monitorThresholds']['critical']}") for it in monitors().values())


def test_message_says_what_is_wrong_where_to_look_and_whom_it_tells():
    made = monitors()["connections-page"]
    assert made["message"] == (
        "Connections: over 95. Told.\n\nhttps://example.com/runbook#connections\n\n@pagerduty-shop @slack-shop"
    )
    assert made["name"] == "Connections: over 95 (production)"
    assert made["tags"] == [
        "env:production",
        "managed-by:footing",
        "record:connections",
        "service:shop",
        "severity:page",
        "team:data",
    ]
    assert "@pagerduty" not in monitors()["connections-ticket"]["message"]


def test_what_must_not_get_low_must_be_there():
    missing = {name: it.get("onMissingData") for name, it in monitors().items()}
    assert missing["storage-page-below"] == "show_and_notify_no_data"
    assert missing["connections-page"] == "resolve"


def test_numbers_of_aws_are_waited_for():
    delays = {name: it["evaluationDelay"] for name, it in monitors().items() if it["type"] == "query alert"}
    assert delays == {name: 0 if name == "waiting-ticket" else 900 for name in delays}
    assert delays["connections-page"] == 900


def test_objectives_are_counted_by_request_over_the_same_month():
    made = {it.name: it.inputs for it in record().of("ServiceLevelObjective")}
    failures, slowness = made["datadog-available"], made["datadog-fast"]
    assert failures["thresholds"] == [{"timeframe": "30d", "target": 99.9}]
    assert failures["query"] == {
        "numerator": (
            "sum:shop.http_requests.count{environment:production}.as_count() - "
            "sum:shop.http_requests.count{environment:production AND status:5*}.as_count()"
        ),
        "denominator": "sum:shop.http_requests.count{environment:production}.as_count()",
    }
    assert slowness["thresholds"] == [{"timeframe": "30d", "target": 95}]
    assert slowness["query"]["numerator"] == (
        "sum:shop.seconds.bucket{environment:production AND upper_bound:0.25}.as_count()"
    )


def test_budgets_are_watched_over_the_windows_that_datadog_takes():
    burning = {name: it["query"] for name, it in monitors().items() if it["type"] == "slo alert"}
    assert {name: query for name, query in burning.items() if name.startswith("available")} == {
        "available-burn-1h": (
            'burn_rate("datadog-available-id").over("30d").long_window("1h").short_window("5m") > 14.4'
        ),
        "available-burn-6h": (
            'burn_rate("datadog-available-id").over("30d").long_window("6h").short_window("30m") > 6'
        ),
        "available-burn-1d": (
            'burn_rate("datadog-available-id").over("30d").long_window("24h").short_window("2h") > 3'
        ),
    }


def test_what_datadog_does_not_support_is_listed_as_omitted():
    omitted = {it.name: it.why for it in record().component.omitted}
    assert omitted == {
        "slow-page": "Quantile has no counterpart",
        "quiet-page": "a monitor of one query has no minimum traffic",
        "available-burn-3d": "a window of 3d, allowed up to 2d",
        "available-absent": "a service level objective tells of missing data itself",
        "fast-burn-3d": "a window of 3d, allowed up to 2d",
        "fast-absent": "a service level objective tells of missing data itself",
    }


def test_dashboard_has_a_panel_with_lines_for_all_that_can_be_asked():
    board = json.loads(record().one("DashboardJson").inputs["dashboard"])
    [group] = board["widgets"]
    panels = {it["definition"]["title"]: it["definition"] for it in group["definition"]["widgets"]}
    assert set(panels) == {"Connections", "Storage", "Rejected", "Waiting", "Quiet"}
    assert panels["Connections"]["markers"] == [
        {"value": "y = 80", "display_type": "warning dashed"},
        {"value": "y = 95", "display_type": "error dashed"},
    ]
    assert panels["Quiet"]["requests"][0]["q"] == (
        "(sum:shop.http_requests.count{environment:production AND status:5*}.as_rate() / "
        "sum:shop.http_requests.count{environment:production}.as_rate())"
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Rate(Series("a_total"), ("route",)), "sum:shop.a.count{*} by {route}.as_rate()"),
        (
            Increase(Series("a_total", (Match("x", "1", Operator.DIFFERENT),))),
            "sum:shop.a.count{NOT x:1}.as_count()",
        ),
        (Scaled(Level(Series("b")), 60), "(60 * sum:shop.b{*})"),
        (Level(Series("b", (Match("x", "p|q", Operator.LIKE),))), "sum:shop.b{(x:p OR x:q)}"),
        (Level(Series("b", (Match("x", "p|q", Operator.UNLIKE),))), "sum:shop.b{NOT (x:p OR x:q)}"),
        (Level(Series("b", (Match("x", "p.*", Operator.UNLIKE),))), "sum:shop.b{NOT x:p*}"),
        (Level(Series("b", (Match("x", ".*/p", Operator.LIKE),))), "sum:shop.b{x:*/p}"),
    ],
)
def test_expressions_are_read_as_data(query: Expression, expected: str):
    assert expression(query, "shop") == expected


def test_pattern_that_no_tag_can_match_is_refused():
    with pytest.raises(UnsupportedQueryError, match="tags cannot be compared with"):
        expression(Level(Series("b", (Match("x", "p.q", Operator.LIKE),))), "shop")
    with pytest.raises(UnsupportedQueryError, match="does not collect AWS/Nothing X"):
        of_cloudwatch("AWS/Nothing", "X")


def test_count_that_is_late_only_after_the_first_is_refused():
    late = replace(REJECTED, after_first=True)
    with pytest.raises(UnsupportedQueryError, match="before there ever was any"):
        condition(late, replace(REJECTED.thresholds[0], value=1, below=True), "shop")


def test_severity_without_a_handle_is_refused():
    with pytest.raises(ValueError, match="no handle is notified of info"):
        replace(ARGS, handles={PAGE: ["@a"], TICKET: ["@b"]})


def job(name: str, metric: str = "requests_total") -> Prometheus:
    return Prometheus(expression=Rate(Series(metric, (HERE, Match("job", name)))))


READ = signal("read", job("service"), Threshold(severity=TICKET, value=1))
POOL = signal("pool", job("pgbouncer"), Threshold(severity=TICKET, value=1))
BOTH = replace(POOL, id="both", cloudwatch_query=cloudwatch("DatabaseConnections", "Maximum"))
UP = signal("scrape", job("service", "up"), Threshold(severity=PAGE, value=1, below=True))


def omitted(*signals: Signal, **changes: object) -> dict[str, str]:
    component = record(signals=[Signals(subject="All", signals=signals)], **changes).component
    return {it.name: it.why for it in component.omitted}


def test_monitors_look_only_at_what_datadog_reads():
    told = {
        "pool": "no agent reads the job pgbouncer",
        "scrape": "the agent has no series up: its own check of the endpoint tells the same",
    }
    assert omitted(READ, POOL, UP, scraped_jobs=["service", "worker"]) == told
    assert list(omitted(READ, POOL, UP)) == ["scrape"]
    nobody = "no integration reads this account's metrics"
    assert omitted(CONNECTIONS, READ, reads_cloudwatch=False) == {"connections": nobody}


def test_number_that_no_agent_reads_is_that_of_aws_where_there_is_one():
    both = record(signals=[Signals(subject="All", signals=(BOTH,))], scraped_jobs=["service"])
    assert both.component.omitted == ()
    assert "aws.rds.database_connections" in both.one("Monitor").inputs["query"]
    assert omitted(BOTH, scraped_jobs=["service"], reads_cloudwatch=False) == {
        "both": "no agent reads the job pgbouncer"
    }


def test_objectives_go_with_the_job_that_they_are_measured_by():
    requests = Series("requests_total", (HERE, Match("job", "service")))
    slo = Objective(
        id="available",
        title="Available",
        description="A 5xx is bad.",
        target=0.999,
        indicator=Failures(bad=requests.where(Match("status", "5..", Operator.LIKE)), all=requests),
        runbook="Look.",
    )
    component = [Signals(subject="All", objectives=(slo,))]
    assert len(record(signals=component, scraped_jobs=["service"]).of("ServiceLevelObjective")) == 1
    none = record(signals=component, scraped_jobs=[])
    assert (none.of("ServiceLevelObjective"), none.of("Monitor")) == ([], [])
    assert [it.name for it in none.component.omitted] == ["available"]


AWS = DatadogAwsArgs(
    role_name="feed-production-datadog",
    account_id="123456789012",
    partition="aws",
    regions=["eu-west-1", "us-east-1"],
    site="datadoghq.eu",
)


def test_datadog_takes_a_role_that_reads_metrics_by_an_id_of_this_stack_alone():
    recorded = record_component(lambda: DatadogAws("datadog-aws", AWS))
    account = recorded.one("IntegrationAccount")
    given = account.inputs["authConfig"]["awsAuthConfigRole"]
    role = recorded.one("Role").inputs
    [trust] = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": given["externalId"]}}
    assert trust["Principal"] == {"AWS": "arn:aws:iam::464622532012:root"}
    assert given["roleName"] == role["name"] == "feed-production-datadog"
    assert recorded.one("RandomId").inputs["byteLength"] == 16
    reading, counting = json.loads(recorded.one("RolePolicy").inputs["policy"])["Statement"]
    verbs = {it.partition(":")[2][:3] for it in [*reading["Action"], *counting["Action"]]}
    assert verbs <= {"Get", "Lis", "Des"}
    assert counting["Resource"] == [
        "arn:aws:ecs:*:123456789012:cluster/*",
        "arn:aws:ecs:*:123456789012:service/*",
    ]
    # Datadog asks with the role as soon as the account is there.
    assert "datadog-aws-role" in account.dependencies
    assert account.inputs["awsRegions"] == {"includeOnlies": ["eu-west-1", "us-east-1"]}
    assert "AWS/RDS" in account.inputs["metricsConfig"]["namespaceFilters"]["includeOnlies"]


def test_sites_whose_account_is_not_known_are_refused():
    assert tuple(TRUSTED_ACCOUNTS) == INTEGRATED_SITES
    with pytest.raises(ValueError, match=r"site is 'ap1.datadoghq.com': one of datadoghq.com"):
        replace(AWS, site="ap1.datadoghq.com")


def test_key_of_the_agents_is_a_secret_everywhere():
    recorded = record_component(
        lambda: DatadogKey("datadog-key", DatadogKeyArgs(api_key=pulumi.Output.secret("0123456789abcdef")))
    )
    assert recorded.one("SecretVersion").inputs["secretString"] == Secret('{"api_key": "0123456789abcdef"}')
    assert [it for it in recorded.resources if "0123456789abcdef" in str(it.inputs) and it.custom] == [
        recorded.one("SecretVersion")
    ]
