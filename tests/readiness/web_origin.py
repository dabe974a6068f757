"""An origin on loopback that answers as a healthy stack does, but for the faults that a test wants."""

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any, ClassVar

from lab.listeners import Handler, serving

PAGE = '<script src="/assets/app-1a2b.js"></script>'
SCRIPT = b"console.log('hello');" * 20
METRICS = """# TYPE synckairos_http_requests_total counter
synckairos_http_requests_total{route="/v1/sessions",status_code="200"} 12
synckairos_http_request_duration_ms_bucket{le="+Inf"} 12
synckairos_active_sessions 3
synckairos_websocket_connections 2
synckairos_db_write_queue_size 0
synckairos_db_write_failures_total 0
synckairos_switch_cycle_duration_ms_bucket{le="50"} 4
"""
LIMIT = 20
"""Requests to /auth/ that pass, and to the API."""


class Origin:
    """What the origin knows: its faults, and what it was sent."""

    def __init__(self) -> None:
        self.faults: set[str] = set()
        self.sessions: dict[str, Any] = {}
        self.counts: dict[str, int] = {}
        self.sent: list[str] = []

    def renew(self, *faults: str) -> None:
        self.faults, self.sessions, self.counts, self.sent = set(faults), {}, {}, []


PLAIN = ("/health", "/ready", "/metrics")


class Answers(Handler):
    origin: ClassVar[Origin]

    def version_string(self) -> str:
        return "nginx/1.27.3" if "version told" in self.origin.faults else "cloudflare"

    def do_GET(self) -> None:  # noqa: N802  http.server calls it by this name
        path = self.path.partition("?")[0]
        self.origin.sent.append(f"GET {path}")
        if path in PLAIN:
            self._plain(path)
        elif path.startswith("/assets/"):
            self._file()
        elif path.startswith("/v1/sessions/"):
            self._session(path.rpartition("/")[2])
        elif path.startswith("/auth/"):
            self._say(429 if self._over(path) else 404)
        elif path == "/functions/v1/feed-api":
            self._api(path)
        elif path == "/ws":
            self._say(101 if "no websocket" not in self.origin.faults else 400)
        else:
            self._page()

    def do_POST(self) -> None:  # noqa: N802
        self.origin.sent.append(f"POST {self.path}")
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "session refused" in self.origin.faults:
            self._say(500)
            return
        first = body["participants"][0]
        assert (body["sync_mode"], first["total_time_ms"]) == ("per_participant", 60000)
        assert re.fullmatch(r"[0-9a-f-]{36}", first["participant_id"])
        self.origin.sessions[body["session_id"]] = body
        self._say(201, json.dumps(body).encode())

    def _plain(self, path: str) -> None:
        text = "" if path != "/metrics" else METRICS
        if "metric missing" in self.origin.faults:
            text = text.replace("synckairos_active_sessions", "other_sessions")
        self._say(500 if f"{path} fails" in self.origin.faults else 200, text.encode())

    def _session(self, id_: str) -> None:
        found = self.origin.sessions.get(id_)
        if "session lost" in self.origin.faults or found is None:
            self._say(404)
        else:
            shown = {**found, **({"session_id": "another"} if "session mixed up" in self.origin.faults else {})}
            self._say(200, json.dumps(shown).encode())

    def _file(self) -> None:
        known = self.headers.get("If-None-Match") == '"1a2b"' and "no 304" not in self.origin.faults
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and "no compression" not in self.origin.faults
        again = self._counted("file") > 1
        headers = {
            "Cache-Control": "public, max-age=31536000"
            + ("" if "not immutable" in self.origin.faults else ", immutable"),
            "CF-Cache-Status": "HIT" if again and "no cache hit" not in self.origin.faults else "MISS",
            "ETag": '"1a2b"',
            **({"Content-Encoding": "gzip"} if packed else {}),
        }
        if "no ETag" in self.origin.faults:
            del headers["ETag"]
        content = b"" if known else gzip.compress(SCRIPT) if packed else SCRIPT
        self._say(304 if known else 200, content, headers)

    def _api(self, path: str) -> None:
        signed = "Authorization" in self.headers
        if not signed and self._over(path):
            self._say(429)
            return
        headers = {"Cache-Control": "private, no-store" if signed else "public, max-age=30", "ETag": '"7"'}
        if "API is silent" in self.origin.faults:
            del headers["Cache-Control"]
        if signed and "personal answer shared" in self.origin.faults:
            headers["Cache-Control"] = "public, max-age=30"
        known = self.headers.get("If-None-Match") == '"7"' and "API sends again" not in self.origin.faults
        self._say(304 if known else 200, b"" if known else b"[]", headers)

    def _page(self) -> None:
        hit = "Authorization" in self.headers and "personal answer kept" in self.origin.faults
        self._say(200, PAGE.encode(), {"CF-Cache-Status": "HIT"} if hit else {})

    def _over(self, path: str) -> bool:
        # The API's own checks ask a few times; only many requests in a row meet a limit.
        return self._counted(path) > LIMIT and "no limit" not in self.origin.faults

    def _counted(self, what: str) -> int:
        self.origin.counts[what] = self.origin.counts.get(what, 0) + 1
        return self.origin.counts[what]

    def _say(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        if "challenge" in self.origin.faults:
            status, headers = 403, {"CF-Mitigated": "challenge"}
        security = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "DENY",
            "Strict-Transport-Security": "max-age=300",
            "CF-Ray": "1-AMS",
        }
        for name, value in {**security, **(headers or {})}.items():
            if f"no {name}" not in self.origin.faults:
                self._extra[name] = value
        self.answer(status, body, "text/html")

    @property
    def _extra(self) -> dict[str, str]:
        return self.__dict__.setdefault("extra", {})

    def end_headers(self) -> None:
        for name, value in self._extra.items():
            self.send_header(name, value)
        self._extra.clear()
        super().end_headers()


class _Server(ThreadingHTTPServer):
    # Checks ask all at once: of those that do not fit, the kernel lets each wait a second.
    request_queue_size = 128


@contextmanager
def running(origin: Origin) -> Iterator[str]:
    handler = type("Bound", (Answers,), {"origin": origin})
    server = _Server(("127.0.0.1", 0), handler)
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}"
