"""Asks how what the stack serves speaks TLS."""

import socket
import ssl
import time
import warnings
from functools import cache
from urllib.parse import urlsplit

from observability import TlsQuestion
from readiness.answer import Asker, Askers, NotAskedError
from readiness.context import LiveStack, filled
from readiness.look_up import DAY_SECONDS
from readiness.web import TIMEOUT_SECONDS, NoAnswerError, address_of

OLD = ssl.TLSVersion.TLSv1_1
"""Newest version that RFC 8996 forbids."""


def askers(live: LiveStack) -> Askers:
    """Return what asks by handshakes, by the kind of its questions."""
    return {TlsQuestion: asker(live)}


def asker(live: LiveStack) -> Asker:
    """Return what asks by handshakes; nothing is sent over the connection."""

    def ask(question: TlsQuestion) -> object:
        asked = filled(question, live)
        parts = urlsplit(address_of(asked.url, live, main=asked.main))
        if parts.scheme != "https":
            raise NotAskedError(f"{parts.netloc} is asked over plain HTTP")
        host, port = parts.hostname or "", parts.port or 443
        match asked.part:
            case "protocol":
                return _version(host, port)
            case "days":
                return _days(host, port)
            case "refuses 1.1":
                return _refuses_old(host, port)
        raise NotAskedError(f"no handshake has a part {asked.part!r}")

    return ask


def _unverified() -> ssl.SSLContext:
    # Whether the certificate is good is another question.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _connect(host: str, port: int) -> socket.socket:
    try:
        return socket.create_connection((host, port), timeout=TIMEOUT_SECONDS)
    except OSError as error:
        raise NoAnswerError(f"{host}:{port} does not answer: {error}") from None


def _version(host: str, port: int) -> str:
    try:
        with _connect(host, port) as plain, _unverified().wrap_socket(plain, server_hostname=host) as connection:
            return (connection.version() or "").removeprefix("TLSv")
    except OSError as error:
        return f"no handshake: {getattr(error, 'reason', None) or error}"


def _days(host: str, port: int) -> float | str:
    """Return for how many days the certificate is valid, or why it is not."""
    try:
        context = ssl.create_default_context()
        with _connect(host, port) as plain, context.wrap_socket(plain, server_hostname=host) as connection:
            found = connection.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError as error:
        return f"no handshake: {getattr(error, 'reason', None) or error}"
    end = ssl.cert_time_to_seconds(str(found["notAfter"]))
    return round((end - time.time()) / DAY_SECONDS, 1)


@cache
def _old() -> ssl.SSLContext:
    context = _unverified()
    # OpenSSL offers what RFC 8996 forbids at its lowest level of security alone.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = OLD
    return context


def _refuses_old(host: str, port: int) -> bool:
    try:
        context = _old()
    except (ssl.SSLError, ValueError):
        raise NotAskedError("OpenSSL of this machine speaks no TLS 1.1") from None
    with _connect(host, port) as plain:
        try:
            context.wrap_socket(plain, server_hostname=host).close()
        except OSError:
            return True
    return False
