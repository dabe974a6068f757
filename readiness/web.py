"""Requests over HTTP as the checks send them: one at a time, no redirect followed, no proxy, nothing kept."""

import http.client
import ssl
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from readiness.answer import NotAskedError
from readiness.context import LiveStack

TIMEOUT_SECONDS: Final = 8.0
"""For one request; the whole question has the time of `readiness.run`."""
MOST_BYTES: Final = 4 * 1024 * 1024
"""Of a body that is read."""
BASE_VARIABLES: Final = ("API_URL", "BASE_URL")
"""Variables of the environment with another address of the main service, by precedence."""
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
AGENT: Final = "footing-ready"


class NoAnswerError(NotAskedError):
    """A server that did not answer; the message says why."""


class HttpAnswer(Struct, frozen=True, kw_only=True):
    """An answer."""

    status: int
    """Status."""
    headers: Mapping[str, str]
    """Headers, names in lower case; several of a name are joined by commas."""
    body: bytes
    """Body."""
    seconds: float
    """How long it took."""

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode(errors="replace")


def address_of(url: str, live: LiveStack, *, main: bool) -> str:
    """Return where a question is asked: at `url`, or below API_URL or BASE_URL where it is of the `main` service.

    Raises:
        NotAskedError: it is no address, or nothing outside of this machine is to be asked.

    """
    base = next((name for name in BASE_VARIABLES if main and live.environment.get(name)), None)
    if base is not None:
        place = urlsplit(str(live.environment[base]).strip())
        if not _is_address(place):
            raise NotAskedError(f"{base} is no address of the form https://name")
        asked = urlsplit(url)
        url = asked._replace(
            scheme=place.scheme, netloc=place.netloc, path=place.path.rstrip("/") + asked.path
        ).geturl()
    parts = urlsplit(url)
    if not _is_address(parts):
        raise NotAskedError(f"{url} is no address")
    if live.simulated and parts.hostname not in LOOPBACK:
        raise NotAskedError(f"the stack is simulated: nothing answers at {parts.hostname}")
    return url


def _is_address(parts: SplitResult) -> bool:
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None


def send(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> HttpAnswer:
    """Return the answer to one request.

    Raises:
        NoAnswerError: nobody answers.

    """
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_seconds)
    began = time.monotonic()
    try:
        connection.request(method, target, body, {"User-Agent": AGENT, "Accept": "*/*", **headers})
        answer = connection.getresponse()
        # What is switched to another protocol has no body.
        content = b"" if answer.status == http.client.SWITCHING_PROTOCOLS else answer.read(MOST_BYTES)
    except ssl.SSLCertVerificationError as error:
        raise NoAnswerError(f"{parts.netloc}: {error.verify_message}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswerError(f"{parts.netloc} does not answer: {error or type(error).__name__}") from None
    finally:
        connection.close()
    found: dict[str, str] = {}
    for name, value in answer.getheaders():
        found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
    return HttpAnswer(
        status=answer.status, headers=found, body=content, seconds=round(time.monotonic() - began, 3)
    )
