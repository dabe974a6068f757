"""Rows of S1 up to the targets: the launch of FairTradeWorker."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    Evidence,
    Feature,
    Row,
    alert,
    at_least,
    command,
    file,
    key,
    out_of_scope,
    output,
    panel,
    part,
    realised,
    refusal,
    resource,
    rule,
    test,
    waits,
)

POOL: Final = resource("footing-supabase.Pooler", poolMode="transaction", defaultPoolSize=25)
SCALED: Final = resource("aws.appautoscaling.Target", minCapacity=8, maxCapacity=50)
READERS: Final = (resource("footing-supabase.ReadReplica"), output("reader_urls"))
METRICS: Final = resource("aws.ecs.TaskDefinition", family="fairtradeworker-production-metrics")
CONTRACT: Final = test(
    "stacks/test_app_contract.py", "test_variables_and_document_say_the_same_and_keep_to_the_schema"
)
LOAD: Final = waits(Feature.LOAD)
READY: Final = waits(Feature.READINESS)


def phase(name: str, **counts: int) -> Row:
    """Return a row about a phase of growth, which the stack file carries and a later feature judges."""
    return waits(Feature.CAPACITY, *(key(f"phases.name={name}.{path}", value) for path, value in counts.items()))


def tier(name: str, requests: int) -> Row:
    """Return a row that a limit of the application by tier realises."""
    return realised(
        key(f"services.app.rate_limit_tiers.{name}.requests_per_minute", requests), CONTRACT, refusal("C-4")
    )


def alarm(name: str, threshold: float, policy: str) -> Row:
    """Return a row that an alarm realises, and the policy of scaling that it starts."""
    return realised(
        resource("aws.cloudwatch.MetricAlarm", {"$name": name, "threshold": threshold}),
        resource("aws.appautoscaling.Policy", {"$name": policy, "policyType": "StepScaling"}),
    )


def breaker(name: str, failures: int, timeout_ms: int, *more: Evidence) -> Row:
    """Return a row that a circuit breaker of the application realises."""
    return realised(
        key(f"services.app.circuit_breakers.{name}.failures", failures),
        key(f"services.app.circuit_breakers.{name}.timeout_ms", timeout_ms),
        *more,
    )


ROWS: Final[Mapping[str, Row]] = {
    "S1-01": phase("launch", users=400_000),
    "S1-02": phase("launch", daily_users=160_000),
    "S1-03": phase("launch", concurrent_users=20_000),
    "S1-04": phase(
        "launch", **{"daily_writes.jobs": 1500, "daily_writes.bids": 7500, "daily_writes.messages": 15000}
    ),
    "S1-05": realised(SCALED, key("services.app.scaling.mode", "step"), command("scaling production")),
    "S1-06": realised(POOL, key("database.pooler.user_database_pairs", 4)),
    "S1-07": waits(Feature.DELIVERY, file("Makefile", "lab:"), missing="no compose file has the application"),
    "S1-08": waits(
        Feature.DELIVERY, key("services.app.image_by", "digest"), missing="the stack takes an image and makes none"
    ),
    "S1-09": realised(
        METRICS, test("components/test_monitoring.py", "test_promtool_accepts_what_the_start_script_writes")
    ),
    "S1-10": realised(
        resource("grafana.alerting.RuleGroup"),
        command("observe production --system fairtradeworker"),
        test("observability/test_promtool.py", "test_every_alert_fires_and_is_silent_when_its_record_says_so"),
    ),
    "S1-11": READY,
    "S1-12": READY,
    "S1-13": out_of_scope("Packages of the application."),
    "S1-14": realised(
        key("services.app.secrets.SESSION_KEY", "generated"),
        test("stacks/test_config.py", "test_missing_secret_names_the_command"),
        command("check production --system fairtradeworker"),
    ),
    "S1-15": realised(
        rule("scaling-bounds"), rule("service-scaling"), command("check production --system fairtradeworker")
    ),
    "S1-16": waits(Feature.READINESS, key("database.required_migrations.name=010_scale_400k_indexes")),
    "S1-17": waits(Feature.READINESS, key("services.app.circuit_breakers.database.failures", 5)),
    "S1-18": LOAD,
    "S1-19": realised(
        test("test_docs.py", "test_generated_page_is_current"),
        file("systems/fairtradeworker/README.md", "make up"),
    ),
    "S1-20": LOAD,
    "S1-21": waits(Feature.LAUNCH, command("observe production --system fairtradeworker")),
    "S1-22": LOAD,
    "S1-23": LOAD,
    "S1-24": phase("launch", users=400_000, daily_users=160_000, concurrent_users=20_000, monthly_usd=8500),
    "S1-25": phase("stabilize", users=500_000, daily_users=200_000, concurrent_users=25_000, monthly_usd=10_000),
    "S1-26": phase("growth", users=750_000, daily_users=300_000, concurrent_users=37_500, monthly_usd=14_000),
    "S1-27": phase("scale", users=1_000_000, daily_users=400_000, concurrent_users=50_000, monthly_usd=18_000),
    "S1-28": alarm("service-app-cpu-high", 70, "service-app-cpu-high"),
    "S1-29": alarm("service-app-cpu-low", 30, "service-app-cpu-low"),
    "S1-30": alarm("service-app-response-high", 0.8, "service-app-response-high"),
    "S1-31": realised(SCALED, rule("service-two-tasks")),
    "S1-32": realised(SCALED, alert("service-app-at-maximum-ticket", 49)),
    "S1-33": realised(resource("aws.appautoscaling.Policy", {"stepScalingPolicyConfiguration.cooldown": 180})),
    "S1-34": realised(
        key("services.app.database_pool.minimum", 20), key("services.app.database_pool.maximum", 100), CONTRACT
    ),
    "S1-35": realised(key("services.app.database_pool.acquire_timeout_seconds", 30), CONTRACT),
    "S1-36": realised(key("services.app.database_pool.idle_timeout_seconds", 600), CONTRACT),
    "S1-37": realised(resource("footing-supabase.PostgresSettings", {"settings.statement_timeout": "30s"})),
    "S1-38": tier("anonymous", 60),
    "S1-39": tier("authenticated", 200),
    "S1-40": tier("pro", 500),
    "S1-41": tier("operator", 1000),
    "S1-42": waits(Feature.READINESS, key("database.required_migrations.name=010_scale_400k_indexes")),
    "S1-43": realised(POOL, rule("supabase-transaction-mode")),
    "S1-44": realised(POOL, key("database.pooler.user_database_pairs", 4)),
    "S1-45": realised(key("database.pooler.server_connections", 100), rule("supabase-pool-size")),
    "S1-46": realised(
        resource("footing-supabase.Project", compute="16xlarge"),
        refusal("C-30"),
        test("stacks/test_supabase_config.py", "test_clients_are_those_of_the_size"),
    ),
    "S1-47": realised(output("pooled_url"), output("direct_url"), resource("footing-supabase.Project")),
    "S1-48": realised(
        *READERS, key("database.replicas.purpose=browse"), key("services.app.reader_pools.browse", at_least(1))
    ),
    "S1-49": realised(
        *READERS,
        key("database.replicas.purpose=analytics"),
        key("services.app.reader_pools.analytics", at_least(1)),
    ),
    "S1-50": part(
        "a breaker of 10 s beside queries of 30 s would leave them running, so it waits 30 s too (C-22)",
        key("services.app.circuit_breakers.database.failures", 5),
        refusal("C-22"),
    ),
    "S1-51": breaker("openai", 3, 30000),
    "S1-52": breaker("stripe", 5, 15000),
    "S1-53": breaker("twilio", 5, 10000),
    "S1-54": breaker("sendgrid", 5, 10000),
    "S1-55": breaker("storage", 5, 15000),
    "S1-56": realised(
        key("services.app.circuit_breakers.database.fallback", "read_replica"),
        *READERS,
        test("stacks/test_breakers.py", "test_breaker_ends_before_the_request_and_falls_back_to_what_there_is"),
    ),
    "S1-57": realised(key("services.app.circuit_breakers.openai.fallback", "cached")),
    "S1-58": realised(
        key("services.app.circuit_breakers.stripe.fallback", "retry_queue"),
        key("redis.retries.role", "queue"),
        resource(
            "upstash.RedisDatabase",
            {"databaseName": "fairtradeworker-production-redis-retries", "eviction": False},
        ),
        resource("aws.ecs.Service", name="fairtradeworker-production-payments"),
    ),
    "S1-59": realised(resource("aws.s3.BucketReplicationConfig"), key("storage.replicate_to", "us-west-2")),
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
    "S1-77": waits(
        Feature.LAUNCH,
        SCALED,
        POOL,
        *READERS,
        rule("edge-private-not-cached"),
        missing="no drill opens a circuit breaker",
    ),
    **dict.fromkeys(("S1-78", "S1-79", "S1-80", "S1-81", "S1-82", "S1-83"), LOAD),
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
    "S1-88": waits(
        Feature.LAUNCH,
        key("oncall.primary", "platform"),
        key("oncall.channel", "#launch-war-room"),
        command("observe production --system fairtradeworker"),
    ),
    "S1-89": waits(Feature.LAUNCH, file("docs/service.md", "schedules")),
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
    "S1-94": LOAD,
    "S1-95": realised(
        key("oncall.vendor_support.supabase"),
        key("oncall.vendor_support.vercel"),
        key("oncall.channel", "#launch-war-room"),
    ),
    "S1-96": waits(
        Feature.DELIVERY,
        test("lab/test_lab_servers.py", "test_pgbouncer_runs_the_containers_file_but_for_its_place"),
    ),
}
"""How each row is answered."""
