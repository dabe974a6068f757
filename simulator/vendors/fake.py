"""Base of the fakes: an HTTP server on loopback that holds its requests and answers to the vendor's contract."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs, urlsplit

from simulator.vendors.contracts import answer_faults, request_faults

TOKEN = "simulated"  # noqa: S105  no vendor has such a token
"""The token that a fake takes."""
_Method = TypeVar("_Method", bound=Callable[..., "Answer"])


@dataclass(frozen=True)
class Request:
    """What was asked of an operation.

    Attributes:
        names: what stands in the places of its path.
        body: its JSON, None without one.
        query: the first value of each parameter.

    """

    names: Mapping[str, str]
    body: Any
    query: Mapping[str, str]


class AbsentError(Exception):
    """Nothing is where a request points; the text is the vendor's message."""


@dataclass(frozen=True)
class Answer:
    """Status and JSON of an answer."""

    status: int
    body: Any = None


@dataclass
class Fault:
    """A fault that a test wants: `status` in place of the answer, or after the operation was carried out."""

    operation: str
    status: int
    times: int = 1
    carried_out: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


def operation(name: str) -> Callable[[_Method], _Method]:
    """Mark the method that answers an operation of the contract: `POST /v1/projects`."""

    def mark(method: _Method) -> _Method:
        method.operation = name  # type: ignore[attr-defined]
        return method

    return mark


class Fake:
    """One vendor. Subclasses mark a method for each operation; everything they know is in `state`.

    Attributes:
        vendor: name of its contract.
        endpoint_variable: variable of the environment by which its provider finds the fake.
        credentials: headers that a request must have, unless `headers_of` says otherwise of its path.
        environment: further variables of a try-out, as tokens.
        prefix: path before each operation's.
        requests: the operations that were asked, in order, with their bodies.

    """

    vendor: ClassVar[str]
    endpoint_variable: ClassVar[str]
    credentials: ClassVar[Mapping[str, str]]
    environment: ClassVar[Mapping[str, str]]
    prefix: ClassVar[str] = ""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self.state: dict[str, Any] = (
            json.loads(file.read_text(encoding="utf-8")) if file and file.exists() else self.empty()
        )
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, Any]] = []
        self._lock = threading.Lock()
        self._operations = {name: getattr(self, method) for name, method in self._methods().items()}

    @classmethod
    def answered(cls) -> set[str]:
        """Return the operations that the fake answers."""
        return set(cls._methods())

    @classmethod
    def _methods(cls) -> dict[str, str]:
        marked = ((getattr(getattr(cls, it), "operation", None), it) for it in dir(cls))
        return {name: it for name, it in marked if name}

    def empty(self) -> dict[str, Any]:
        """Return the state of a vendor of whom nothing was asked yet."""
        return {}

    def fail(self, operation: str, status: int, **options: Any) -> None:
        """Answer the next request of an operation with a fault."""
        self.faults.append(Fault(operation, status, **options))

    def headers_of(self, path: str) -> Mapping[str, str]:  # noqa: ARG002
        """Return the headers that a request to a path must have."""
        return self.credentials

    def number(self) -> int:
        """Return a number that no other thing of this vendor has."""
        self.state["count"] = self.state.get("count", 0) + 1
        count: int = self.state["count"]
        return count

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], text: bytes
    ) -> tuple[Answer, Mapping[str, str]]:
        """Return the answer to a request, and headers of it."""
        address = urlsplit(target)
        wanted = self.headers_of(address.path)
        if any(_header(headers, name) != value for name, value in wanted.items()):
            return Answer(401, {"message": "Unauthorized"}), {}
        found = self._found(method, address.path)
        if found is None:
            return Answer(404, {"message": f"the fake of {self.vendor} has no {method} {address.path}"}), {}
        name, names = found
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        request = Request(names, json.loads(text) if text else None, query)
        with self._lock:
            self.requests.append((name, request.body))
            fault = next((it for it in self.faults if it.operation == name and it.times), None)
            if fault:
                fault.times -= 1
            if fault and not fault.carried_out:
                return Answer(fault.status, {"message": "a fault that a test wants"}), fault.headers
            answer = self._checked(name, request)
            if self._file:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_text(json.dumps(self.state, indent=1, sort_keys=True), encoding="utf-8")
        return (Answer(fault.status, {"message": "a fault that a test wants"}) if fault else answer), {}

    def _found(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        for name in self._operations:
            verb, _, template = name.partition(" ")
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.prefix + template))
            if verb == method and (match := re.fullmatch(pattern, path)):
                return name, match.groupdict()
        return None

    def _checked(self, name: str, request: Request) -> Answer:
        """Return the operation's answer: a request that the document refuses is refused, an answer too."""
        if faults := request_faults(self.vendor, name, request.body):
            return Answer(400, {"message": "; ".join(faults)})
        try:
            answer: Answer = self._operations[name](request)
        except AbsentError as error:
            return Answer(404, {"message": str(error)})
        if answer.status < 400 and (wrong := answer_faults(self.vendor, name, answer.status, answer.body)):
            return Answer(501, {"message": f"the fake is not as the vendor: {name}: {'; '.join(wrong)}"})
        return answer


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)


@contextmanager
def running(fake: Fake) -> Iterator[str]:
    """Serve a fake for as long as the block lasts; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer, headers = fake.answer(self.command, self.path, dict(self.headers), text)
            content = b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {**headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815  names of the standard library

        def log_message(self, *_: Any) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
