"""Rows of S2 from its workflows on: the feed."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    Row,
    alert,
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
    scenario,
    test,
    with_,
)
from footing.coverage.feed_readiness import CODE, TESTS_OF_THE_APPLICATION
from footing.coverage.feed_setup import (
    API_LIMIT,
    AUTH_LIMIT,
    MONITOR,
    POOL,
    RULES,
    STATIC,
)

DELIVERY: Final = "docs/examples/application/.github/workflows/deploy.yml"
RUN_SENDS: Final = "test_run_sends_what_is_due_and_tells_cold_from_warm_and_blocked_from_failed"
FEED_API: Final = "/functions/v1/feed-api"
CONNECTIONS: Final = resource("footing-supabase.PostgresSettings", {"settings.max_connections": 200})
LATER: Final = out_of_scope("A feature of the application that its makers put off.")

ROWS: Final[Mapping[str, Row]] = {
    "S2-37": realised(
        *(
            resource("github.RepositoryRuleset", {"rules.requiredStatusChecks.requiredChecks.*.context": it})
            for it in ("frontend", "database")
        ),
        job(DELIVERY, "frontend", "make frontend"),
        job(DELIVERY, "database", "make database"),
        file("docs/examples/application/Makefile", "npx tsc --noEmit --strict && npx eslint . && npx prettier"),
        file("docs/examples/application/Makefile", "npx supabase db lint"),
    ),
    "S2-38": TESTS_OF_THE_APPLICATION,
    "S2-39": realised(
        key("sentry.error_sample_rate", 0.1),
        key("sentry.frontend.error_sample_rate", 0.1),
        resource("footing-sentry.Project", slug="feed-production-api"),
        resource("footing-sentry.Project", slug="feed-production-web"),
    ),
    "S2-40": realised(panel("rpc-calls", "duration_ms"), panel("rpc-cache-results", "cache_result")),
    "S2-41": out_of_scope("Code of the front end."),
    "S2-42": realised(
        scenario("auth-brute-force", {"passed_per_minute": 20}),
        scenario("feed", {"latency:api:95": 250}),
        scenario("action-spam", {"blocked": 1}),
    ),
    "S2-43": realised(
        file(".github/workflows/load.yml", "make loadtest"), file(".github/workflows/load.yml", "cron:")
    ),
    "S2-44": TESTS_OF_THE_APPLICATION,
    "S2-45": realised(scenario("feed", users=100, duration_seconds=60), refusal("C-23")),
    "S2-46": part(
        "its code is deployed by nothing here", key("database.function_secrets.REDIS_URL", "redis.cache")
    ),
    "S2-47": realised(
        resource(
            RULES,
            {
                "rules.ref=api-per-minute.expression": with_(f'"{FEED_API}"'),
                "rules.ref=api-per-minute.ratelimit.requestsPerPeriod": 100,
            },
        ),
        rule("edge-api-rate"),
    ),
    "S2-48": CODE,
    "S2-49": realised(POOL, CONNECTIONS, rule("supabase-pool-size"), rule("supabase-max-connections")),
    "S2-50": realised(output("pooled_url"), file("providers/supabase/plans.py", "POOLER_PORT = 6543")),
    "S2-51": realised(
        POOL, test("lab/test_lab_experiments.py", "test_the_same_load_without_the_poolers_exhausts_postgresql")
    ),
    "S2-52": realised(
        resource("upstash.RedisDatabase", on="staging"), key("redis.cache.plan", "free", on="staging")
    ),
    "S2-53": realised(
        panel("rpc-time"),
        panel("database-transactions"),
        scenario("feed-scrape", {"hit_share:edge_api": 0.7, "reads_saved": 0.7}),
        scenario("feed", {"latency:feed_warm:95": 120, "reads_saved": 0.7}),
    ),
    "S2-54": realised(resource("cloudflare.Zone", name="feed.example"), output("name_servers")),
    "S2-55": realised(STATIC, resource(RULES, {"rules.ref=static-directories.expression": with_('"/_app/"')})),
    "S2-56": realised(
        resource(
            RULES,
            {
                "rules.ref=api-anonymous.expression": with_(f'"{FEED_API}"'),
                "rules.ref=api-anonymous.actionParameters.respectStrongEtags": True,
            },
        ),
        resource(RULES, {"rules.ref=api-stale-while-revalidate.actionParameters.maxAge.value": 30}),
    ),
    "S2-57": realised(*API_LIMIT.evidence, *AUTH_LIMIT.evidence),
    "S2-58": realised(
        resource(RULES, {"rules.ref=compress-text.actionParameters.algorithms.*.name": "brotli"}),
        file("stacks/config/edge.py", "minify"),
    ),
    "S2-59": part(
        "latency is measured where the generator runs and held to 200 ms; a hundredth of the bytes would be 99 %",
        panel("edge-cache-hits"),
        scenario("feed-scrape", {"hit_share:edge_api": 0.7}),
        scenario("smoke", {"byte_share:edge": 0.9, "latency:edge:95": 200}),
    ),
    "S2-60": realised(
        output("sentry_frontend_dsn"),
        key("sentry.traces_sample_rate", 0.1),
        resource("vercel.Project", protectedSourcemaps=True),
        job(DELIVERY, "deploy", "make release"),
        file("docs/examples/application/Makefile", "npx sentry-cli sourcemaps upload"),
        command("release production --system feed --version VERSION"),
        test("footing/test_release.py", "test_release_is_made_once_and_each_deployment_told"),
    ),
    "S2-61": realised(
        command("load production --system feed"),
        file("footing/load/address.py", '"API_URL"'),
        file("loadtest/generator.py", '"SUPABASE_ANON_KEY"'),
        test("loadtest/test_generator.py", RUN_SENDS),
    ),
    "S2-62": realised(
        scenario("feed", {"latency:api:95": 250}), resource(MONITOR, name="sentry-slow-api", highAbove=250)
    ),
    "S2-63": realised(scenario("feed", {"failed_share": 0.02}), alert("edge-errors-ticket", 0.02)),
    "S2-64": realised(
        *API_LIMIT.evidence, scenario("auth-brute-force", {"blocked": 1}), scenario("action-spam", {"blocked": 1})
    ),
    "S2-65": realised(scenario("feed", {"hit_share:edge_api": 0.3}), panel("edge-cache-hits")),
    "S2-66": realised(
        alert("database-connections-ticket", 80),
        test("lab/test_lab_experiments.py", "test_a_thousand_clients_share_the_pool_without_an_error"),
    ),
    "S2-67": realised(
        *(
            key(f"deferred.name=partition_{it}.trigger.above", 10_000_000)
            for it in ("usage_events", "rpc_observations")
        )
    ),
    "S2-68": realised(key("deferred.name=multi_region_failover.reason", with_("100 ms everywhere"))),
    "S2-69": LATER,
    "S2-70": LATER,
    "S2-71": realised(key("deferred.name=multi_region_failover.trigger.users", 100_000)),
    "S2-72": out_of_scope("Looks and accessibility of the application."),
    "S2-73": part(
        "the promises are those of S0: 250 ms cold, 70 % of the files, 2 % of errors, 80 connections; 10,000 "
        "people are as many as their think time makes them",
        panel("rpc-time"),
        alert("database-connections-ticket", 80),
        scenario("feed", {"latency:feed_warm:95": 120, "hit_share:edge_api": 0.3}),
        scenario("auth-brute-force", {"blocked": 1}),
    ),
    "S2-74": part("nobody has timed it with the real vendors", command("up production --simulated --system feed")),
    "S2-75": realised(
        file("docs/observability.md", "## The first week"),
        panel("edge-cache-hits"),
        panel("edge-rate-limited"),
        resource(MONITOR, name="sentry-errors-web"),
    ),
    "S2-76": realised(
        test("stacks/test_left_out.py", "test_what_is_left_out_is_neither_composed_nor_asked_for"),
        file("docs/services.md", "are optional blocks"),
    ),
    "S2-77": realised(
        file("systems/feed/README.md", "make up SYSTEM=feed STACK=production"),
        command("up production --simulated --system feed"),
        test("test_docs.py", "test_generated_page_is_current"),
    ),
}
"""How each row is answered."""
