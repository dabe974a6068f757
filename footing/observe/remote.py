"""Asking an Alertmanager or a Grafana: JSON over HTTP, every failure one sentence, a token never shown."""

import base64
import http.client
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

TOKEN_VARIABLE = "GRAFANA_AUTH"  # noqa: S105  a name, the one that the Pulumi provider reads
"""Environment variable with a token of Grafana, or `user:password`."""

TIMEOUT_SECONDS = 20
LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Where a token may go without encryption."""


class RemoteError(Exception):
    """It did not answer as hoped; the message is one sentence."""


class UsageError(Exception):
    """What was typed, or the environment, does not let us ask; the message is one sentence."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it would take the token to another server."""

    def redirect_request(self, *_: Any) -> None:
        """Refuse, so that the redirect itself is the answer."""


_OPENER = urllib.request.build_opener(_Stay)


def address(given: str) -> str:
    """Return the address `given`, without a last slash.

    Raises:
        UsageError: it is no address of a server.

    """
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise UsageError("an address of the form https://name is needed, without a user and a password")
    return given.rstrip("/")


def authorization(url: str) -> str:
    """Return the authorization for Grafana at `url`, from the environment.

    Raises:
        UsageError: the variable is not set, or the way there is not encrypted.

    """
    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not given or not given.isascii() or not given.isprintable():
        raise UsageError(
            f"{TOKEN_VARIABLE} is not set, or no line of text: a token of a service account, or user:password"
        )
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
        raise UsageError(f"{TOKEN_VARIABLE} goes over https alone, the address is without")
    return f"Basic {base64.b64encode(given.encode()).decode()}" if ":" in given else f"Bearer {given}"


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Say in a sentence that an answer is not `what` it ought to be."""
    try:
        yield
    except (AttributeError, KeyError, TypeError):
        raise RemoteError(f"the answer is something else than {what}") from None


def ask(url: str, *, shown: str | None = None, body: Any = None) -> Any:
    """Return the answer of `url`, read as JSON; None when it is empty. `shown` is its authorization.

    Raises:
        RemoteError: nobody answers, or the answer is an error, a redirect or no JSON.

    """
    headers = {"Content-Type": "application/json", **({"Authorization": shown} if shown else {})}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310  `address` lets only http(s) in
    place = f"{urlsplit(url).netloc}{urlsplit(url).path}"
    try:
        with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None
    except urllib.error.HTTPError as error:
        error.close()
        raise RemoteError(f"{place} answers {error.code} {error.reason}") from None
    except (OSError, http.client.HTTPException) as error:
        raise RemoteError(f"{place} does not answer: {getattr(error, 'reason', None) or error}") from None
    except ValueError:
        raise RemoteError(f"{place} answers something that is no JSON") from None
