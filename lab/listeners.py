"""What stands for Slack, PagerDuty and a mail server on loopback: each keeps every message that it gets."""

import email
import email.policy
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer, StreamRequestHandler, ThreadingTCPServer
from typing import Any

from lab import process

CHAT, PAGER, MAIL = "chat", "pager", "mail"


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message that arrived."""

    place: str
    """`chat`, `pager` or `mail`."""
    at: float
    """When, in Unix time."""
    body: Any
    """What was posted to Slack or PagerDuty; of a mail, its headers under `headers` and its text under `text`."""

    @property
    def text(self) -> str:
        """All that it says, for a search."""
        return self.body["text"] if self.place == MAIL else json.dumps(self.body)


@dataclass(frozen=True, kw_only=True)
class Listeners:
    """The places, listening."""

    webhook: str
    """Address that chat messages are posted to."""
    pager: str
    """Address that events are posted to."""
    mail: str
    """`host:port` of the mail server."""
    received: list[Message]
    """Every message so far, in the order of arrival."""
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def at(self, place: str) -> list[Message]:
        """Return the messages of one place."""
        return [message for message in self.received if message.place == place]

    def wait(self, condition: Callable[[list[Message]], bool], seconds: float) -> bool:
        """Return whether `condition` came true of what arrived, waiting for `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(list(self.received)), seconds)

    def take(self, place: str, body: Any) -> None:
        """Keep a message."""
        with self._changed:
            self.received.append(Message(place=place, at=time.time(), body=body))
            self._changed.notify_all()


@contextmanager
def listening() -> Iterator[Listeners]:
    """Yield all three places on free ports, closed afterwards."""
    chat, pager, mail = (process.free_port() for _ in range(3))
    places = Listeners(
        webhook=f"http://{process.LOOPBACK}:{chat}/services/T0/B0/lab",
        pager=f"http://{process.LOOPBACK}:{pager}/v2/enqueue",
        mail=f"{process.LOOPBACK}:{mail}",
        received=[],
    )
    with ExitStack() as stack:
        for port, place, status, answer in (
            (chat, CHAT, 200, b"ok"),
            (pager, PAGER, 202, b'{"status":"success"}'),
        ):
            handler = _poster(places, place, status, answer)
            stack.enter_context(serving(ThreadingHTTPServer((process.LOOPBACK, port), handler)))
        stack.enter_context(serving(_MailServer((process.LOOPBACK, mail), _mailbox(places))))
        yield places


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    """Answer in a thread of its own, until the end of the block."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    """Answers requests over HTTP, and logs none of them."""

    def answer(self, status: int, body: bytes, content_type: str | None = None) -> None:
        """Send a whole answer."""
        self.send_response(status)
        if content_type:
            self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # Whoever asked may be gone: Prometheus ends in the middle of a scrape.
        with suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Be silent: what arrives is kept or counted."""


def _poster(places: Listeners, place: str, status: int, answer: bytes) -> type[Handler]:
    class Poster(Handler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            places.take(place, json.loads(self.rfile.read(length)))
            self.answer(status, answer)

    return Poster


class _MailServer(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _mailbox(places: Listeners) -> type[StreamRequestHandler]:
    """As much of SMTP as a sender without encryption speaks, https://www.rfc-editor.org/rfc/rfc5321."""

    class Mailbox(StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 lab")
            while line := self.rfile.readline():
                command = line.strip().upper()
                if command == b"DATA":
                    self._say("354 go on")
                    lines = []
                    while (line := self.rfile.readline()) and line != b".\r\n":
                        lines.append(line.removeprefix(b"."))
                    message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                    if not isinstance(message, EmailMessage):
                        raise TypeError("the policy makes no message with bodies")
                    parts = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
                    texts = {kind: str(part.get_content()) if part else "" for kind, part in parts.items()}
                    places.take(
                        MAIL, {"headers": dict(message.items()), "text": texts["plain"], "html": texts["html"]}
                    )
                self._say("221 bye" if command == b"QUIT" else "250 ok")
                if command == b"QUIT":
                    return

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    return Mailbox
