"""A real PostgreSQL with TLS, SCRAM and production's parameters."""

import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from lab import certificate, process, programs
from lab.process import ServerError
from lab.result import Curve

SUPERUSER = "postgres"
PASSWORD = "only-on-loopback"  # noqa: S105  guards a server that lives for a minute
ROWS = 1000
"""Rows of the table that the load reads."""

# The last four make it quick to throw away, and log what `occupancy` reads; none changes how connections behave.
LAB_PARAMETERS = {
    "listen_addresses": certificate.HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "ssl": "on",
    "fsync": "off",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_line_prefix": "%n %p ",
}
ACCESS = "hostssl all all all scram-sha-256\n"
"""Like `rds.force_ssl`: nobody without TLS, nobody without a password."""


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A running PostgreSQL with one application database."""

    server: process.Server
    port: int
    database: str
    """The application's database, and its user."""
    authority: Path
    """Certificate authority that clients trust."""

    def url(self, user: str | None = None) -> str:
        """Return the direct URL, verified like the pooler's connections."""
        place = f"{certificate.HOST}:{self.port}/{self.database}"
        verified = f"sslmode=verify-full&sslrootcert={self.authority}"
        return f"postgresql://{user or self.database}:{PASSWORD}@{place}?{verified}"

    def occupancy(self) -> list[tuple[float, int]]:
        """Return every change in the application's connections: Unix time, and how many there were from then on.

        From PostgreSQL's own log, so that no peak falls between two samples.
        """
        return read_occupancy(self.server.log.read_text(errors="replace"), self.database)

    def wait_until_empty(self, seconds: float = 30) -> None:
        """Return once the application has no connection.

        Raises:
            ServerError: it still has one after `seconds`.

        """
        end = time.monotonic() + seconds
        while (self.occupancy() or [(0.0, 0)])[-1][1]:
            if time.monotonic() > end:
                raise ServerError(f"connections to PostgreSQL are left after {seconds:g} seconds")
            time.sleep(0.05)

    def peak(self, since: float) -> int:
        """Return the most connections of the application at once after `since`, Unix time."""
        changes = self.occupancy()
        before = [count for at, count in changes if at <= since]
        return max([*before[-1:], *(count for at, count in changes if at > since)], default=0)

    def curve(self, name: str, since: float) -> Curve:
        """Return the application's connections after `since`, Unix time, for the plot."""
        points = [(at - since, count) for at, count in self.occupancy() if at > since]
        return Curve(name=name, points=[(0.0, 0), *points])


def read_occupancy(log: str, user: str) -> list[tuple[float, int]]:
    """Return the changes of the number of `user`'s connections in a log with the prefix `%n %p `."""
    # A client that is refused after its password was checked ends with FATAL and without a disconnection.
    line = re.compile(
        rf"^(\d+\.\d+) (\d+) (LOG:  connection authorized: user={user}\b|LOG:  disconnection: |FATAL:  )", re.M
    )
    present: set[str] = set()
    changes: list[tuple[float, int]] = []
    for at, process_id, event in line.findall(log):
        (present.add if "authorized" in event else present.discard)(process_id)
        if not changes or changes[-1][1] != len(present):
            changes.append((float(at), len(present)))
    return changes


@contextmanager
def running(directory: Path, database: str, parameters: Mapping[str, int]) -> Iterator[Postgres]:
    """Yield a PostgreSQL in `directory` with production's `parameters`, ended afterwards."""
    home, port = process.make_directory(directory / "postgres"), process.free_port()
    issued = certificate.make(home)
    _initialize(home)
    files = {"ssl_cert_file": issued.certificate, "ssl_key_file": issued.key, "hba_file": home / "access"}
    options = {**LAB_PARAMETERS, **files, "port": port, **parameters}
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    command = [programs.find("postgres"), "-D", str(home / "data"), *settings]
    with process.running("postgres", command, home, port, how=signal.SIGINT) as server:
        postgres = Postgres(server=server, port=port, database=database, authority=issued.authority)
        process.wait_until_answering(
            "PostgreSQL", lambda: psycopg.connect(_url_of_server(postgres)).close(), psycopg.OperationalError
        )
        _create_database(postgres)
        yield postgres


def _initialize(home: Path) -> None:
    for name, text in (("password", PASSWORD), ("access", ACCESS)):
        (home / name).write_text(text)
        process.own(home / name)
    options = ["--no-sync", "--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={home / 'password'}"]
    command = [programs.find("initdb"), "-D", str(home / "data"), "--encoding=UTF8", "--locale=C", *options]
    done = subprocess.run(process.unprivileged(command), cwd=home, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ServerError(f"initdb failed: {done.stderr.strip()}")


def _url_of_server(postgres: Postgres) -> str:
    return postgres.url(SUPERUSER).replace(f"/{postgres.database}?", "/postgres?")


def _create_database(postgres: Postgres) -> None:
    name = postgres.database
    with psycopg.connect(_url_of_server(postgres), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'".encode())
        connection.execute(f"CREATE DATABASE {name} OWNER {name}".encode())
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE post (id integer PRIMARY KEY, body text NOT NULL)")
        connection.execute(
            "INSERT INTO post SELECT id, repeat('text ', 40) FROM generate_series(1, %s) AS id", [ROWS]
        )
