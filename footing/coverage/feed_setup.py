"""Rows of S0: the feed's infrastructure."""

from collections.abc import Mapping
from typing import Final

from footing.coverage.evidence import (
    SECRET,
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

RULES: Final = "cloudflare.Ruleset"
SETTING: Final = "cloudflare.ZoneSetting"
LAB: Final = "lab/test_lab_load.py"
MONITOR: Final = "footing-sentry.MetricMonitor"
POOL: Final = resource("footing-supabase.Pooler", poolMode="transaction", defaultPoolSize=80)
STATIC: Final = resource(
    RULES,
    {
        "phase": "http_request_cache_settings",
        "rules.ref=static-directories.expression": with_("/assets/"),
        "rules.ref=static-directories.actionParameters.edgeTtl.default": 31536000,
    },
)
IMMUTABLE: Final = resource(
    RULES,
    {
        "rules.ref=static-immutable.actionParameters.maxAge.value": 31536000,
        "rules.ref=static-immutable.actionParameters.immutable.operation": "set",
    },
)
API_KEPT: Final = resource(
    RULES,
    {
        "rules.ref=api-anonymous.expression": with_('"/rest/"'),
        "rules.ref=api-anonymous.actionParameters.cache": True,
        "rules.ref=bypass-authenticated.actionParameters.cache": False,
    },
)


def limited(ref: str, requests: int, seconds: int, path: str) -> Row:
    """Return a row that a rate limit of the edge realises."""
    return realised(
        resource(
            RULES,
            {
                "phase": "http_ratelimit",
                f"rules.ref={ref}.ratelimit.requestsPerPeriod": requests,
                f"rules.ref={ref}.ratelimit.period": seconds,
                f"rules.ref={ref}.ratelimit.characteristics": with_("ip.src"),
                f"rules.ref={ref}.expression": with_(path),
            },
        ),
        key("frontends.web.environment.VITE_SUPABASE_URL.*", "https://api.feed.example"),
        rule({"api-per-minute": "edge-api-rate", "api-burst": "edge-api-burst"}.get(ref, "edge-auth-rate")),
    )


API_LIMIT: Final = limited("api-per-minute", 100, 60, '"/rest/"')
AUTH_LIMIT: Final = limited("auth-per-minute", 20, 60, '"/auth/"')

ROWS: Final[Mapping[str, Row]] = {
    "S0-01": realised(POOL, rule("supabase-transaction-mode")),
    "S0-02": realised(POOL, key("database.pooler.server_connections", at_least(50)), rule("supabase-pool-size")),
    "S0-03": realised(
        resource("footing-supabase.PostgresSettings", {"settings.max_connections": 200}),
        rule("supabase-max-connections"),
    ),
    "S0-04": realised(
        output("pooled_url"),
        test("components/postgres/test_supabase.py", "test_doors_are_secret_urls_over_verified_tls"),
    ),
    "S0-05": realised(output("direct_url"), output("pooled_url"), file("docs/database.md", "## At Supabase")),
    "S0-06": realised(
        alert("database-connections-ticket", 80), file("docs/lab.md", "## 1,000 clients through the poolers")
    ),
    "S0-07": realised(
        key("database.compute", "xlarge"),
        alert("database-connections-share-ticket", 0.8),
        file("docs/lab.md", "## 1,000 clients through the poolers"),
    ),
    "S0-08": realised(resource("cloudflare.Zone", name="feed.example"), output("name_servers")),
    "S0-09": realised(
        resource("cloudflare.DnsRecord", name="feed.example", content=with_("vercel-dns"), proxied=True)
    ),
    "S0-10": realised(file("stacks/config/edge.py", "minify")),
    "S0-11": realised(resource(RULES, {"rules.ref=compress-text.actionParameters.algorithms.*.name": "brotli"})),
    "S0-12": realised(resource(SETTING, settingId="browser_cache_ttl", value=0)),
    "S0-13": realised(resource(SETTING, settingId="cache_level", value="aggressive")),
    "S0-14": realised(STATIC, refusal("C-12")),
    "S0-15": realised(IMMUTABLE),
    "S0-16": realised(API_KEPT, rule("edge-private-not-cached")),
    "S0-17": realised(
        resource(RULES, {"rules.ref=api-stale-while-revalidate.actionParameters.maxAge.value": 30}),
        key("edge.cache.api_seconds", 30),
    ),
    "S0-18": realised(
        resource(RULES, {"rules.ref=api-anonymous.actionParameters.browserTtl.mode": "respect_origin"})
    ),
    "S0-19": API_LIMIT,
    "S0-20": limited("api-burst", 30, 10, '"/rest/"'),
    "S0-21": AUTH_LIMIT,
    "S0-22": realised(
        resource(
            RULES,
            {
                "rules.ref=auth-failed-logins.action": "managed_challenge",
                "rules.ref=auth-failed-logins.ratelimit.requestsPerPeriod": 4,
            },
        ),
        rule("edge-failed-logins"),
    ),
    "S0-23": realised(resource("cloudflare.BotManagement", sbfmDefinitelyAutomated="managed_challenge")),
    "S0-24": realised(
        # Cloudflare's exporter counts by zone, not by path: a load test does.
        scenario("smoke", {"hit_share:edge_static": 0.7}),
        panel("edge-cache-hits"),
    ),
    "S0-25": realised(scenario("smoke", {"hit_share:edge_api": 0.3}), alert("edge-cache-hits-info-below", 0.5)),
    "S0-26": realised(
        panel("edge-cache-hits"),
        key("objectives.hits.layer=edge.share", at_least(0.5)),
        alert("edge-cache-hits-info-below", 0.5),
    ),
    "S0-27": part(
        "it is measured where the generator runs, and from no other part of the world",
        scenario("smoke", {"latency:edge:95": 200}),
    ),
    "S0-28": realised(resource("upstash.RedisDatabase", tls=True), rule("upstash-tls")),
    "S0-29": realised(
        resource("footing-supabase.FunctionSecrets", secrets=SECRET),
        key("database.function_secrets.REDIS_URL", "redis.cache"),
        refusal("C-13"),
    ),
    "S0-30": realised(
        output("cache_contract"),
        test("stacks/test_contract.py", "test_contract_is_the_same_text_for_the_same_configuration"),
    ),
    "S0-31": realised(key("cache.keys.pattern=feed:{version}:{user}:{lane}:{cursor}.ttl_seconds", 30)),
    "S0-32": realised(key("cache.keys.pattern=profile:{version}:{userId}.ttl_seconds", 300)),
    "S0-33": realised(
        key("cache.version_keys", with_("feed")), key("cache.keys.version_key=feed"), file("docs/redis.md", "INCR")
    ),
    "S0-34": realised(
        key("cache.version_keys", with_("profiles")),
        key("cache.keys.version_key=profiles"),
        file("docs/redis.md", "INCR"),
    ),
    "S0-35": realised(output("cache_contract"), file("docs/redis.md", "## The key contract")),
    "S0-36": realised(
        panel("redis-hits"),
        panel("rpc-cache-hits"),
        key("load_generator.cache_header"),
        scenario("feed", {"hit_share:redis_feed": 0.8}),
    ),
    "S0-37": realised(
        panel("rpc-time"),
        resource(MONITOR, name="sentry-slow-api", highAbove=250),
        scenario("feed", {"latency:feed_warm:95": 120, "latency:feed_cold:95": 250}),
    ),
    "S0-38": realised(
        panel("database-transactions"),
        scenario("feed", {"reads_saved": 0.7}),
        test(LAB, "test_feed_of_many_is_answered_by_the_edge_and_the_page_shows_it"),
    ),
    "S0-39": realised(resource("footing-sentry.Project", slug="feed-production-web")),
    "S0-40": realised(
        resource("vercel.ProjectEnvironmentVariable", key="VITE_SENTRY_DSN", targets=with_("production")),
        output("sentry_frontend_dsn"),
    ),
    "S0-41": realised(
        key("sentry.error_sample_rate", 0.1),
        key("sentry.frontend.error_sample_rate", 0.1),
        # 10 errors, of which a tenth arrive.
        resource(MONITOR, name="sentry-errors-web", mediumAbove=1),
    ),
    "S0-42": realised(panel("database-connections"), alert("database-connections-ticket", 80)),
    "S0-43": realised(panel("rpc-time", "percentile_cont(0.95)"), alert("database-statements-ticket", 0.1)),
    "S0-44": realised(panel("rpc-slow", "500"), alert("database-statements-page", 0.5)),
    "S0-45": realised(panel("rpc-cache-hits", "cache_pattern")),
    "S0-46": realised(panel("redis-hits", "misses"), panel("rpc-cache-hit-share")),
    "S0-47": realised(panel("rpc-stampedes")),
    "S0-48": realised(panel("edge-rate-limited"), alert("edge-rate-limited-info", 0.2)),
    "S0-49": realised(panel("rpc-callers")),
    "S0-50": realised(panel("rpc-sign-in-failures")),
    "S0-51": realised(
        panel("rpc-calls", "p95_ms"), test("lab/test_lab_rpc.py", "test_panels_count_what_was_written")
    ),
    "S0-52": realised(panel("rpc-cache-results")),
    "S0-53": realised(
        *AUTH_LIMIT.evidence,
        scenario("auth-brute-force", {"passed_per_minute": 20}, requests_per_second=100),
        test(LAB, "test_guessing_is_stopped_by_the_edges_own_limit_and_reaches_no_database"),
        test("edge_rules/test_abuse.py", "test_hundred_logins_a_second_end_at_the_documented_twenty_a_minute"),
    ),
    "S0-54": realised(
        API_KEPT,
        scenario("feed-scrape", {"hit_share:edge_api": 0.7}, requests_per_second=200),
        test(LAB, "test_feed_of_many_is_answered_by_the_edge_and_the_page_shows_it"),
        test("edge_rules/test_abuse.py", "test_feed_of_many_is_answered_by_the_edge_beyond_the_documented_share"),
    ),
    "S0-55": realised(
        *API_LIMIT.evidence,
        scenario("action-spam", {"blocked": 1, "passed_per_minute": 200}, requests_per_second=50),
        file("docs/load.md", "| posts in the database |"),
        alert("database-connections-ticket", 80),
        test("edge_rules/test_abuse.py", "test_posts_are_never_answered_by_the_edge"),
    ),
    "S0-56": realised(panel("edge-availability", "0.999"), alert("edge-availability-burn-1h")),
    "S0-57": realised(alert("edge-errors-ticket", 0.02), panel("edge-success", "0.98")),
    "S0-58": realised(resource(MONITOR, name="sentry-slow-api", aggregate="p95(span.duration)", highAbove=250)),
    "S0-59": realised(
        alert("edge-cache-hits-info-below"),
        scenario("smoke", {"hit_share:edge_static": 0.7, "hit_share:edge_api": 0.3}),
    ),
    "S0-60": realised(
        POOL,
        rule("supabase-transaction-mode"),
        rule("supabase-pool-size"),
        command("check production --system feed"),
    ),
    "S0-61": realised(STATIC, rule("edge-private-not-cached"), command("check production --system feed")),
    "S0-62": realised(rule("edge-api-rate"), rule("edge-auth-rate"), command("check production --system feed")),
    "S0-63": realised(
        resource("upstash.RedisDatabase"), resource("footing-supabase.FunctionSecrets", secrets=SECRET)
    ),
    "S0-64": realised(
        resource("footing-sentry.ClientKey", project="feed-production-web"), output("sentry_frontend_dsn")
    ),
    "S0-65": realised(
        *(resource("grafana.oss.Dashboard", {"$name": f"observability-{it}"}) for it in ("database", "cache")),
        panel("database-connections"),
        panel("redis-hits"),
    ),
    "S0-66": realised(
        *(scenario(it) for it in ("auth-brute-force", "feed-scrape", "action-spam")),
        *(file("docs/load.md", f"## {it}:") for it in ("auth-brute-force", "feed-scrape", "action-spam")),
    ),
    "S0-67": realised(alert("edge-availability-burn-1h"), alert("edge-success-burn-3d")),
    "S0-68": realised(IMMUTABLE, check("edge-file-immutable")),
    "S0-69": realised(
        check("edge-api-cache-control"),
        check("edge-api-personal"),
        check("edge-personal-not-kept"),
        resource(RULES, {"rules.ref=api-stale-while-revalidate.action": "set_cache_control"}),
    ),
    "S0-70": out_of_scope("Code and looks of the application."),
    "S0-71": realised(
        job("docs/examples/application/.github/workflows/deploy.yml", "e2e", "make e2e"),
        job(".github/workflows/pull-request.yml", "gate", "make check"),
        job(".github/workflows/deploy.yml", "deploy", "make deploy CLOUD=real"),
        file("docs/delivery.md", "## The order"),
    ),
    "S0-72": realised(
        *(
            key(f"deferred.name={it}.owner", "platform")
            for it in ("partition_usage_events", "multi_region_failover", "more_observability")
        ),
        output("registers"),
    ),
}
"""How each row is answered."""
