"""Rows of S1 up to the targets: the launch of FairTradeWorker."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    Evidence,
    Row,
    alert,
    at_least,
    check,
    command,
    file,
    job,
    key,
    out_of_scope,
    output,
    part,
    realised,
    refusal,
    resource,
    rule,
    scenario,
    test,
)

POOL: Final = resource("footing-supabase.Pooler", poolMode="transaction", defaultPoolSize=25)
SCALED: Final = resource("aws.appautoscaling.Target", minCapacity=8, maxCapacity=50)
READERS: Final = (resource("footing-supabase.ReadReplica"), output("reader_urls"))
METRICS: Final = resource("aws.ecs.TaskDefinition", family="fairtradeworker-production-metrics")
CONTRACT: Final = test(
    "stacks/test_app_contract.py", "test_variables_and_document_say_the_same_and_keep_to_the_schema"
)
CAPACITY: Final = test(
    "capacity/test_capacity_model.py", "test_each_phase_of_the_market_is_asked_for_what_its_users_make"
)


def phase(name: str, **counts: int) -> Row:
    """Return a row about a phase of growth, which the stack file carries and the capacity model judges."""
    return realised(
        *(key(f"phases.name={name}.{path}", value) for path, value in counts.items()),
        command("capacity production --system fairtradeworker --phase " + name),
        CAPACITY,
    )


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


COMPOSE = "systems/fairtradeworker/compose.yaml"


ROWS: Final[Mapping[str, Row]] = {
    "S1-01": phase("launch", users=400_000),
    "S1-02": phase("launch", daily_users=160_000),
    "S1-03": phase("launch", concurrent_users=20_000),
    "S1-04": phase(
        "launch", **{"daily_writes.jobs": 1500, "daily_writes.bids": 7500, "daily_writes.messages": 15000}
    ),
    "S1-05": realised(SCALED, key("services.app.scaling.mode", "step"), command("scaling production")),
    "S1-06": realised(POOL, key("database.pooler.user_database_pairs", 4)),
    "S1-07": realised(
        *(file(COMPOSE, f"127.0.0.1:{it}:{it}") for it in (3000, 6379, 5432)),
        command("compose production --system fairtradeworker"),
        test("stacks/test_compose_file.py", "test_file_is_valid_and_takes_every_secret_from_the_environment"),
        test("stacks/test_compose_file.py", "test_launch_system_has_its_ports_and_limits"),
    ),
    "S1-08": realised(
        key("services.app.image_by", "digest"),
        file("docs/examples/application/node.Dockerfile", "USER 10001:10001"),
        job("docs/examples/application/.github/workflows/deploy.yml", "image", "make image"),
        test("workflows/test_workflows.py", "test_images_of_the_example_run_as_the_task_definitions_do"),
    ),
    "S1-09": realised(
        METRICS, test("components/test_monitoring.py", "test_promtool_accepts_what_the_start_script_writes")
    ),
    "S1-10": realised(
        resource("grafana.alerting.RuleGroup"),
        command("observe production --system fairtradeworker"),
        test("observability/test_promtool.py", "test_every_alert_fires_and_is_silent_when_its_record_says_so"),
    ),
    "S1-11": realised(command("ready production --system fairtradeworker")),
    "S1-12": realised(key("tools.node", 20), key("tools.npm", 10), check("tool-node"), check("tool-npm")),
    "S1-13": out_of_scope("Packages of the application."),
    "S1-14": realised(
        key("services.app.secrets.SESSION_KEY", "generated"),
        test("stacks/test_config.py", "test_missing_secret_names_the_command"),
        command("check production --system fairtradeworker"),
    ),
    "S1-15": realised(
        rule("scaling-bounds"), rule("service-scaling"), command("check production --system fairtradeworker")
    ),
    "S1-16": realised(
        key("database.required_migrations.name=010_scale_400k_indexes"),
        check("database-migration-010-scale-400k-indexes"),
    ),
    "S1-17": realised(
        key("services.app.circuit_breakers.database.failures", 5),
        *(check(f"breaker-app-{it}") for it in ("database", "openai", "stripe", "twilio", "sendgrid", "storage")),
    ),
    "S1-18": realised(command("load production --list --system fairtradeworker"), scenario("day-one")),
    "S1-19": realised(
        test("test_docs.py", "test_generated_page_is_current"),
        file("systems/fairtradeworker/README.md", "make up"),
    ),
    "S1-20": realised(
        command("load production --list --system fairtradeworker"),
        test("footing/test_load_command.py", "test_list_shows_what_the_stack_offers"),
    ),
    "S1-21": realised(
        file("docs/operations.md", "DAY1_OPERATIONS_RUNBOOK"),
        command("observe production --system fairtradeworker"),
        test("test_docs_commands.py", "test_every_command_of_a_page_exists_and_parses"),
        test("lab/test_lab_procedures.py", "test_postgres_answers_every_statement"),
    ),
    "S1-22": realised(scenario("day-one", represents_users=20_000), refusal("C-23")),
    "S1-23": realised(scenario("day-one", users=2000, duration_seconds=900)),
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
    "S1-42": part(
        "that it is applied and left no index invalid is looked at, not the six groups: none is named",
        check("database-migration-010-scale-400k-indexes"),
        check("database-invalid-indexes"),
    ),
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
}
"""How each row is answered."""
