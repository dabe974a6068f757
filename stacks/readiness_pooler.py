"""Checks of PgBouncer, at its own console."""

from collections.abc import Iterator, Mapping

from observability import Check, Comparison, Group, Login, SqlQuestion, Wanted
from stacks.config.pooler import PoolerConfig


def pooler_checks(pooler: PoolerConfig) -> Iterator[Check]:
    """Yield the checks of PgBouncer: its settings, and how it is now."""
    connections, clients = pooler.server_connections // pooler.tasks, pooler.client_connections // pooler.tasks
    settings: Mapping[str, tuple[str | int, str]] = {
        "pool_mode": ("transaction", "mode"),
        "default_pool_size": (connections, "server_connections"),
        "max_db_connections": (connections, "server_connections"),
        "max_client_conn": (clients, "client_connections"),
        "query_wait_timeout": (pooler.query_wait_timeout_seconds, "query_wait_timeout_seconds"),
        "server_idle_timeout": (pooler.server_idle_timeout_seconds, "server_idle_timeout_seconds"),
        "server_tls_sslmode": ("verify-full", "engine"),
    }
    for name, (value, key) in settings.items():
        yield _check(
            "pooler-mode" if name == "pool_mode" else f"pooler-{name.replace('_', '-')}",
            f"{name} of PgBouncer is as configured",
            ("SHOW CONFIG", "value", {"key": name}),
            Wanted(Comparison.IS, value),
            f"Deploy the stack: database.pooler.{key} decides it.",
        )
    yield _check(
        "pooler-nobody-waits",
        "No client waits for a connection",
        ("SHOW POOLS", "cl_waiting", {}),
        Wanted(Comparison.AT_MOST, 0),
        "Look for a long transaction in pg_stat_activity; database.pooler.server_connections is the size.",
    )
    yield _check(
        "pooler-not-paused",
        "PgBouncer takes clients",
        ("SHOW DATABASES", "paused", {}),
        Wanted(Comparison.AT_MOST, 0),
        "RESUME at the console: somebody paused it; database.pooler has its settings.",
    )


def _check(id_: str, title: str, asked: tuple[str, str, Mapping[str, str]], wanted: Wanted, fix: str) -> Check:
    show, column, where = asked
    question = SqlQuestion(sql=show, column=column, where=where, wanted=wanted, login=Login.POOLER_CONSOLE)
    return Check(id=id_, group=Group.POOLER, title=title, question=question, fix=fix)
