"""Rows of S1 from its dashboards to its launch: FairTradeWorker."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    Row,
    alert,
    command,
    file,
    key,
    panel,
    part,
    realised,
    refusal,
    resource,
    rule,
    scenario,
    test,
)
from footing.coverage.fairtradeworker import COMPOSE, POOL, READERS, SCALED

BEFORE_LAUNCH: Final = ("smoke", "load", "stress", "day-one")

ROWS: Final[Mapping[str, Row]] = {
    "S1-60": realised(key("metrics.scrape_interval_seconds", 30)),
    "S1-61": realised(panel("active-app-users"), panel("websockets-app")),
    "S1-62": realised(*(panel(f"service-app-latency-{it}") for it in ("p50", "p95", "p99"))),
    "S1-63": realised(panel("service-app-error-share")),
    "S1-64": realised(panel("database-connections"), panel("database-statements")),
    "S1-65": realised(
        *(panel(it) for it in ("service-app-cpu", "service-app-memory", "database-cpu", "database-memory"))
    ),
    "S1-66": realised(panel("redis-hits"), panel("cache-app-pattern-hits")),
    "S1-67": realised(alert("service-app-latency-p95-ticket", 1), alert("service-app-latency-p95-page", 2)),
    "S1-68": realised(alert("service-app-error-share-ticket", 0.02), alert("service-app-error-share-page", 0.05)),
    "S1-69": realised(
        *(alert(f"{it}-ticket", 70) for it in ("service-app-cpu", "database-cpu")),
        *(alert(f"{it}-page", 90) for it in ("service-app-cpu", "database-cpu")),
    ),
    "S1-70": realised(
        alert("database-connections-share-ticket", 0.8),
        alert("database-connections-share-page", 0.95),
        refusal("C-3"),
    ),
    "S1-71": realised(
        *(alert(f"{it}-ticket", 75) for it in ("service-app-memory", "database-memory")),
        *(alert(f"{it}-page", 90) for it in ("service-app-memory", "database-memory")),
    ),
    "S1-72": realised(alert("database-disk-ticket", 80), alert("database-disk-page", 95)),
    "S1-73": realised(
        resource(
            "footing-sentry.MetricMonitor", name="sentry-slow-web", aggregate="p95(span.duration)", highAbove=1500
        )
    ),
    "S1-74": realised(
        panel("service-app-latency-api-median", "0.15"), alert("service-app-latency-api-median-burn-3d")
    ),
    "S1-75": realised(panel("service-app-latency-api", "0.8"), alert("service-app-latency-api-burn-1h")),
    "S1-76": realised(panel("service-app-availability", "0.995"), alert("service-app-availability-burn-1h")),
    "S1-77": realised(
        SCALED,
        POOL,
        *READERS,
        rule("edge-private-not-cached"),
        command("launch-plan production --at 2027-01-15T09:00Z --system fairtradeworker"),
        test("footing/test_launch_plan.py", "test_plan_has_the_numbers_of_the_stack"),
        test("footing/test_launch_plan.py", "test_breakers_are_opened_where_nobody_is_harmed"),
    ),
    "S1-78": realised(scenario("smoke", users=10)),
    "S1-79": realised(scenario("load", users=100)),
    "S1-80": realised(scenario("stress", users=500)),
    "S1-81": realised(scenario("day-one", users=2000)),
    "S1-82": realised(*(scenario(it, {"latency:page:95": 1500}) for it in BEFORE_LAUNCH)),
    "S1-83": realised(*(scenario(it, {"failed_share": 0.01}) for it in BEFORE_LAUNCH)),
    "S1-84": realised(
        resource("grafana.oss.Dashboard"),
        resource("grafana.alerting.RuleGroup"),
        command("drift production --system fairtradeworker"),
    ),
    "S1-85": realised(
        command("fire-drill production --system fairtradeworker"),
        test("footing/test_fire_drill.py", "test_drill_arrives_where_the_command_says"),
    ),
    "S1-86": realised(
        resource("aws.cloudwatch.LogGroup"),
        key("sentry.traces_sample_rate", 0.1),
        key("sentry.frontend.traces_sample_rate", 0.1),
    ),
    "S1-87": realised(
        resource("footing-sentry.Project", slug="fairtradeworker-production-api"), rule("service-error-reports")
    ),
    "S1-88": realised(
        key("oncall.primary", "platform"),
        key("oncall.channel", "#launch-war-room"),
        key("oncall.vendor_support.supabase"),
        command("launch-plan production --at 2027-01-15T09:00Z --system fairtradeworker"),
        command("observe production --system fairtradeworker"),
        test("footing/test_launch_plan.py", "test_plan_has_the_numbers_of_the_stack"),
        *(
            file("docs/operations.md", f'id="{it}"')
            for it in ("incident", "rollback-service", "rollback-migration")
        ),
    ),
    "S1-89": realised(
        command("launch-plan production --at 2027-01-15T09:00Z --system fairtradeworker"),
        test("footing/test_launch_plan.py", "test_steps_have_their_days_and_the_profile_that_gates_each"),
        test("test_docs_commands.py", "test_every_command_of_a_launch_plan_exists_and_parses"),
        file("docs/launch.md", "| T-12h | the last full check"),
    ),
    "S1-90": realised(
        panel("database-connections", "pg_terminate_backend"), file("docs/database.md", "## Resize the pool")
    ),
    "S1-91": realised(
        panel("service-app-error-share", "status page"), panel("service-app-error-share", "circuit breaker")
    ),
    "S1-92": realised(
        panel("service-app-latency-p95", "pg_stat_statements"), panel("service-app-latency-p95", "cache")
    ),
    "S1-93": realised(
        file("docs/scaling.md", "launch day"),
        file("docs/objectives.md", "day-one"),
        file("systems/fairtradeworker/README.md", "load balancer"),
    ),
    "S1-94": part(
        "jobs of the day, lost data and security incidents are counted by people",
        scenario("day-one", {"latency:api:95": 800, "failed_share": 0.01}, represents_users=20_000),
    ),
    "S1-95": realised(
        key("oncall.vendor_support.supabase"),
        key("oncall.vendor_support.vercel"),
        key("oncall.channel", "#launch-war-room"),
    ),
    "S1-96": realised(
        file(COMPOSE, "pool_mode = transaction"),
        file(COMPOSE, "default_pool_size = 25"),
        command("compose production --system fairtradeworker"),
        test("lab/test_lab_compose_file.py", "test_pgbouncer_of_the_committed_file_starts"),
    ),
}
"""How each row is answered."""
