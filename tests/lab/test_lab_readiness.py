"""Readiness asked of real servers: all holds where all is as configured, and each fault is named by its check."""

import signal
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from components.redis.roles import Role
from lab import redis_server
from lab.pooler import Pooler
from lab.postgres import SUPERUSER
from lab.stage import Stage
from observability import Check
from readiness import local, postgres, redis_store
from readiness.answer import Outcome
from readiness.context import LiveStack
from readiness.run import run
from stacks.config.database import RdsConfig
from stacks.config.operations import DeferredConfig
from stacks.config.redis import ElastiCacheConfig
from stacks.config.stack import StackConfig
from stacks.readiness import stack_checks
from stacks.readiness_web import web_checks

pytestmark = pytest.mark.lab

DATABASE, STRANGER = "ready", "ready_stranger"
REGISTER = {
    "migrations": {"tool": "flyway", "run_by": "pipeline"},
    "required_migrations": ["010_scale_400k_indexes"],
    "required_tables": ["usage_events", "post_targets"],
    "required_indexes": [{"name": "idx_usage_user_time", "table": "usage_events"}, "idx_notes_text"],
    "required_rls": ["public.*"],
    "required_functions": ["check_rate_limit", {"name": "is_admin", "security": "definer"}],
    "required_extensions": ["pg_trgm"],
    "retention": [{"table": "usage_events", "days": 30, "function": "prune_usage_events"}],
    "row_isolation": [{"table": "usage_events", "admin_function": "is_admin"}],
    "write_test": "INSERT INTO usage_events (user_id) VALUES ('three') RETURNING user_id",
}
AS_CONFIGURED = """
CREATE TABLE flyway_schema_history (version text, script text, success boolean);
INSERT INTO flyway_schema_history VALUES ('010', '010_scale_400k_indexes.sql', true);
CREATE TABLE usage_events (user_id text, created_at timestamptz NOT NULL DEFAULT now());
INSERT INTO usage_events VALUES ('one'), ('two');
CREATE TABLE post_targets (id integer);
CREATE TABLE notes (id integer, text text);
CREATE INDEX idx_usage_user_time ON usage_events (user_id, created_at);
CREATE INDEX idx_notes_text ON notes (text);
CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT false';
CREATE FUNCTION check_rate_limit() RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION prune_usage_events() RETURNS void LANGUAGE sql AS 'SELECT';
ALTER TABLE usage_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON usage_events
  USING (user_id = current_setting('request.jwt.claims')::json ->> 'sub' OR is_admin());
GRANT SELECT ON usage_events TO authenticated;
ALTER TABLE post_targets ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON post_targets USING (true);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON notes USING (true);
ALTER TABLE flyway_schema_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON flyway_schema_history USING (true);
"""
FAULTS = {
    "database-answers": None,
    "database-max-connections": None,
    "database-statement-timeout": f"ALTER DATABASE {DATABASE} SET statement_timeout = 0",
    "database-log-min-duration-statement": f"ALTER DATABASE {DATABASE} RESET log_min_duration_statement",
    "database-parameters-in-force": "ALTER SYSTEM SET max_wal_senders = 3",
    "database-extension-pg-trgm": "DROP EXTENSION pg_trgm",
    "database-migration-010-scale-400k-indexes": "UPDATE flyway_schema_history SET success = false",
    "database-table-post-targets": "DROP TABLE post_targets",
    "database-index-idx-notes-text": "DROP INDEX idx_notes_text",
    "database-invalid-indexes": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_usage_user_time'::regclass"
    ),
    "database-function-is-admin": "ALTER FUNCTION is_admin() SECURITY INVOKER",
    "database-definers-search-path": "ALTER FUNCTION check_rate_limit() SECURITY DEFINER",
    "database-rls-public-all": "ALTER TABLE flyway_schema_history DISABLE ROW LEVEL SECURITY",
    "database-policies-public-all": "DROP POLICY own ON notes",
    "database-isolation-usage-events-one": (
        "DROP POLICY own ON usage_events; CREATE POLICY every ON usage_events USING (true)"
    ),
    "database-isolation-usage-events-another": None,
    "database-admins-usage-events": None,
    "database-retention-usage-events": "INSERT INTO usage_events VALUES ('old', now() - interval '40 days')",
    "database-roles-may-not-create": f"GRANT CREATE ON SCHEMA public TO {STRANGER}",
    "database-write": "ALTER TABLE usage_events ADD CHECK (user_id <> 'three')",
    "deferred-partition-usage-events": None,
    "pooler-mode": None,
    "pooler-default-pool-size": None,
    "redis-wants-password": None,
    "redis-policy": None,
}
"""What breaks each check of the database, as superuser; the others are broken by hand below, or with another."""


