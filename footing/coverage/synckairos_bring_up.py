"""Rows of S3 from the values of the environment on: how SyncKairos is brought up, and what it costs."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    SECRET,
    Feature,
    Row,
    alert,
    check,
    command,
    file,
    job,
    key,
    out_of_scope,
    panel,
    realised,
    resource,
    rule,
    scenario,
    test,
    waits,
)
from footing.coverage.synckairos import MACHINE, MAIL, NEON, SECRETS, SLACK, STORE, UPSTASH

ROUND: Final = "services.api.smoke_tests.name=session-round.steps"
"""Requests of the documents' smoke test."""
COST: Final = waits(Feature.COST)

ROWS: Final[Mapping[str, Row]] = {
    "S3-70": realised(
        key("services.api.secrets.JWT_SECRET", "generated"), resource(SECRETS, {"$name": "service-secrets"})
    ),
    "S3-71": realised(
        resource(MACHINE, {"config.env.NODE_ENV": "production"}),
        resource(MACHINE, {"config.env.NODE_ENV": "staging"}, on="staging"),
    ),
    "S3-72": realised(resource(MACHINE, {"config.env.PORT": "3000", "config.services.*.internalPort": 3000})),
    "S3-73": realised(resource(MACHINE, {"config.env.LOG_LEVEL": "info"})),
    "S3-74": realised(
        command("up staging --system synckairos"), key("services.api.fly.machines", 2, on="staging")
    ),
    "S3-75": realised(
        check("smoke-session-round", on="staging"),
        check("service-health", on="staging"),
        check("service-ready", on="staging"),
        file("docs/smoke-tests.md", "https://synckairos-staging.fly.dev"),
        test("stacks/test_smoke_config.py", "test_smoke_tests_of_synckairos_ask_the_address_of_the_document"),
    ),
    "S3-76": realised(resource(MACHINE, {"config.services.*.checks.*.path": "/health"}), rule("fly-health-check")),
    "S3-77": realised(resource(MACHINE, {"config.services.*.checks.*.path": "/ready"})),
    "S3-78": realised(
        check("service-metric-synckairos-active-sessions"),
        alert("scrape-service-page-below"),
        panel("sessions", "synckairos_active_sessions"),
    ),
    "S3-79": realised(
        check("smoke-session-round"),
        key(f"{ROUND}.method=POST.path", "/v1/sessions"),
        key(f"{ROUND}.method=POST.body.session_id", "{uuid}"),
        key(f"{ROUND}.method=POST.body.sync_mode", "per_participant"),
        key(f"{ROUND}.method=POST.body.participants.*.total_time_ms", 60000),
    ),
    "S3-80": realised(
        check("smoke-session-round"), key(f"{ROUND}.path=/v1/sessions/{{uuid}}.answer.session_id", "{uuid}")
    ),
    "S3-81": realised(
        alert("scrape-service-page-below"), panel("operation-switch-cycle"), panel("service-error-share")
    ),
    "S3-82": out_of_scope("Commands of Fly's own tool."),
    "S3-83": realised(
        scenario("baseline", {"latency:operation:95": 50, "failed_share": 0.01}),
        file("footing/load/address.py", '"K6_BASE_URL"'),
    ),
    "S3-84": out_of_scope("People look while a test runs."),
    "S3-85": realised(
        rule("redis-cloud-tls"),
        resource(STORE, enableTls=True),
        resource(UPSTASH, on="staging", eviction=False),
        *(check(f"redis-{it}") for it in ("answers", "wants-password", "set-get", "setex", "pub-sub", "policy")),
        check("redis-answers", on="staging"),
    ),
    "S3-86": realised(
        resource(NEON),
        rule("neon-never-suspended"),
        *(check(f"database-{it}") for it in ("answers", "connection-tls", "table-sync-sessions", "write")),
        *(check(f"database-{it}") for it in ("max-connections", "statement-timeout")),
        check("database-answers", on="staging"),
    ),
    "S3-87": realised(
        resource("grafana.cloud.Stack"),
        *(
            resource("grafana.oss.Dashboard", {"$name": f"observability-{it}"})
            for it in ("latency", "traffic", "errors")
        ),
        alert("operation-switch-cycle-ticket"),
        alert("service-error-share-ticket"),
        alert("service-write-queue-ticket"),
        SLACK,
        MAIL,
        command("fire-drill production --system synckairos"),
    ),
    "S3-88": realised(
        command("ready production --system synckairos --junit"),
        test("lab/test_lab_readiness.py", "test_each_fault_is_named_by_its_check_alone"),
    ),
    "S3-89": realised(
        resource("fly-machines.apps.Secrets", {"$name": "service-secrets", "values": SECRET}),
        command("contract production --system synckairos --variables"),
        file("docs/delivery.md", "## No `.env.production`"),
        test("stacks/test_config.py", "test_missing_secret_names_the_command"),
    ),
    "S3-90": realised(
        file("systems/synckairos/README.md", "make up SYSTEM=synckairos"), file("docs/database.md", "## Ways in")
    ),
    "S3-91": realised(
        file("docs/observability.md", "## Who hears of what"), file("docs/metrics-store.md", "## Grafana Cloud")
    ),
    "S3-92": realised(file("docs/redis.md", "## When it does not answer"), file("docs/redis.md", "rediss://")),
    "S3-93": realised(
        file("docs/database.md", "## When nobody can connect"),
        file("docs/database.md", "permission denied for schema"),
    ),
    "S3-94": realised(
        panel("scrape-service", "curl"),
        panel("telemetry-remote-write"),
        file("docs/observability.md", "## Know that it arrives"),
        command("fire-drill production --system synckairos"),
        test("footing/test_fire_drill.py", "test_drill_has_grafana_test_each_integration_of_each_contact_point"),
    ),
    **{f"S3-{number}": COST for number in range(95, 103)},
    "S3-103": out_of_scope("A plan of people's work."),
    "S3-104": realised(
        job(".github/workflows/deploy.yml", "gate", "make plan check"),
        job(".github/workflows/deploy.yml", "preview", "make preview CLOUD=real"),
        job(".github/workflows/deploy.yml", "deploy", "make ready CLOUD=real"),
        file("docs/delivery.md", "## The order"),
    ),
}
"""How each row is answered."""
