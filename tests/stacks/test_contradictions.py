"""What the documents say against each other: each point is caught, with its own numbers, or carried by a key.

docs/requirements.md#contradictions has the points. A point that a later part catches is named in `LATER`.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from stacks.config import ConfigError, parse
from stacks.config.open_api import open_apis
from stacks.config.timeouts import late_answers

REQUIREMENTS = Path(__file__).parents[2] / "docs" / "requirements.md"
SUPABASE = {"provider": "supabase", "organization": "acme"}
TIERS = {"anonymous": 60, "authenticated": 200, "pro": 500, "operator": 1000}
CLIENTS = (
    "given 10000, allowed left out: Supabase fixes it by database.compute: 16xlarge, for 12000, is the smallest"
)
SESSIONS = ["session:{user_id}", "session:{session_id}"]

CAUGHT: list[tuple[str, dict[str, Any], str]] = [
    ("C-1", {"database.pooler.default_pool_size": 25}, "default_pool_size: given 25, allowed left out"),
    ("C-1", {"database.pooler.server_connections": 25}, "given 25, allowed 50 to 100 connections"),
    (
        "C-1",
        {"services.api.database_pool": {"minimum": 20, "maximum": 100}},
        "given 100; all services are 10000 clients at the worst moment",
    ),
    (
        "C-1",
        {"database": {**SUPABASE, "pooler": {"default_pool_size": 25, "user_database_pairs": 4}}},
        "over user_database_pairs 4: 25 for each of 4 is server_connections 100",
    ),
    ("C-2", {"database.max_connections": 100}, "given 100, allowed 200 connections"),
    (
        "C-3",
        {
            "alerts.database_connections": {"warning": 80, "critical": 95},
            "database.pooler.server_connections": 100,
        },
        "warning: given 80, which a full pool passes, allowed 100 or more",
    ),
    (
        "C-3",
        {"alerts.database_connections": {"warning": 80, "critical": 95, "unit": "percent_of_pool"}},
        "80 percent_of_pool (64 connections), which a full pool passes, allowed 100 percent_of_pool (80",
    ),
    ("C-4", {"services.api.rate_limit_tiers": TIERS}, "operator: given 1000 a minute, allowed up to 100"),
    ("C-5", {"edge.cache.session_cookies": []}, "session_cookies: given a list, allowed at least 1"),
    ("C-6", {"edge.hostnames": ["abcdefghijklmnop.supabase.co"]}, "the stack has one zone"),
    (
        "C-6",
        {"edge.api_hostname": "abcdefghijklmnop.supabase.co"},
        "allowed one of edge.hostnames, feed.example, api.feed.example: what goes to it never passes the zone",
    ),
    (
        "C-11",
        {"objectives.hits": [{"layer": "redis_feed", "share": 0.8, "unit": "bytes"}]},
        "given bytes with layer redis_feed, allowed requests",
    ),
    ("C-12", {"edge.cache.static_paths": ["/"]}, "personal answers would be kept"),
    (
        "C-13",
        {"services.api.environment": {"VITE_REDIS_URL": "rediss://:pw@h:6379"}},
        "VITE_REDIS_URL: looks like a secret, and browsers load what a build names so",
    ),
    ("C-13", {"services.api.secrets": {"VITE_REDIS_URL": "config"}}, "given a name that builds show to browsers"),
    (
        "C-16",
        {"redis.cache.role": "primary_store", "redis.cache.eviction_policy": "allkeys-lru"},
        "given allkeys-lru, allowed with role primary_store: noeviction",
    ),
    ("C-17", {"database.backup_retention_days": 0}, "backup_retention_days: given 0, allowed 1 or more"),
    (
        "C-17",
        {"database": {**SUPABASE, "plan": "free", "pitr_days": 7}},
        "allowed with pro, the smallest that has it",
    ),
    (
        "C-17",
        {"database": {**SUPABASE, "plan": "free", "recovery": {"rpo_minutes": 1440, "rto_minutes": 60}}},
        "database.recovery: given, allowed with a plan of supabase that has backups: pitr_days: 7",
    ),
    (
        "C-17",
        {"database": {**SUPABASE, "recovery": {"rpo_minutes": 60, "rto_minutes": 60, "restore_test": "weekly"}}},
        "recovery.rpo_minutes: given 60, allowed 1440 or more with provider supabase: it has one backup a day",
    ),
    (
        "C-17",
        {"database": {**SUPABASE, "recovery": {"rpo_minutes": 1440, "rto_minutes": 60, "restore_test": "weekly"}}},
        "given weekly with provider supabase, allowed none: AWS Backup restores servers of RDS alone",
    ),
    (
        "C-17",
        {
            "database": {
                "provider": "neon",
                "plan": "free",
                "suspend": "allowed",
                "region": "aws-us-east-1",
                "max_cu": 2,
                "min_cu": 0.25,
                "recovery": {"rpo_minutes": 1440, "rto_minutes": 60},
            }
        },
        "given, allowed with a plan of neon that has backups: plan launch, whose history is a day and longer",
    ),
    ("C-21", {"services.api.task": "t3.medium"}, "given 't3.medium', allowed {cpu: 2048, memory_mib: 4096}"),
    (
        "C-22",
        {
            "database.statement_timeout_seconds": 30,
            "services.api.circuit_breakers": {"database": {"failures": 5, "timeout_ms": 10000}},
        },
        "given 10000, allowed 30000 or more with database.statement_timeout_seconds 30",
    ),
    (
        "C-22",
        {"services.api.max_request_seconds": 10},
        "given 30, allowed up to services.api.max_request_seconds, 10: whoever waits longer for a connection",
    ),
    (
        "C-22",
        {
            "services.api.max_request_seconds": 120,
            "database.statement_timeout_seconds": 300,
            "services.api.statement_timeout_seconds": 300,
        },
        "services.api.statement_timeout_seconds: given 300, allowed up to max_request_seconds, 120",
    ),
    (
        "C-22",
        {
            "services.api.circuit_breakers": {"openai": {"failures": 3, "timeout_ms": 30000}},
            "services.api.external_calls": {"openai": {"kind": "ai_model", "timeout_seconds": 60}},
        },
        "openai.timeout_ms: given 30000, allowed 60000 or more with external_calls.openai.timeout_seconds 60",
    ),
    (
        "C-22",
        {
            "services.api.external_calls": {
                "openai": {"kind": "ai_model", "timeout_seconds": 30, "in_transaction": True}
            }
        },
        "in_transaction: given true, allowed false: a call of up to 30 seconds would keep one connection",
    ),
    (
        "C-23",
        {"load_tests": [{"name": "day-one", "virtual_users": 2000, "represents_users": 20000}]},
        "given 20000, allowed up to 2000, its virtual_users",
    ),
    (
        "C-23",
        {
            "phases": [{"name": "launch", "first_month": 0, "think_time_seconds": 10}],
            "load_tests": [
                {"name": "day-one", "virtual_users": 2000, "represents_users": 20000, "think_time_seconds": 2}
            ],
        },
        "what 10000 users send with 10; 20000 need virtual_users 4000, or think_time_seconds 1",
    ),
    (
        "C-26",
        {"database.required_migrations": ["010_scale_400k_indexes"]},
        "owner, or with database.migrations.run_by pipeline: 010_scale_400k_indexes",
    ),
    (
        "C-26",
        {"database.migrations": {"tool": "supabase", "run_by": "pipeline"}},
        "given supabase with database.provider rds, allowed the tool that knows that server",
    ),
    (
        # The order of a run: somebody has to say which of two tasks comes before the services.
        "C-26",
        {
            "services.migrate": {"kind": "task", "image": "x@sha256:" + "0" * 64, "database_login": "owner"},
            "services.seed": {"kind": "task", "image": "x@sha256:" + "0" * 64, "database_login": "owner"},
            "database.migrations": {"tool": "alembic"},
            "database.direct_connections": 60,
        },
        "database.migrations.task: missing; allowed one of migrate, seed",
    ),
    (
        "C-25",
        {"cache.keys": [{"pattern": it, "ttl_seconds": 3600} for it in SESSIONS]},
        "session:{user_id} begins with session: too",
    ),
    (
        "C-13",
        {
            "frontends": {
                "web": {
                    "provider": "vercel",
                    "team": "acme",
                    "environment": {"VITE_REDIS_URL": "rediss://:pw@h:6379"},
                }
            }
        },
        "frontends.web.environment.VITE_REDIS_URL: looks like a secret, and browsers load what a build names so",
    ),
    ("C-29", {"frontends": {"web": {"team": "acme"}}}, "frontends.web.provider: missing"),
    ("C-29", {"services.api.provider": "vercel"}, "given 'vercel', allowed 'fargate'"),
    ("C-30", {"database": {**SUPABASE, "pooler": {"client_connections": 10000}}}, CLIENTS),
    ("C-31", {"edge.rate_limits.api.requests_per_minute": 500}, "or what limit_exceptions allow"),
    ("C-31", {"database.max_connections": 60}, "or what limit_exceptions allow"),
]
CARRIED: dict[str, dict[str, Any]] = {
    "C-7": {"objectives.latency": [{"name": "page", "population": "page", "percentile": 95, "target_ms": 1500}]},
    "C-9": {"objectives.availability": 0.995},
    "C-10": {"objectives": {"errors": {"share": 0.02}}},
    "C-11": {
        "objectives.hits": [
            {"layer": "edge_static", "share": 0.7},
            {"layer": "edge_static", "share": 0.9, "unit": "bytes"},
        ]
    },
}
"""Numbers that differ between the documents and may: each has a typed key."""
ELSEWHERE = {
    "C-8": "tests/stacks/test_config.py",
    "C-14": "tests/components/postgres/test_supabase.py",
    "C-15": "tests/stacks/test_sentry_config.py",
    "C-18": "tests/observability/test_promtool.py",
    "C-24": "tests/stacks/test_metrics_config.py",
    "C-27": "tests/footing/workflows/test_workflow_rules.py",
    "C-28": "tests/stacks/test_dialects.py",
}
"""Points that another test holds."""
LATER = {"C-19", "C-20"}
"""Points about costs, which nothing catches yet."""


def changed(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for path, value in changes.items():
        *above, name = path.split(".")
        block = values
        for key in above:
            block = block[key]
        block[name] = value
    return values


@pytest.mark.parametrize(("point", "changes", "sentence"), CAUGHT)
def test_contradiction_is_refused_with_what_would_fit(
    values: dict[str, Any], point: str, changes: dict[str, Any], sentence: str
):
    with pytest.raises(ConfigError) as caught:
        parse("test", changed(values, changes), secrets_stood_in=True)
    assert sentence in "\n".join(caught.value.problems), point


@pytest.mark.parametrize("point", CARRIED)
def test_numbers_that_may_differ_have_a_key(values: dict[str, Any], point: str):
    config = parse("test", changed(values, CARRIED[point]), secrets_stood_in=True)
    assert config.objectives.model_fields_set


def test_warnings_of_each_run_quote_the_numbers(values: dict[str, Any]):
    """C-22, C-6: what may be right for others, or beside the edge, is said and not refused."""
    changes = {"database.statement_timeout_seconds": 300, "services.api.max_request_seconds": 120}
    [late] = late_answers(parse("test", changed(values, changes), secrets_stood_in=True))
    assert "services.api.max_request_seconds: 120, and one statement may take 330" in late
    assert "database.statement_timeout_seconds 300" in late
    values["services"]["api"]["database_pool"] = 9
    values["database"] = {**SUPABASE}
    [opened] = open_apis(parse("test", values, secrets_stood_in=True))
    assert "PROJECT.supabase.co, answers /rest/v1 and /auth/v1 beside feed.example" in opened
    values["database"]["required_functions"] = ["check_rate_limit"]
    assert list(open_apis(parse("test", values, secrets_stood_in=True))) == []


@pytest.mark.parametrize(("unit", "whole"), [("percent_of_pool", 80), ("percent_of_max_connections", 200)])
def test_share_and_count_of_a_threshold_follow_from_each_other(values: dict[str, Any], unit: str, whole: int):
    """C-3."""
    shares = {"percent_of_pool": (100, 170), "percent_of_max_connections": (80, 95)}[unit]
    values["alerts"]["database_connections"] = {"warning": shares[0], "critical": shares[1], "unit": unit}
    found = parse("test", values, secrets_stood_in=True).connection_thresholds
    assert found
    assert (found.warning, found.critical) == (shares[0] * whole // 100, shares[1] * whole // 100)
    assert found.words(found.warning) == f"{shares[0]} {unit} ({found.warning} connections)"


def test_every_point_is_caught_carried_or_named():
    text = REQUIREMENTS.read_text().partition("## Contradictions")[2]
    points = set(re.findall(r'<a id="c-\d+"></a>(C-\d+)', text))
    caught = {point for point, _, _ in CAUGHT}
    assert len(points) == 31
    assert points == caught | CARRIED.keys() | ELSEWHERE.keys() | LATER
    assert [path for path in ELSEWHERE.values() if not (REQUIREMENTS.parents[1] / path).exists()] == []
