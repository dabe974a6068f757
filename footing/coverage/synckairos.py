"""Rows of S3 up to the values of the environment: SyncKairos, on services that others manage."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    SECRET,
    Feature,
    Row,
    alert,
    at_least,
    check,
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
    with_,
)

STORE: Final = "footing-rediscloud.EssentialsDatabase"
UPSTASH: Final = "upstash.RedisDatabase"
NEON: Final = "footing-neon.Project"
SUPABASE: Final = "footing-supabase.Project"
SECRETS: Final = "fly-machines.apps.Secrets"
MACHINE: Final = "fly-machines.apps.Machine"
API: Final = "config.env.APP_CONTRACT.services.api."
SLACK: Final = resource("grafana.alerting.ContactPoint", {"slacks.*.url": SECRET})
TICKETS: Final = resource(
    "grafana.alerting.ContactPoint",
    {
        "$name": "observability-ticket",
        "slacks.*.recipient": "#synckairos-alerts",
        "emails.*.addresses": with_("alerts@example.com"),
    },
)
MAIL: Final = resource("grafana.alerting.ContactPoint", {"emails.*.addresses": with_("alerts@example.com")})

ROWS: Final[Mapping[str, Row]] = {
    "S3-01": realised(key("redis.cache.role", "primary_store"), key("database.provider", "neon"), refusal("C-16")),
    "S3-02": realised(
        resource(STORE, replication=True, dataPersistence="aof-every-1-second"),
        resource(NEON, historyRetentionSeconds=at_least(86400)),
        rule("redis-cloud-persistence"),
        rule("neon-never-suspended"),
        panel("service-error-share"),
    ),
    "S3-03": realised(resource(STORE), output("redis_url"), resource(UPSTASH, on="staging")),
    "S3-04": realised(
        resource(SECRETS, {"$name": "service-secrets", "values": SECRET}),
        resource(MACHINE, {f"{API}stores.cache.variable": "REDIS_URL"}),
    ),
    "S3-05": realised(resource(NEON), output("pooled_url"), resource(SUPABASE, on="staging")),
    "S3-06": realised(
        key("services.migrate.command", with_("psql")),
        key("services.migrate.database_login", "owner"),
        output("run_requests"),
        command("migrate production --system synckairos --dry-run"),
        test("footing/test_migrate_fly.py", "test_machine_runs_once_and_is_removed"),
        test("footing/test_migrate_fly.py", "test_while_one_runs_none_is_started"),
    ),
    "S3-07": realised(
        resource(SECRETS, {"$name": "service-secrets", "values": SECRET}),
        resource(MACHINE, {f"{API}database.login": "application"}),
    ),
    "S3-08": realised(
        *(
            resource("grafana.oss.Dashboard", {"$name": f"observability-{it}"})
            for it in ("latency", "traffic", "errors")
        )
    ),
    "S3-09": realised(
        alert("operation-switch-cycle-ticket"),
        alert("service-error-share-ticket"),
        alert("service-write-queue-ticket"),
    ),
    "S3-10": realised(
        command("ready production --system synckairos"),
        *(check(it) for it in ("redis-answers", "redis-set-get", "database-answers", "database-write")),
        *(check(it, on="staging") for it in ("redis-answers", "redis-set-get", "database-answers")),
    ),
    "S3-11": realised(
        command("up production --simulated --system synckairos"),
        test("engine/test_systems.py", "test_stack_of_a_system_comes_up_twice_and_goes"),
    ),
    "S3-12": realised(
        resource(UPSTASH, on="staging", primaryRegion="us-west-1", tls=True),
        key("redis.cache.plan", "free", on="staging"),
    ),
    "S3-13": realised(
        resource(MACHINE, region="sjc", on="staging"),
        resource(UPSTASH, on="staging", primaryRegion="us-west-1"),
        file("policies/fly_offers.py", "sjc"),
    ),
    "S3-14": realised(
        key("redis.cache.plan", "free", on="staging"), file("components/redis/upstash_plans.py", "size_mb=256")
    ),
    "S3-15": waits(Feature.COST, key("redis.cache.plan", "free", on="staging")),
    "S3-16": realised(
        resource(STORE, enableTls=True), resource(UPSTASH, on="staging", tls=True), rule("redis-cloud-tls")
    ),
    "S3-17": realised(resource(UPSTASH, on="staging", eviction=False), refusal("C-16")),
    "S3-18": realised(
        resource(STORE, dataPersistence="aof-every-1-second"),
        key("redis.cache.backup_path_secret", "REDIS_BACKUP_PATH"),
    ),
    "S3-19": realised(output("redis_url"), file("components/redis/store.py", "rediss://")),
    "S3-20": out_of_scope("A command of Fly's own tool."),
    "S3-21": realised(
        resource(SECRETS, {"$name": "service-secrets", "values": SECRET}, on="staging"),
        resource(MACHINE, {f"{API}stores.cache.variable": "REDIS_URL"}, on="staging"),
    ),
    "S3-22": realised(
        *(check(f"redis-{it}", on="staging") for it in ("answers", "set-get", "setex", "pub-sub")),
        *(check(f"redis-{it}") for it in ("answers", "set-get", "setex", "pub-sub")),
    ),
    "S3-23": realised(resource(STORE), file("providers/rediscloud/plans.py", "connections")),
    "S3-24": realised(check("redis-memory"), check("redis-policy")),
    "S3-25": out_of_scope("A plan for a trial, which no interface can order."),
    "S3-26": realised(
        resource(STORE, replication=True), key("redis.cache.size", "1GB"), key("redis.cache.region", "us-west-1")
    ),
    "S3-27": realised(
        resource(STORE, replication=True),
        key("redis.cache.backup_path_secret", "REDIS_BACKUP_PATH"),
        key("redis.cache.alerts.datasets-size", 80),
    ),
    "S3-28": part(
        "an option of the document that its system does not take",
        file("components/postgres/fly.py", "class FlyPostgres"),
    ),
    "S3-29": realised(resource(SUPABASE, on="staging", name="synckairos-staging")),
    "S3-30": realised(
        resource("random.RandomPassword", {"$name": "database-password", "length": at_least(32)}, on="staging")
    ),
    "S3-31": realised(
        key("database.plan", "free", on="staging"),
        refusal("C-17"),
        test("stacks/test_supabase_config.py", "test_what_the_vendor_cannot_do_is_refused_with_its_reason"),
    ),
    "S3-32": part(
        "an option of the document that its system does not take, and by hand: what is managed has a standby",
        file("components/postgres/fly.py", "class FlyPostgres"),
    ),
    "S3-33": realised(
        output("direct_url", on="staging"), file("components/postgres/supabase.py", "SERVER_PORT = 5432")
    ),
    "S3-34": realised(
        output("pooled_url", on="staging"),
        resource("footing-supabase.Pooler", on="staging", poolMode="transaction"),
        file("providers/supabase/plans.py", "POOLER_PORT = 6543"),
    ),
    "S3-35": realised(
        resource(SECRETS, {"$name": "service-secrets", "values": SECRET}),
        resource(MACHINE, {f"{API}database.login": "application"}),
        resource(SECRETS, {"$name": "service-secrets", "values": SECRET}, on="staging"),
        resource(MACHINE, {f"{API}database.login": "application"}, on="staging"),
    ),
    "S3-36": realised(check("database-answers", on="staging"), check("database-answers")),
    "S3-37": realised(
        key("services.migrate.command", with_("migrations/001_initial_schema.sql")),
        check("database-table-sync-sessions"),
        output("run_requests"),
        command("migrate production --system synckairos"),
        test(
            "lab/test_lab_drills.py",
            "test_pipeline_applies_each_file_once_alone_and_tells_nobody_the_url",
        ),
    ),
    "S3-38": realised(check("database-answers"), check("database-table-sync-sessions"), check("database-write")),
    "S3-39": realised(
        resource("footing-supabase.Pooler", on="staging", poolMode="transaction"),
        rule("supabase-transaction-mode", on="staging"),
    ),
    "S3-40": realised(resource(NEON, suspendTimeoutSeconds=-1), rule("neon-never-suspended")),
    "S3-41": realised(resource(NEON, historyRetentionSeconds=at_least(86400)), refusal("C-17")),
    "S3-42": realised(resource(NEON, historyRetentionSeconds=at_least(604800))),
    "S3-43": realised(check("database-max-connections"), check("database-shared-buffers")),
    "S3-44": realised(file("providers/neon/plans.py", "storage_gb=0.5")),
    "S3-45": realised(resource(NEON, name="synckairos", pgVersion=15, regionId="aws-us-west-2")),
    "S3-46": realised(
        resource("footing-neon.Database", name="synckairos_production"),
        resource("footing-neon.Branch", name="staging"),
    ),
    "S3-47": realised(output("pooled_url"), file("components/postgres/neon.py", "pooler_host")),
    "S3-48": realised(
        key("metrics.store.plan", "free", on="staging"),
        key("metrics.store.retention_days", 14, on="staging"),
        file("components/grafana_plans.py", "logs_gb=50"),
        test("stacks/test_metrics_config.py", "test_free_plan_keeps_two_weeks_and_takes_ten_thousand_series"),
    ),
    "S3-49": realised(
        resource("grafana.cloud.AccessPolicyRotatingToken"), resource("grafana.cloud.Stack", slug="synckairos")
    ),
    "S3-50": realised(
        resource("grafana.cloud.AccessPolicyRotatingToken"),
        file("docs/metrics-store.md", "Alloy keeps what it read"),
    ),
    "S3-51": realised(key("metrics.scrape_interval_seconds", 15), file("docs/metrics-store.md", "S3-51")),
    "S3-52": realised(panel("operation-switch-cycle", "synckairos_switch_cycle_duration_ms")),
    "S3-53": realised(panel("service-route-latency", "route")),
    "S3-54": realised(panel("sessions", "synckairos_active_sessions")),
    "S3-55": realised(panel("service-requests")),
    "S3-56": realised(panel("websockets", "synckairos_websocket_connections")),
    "S3-57": realised(panel("service-write-queue", "synckairos_db_write_queue_size")),
    "S3-58": realised(panel("service-statuses", "status_code")),
    "S3-59": realised(panel("service-error-share")),
    "S3-60": realised(panel("failed-writes", "synckairos_db_write_failures_total")),
    "S3-61": realised(alert("operation-switch-cycle-ticket", 0.05, "5m"), TICKETS),
    "S3-62": realised(alert("service-error-share-ticket", 0.01, "5m")),
    "S3-63": realised(alert("service-write-queue-ticket", 1000, "10m")),
    "S3-64": realised(MAIL),
    "S3-65": realised(SLACK, key("grafana.contacts.slack_channel", "#synckairos-alerts")),
    "S3-66": realised(resource("datadog.Monitor"), key("datadog.site", "datadoghq.com")),
    "S3-67": realised(
        resource(MACHINE, {"config.env.DD_APM_NON_LOCAL_TRAFFIC": "true", "config.image": with_("datadog/agent")})
    ),
    "S3-68": realised(
        *(
            resource(
                MACHINE,
                {
                    "config.env.DD_SERVICE": "api",
                    "config.env.DD_ENV": it,
                    "config.env.DD_TAGS": with_("app:synckairos"),
                    "config.env.DD_AGENT_HOST": f"synckairos-{it}-datadog.internal",
                },
                on=it,
            )
            for it in ("staging", "production")
        )
    ),
    "S3-69": realised(
        resource("datadog.DashboardJson"),
        resource("datadog.Monitor", {"$name": "datadog-service-write-queue-ticket"}),
        output("datadog_dashboard_url"),
    ),
}
"""How each row is answered."""
