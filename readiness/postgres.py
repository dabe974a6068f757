"""Asking PostgreSQL and PgBouncer by psycopg, in transactions that only read and are rolled back."""

from threading import BoundedSemaphore
from typing import Any, Final
from urllib.parse import urlsplit

from observability import Login, SqlQuestion
from readiness.answer import AbsentError, Askers, NotAskedError
from readiness.context import LiveStack, filled

AT_ONCE: Final = 4
"""Connections at the same moment: a full server keeps few for people."""
CONNECT_SECONDS, STATEMENT_SECONDS = 5, 5
"""How long a connection, and then a statement, may take, in seconds."""
MOST_ROWS: Final = 200
"""Rows of an answer that are looked at."""
ADDRESSES: Final = {
    Login.DIRECT: ("READY_DATABASE_URL", "direct_url", "DIRECT_URL", "DATABASE_URL"),
    Login.APPLICATION: ("pooled_url", "DATABASE_URL"),
    Login.POOLER_CONSOLE: ("PGBOUNCER_URL",),
}
"""Outputs and variables that may hold the address, the first before the second; variables have large letters."""
CLOSED: Final = {
    Login.DIRECT: (
        "the database has no public door; footing connect STACK database opens a tunnel, whose address goes to "
        "READY_DATABASE_URL"
    ),
    Login.APPLICATION: "the pool has no public door; DATABASE_URL is the address of a tunnel to it",
    Login.POOLER_CONSOLE: (
        "PgBouncer's console has no public door; PGBOUNCER_URL is the address of a tunnel to its pgbouncer"
    ),
}
"""Why nobody answers."""
# https://www.postgresql.org/docs/current/errcodes-appendix.html
UNDEFINED: Final = frozenset({b"42P01", b"42703", b"42883", b"42704", b"3F000", b"22023"})
"""SQLSTATEs of what there is not: a table, a column, a function, an object, a schema, a role."""


def askers(live: LiveStack) -> Askers:
    """Return who asks PostgreSQL and PgBouncer."""
    return {SqlQuestion: SqlAsker(live)}


def address(login: Login, live: LiveStack) -> tuple[str, str]:
    """Return where a login is asked, and the name of the output or variable that says so.

    Raises:
        NotAskedError: there is no address that this machine could reach.

    """
    for name in ADDRESSES[login]:
        known = live.environment if name.isupper() else live.outputs if name in live.open_outputs else {}
        if value := known.get(name):
            return str(value), name
    if missing := live.open_outputs & set(ADDRESSES[login]):
        raise NotAskedError(f"the stack has no output {', '.join(sorted(missing))}; run footing up")
    raise NotAskedError("the simulated cloud has no PostgreSQL" if live.simulated else CLOSED[login])


def place(url: str) -> str:
    """Return host, port and database of an address, without who logs in."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"


class SqlAsker:
    """Asks PostgreSQL, over a connection for each question."""

    def __init__(self, live: LiveStack) -> None:
        self._live = live
        self._turns = {login: BoundedSemaphore(AT_ONCE) for login in Login}

    def __call__(self, question: SqlQuestion) -> object:
        """Return the value of the only row, all values as a list, or None without a row.

        Raises:
            NotAskedError: the server cannot be reached, or does not let the question be asked.
            AbsentError: the database has no such thing.

        """
        asked = filled(question, self._live)
        url, name = address(asked.login, self._live)
        with self._turns[asked.login]:
            rows, columns = _rows(asked, url, name)
        if missing := {*asked.where, *filter(None, [asked.column])} - {*columns}:
            raise AbsentError(f"the answer has no column {', '.join(sorted(missing))}")
        at = {it: columns.index(it) for it in {*asked.where, *filter(None, [asked.column])}}
        kept = [row for row in rows if all(row[at[it]] == value for it, value in asked.where.items())]
        values = [row[at[asked.column] if asked.column else 0] for row in kept]
        return values[0] if len(values) == 1 else values or None


def _rows(asked: SqlQuestion, url: str, name: str) -> tuple[list[list[str | None]], list[str]]:
    try:
        import psycopg
    except ImportError:
        raise NotAskedError("PostgreSQL is asked by psycopg: install footing[ready]") from None

    try:
        # A pooler takes no statement that is prepared on another connection.
        connection = psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS, prepare_threshold=None)
    except psycopg.Error as error:
        raise NotAskedError(f"{name}, {place(url)}: {' '.join(str(error).split())}") from None
    with connection:
        if asked.login is Login.POOLER_CONSOLE:
            # The console knows no transaction, and only the simple protocol.
            return _read(connection.pgconn.exec_(asked.sql.encode()), psycopg)
        # The extended protocol takes one statement: nothing behind a semicolon can end the transaction.
        begin = f"BEGIN TRANSACTION {'READ WRITE' if asked.writes else 'READ ONLY'}"
        limit = f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'"
        for statement in (begin, limit, *asked.before):
            _read(connection.pgconn.exec_params(statement.encode(), None), psycopg)
        try:
            return _read(connection.pgconn.exec_params(asked.sql.encode(), None), psycopg, writes=asked.writes)
        finally:
            connection.pgconn.exec_(b"ROLLBACK")


def _read(result: Any, psycopg: Any, *, writes: bool = False) -> tuple[list[list[str | None]], list[str]]:
    status = psycopg.pq.ExecStatus
    if result.status not in {status.TUPLES_OK, status.COMMAND_OK}:
        state = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE)
        message = (result.error_field(psycopg.pq.DiagnosticField.MESSAGE_PRIMARY) or b"").decode(errors="replace")
        # What a write meets is what the application will meet.
        raise (AbsentError if writes or state in UNDEFINED else NotAskedError)(message or "no answer")
    columns = [(result.fname(it) or b"").decode() for it in range(result.nfields)]
    rows = [
        [None if (cell := result.get_value(row, it)) is None else cell.decode() for it in range(result.nfields)]
        for row in range(min(result.ntuples, MOST_ROWS))
    ]
    return rows, columns
