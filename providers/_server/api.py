"""A vendor's HTTP API: JSON, a token of the environment, and repeats of what is safe to repeat."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError
from urllib3.util import Retry

REPEATS: Final = 5
LONGEST_PAUSE_SECONDS: Final = 30
"""Most that one repeat waits, whatever the vendor's Retry-After says."""
TIMEOUT_SECONDS: Final = (10, 120)
"""To connect, and for an answer."""
UNAVAILABLE: Final = frozenset({500, 502, 503, 504})
TOO_MANY: Final = 429
MULTIPLE_CHOICES: Final = 300
NOT_FOUND: Final = frozenset({404, 410})
REFUSED: Final = frozenset({401, 403})
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
SHOWN_CHARACTERS: Final = 400


class VendorError(Exception):
    """A request that the vendor did not carry out; its text is one sentence for people."""


class ApiError(VendorError):
    """An answer with an error's status."""

    def __init__(self, method: str, path: str, status: int, text: str) -> None:
        super().__init__(f"{method} {path} answers {status}: {' '.join(text.split())[:SHOWN_CHARACTERS]}")
        self.status = status


class UncertainError(VendorError):
    """A request that may have been carried out: the answer was lost, or said that something broke."""


@dataclass(frozen=True)
class Access:
    """Where a vendor's API is, and how a request says who asks.

    Attributes:
        endpoint: address that paths follow.
        headers: of every request, with the token.
        busy: statuses that say, as 429 does, that nothing was done and to come again.

    """

    endpoint: str
    headers: Mapping[str, str]
    busy: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Refuse to send a token where others can read it.

        Raises:
            VendorError: the address is not HTTPS, and not of this machine.

        """
        address = urlsplit(self.endpoint)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
            raise VendorError(f"given the endpoint {self.endpoint!r}, allowed an https:// address")


class Api:
    """Asks one vendor. Reads and writes are repeated when it is busy or away; a POST only when it was refused."""

    def __init__(self, access: Access, stopping: threading.Event) -> None:
        self._access = access
        self._stopping = stopping
        busy = {TOO_MANY, *access.busy}
        self._repeatable = _session(access, REPEATS, busy | UNAVAILABLE)
        self._once = _session(access, 0, busy)

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Return what is at a path."""
        return self.call("GET", path, query=query)

    def find(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Return what is at a path, None where nothing is."""
        try:
            return self.get(path, query)
        except ApiError as error:
            if error.status in NOT_FOUND:
                return None
            raise

    def call(self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Return the answer to a request, None where it has none.

        Raises:
            ApiError: the vendor refuses.
            UncertainError: it may have done what a POST asks, and said nothing of it.

        """
        session = self._once if method == "POST" else self._repeatable
        try:
            answer = session.request(
                method,
                self._access.endpoint.rstrip("/") + path,
                json=body,
                params=query,
                timeout=TIMEOUT_SECONDS,
                # A redirect would carry a token that is no Authorization to whomever it names.
                allow_redirects=False,
            )
        except requests.RequestException as error:
            lost = UncertainError if method == "POST" and _may_have_arrived(error) else VendorError
            raise lost(f"{method} {path}: no answer from {self._access.endpoint}") from error
        if answer.status_code < MULTIPLE_CHOICES:
            return _content(method, path, answer)
        if method == "POST" and answer.status_code in UNAVAILABLE:
            raise UncertainError(f"{method} {path} answers {answer.status_code}")
        raise ApiError(method, path, answer.status_code, _reason(answer))

    def remove(self, method: str, path: str, body: Any = None) -> Any:
        """Ask that something be deleted, and return the answer; None where it is gone already, which counts."""
        try:
            return self.call(method, path, body)
        except ApiError as error:
            if error.status not in NOT_FOUND:
                raise
            return None

    def create(
        self,
        path: str,
        body: Any,
        alike: Callable[[], Mapping[str, Any]],
        *,
        settled: Callable[[Any], Any] = lambda it: it,
        late_seconds: float = 0,
    ) -> Any:
        """Return what a POST made, also where its answer was lost.

        Args:
            path: of the collection.
            body: what is to be made.
            alike: returns, by id, everything of the vendor's that could be what `body` makes. What is there after
                the request and was not before it is ours: names need not be unique.
            settled: returns what an answer stands for, where that is a task; an UncertainError of it is as one of
                the request.
            late_seconds: how long after a lost answer what was made may appear.

        Raises:
            VendorError: nothing was made, or it cannot be said which one.

        """
        before = alike()
        try:
            return settled(self.call("POST", path, body))
        except UncertainError as error:
            end, pause = time.monotonic() + late_seconds, 0.1
            while not (made := [it for id_, it in alike().items() if id_ not in before]):
                if time.monotonic() > end or self._stopping.wait(pause):
                    break
                pause = min(pause * 2, 10)
            if len(made) == 1:
                return made[0]
            raise VendorError(f"{error}; {len(made)} such things were made meanwhile") from error

    def wait(
        self, ask: Callable[[], Any], done: Callable[[Any], bool], *, what: str, timeout_seconds: float
    ) -> Any:
        """Return the first answer of `ask` that is `done`, asking more and more seldom.

        Raises:
            VendorError: it was not within the time, or the engine stops.

        """
        end, pause = time.monotonic() + timeout_seconds, 0.1
        while not done(found := ask()):
            if time.monotonic() > end:
                raise VendorError(f"{what} after {timeout_seconds:.0f} seconds: the next `up` waits on")
            if self._stopping.wait(pause):
                raise VendorError(f"{what}, and the engine stops: the next `up` waits on")
            pause = min(pause * 2, 10)
        return found


def _may_have_arrived(error: requests.RequestException) -> bool:
    """Return whether a request without an answer may have reached the vendor."""
    never_sent = (requests.ConnectTimeout, requests.exceptions.ProxyError, requests.exceptions.SSLError)
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return not isinstance(error, never_sent) and not isinstance(reason, NewConnectionError)


def _content(method: str, path: str, answer: requests.Response) -> Any:
    try:
        return answer.json() if answer.content else None
    except ValueError as error:
        raise VendorError(f"{method} {path} answers {answer.status_code} without JSON") from error


def _session(access: Access, repeats: int, statuses: frozenset[int] | set[int]) -> requests.Session:
    """Return a session whose repeats are bounded: each pause doubles, and a Retry-After is kept to its longest."""
    retry = Retry(
        total=REPEATS,
        connect=REPEATS,
        read=repeats,
        status_forcelist=statuses,
        allowed_methods=None,
        backoff_factor=0.5,
        backoff_max=LONGEST_PAUSE_SECONDS,
        retry_after_max=LONGEST_PAUSE_SECONDS,
        raise_on_status=False,
    )
    session = requests.Session()
    # Else a .netrc of the machine would take the place of the token.
    session.auth = lambda request: request
    session.headers.update({"Accept": "application/json", **access.headers})
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def _reason(answer: requests.Response) -> str:
    """Return what an answer says went wrong: the message of its JSON, or its text."""
    try:
        content = json.loads(answer.text)
    except ValueError:
        return answer.text or answer.reason
    if not isinstance(content, dict):
        return answer.text
    errors = [it for it in content.get("errors") or () if isinstance(it, dict)]
    keys = ("long_message", "message", "detail", "error", "description")
    messages = [it.get(key) for it in (content, *errors) for key in keys]
    return next((it for it in messages if isinstance(it, str)), answer.text)
