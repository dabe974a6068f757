"""Rows of S2: what the feed has to have before its launch."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    SECRET,
    Row,
    check,
    file,
    key,
    out_of_scope,
    output,
    part,
    realised,
    resource,
    rule,
    scenario,
    test,
    with_,
)
from footing.coverage.feed_setup import (
    API_LIMIT,
    AUTH_LIMIT,
    IMMUTABLE,
    LAB,
    POOL,
    RULES,
)

FUNCTION_LIMITS: Final = resource("footing-supabase.FunctionSecrets", secrets=SECRET)
TESTS_OF_THE_APPLICATION: Final = out_of_scope("Tests of the application's own code, in its own repository.")
CODE: Final = out_of_scope("Code of the application.")

ROWS: Final[Mapping[str, Row]] = {
    "S2-01": realised(key("database.required_rls", with_("public.*")), check("database-rls-public-all")),
    "S2-02": realised(
        key("database.row_isolation.table=usage_events.column", "user_id"),
        check("database-policies-public-all"),
        check("database-isolation-usage-events-one"),
        check("database-isolation-usage-events-another"),
    ),
    "S2-03": realised(
        key("database.required_functions.name=is_admin.security", "definer"),
        check("database-function-is-admin"),
        check("database-definers-search-path"),
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
    "S2-06": realised(
        key("database.required_functions.name=check_rate_limit"), check("database-function-check-rate-limit")
    ),
    "S2-07": out_of_scope("A column of the application's schema."),
    "S2-08": CODE,
    "S2-09": realised(
        check("supabase-advisor-count"),
        check("supabase-advisors"),
        key("database.advisor_findings_max", 31),
        file("components/postgres/supabase_checks.py", "POSTGIS"),
    ),
    "S2-10": part(
        "the rest is code of the application",
        resource(RULES, {"rules.ref=managed.action": "execute"}),
        resource(RULES, {"rules.ref=frame-ancestors.action": "rewrite"}),
        rule("zone-managed-firewall"),
    ),
    "S2-11": TESTS_OF_THE_APPLICATION,
    "S2-12": TESTS_OF_THE_APPLICATION,
    "S2-13": realised(
        scenario("smoke-100", represents_users=1000),
        test("lab/test_lab_experiments.py", "test_a_thousand_clients_share_the_pool_without_an_error"),
    ),
    "S2-14": CODE,
    "S2-15": realised(key("cache.keys.pattern=feed:{version}:{user}:{lane}:{cursor}.ttl_seconds", 30)),
    "S2-16": realised(key("cache.keys.pattern=profile-feed:{version}:{userId}:{cursor}.ttl_seconds", 30)),
    "S2-17": realised(output("cache_contract"), key("cache.version_keys", with_("feed"))),
    "S2-18": realised(
        scenario("redis-away", {"failed_share": 0.02}),
        test(LAB, "test_without_redis_the_database_answers_and_nobody_notices"),
    ),
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
    "S2-30": realised(
        key("database.required_tables", with_("usage_events")), check("database-table-usage-events")
    ),
    "S2-31": out_of_scope("An enumeration of the application."),
    "S2-32": realised(
        check("database-rls-public-all"),
        check("database-isolation-usage-events-one"),
        check("database-isolation-usage-events-another"),
        check("database-admins-usage-events"),
    ),
    "S2-33": realised(
        *(
            check(f"database-index-idx-usage-{it}")
            for it in ("user-time", "surface-lane-time", "type-item-time", "meta-gin")
        ),
        check("database-invalid-indexes"),
    ),
    "S2-34": realised(
        check("database-function-log-usage-event-v2"), check("database-function-silent-log-usage-event-v2")
    ),
    "S2-35": part("nothing says what Sentry and the logs must leave out"),
    "S2-36": realised(
        key("database.retention.table=usage_events.days", 30),
        check("database-retention-usage-events"),
        check("database-function-prune-usage-events"),
    ),
}
"""How each row is answered."""
