"""A migration as statements: where each begins, what it does to others, and the form that does not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lab.process import ServerError

TOKEN: Final = re.compile(
    r"--[^\n]*|/\*.*?\*/|[eE]'(?:\\.|[^'\\]|'')*'|'(?:[^']|'')*'|\"[^\"]*\"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|;",
    re.S,
)
"""What a semicolon may stand in, or one that ends a statement.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
OWN_COMMAND: Final = re.compile(r"^\\\w.*", re.M)

ALONE: Final = re.compile(r"\bconcurrently\b|^(vacuum|create database|drop database|alter system|reindex)\b", re.I)
"""Statements that no transaction may hold."""

BLOCKED_BY: Final = {
    "AccessExclusiveLock": "reads and writes",
    "ExclusiveLock": "writes",
    "ShareRowExclusiveLock": "writes",
    "ShareLock": "writes",
}
"""Who waits for a lock on a table, by its mode; the other modes stop no read and no write.

https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
"""

SAFE_FORMS: Final = {
    r"^create (unique )?index (?!concurrently)": "CREATE INDEX CONCURRENTLY, outside of a transaction",
    r"^drop index (?!concurrently)": "DROP INDEX CONCURRENTLY",
    r"^reindex (?!.*concurrently)": "REINDEX ... CONCURRENTLY",
    r"alter column \w+ (set data )?type\b": "a new column, filled in batches while the application writes both, "
    "then read from, and the old one dropped by a later release",
    r"add column .*\bdefault\b": "ADD COLUMN with a constant default, which rewrites nothing, or none at all; "
    "fill it in batches, then ADD CONSTRAINT ... CHECK (... IS NOT NULL) NOT VALID and VALIDATE CONSTRAINT",
    r"add (constraint \w+ )?(foreign key|check)": "the same with NOT VALID, then VALIDATE CONSTRAINT by itself",
    r"add (constraint \w+ )?(unique|primary key)": "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT ... "
    "USING INDEX",
    r"set not null": "ADD CONSTRAINT ... CHECK (... IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT, then SET NOT "
    "NULL, which reads nothing any more",
    r"^(vacuum full|cluster)": "pg_repack, or nothing: a plain VACUUM blocks nobody",
    r"^(update|delete)": "batches of some thousand rows, each in a transaction of its own",
    r"^refresh materialized view (?!concurrently)": "REFRESH MATERIALIZED VIEW CONCURRENTLY",
}
"""Form of a statement that blocks nobody, by what it begins with or has."""


@dataclass(kw_only=True)
class Statement:
    """One statement of a migration, and what it did."""

    line: int
    """Line of the file, 1 the first."""
    text: str
    """The statement on one line, without comments."""
    seconds: float = 0.0
    """How long it took."""
    until_commit_seconds: float = 0.0
    """From its begin to the end of its transaction: as long as its locks are held."""
    locks: dict[str, str] = field(default_factory=dict)
    """Strongest lock on each table that was there before, by the table."""
    rewrites: tuple[str, ...] = ()
    """Tables that it wrote anew."""
    waits: int = 0
    """Requests that were seen waiting for it at the same moment, at the most."""
    blocked_seconds: float = 0.0
    """Longest of those requests, in seconds."""
    refused: int = 0
    """Requests that ended in an error meanwhile."""
    error: str = ""
    """Why it failed."""
    timeout_seconds: float = 0.0
    """Its own statement_timeout, in seconds; 0 for none."""

    @property
    def blocked(self) -> str:
        """Who waits for its locks; empty where nobody does."""
        who = {BLOCKED_BY[mode] for mode in self.locks.values() if mode in BLOCKED_BY}
        return "reads and writes" if "reads and writes" in who else "".join(who)

    @property
    def safe_form(self) -> str:
        """The form that blocks nobody."""
        known = (form for pattern, form in SAFE_FORMS.items() if re.search(pattern, self.text, re.I))
        return next(known, "smaller steps, or a moment without traffic")


def split(sql: str) -> Iterator[Statement]:
    """Yield the statements of a file.

    Raises:
        ServerError: a line is a command of psql, which no server knows.

    """
    if own := OWN_COMMAND.search(COMMENT.sub("", sql)):
        raise ServerError(f"given {own.group()}, a command of psql: the drill knows statements of SQL alone")
    begin = 0
    for end in [*(it.start() for it in TOKEN.finditer(sql) if it.group() == ";"), len(sql)]:
        part = sql[begin:end]
        # What looks like a comment inside a text stays.
        plain = TOKEN.sub(lambda it: " " if COMMENT.fullmatch(it.group()) else it.group(), part)
        text = " ".join(plain.split())
        if text:
            first = begin + len(part) - len(part.lstrip())
            skipped = COMMENT.match(sql, first)
            while skipped:
                first = skipped.end() + len(sql[skipped.end() :]) - len(sql[skipped.end() :].lstrip())
                skipped = COMMENT.match(sql, first)
            yield Statement(line=sql.count("\n", 0, first) + 1, text=text)
        begin = end + 1
