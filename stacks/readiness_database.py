"""Checks of what has to be in the database, and of the settings that the stack file gives it, of any provider."""

from collections.abc import Iterator
from typing import Final

from observability import Check, Comparison, Wanted
from stacks.config.database import DatabaseConfig, ExistingPostgresConfig, RdsConfig
from stacks.config.managed_postgres import SupabaseConfig
from stacks.readiness_pooler import pooler_checks
from stacks.readiness_schema import NOTHING, database_check, schema_checks, sql, word

TRUE: Final = Wanted(Comparison.IS, value=True)
MS_PER_SECOND: Final = 1000
SHARED_BUFFERS_MIB: Final = 128
"""Least shared_buffers of any server, in MiB: PostgreSQL's own default."""

_SETTING = "SELECT reset_val FROM pg_settings WHERE name = '{name}'"
"""What a new session has, whatever this one set for itself."""


def database_checks(database: DatabaseConfig) -> Iterator[Check]:
    """Yield the checks of the database and of its pooler."""
    yield from _settings(database)
    yield from _health(database)
    yield from schema_checks(database)
    if isinstance(database, RdsConfig | ExistingPostgresConfig):
        yield from pooler_checks(database.pooler)


def _settings(database: DatabaseConfig) -> Iterator[Check]:
    major = database.postgres_version.partition(".")[0]
    yield database_check(
        "database-answers",
        f"PostgreSQL {major} answers",
        sql("SELECT version()", Wanted(Comparison.CONTAINS, f"PostgreSQL {major}")),
        "Check the address and the login; database.postgres_version is the version.",
    )
    settings: dict[str, tuple[str | float, str]] = {
        "statement_timeout": (
            database.statement_timeout_seconds * MS_PER_SECOND,
            "database.statement_timeout_seconds, or ALTER ROLE ... SET statement_timeout in a migration",
        )
    }
    if isinstance(database, RdsConfig):
        settings["idle_in_transaction_session_timeout"] = (
            database.idle_in_transaction_timeout_seconds * MS_PER_SECOND,
            "database.idle_in_transaction_timeout_seconds",
        )
        settings["log_min_duration_statement"] = (database.slow_statement_ms, "database.slow_statement_ms")
        settings |= {name: (value, f"database.parameters.{name}") for name, value in database.parameters.items()}
    # Neon and Fly.io size the server themselves, and say the least that it has.
    fixed = isinstance(database, RdsConfig | ExistingPostgresConfig | SupabaseConfig)
    yield database_check(
        "database-max-connections",
        "PostgreSQL accepts as many connections as the pools are sized for",
        sql(
            _SETTING.format(name="max_connections"),
            Wanted(Comparison.IS if fixed else Comparison.AT_LEAST, database.max_connections),
        ),
        "Set database.max_connections, or the plan that decides it, then footing up, and reboot the server.",
    )
    for name, (value, key) in settings.items():
        yield database_check(
            f"database-{word(name)}",
            f"{name} is as configured",
            sql(_SETTING.format(name=name), Wanted(Comparison.IS, value)),
            f"Set {key}, then footing up, and reboot where the parameter needs it.",
        )
    if "shared_buffers" in settings:
        return
    yield database_check(
        "database-shared-buffers",
        "PostgreSQL has memory for its pages",
        sql(
            "SELECT setting::bigint / 128 FROM pg_settings WHERE name = 'shared_buffers'",
            Wanted(Comparison.AT_LEAST, SHARED_BUFFERS_MIB),
        ),
        "Raise the size of the server; an own value is in database.parameters.shared_buffers.",
    )


def _health(database: DatabaseConfig) -> Iterator[Check]:
    yield database_check(
        "database-connection-tls",
        "A connection to the server is encrypted",
        sql("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", TRUE),
        "Give the address sslmode=require or more; the server has to refuse what is not encrypted.",
    )
    yield database_check(
        "database-parameters-in-force",
        "No parameter waits for a restart",
        sql("SELECT name FROM pg_settings WHERE pending_restart", NOTHING),
        "Reboot the server, with failover where it has a standby; then its replicas, one by one.",
    )
    # Neither CloudWatch nor postgres_exporter measures these two.
    yield database_check(
        "database-invalid-indexes",
        "No index is left from a CREATE INDEX CONCURRENTLY that failed",
        sql("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid", NOTHING),
        "Drop it, or REINDEX INDEX CONCURRENTLY: it serves no query, and every write maintains it.",
    )
    yield database_check(
        "database-no-stuck-transactions",
        "No transaction is prepared and forgotten",
        sql("SELECT gid FROM pg_prepared_xacts WHERE prepared < now() - interval '1 hour'", NOTHING),
        "COMMIT PREPARED or ROLLBACK PREPARED: it holds locks, and no vacuum passes it.",
    )
    if isinstance(database, RdsConfig | ExistingPostgresConfig):
        yield database_check(
            "database-roles-may-not-create",
            "Nobody but the owner may make tables",
            sql(
                "SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND rolname !~ '^(pg_|rds)' "
                "AND NOT pg_has_role(rolname, "
                "(SELECT datdba FROM pg_database WHERE datname = current_database()), 'member') "
                "AND has_schema_privilege(rolname, 'public', 'CREATE')",
                NOTHING,
            ),
            "REVOKE CREATE ON SCHEMA public FROM the role, and from PUBLIC: the poolers' roles need none.",
        )
