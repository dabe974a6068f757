"""Rows of S3 from the values of the environment on: how SyncKairos is brought up, and what it costs."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    Feature,
    Row,
    alert,
    command,
    file,
    key,
    out_of_scope,
    panel,
    realised,
    resource,
    rule,
    test,
    waits,
)
from footing.coverage.synckairos import MACHINE, MAIL, NEON, SECRETS, SLACK, STORE, UPSTASH

READY: Final = waits(Feature.READINESS)
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
    "S3-75": READY,
    "S3-76": realised(resource(MACHINE, {"config.services.*.checks.*.path": "/health"}), rule("fly-health-check")),
    "S3-77": realised(resource(MACHINE, {"config.services.*.checks.*.path": "/ready"})),
    "S3-78": waits(
        Feature.READINESS, alert("scrape-service-page-below"), panel("sessions", "synckairos_active_sessions")
    ),
    "S3-79": READY,
    "S3-80": READY,
    "S3-81": realised(
        alert("scrape-service-page-below"), panel("operation-switch-cycle"), panel("service-error-share")
    ),
    "S3-82": out_of_scope("Commands of Fly's own tool."),
    "S3-83": waits(Feature.LOAD),
    "S3-84": out_of_scope("People look while a test runs."),
    "S3-85": waits(
        Feature.READINESS,
        rule("redis-cloud-tls"),
        resource(STORE, enableTls=True),
        resource(UPSTASH, on="staging", eviction=False),
        missing="nobody connects",
    ),
    "S3-86": waits(Feature.READINESS, resource(NEON), rule("neon-never-suspended"), missing="nobody connects"),
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
    "S3-88": READY,
    "S3-89": waits(Feature.DELIVERY, command("show production --system synckairos")),
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
    "S3-104": waits(Feature.DELIVERY, file(".github/workflows/pull-request.yml", "gate")),
}
"""How each row is answered."""
