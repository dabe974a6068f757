"""Rows of S4: Nexod, on AWS."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    Feature,
    Row,
    alert,
    at_least,
    command,
    file,
    job,
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

SERVER: Final = "aws.rds.Instance"
MONITOR: Final = "footing-sentry.MetricMonitor"
SERVICE: Final = resource("aws.ecs.TaskDefinition", family="nexod-production-api")
STAGING: Final = resource(
    "aws.ecs.TaskDefinition", on="staging", family="nexod-staging-api", cpu="2048", memory="4096"
)
MIGRATION: Final = resource("aws.ecs.TaskDefinition", family="nexod-production-migrate")
SERVERS: Final = resource(
    "aws.ecs.TaskDefinition", {"family": "nexod-production-metrics", "volumes.*.name": "prometheus"}
)
MACHINE: Final = resource("aws.ec2.LaunchTemplate", instanceType="t3.small")
DEVELOPMENT: Final = resource("footing-supabase.Project", on="development", postgresEngine="15", compute="nano")
COST: Final = waits(Feature.COST)
APPLICATION: Final = "docs/examples/application"
DELIVERY: Final = f"{APPLICATION}/.github/workflows/deploy.yml"
DEPLOYED: Final = (
    job(DELIVERY, "deploy", "make deploy"),
    file(
        f"{APPLICATION}/Makefile",
        "aws ecs update-service --cluster $(ECS_CLUSTER) --service $(FAMILY) --task-definition",
    ),
    job(".github/workflows/deploy.yml", "deploy", "make deploy CLOUD=real"),
    test(
        "footing/workflows/test_workflow_rules.py",
        "test_c_27_each_fault_of_the_documents_workflow_is_one_sentence",
    ),
)
"""What develop and main start, by CI's image and by the stack's own plan."""
PROFILING: Final = panel("service-latency-p95", "py-spy record")
"""The runbook of the alert on slow answers, which leads to the page."""


def slow(percentile: str, over: float, objective: str) -> Row:
    """Return a row that an alert and an objective over the time to an answer realise."""
    return realised(alert(f"service-latency-{percentile}-ticket", over), panel(f"service-latency-{objective}"))


ROWS: Final[Mapping[str, Row]] = {
    "S4-01": realised(DEVELOPMENT, resource(SERVER), resource(SERVER, on="staging")),
    "S4-02": realised(
        DEVELOPMENT,
        key("database.plan", "free", on="development"),
        resource("footing-supabase.ApiSettings", on="development"),
        file("docs/providers.md", "## footing-supabase"),
    ),
    "S4-03": out_of_scope("What people use it for."),
    "S4-04": part("nothing says what data may live there, and nothing looks"),
    "S4-05": realised(
        resource(SERVER, {"engine": "postgres", "engineVersion": with_("15"), "multiAz": True}),
        rule("database-multi-az"),
    ),
    "S4-06": realised(SERVICE, resource("aws.ecs.Service", name="nexod-production-api")),
    "S4-07": realised(
        resource("aws.cloudfront.Distribution"), resource("aws.s3.Bucket"), rule("distribution-signs-requests")
    ),
    "S4-08": realised(resource("aws.elasticache.ReplicationGroup"), rule("redis-tls-required")),
    "S4-09": realised(
        resource("aws.cloudwatch.MetricAlarm"), resource("footing-sentry.Project", slug="nexod-production-api")
    ),
    "S4-10": realised(
        resource("vercel.ProjectDomain", domain="app.nexod.example"),
        resource("vercel.Project", framework="nextjs"),
    ),
    "S4-11": realised(
        resource("vercel.ProjectDomain", domain="app.nexod-staging.example", on="staging"),
        resource("vercel.Project", {"gitRepository.productionBranch": "develop"}, on="staging"),
    ),
    "S4-12": realised(
        resource("vercel.Project", {"gitRepository.repo": "example/nexod"}),
        resource("vercel.ProjectEnvironmentVariable", key="NEXT_PUBLIC_API_URL", targets=with_("preview")),
        rule("vercel-preview-protection"),
    ),
    "S4-13": out_of_scope("What Vercel does by itself."),
    "S4-14": realised(
        resource("aws.appautoscaling.Target", minCapacity=2, maxCapacity=10),
        resource("aws.lb.LoadBalancer", loadBalancerType="application"),
    ),
    "S4-15": realised(
        STAGING, resource("aws.appautoscaling.Target", on="staging", minCapacity=1, maxCapacity=1), refusal("C-21")
    ),
    "S4-16": realised(
        resource("aws.lb.LoadBalancer", idleTimeout=120), key("services.api.max_request_seconds", at_least(30))
    ),
    "S4-17": realised(
        resource("aws.lb.TargetGroup", {"stickiness.enabled": True, "deregistrationDelay": at_least(60)})
    ),
    "S4-18": realised(resource(SERVER, instanceClass="db.r6g.large")),
    "S4-19": realised(
        resource(SERVER, allocatedStorage=100, storageType="gp3", maxAllocatedStorage=500),
        rule("database-storage-ceiling"),
    ),
    "S4-20": realised(resource(SERVER, backupRetentionPeriod=7), rule("database-backups-week")),
    "S4-21": realised(resource(SERVER, storageEncrypted=True), rule("database-storage-encrypted")),
    "S4-22": realised(resource(SERVER, publiclyAccessible=False), rule("database-not-public")),
    "S4-23": realised(
        resource("aws.ecs.TaskDefinition", {"tags.footing:server-connections": "100"}),
        rule("pooler-server-connections"),
    ),
    "S4-24": realised(
        key("database.pooler.query_wait_timeout_seconds", 30),
        test("lab/test_lab_experiments.py", "test_a_held_lock_ends_in_an_error_and_not_in_a_hang"),
    ),
    "S4-25": realised(
        resource("aws.ecs.Service", name="nexod-production-pooler", desiredCount=2),
        rule("pooler-transaction-mode"),
    ),
    "S4-26": realised(
        resource(SERVER, {"$name": "database-reads"}), resource(SERVER, {"$name": "database-analytics"})
    ),
    "S4-27": realised(key("services.api.reader_pools.analytics", at_least(1)), output("reader_urls")),
    "S4-28": realised(
        MIGRATION,
        key("services.migrate.command", with_("alembic")),
        key("services.migrate.database_login", "owner"),
        output("run_requests"),
        output("run_requests", on="staging"),
        command("migrate production --system nexod"),
        test(
            "engine/test_service_changes.py",
            "test_migration_runs_before_the_services_roll_and_its_failure_stops_the_roll",
        ),
        file("docs/services.md", "deploys the\nservices only when its exit code was 0"),
    ),
    "S4-29": part(
        "passwords and MFA are switched on in Clerk's dashboard: its API says no names for them",
        resource(
            "footing-clerk.InstanceConfig",
            {"settings.connection_oauth_google.enabled": True, "settings.connection_oauth_github.enabled": True},
        ),
        output("clerk_issuer"),
    ),
    "S4-30": part("endpoints are registered by hand: Clerk's API makes none", output("clerk_jwks_url")),
    "S4-31": realised(
        key("services.api.secrets.CLERK_SECRET_KEY", "clerk.secret_key"),
        resource("aws.secretsmanager.Secret", {"$name": "service-environment"}),
    ),
    "S4-32": out_of_scope("Code of the front end."),
    "S4-33": realised(key("sentry.traces_sample_rate", 0.1), key("sentry.profiles_sample_rate", 0.01)),
    "S4-34": realised(output("sentry_dsn"), rule("service-error-reports")),
    "S4-35": realised(
        resource("vercel.ProjectEnvironmentVariable", key="NEXT_PUBLIC_SENTRY_DSN", targets=with_("production")),
        key("sentry.frontend.traces_sample_rate", 0.1),
    ),
    "S4-36": realised(
        resource(MONITOR, name="sentry-errors-api", mediumAbove=10, windowSeconds=300),
        resource("footing-sentry.Alert", {"name": "sentry-errors-api", "actionFilters.*.actions.*.type": "slack"}),
    ),
    "S4-37": realised(
        resource(MONITOR, name="sentry-errors-api", highAbove=100, windowSeconds=300),
        resource(
            "footing-sentry.Alert", {"name": "sentry-errors-api", "actionFilters.*.actions.*.type": "pagerduty"}
        ),
    ),
    "S4-38": realised(
        resource(
            "footing-sentry.Alert",
            {
                "name": "sentry-new-issue-api",
                "triggers": with_("first_seen_event"),
                "actionFilters.*.actions.*.type": "slack",
            },
        )
    ),
    "S4-39": realised(
        resource(MONITOR, name="sentry-slow-api", aggregate="p95(span.duration)"),
        resource("footing-sentry.Alert", {"name": "sentry-slow-api", "actionFilters.*.actions.*.type": "slack"}),
    ),
    "S4-40": realised(
        PROFILING, file("docs/profiling.md", "py-spy record"), file("docs/profiling.md", "py-spy dump")
    ),
    "S4-41": realised(PROFILING, file("docs/profiling.md", "## When")),
    "S4-42": realised(PROFILING, file("docs/profiling.md", "--gil"), file("docs/profiling.md", "JSON")),
    "S4-43": realised(SERVERS, MACHINE),
    "S4-44": realised(
        resource("aws.ecs.TaskDefinition", {"family": "nexod-production-metrics", "volumes.*.name": "grafana"}),
        MACHINE,
    ),
    "S4-45": realised(key("metrics.store.retention_days", 30)),
    "S4-46": realised(panel("service-routes", "endpoint"), panel("service-statuses", "status")),
    "S4-47": realised(panel("service-route-latency", "http_request_duration_seconds")),
    "S4-48": realised(panel("active-users", "active_users")),
    "S4-49": realised(panel("tasks-created", "user_type")),
    "S4-50": realised(file("docs/profiling.md", "memray run")),
    "S4-51": realised(key("cache.keys.pattern=user-session:{user_id}.ttl_seconds", 3600), refusal("C-25")),
    "S4-52": realised(key("cache.keys.pattern=api:{cache_key}.ttl_seconds", 300)),
    "S4-53": realised(key("cache.keys.pattern=query:{name}.ttl_seconds", 60)),
    "S4-54": realised(
        resource("aws.cloudfront.Function", code=with_("public, max-age=3600, stale-while-revalidate=86400"))
    ),
    "S4-55": realised(
        key("cache.keys.pattern=user:{user_id}.invalidated_on", with_("user")),
        file("docs/redis.md", "invalidated_on"),
    ),
    "S4-56": realised(key("cache.keys.pattern=session:{session_id}.ttl_seconds", 3600)),
    "S4-57": out_of_scope("Code of the front end."),
    "S4-58": out_of_scope("Code of the front end."),
    "S4-59": slow("p50", 0.2, "api-median"),
    "S4-60": slow("p95", 0.5, "api"),
    "S4-61": slow("p99", 1, "api-slowest"),
    "S4-62": realised(alert("pooler-query-time-info", 0.05), alert("pooler-query-time-ticket", 0.1)),
    "S4-63": realised(alert("redis-command-time-info", 0.005), alert("redis-command-time-ticket", 0.01)),
    "S4-64": realised(resource(MONITOR, name="sentry-first-byte-web", highAbove=500)),
    "S4-65": realised(resource(MONITOR, name="sentry-largest-paint-web", highAbove=4000)),
    "S4-66": realised(
        resource("github.RepositoryRuleset", {"rules.requiredStatusChecks.requiredChecks.*.context": "backend"}),
        resource("github.RepositoryRuleset", {"rules.requiredStatusChecks.requiredChecks.*.context": "frontend"}),
        job(DELIVERY, "backend", "make backend"),
        job(DELIVERY, "frontend", "make frontend"),
        file(f"{APPLICATION}/Makefile", "python -m pytest"),
        file(f"{APPLICATION}/Makefile", "npm test"),
    ),
    "S4-67": realised(
        resource(
            "github.RepositoryEnvironmentDeploymentPolicy",
            branchPattern="develop",
            environment="staging",
            on="staging",
        ),
        resource("aws.iam.Role", {"$name": "deploy-role"}, on="staging"),
        *DEPLOYED,
    ),
    "S4-68": realised(
        resource("github.RepositoryEnvironmentDeploymentPolicy", branchPattern="main", environment="production"),
        resource("aws.iam.Role", {"$name": "deploy-role"}),
        *DEPLOYED,
    ),
    **{f"S4-{number}": COST for number in range(69, 78)},
    "S4-78": realised(
        key("services.api.capacity.spot_percent", 100, on="staging"), key("services.api.capacity.spot_percent", 0)
    ),
    "S4-79": out_of_scope("A purchase."),
    "S4-80": realised(
        resource(
            "aws.s3.BucketLifecycleConfiguration", {"rules.*.transitions.*.storageClass": "INTELLIGENT_TIERING"}
        )
    ),
    "S4-81": realised(resource("aws.cloudfront.CachePolicy", defaultTtl=31536000)),
    "S4-82": realised(
        key("owners.team", "devops"),
        key("sentry.slack.channel", "#devops"),
        key("grafana.contacts.email", with_("devops@example.com")),
    ),
    "S4-83": realised(
        key("services.api.reader_pools.reads", at_least(1)),
        key("services.api.reader_pools.analytics", at_least(1)),
        output("reader_urls"),
        panel("service-latency-api"),
        command("check production --system nexod"),
    ),
}
"""How each row is answered."""
