"""A reference application: sign-in, a feed, posts, files. Without Redis, the database answers."""

import hashlib
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qs, urlsplit

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from lab import process
from lab.listeners import Handler, serving
from lab.postgres import ROWS

PAGE_ROWS = 20
"""Posts of one page of the feed."""
FEED_SECONDS = 30
"""How long Redis keeps a page of the feed, in seconds. Source: S0-31."""
REDIS_TIMEOUT_SECONDS = 0.2
"""Longest wait for Redis: after it the database is asked."""
REDIS_PAUSE_SECONDS = 1.0
"""Time in which Redis is not asked again after it did not answer, in seconds."""
REDIS_HEADER = "X-Redis-Cache"
PAGE_SIZE_BYTES = 20_000
"""Size of a file of the front end, bytes."""
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS action (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)"
)


@dataclass(kw_only=True)
class Origin:
    """A running origin."""

    port: int
    database_urls: list[str]
    store: redis.Redis
    counts: Counter[str] = field(default_factory=Counter)
    """How often it asked the database, by what for: feed, login, post."""
    reads: int = 0
    """Pages of the feed that it was asked for."""
    redis_back_at: float = 0.0
    """Monotonic time before which Redis is not asked."""
    opened: list[psycopg.Connection] = field(default_factory=list, repr=False)
    """Every connection to a pooler that it made."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _local: threading.local = field(default_factory=threading.local, repr=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def query(self, purpose: str, sql: str, values: list[object]) -> list[tuple[object, ...]]:
        """Return the rows of a statement, over this thread's connection to a pooler.

        Raises:
            psycopg.Error: the database refuses it.

        """
        with self._lock:
            self.counts[purpose] += 1
        connection = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            url = self.database_urls[next(self._numbers) % len(self.database_urls)]
            # In transaction mode a prepared statement would stay with another connection.
            connection = psycopg.connect(url, autocommit=True, prepare_threshold=None, connect_timeout=5)
            self._local.connection = connection
            with self._lock:
                self.opened.append(connection)
        cursor = connection.execute(sql.encode(), values)
        return cursor.fetchall() if cursor.description else []

    def feed(self, page: int) -> tuple[bytes, str]:
        """Return a page of the feed, and where it is from: hit, miss, or down without Redis."""
        with self._lock:
            self.reads += 1
        key = f"feed:1:anonymous:all:{page}"
        if time.monotonic() < self.redis_back_at:
            return self._from_database(page), "down"
        try:
            if (found := self.store.get(key)) is not None:
                return cast("bytes", found), "hit"
            body = self._from_database(page)
            self.store.set(key, body, ex=FEED_SECONDS)
        except redis.RedisError:
            # The other connections are as dead: each would cost a pause of its own.
            self.store.connection_pool.disconnect()
            self.redis_back_at = time.monotonic() + REDIS_PAUSE_SECONDS
            return self._from_database(page), "down"
        return body, "miss"

    def _from_database(self, page: int) -> bytes:
        first = page * PAGE_ROWS % ROWS
        sql = "SELECT id, body FROM post WHERE id > %s ORDER BY id LIMIT %s"
        rows = self.query("feed", sql, [first, PAGE_ROWS])
        return json.dumps([{"id": id_, "body": body} for id_, body in rows]).encode()


@contextmanager
def running(database_urls: list[str], redis_port: int) -> Iterator[Origin]:
    """Yield the origin on the poolers at `database_urls` and Redis at `redis_port`, ended afterwards."""
    store = redis.Redis(
        host=process.LOOPBACK,
        port=redis_port,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        # The database answers sooner than a second try would.
        retry=Retry(NoBackoff(), 0),
    )
    origin = Origin(port=process.free_port(), database_urls=database_urls, store=store)
    origin.query("schema", SCHEMA, [])
    with serving(_Server((process.LOOPBACK, origin.port), type("Answers", (_Answers,), {"origin": origin}))):
        try:
            yield origin
        finally:
            for connection in origin.opened:
                connection.close()
            store.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512


class _Answers(Handler):
    origin: Origin
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:  # noqa: N802  http.server calls it by this name
        asked = urlsplit(self.path)
        if asked.path.startswith("/rest/"):
            self._or_500(lambda: self._feed(int(parse_qs(asked.query).get("page", ["0"])[0])))
        elif asked.path.startswith(("/assets/", "/_app/")):
            self._send(200, b"x" * PAGE_SIZE_BYTES, "text/javascript", "public, max-age=31536000, immutable")
        else:
            self._send(200, b"<!DOCTYPE html><title>feed</title>", "text/html", "no-cache")

    def do_POST(self) -> None:  # noqa: N802  the same
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path.startswith("/auth/"):
            self._or_500(lambda: self._login(body))
        else:
            self._or_500(lambda: self._post(body))

    def _feed(self, page: int) -> None:
        body, source = self.origin.feed(page)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == tag:
            self._send(304, b"", "application/json", f"public, max-age={FEED_SECONDS}", source, tag)
        else:
            self._send(200, body, "application/json", f"public, max-age={FEED_SECONDS}", source, tag)

    def _login(self, body: str) -> None:
        self.origin.query("login", "SELECT id FROM post WHERE body = %s LIMIT 1", [body])
        self._send(200, b'{"access_token": "lab"}', "application/json", "no-store")

    def _post(self, body: str) -> None:
        self.origin.query("post", "INSERT INTO action (body) VALUES (%s)", [body])
        self._send(201, b"{}", "application/json", "no-store")

    def _or_500(self, answer: Callable[[], None]) -> None:
        try:
            answer()
        except psycopg.Error:
            self._send(500, b"{}", "application/json", "no-store")

    def _send(self, status: int, body: bytes, kind: str, control: str, source: str = "", tag: str = "") -> None:
        self.send_response(status)
        for name, value in (("Cache-Control", control), (REDIS_HEADER, source), ("ETag", tag)):
            if value:
                self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # Whoever asked may be gone.
        with suppress(ConnectionError):
            self.wfile.write(body)