@pytest.fixture
def superuser(stage: Stage) -> Iterator[Callable[[str], None]]:
    """Runs statements in a database of its own, which goes with its roles."""
    owner = stage.postgres.database
    with psycopg.connect(stage.postgres.url(SUPERUSER), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE} OWNER {owner}".encode())
        server.execute(f"CREATE ROLE {STRANGER} LOGIN".encode())
        server.execute(f"CREATE ROLE authenticated; GRANT authenticated TO {owner}".encode())
        try:
            url = stage.postgres.url(SUPERUSER).replace(f"/{owner}?", f"/{DATABASE}?")

            def execute(statement: str) -> None:
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute(statement.encode())

            yield execute
        finally:
            server.execute("ALTER SYSTEM RESET ALL")
            server.execute("SELECT pg_reload_conf()")
            server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)".encode())
            server.execute(f"DROP ROLE {STRANGER}, authenticated".encode())


def checks(stage: Stage, above: float, **database: object) -> list[Check]:
    """The checks of production, with a register, a store and something deferred."""
    config = stage.production.config
    assert isinstance(config.database, RdsConfig)
    known = config.database.model_dump()
    with psycopg.connect(stage.postgres.url()) as connection:
        version = str(connection.info.server_version // 10000)
    register = RdsConfig.model_validate({**known, **REGISTER, "postgres_version": version})
    # What the file says and nobody applied; 199 is below the documented limit, which does not matter here.
    register = register.model_copy(update=database)
    deferred = DeferredConfig.model_validate(
        {
            "name": "partition_usage_events",
            "owner": "platform",
            "trigger": {"query": "select count(*) from usage_events", "above": above},
        }
    )
    store = ElastiCacheConfig(provider="elasticache", role="cache")
    changed = config.model_copy(update={"database": register, "deferred": [deferred], "redis": {"cache": store}})
    assert isinstance(changed, StackConfig)
    # Nothing here answers over HTTP, and no vendor: tests/readiness/test_readiness_http.py and its neighbour.
    elsewhere = {it.id for it in web_checks(changed)}
    return [it for it in stack_checks(changed, (), ()) if it.id not in elsewhere]


def failing(asked: list[Check], live: LiveStack) -> dict[str, str]:
    """What does not hold, by id: what was seen."""
    askers = {**postgres.askers(live), **redis_store.askers(live), **local.askers(live)}
    results = run(asked, askers, redacted=live.redacted)
    return {it.check.id: f"{it.outcome}: {it.saw}" for it in results if it.outcome is not Outcome.HOLDS}


def test_each_fault_is_named_by_its_check_alone(stage: Stage, superuser: Callable[[str], None]) -> None:
    owner = stage.postgres.database
    superuser("CREATE EXTENSION pg_trgm")
    superuser(f"ALTER DATABASE {DATABASE} SET log_min_duration_statement = 500")
    superuser(f"SET ROLE {owner}; {AS_CONFIGURED}")
    url = stage.postgres.url().replace(f"/{owner}?", f"/{DATABASE}?")
    with redis_server.running(stage.room("redis"), Role.CACHE) as store, stage.poolers() as poolers:
        client = store.client()
        client.config_set("requirepass", "of-the-lab")
        client.close()
        live = LiveStack(
            environment={
                "READY_DATABASE_URL": url,
                "DATABASE_URL": url,
                "PGBOUNCER_URL": poolers[0].console_url,
                "REDIS_URL": store.url.replace("redis://", "redis://default:of-the-lab@"),
            }
        )
        assert failing(checks(stage, above=100), live) == {}
        for statement in filter(None, FAULTS.values()):
            superuser(statement)
        superuser("SELECT pg_reload_conf()")
        _break_pooler(poolers[0])
        client = redis_server.redis.Redis.from_url(live.environment["REDIS_URL"])
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("requirepass", "")
        client.close()
        wrong = failing(checks(stage, above=1, postgres_version="14", max_connections=199), live)
    assert wrong.keys() == FAULTS.keys(), wrong
    assert all(it.startswith("fails: ") for it in wrong.values()), wrong
    assert "of-the-lab" not in str(wrong)


def _break_pooler(pooler: Pooler) -> None:
    text = pooler.file.read_text().replace("pool_mode = transaction", "pool_mode = session")
    pooler.file.write_text(text.replace("\ndefault_pool_size = ", "\ndefault_pool_size = 1"))
    pooler.server.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 5
    while {it["key"]: it["value"] for it in pooler.show("CONFIG")}["pool_mode"] != "session":
        assert time.monotonic() < end
        time.sleep(0.05)
