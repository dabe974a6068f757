"""Rows of S2: what the feed has to have before its launch."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    SECRET,
    Feature,
    Row,
    alert,
    command,
    file,
    key,
    out_of_scope,
    output,
    panel,
    part,
    realised,
    resource,
    rule,
    test,
    waits,
    with_,
)
from footing.coverage.feed_setup import (
    API_LIMIT,
    AUTH_LIMIT,
    IMMUTABLE,
    MONITOR,
    POOL,
    RULES,
    STATIC,
)

FUNCTION_LIMITS: Final = resource("footing-supabase.FunctionSecrets", secrets=SECRET)
FEED_API: Final = "/functions/v1/feed-api"
CONNECTIONS: Final = resource("footing-supabase.PostgresSettings", {"settings.max_connections": 200})
TESTS_OF_THE_APPLICATION: Final = out_of_scope("Tests of the application's own code, in its own repository.")
CODE: Final = out_of_scope("Code of the application.")
LATER: Final = out_of_scope("A feature of the application that its makers put off.")

ROWS: Final[Mapping[str, Row]] = {
    "S2-01": waits(
        Feature.READINESS,
        key("database.required_rls", with_("public.*")),
        missing="nobody asks PostgreSQL which tables have row security",
    ),
    "S2-02": waits(
        Feature.READINESS, key("database.required_rls", with_("public.*")), missing="nobody asks as two users"
    ),
    "S2-03": waits(
        Feature.READINESS,
        key("database.required_functions.name=is_admin.security", "definer"),
        missing="nobody asks PostgreSQL for its functions",
    ),
    "S2-04": realised(
        key("database.function_limits.burst.window_seconds", 1),
        key("database.function_limits.burst.counted_in", "memory"),
        FUNCTION_LIMITS,
    ),
    "S2-05": realised(
        key("database.function_limits.api.window_seconds", 60),
        key("database.function_secrets.REDIS_URL", "redis.cache"),
        FUNCTION_LIMITS,
        test("stacks/test_supabase_config.py", "test_limits_of_functions_are_counted_where_they_say"),
    ),
    "S2-06": waits(
        Feature.READINESS,
        key("database.required_functions.name=check_rate_limit"),
        missing="nobody asks PostgreSQL for its functions",
    ),
    "S2-07": out_of_scope("A column of the application's schema."),
    "S2-08": CODE,
    "S2-09": waits(Feature.READINESS, missing="nobody reads Supabase's advisor"),
    "S2-10": part(
        "the rest is code of the application",
        resource(RULES, {"rules.ref=managed.action": "execute"}),
        resource(RULES, {"rules.ref=frame-ancestors.action": "rewrite"}),
        rule("zone-managed-firewall"),
    ),
    "S2-11": TESTS_OF_THE_APPLICATION,
    "S2-12": TESTS_OF_THE_APPLICATION,
    "S2-13": waits(
        Feature.LOAD,
        test("lab/test_lab_experiments.py", "test_a_thousand_clients_share_the_pool_without_an_error"),
    ),
    "S2-14": CODE,
    "S2-15": realised(key("cache.keys.pattern=feed:{version}:{user}:{lane}:{cursor}.ttl_seconds", 30)),
    "S2-16": realised(key("cache.keys.pattern=profile-feed:{version}:{userId}:{cursor}.ttl_seconds", 30)),
    "S2-17": realised(output("cache_contract"), key("cache.version_keys", with_("feed"))),
    "S2-18": waits(Feature.LOAD, missing="no drill takes Redis away"),
    "S2-19": TESTS_OF_THE_APPLICATION,
    "S2-20": realised(IMMUTABLE),
    "S2-21": realised(
        resource(RULES, {"rules.ref=api-stale-while-revalidate.actionParameters.staleWhileRevalidate.value": 30}),
        resource(RULES, {"rules.ref=api-stale-while-revalidate.actionParameters.maxAge.value": 30}),
    ),
    "S2-22": realised(
        resource(RULES, {"rules.ref=api-anonymous.actionParameters.respectStrongEtags": True}),
        resource(RULES, {"rules.ref=static-directories.actionParameters.respectStrongEtags": True}),
    ),
    "S2-23": realised(
        resource(
            RULES,
            {
                "rules.ref=api-anonymous.actionParameters.vary.default.action": "bypass",
                "rules.ref=api-anonymous.actionParameters.browserTtl.mode": "respect_origin",
                "rules.ref=api-anonymous.actionParameters.respectStrongEtags": True,
            },
        )
    ),
    "S2-24": CODE,
    "S2-25": realised(POOL, resource("footing-supabase.PostgresSettings", {"settings.statement_timeout": "30s"})),
    "S2-26": realised(output("pooled_url")),
    "S2-27": part(
        "a block of Cloudflare sends no header of ours: its body says when to come back",
        resource(
            RULES,
            {"rules.ref=api-per-minute.actionParameters.response.content": with_('"retry_after_seconds": 60')},
        ),
    ),
    "S2-28": CODE,
    "S2-29": realised(
        *API_LIMIT.evidence,
        *AUTH_LIMIT.evidence,
        *(
            key(f"database.function_limits.{it}.requests")
            for it in ("api", "auth", "search", "upload", "mutation")
        ),
    ),
    "S2-30": waits(
        Feature.READINESS,
        key("database.required_tables", with_("usage_events")),
        missing="nobody asks PostgreSQL for its tables",
    ),
    "S2-31": out_of_scope("An enumeration of the application."),
    "S2-32": waits(
        Feature.READINESS,
        key("database.required_rls", with_("public.*")),
        missing="nobody asks PostgreSQL for its policies",
    ),
    "S2-33": waits(
        Feature.READINESS,
        *(
            key(f"database.required_indexes.name=idx_usage_{it}")
            for it in ("user_time", "surface_lane_time", "type_item_time", "meta_gin")
        ),
        missing="nobody asks PostgreSQL for its indexes",
    ),
    "S2-34": waits(
        Feature.READINESS,
        key("database.required_functions.name=log_usage_event_v2.security", "definer"),
        missing="nobody asks PostgreSQL for its functions",
    ),
    "S2-35": part("nothing says what Sentry and the logs must leave out"),
    "S2-36": waits(
        Feature.READINESS,
        key("database.retention.table=usage_events.days", 30),
        key("database.retention.function=prune_usage_events"),
        missing="nobody looks at the age of the rows",
    ),
    "S2-37": waits(Feature.DELIVERY, file(".github/workflows/pull-request.yml", "make lint")),
    "S2-38": TESTS_OF_THE_APPLICATION,
    "S2-39": realised(
        key("sentry.error_sample_rate", 0.1),
        key("sentry.frontend.error_sample_rate", 0.1),
        resource("footing-sentry.Project", slug="feed-production-api"),
        resource("footing-sentry.Project", slug="feed-production-web"),
    ),
    "S2-40": realised(panel("rpc-calls", "duration_ms"), panel("rpc-cache-results", "cache_result")),
    "S2-41": out_of_scope("Code of the front end."),
    "S2-42": waits(Feature.LOAD),
    "S2-43": waits(Feature.LOAD),
    "S2-44": TESTS_OF_THE_APPLICATION,
    "S2-45": waits(Feature.LOAD),
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
    "S2-53": waits(Feature.LOAD, panel("rpc-time"), panel("database-transactions")),
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
    "S2-59": waits(
        Feature.LOAD, panel("edge-cache-hits"), missing="nobody measures latency and bytes at the edge"
    ),
    "S2-60": waits(
        Feature.DELIVERY,
        output("sentry_frontend_dsn"),
        key("sentry.traces_sample_rate", 0.1),
        resource("vercel.Project", protectedSourcemaps=True),
        missing="source maps and releases are uploaded by no workflow",
    ),
    "S2-61": waits(Feature.LOAD),
    "S2-62": waits(Feature.LOAD, resource(MONITOR, name="sentry-slow-api", highAbove=250)),
    "S2-63": waits(Feature.LOAD, alert("edge-errors-ticket", 0.02)),
    "S2-64": waits(Feature.LOAD, *API_LIMIT.evidence),
    "S2-65": waits(Feature.LOAD, panel("edge-cache-hits")),
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
    "S2-73": waits(Feature.LOAD, panel("rpc-time"), alert("database-connections-ticket", 80)),
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
