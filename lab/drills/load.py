"""Readers and writers of every table of a database, and who of them waits for a migration."""

import threading
import time
from typing import Final

import psycopg

from lab.drills.statements import Statement
from lab.postgres import SUPERUSER, Postgres

CLIENTS: Final = 16
"""Clients of the load: every other one writes."""
PAUSE_SECONDS: Final = 0.08
"""Pause of a client between two requests, in seconds: 200 a second of them all (S0-06)."""
WATCH_SECONDS: Final = 0.02
"""Time between two looks at who waits, in seconds."""
SETTLE_SECONDS: Final = 0.3
"""How long the load runs before the first statement and after the last, in seconds."""
TABLES: Final = """
SELECT format('%I', relname), (SELECT format('%I', attname) FROM pg_attribute
  WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum LIMIT 1)
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
LOCKS: Final = """
SELECT relname, mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation
WHERE pid = %s AND granted AND relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
WAITING: Final = """
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND %s = ANY (pg_blocking_pids(pid))
"""


class Load:
    """Readers and writers of every table, and who of them waits for the migration."""

    def __init__(self, server: Postgres, owner: str) -> None:
        self._server, self._owner, self._ended = server, owner, threading.Event()
        self._requests: list[tuple[float, float, str]] = []
        self._waiting: list[tuple[float, int]] = []
        self._locks: list[tuple[float, str, str]] = []
        self._threads: list[threading.Thread] = []
        self._running = False

    def start(self) -> None:
        """Begin, and return once the load is steady."""
        self._running = True
        with psycopg.connect(self._server.url(self._owner)) as connection:
            tables = list(connection.execute(TABLES))
        for number in range(CLIENTS):
            table, column = tables[number // 2 % len(tables)]
            some = f"(SELECT ctid FROM {table} OFFSET floor(random() * 1000) LIMIT 1)"  # noqa: S608
            write = f"UPDATE {table} SET {column} = {column} WHERE ctid = {some}"  # noqa: S608
            statement = write if number % 2 else f"SELECT * FROM {table} WHERE ctid = {some}"  # noqa: S608
            self._spawn(self._request, statement)
        time.sleep(SETTLE_SECONDS)

    def watch(self, migration: int) -> None:
        """Look from now on who waits for the process `migration`."""
        self._spawn(self._look, migration)

    def stop(self) -> int:
        """End, and return how many requests there were."""
        time.sleep(SETTLE_SECONDS)
        self._ended.set()
        for thread in self._threads:
            thread.join()
        return len(self._requests)

    def locks(self, since: float) -> list[tuple[str, str]]:
        """Return the locks that were seen since then, for a statement that no transaction holds."""
        return [(table, mode) for at, table, mode in self._locks if at >= since]

    def fill(self, statement: Statement, begun: float, ended: float) -> None:
        """Write down what the load suffered between two moments."""
        time.sleep(PAUSE_SECONDS if self._running else 0)
        met = [it for it in list(self._requests) if it[0] < ended and it[1] > begun]
        statement.waits = max((count for at, count in self._waiting if begun <= at <= ended), default=0)
        statement.refused = sum(bool(error) for _, _, error in met)
        longest = max((until - since for since, until, _ in met), default=0.0)
        statement.blocked_seconds = longest if statement.waits else 0.0

    def _spawn(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _request(self, statement: str) -> None:
        # As through the pooler: a prepared statement would fail by itself once a column has another type.
        url = self._server.url(self._owner)
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
            while not self._ended.wait(PAUSE_SECONDS):
                begun, error = time.monotonic(), ""
                try:
                    connection.execute(statement.encode())
                except psycopg.Error as refused:
                    error = str(refused)
                self._requests.append((begun, time.monotonic(), error))

    def _look(self, migration: int) -> None:
        with psycopg.connect(self._server.url(SUPERUSER), autocommit=True) as connection:
            while not self._ended.wait(WATCH_SECONDS):
                [[count]] = connection.execute(WAITING, [migration])
                now = time.monotonic()
                self._waiting.append((now, count))
                self._locks += [(now, table, mode) for table, mode in connection.execute(LOCKS, [migration])]
