"""Settings of one zone, from which its rules are made."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import product

from msgspec import Struct

from edge_rules.plans import MINUTE_SECONDS, CloudflarePlan

URL_PATH = re.compile(r"/([A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*")
"""A path, exact or with a slash at its end, without anything that could end a string in a rule's expression."""
PATH_PREFIX = re.compile(r"/([A-Za-z0-9._~-]+/)*")
"""A path prefix without anything that could end a string in a rule's expression."""
FILE_ENDING = re.compile(r"[A-Za-z0-9]+")
"""Ending of a file's name, without the dot."""
HEADER_NAME = re.compile(r"[A-Za-z0-9_-]+")
"""Name of a header, in any case."""
FILE_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
"""Path of one file."""


class Hsts(StrEnum):
    """How long browsers refuse to speak plain HTTP, in stages: a mistake lasts as long as the stage."""

    OFF = "off"
    """Not at all; also the way back, for it tells browsers to forget."""
    PROBE = "probe"
    """Five minutes."""
    WEEK = "week"
    """A week."""
    YEAR = "year"
    """A year, subdomains included."""
    PRELOAD = "preload"
    """Two years, subdomains included, and browsers may build the domain in: leaving that takes months."""


class Waf(StrEnum):
    """Mode of Cloudflare's managed WAF rules."""

    ON = "on"
    """Each rule its own action."""
    LOG = "log"
    """Each rule only logs."""
    OFF = "off"
    """They do not run."""


class Bots(StrEnum):
    """Paths on which automated visitors are challenged."""

    OFF = "off"
    """Nowhere."""
    SPARE_API = "spare_api"
    """Everywhere but on the paths of the API and of sign-in, which programs call."""
    EVERYWHERE = "everywhere"
    """Everywhere; a program cannot solve a challenge."""


class RequestRate(Struct, frozen=True, kw_only=True):
    """Requests of one address in one data centre, in a period."""

    requests: int
    """Requests that pass in one period, at least 1."""
    period_seconds: int
    """Period over which they are counted, in seconds."""

    @property
    def per_minute(self) -> float:
        """Requests that pass in a minute at most."""
        return self.requests * MINUTE_SECONDS / self.period_seconds


class ApiSettings(Struct, frozen=True, kw_only=True):
    """Rate limits of the API."""

    paths: tuple[str, ...]
    """Paths: `/rest/` with all below it, `/graphql` alone."""
    per_minute: RequestRate | None
    """The long limit; None for none."""
    burst: RequestRate | None
    """The short limit beside it; None for none."""
    only_uncached: bool
    """Whether only requests that reach the origin are counted."""
    except_signed_in: bool
    """Whether requests with credentials are left to the application. Anybody can send a header: it must check."""
    except_hostnames: tuple[str, ...]
    """Hosts whose requests are left to the application, which must refuse there whoever is not signed in."""


class FailedLogins(Struct, frozen=True, kw_only=True):
    """Limit of failed logins, counted by the status of the answer."""

    failures: int
    """After so many, the next attempt is challenged; at least 2."""
    window_seconds: int
    """Window over which they are counted, in seconds."""
    statuses: tuple[int, ...]
    """HTTP statuses that the sign-in answers to a wrong password."""

    @property
    def rate(self) -> RequestRate:
        """Failures that pass: the counter moves with the answer, and the action comes above the number."""
        return RequestRate(requests=self.failures - 1, period_seconds=self.window_seconds)


class AuthSettings(Struct, frozen=True, kw_only=True):
    """Rate limits of sign-in."""

    paths: tuple[str, ...]
    """Paths, as those of the API; nothing of them is ever kept."""
    per_minute: RequestRate | None
    """The limit; None for none."""
    failed_logins: FailedLogins | None
    """When a challenge comes; None for never."""


class CacheSettings(Struct, frozen=True, kw_only=True):
    """Cache of the edge."""

    fingerprinted_paths: tuple[str, ...]
    """Path prefixes of files named by their content, the same for every visitor, for example `/assets/`."""
    fingerprinted_seconds: int
    """How long the edge and browsers keep those."""
    changing_files: tuple[str, ...]
    """Files that keep their name when they change, wherever they are: the origin's headers decide."""
    extensions: tuple[str, ...]
    """Endings of static files elsewhere, without the dot, for example `woff2`."""
    extension_seconds: int
    """How long the edge keeps those where the origin does not say; browsers by the origin's headers."""
    api_seconds: int | None
    """How long the edge keeps an anonymous API read, and gives it out stale, where the origin does not say.

    None: by the origin's headers alone; 0: never.
    """
    session_cookies: tuple[str, ...]
    """Parts of the names of cookies that mark a signed-in visitor, for example `session`."""
    credential_headers: tuple[str, ...] = ()
    """Headers that say who asks, beside those that every zone knows."""


class EdgeSettings(Struct, frozen=True, kw_only=True):
    """One zone, as `phases` makes its rules."""

    plan: CloudflarePlan
    """Plan of the zone; it is bought by hand."""
    hostnames: tuple[str, ...]
    """Names served by the edge: one proxied record each; `*.feed.example` is every name below, and never first."""
    redirect_hostnames: tuple[str, ...]
    """Names that send a visitor to the first of `hostnames`, for example `www`."""
    api: ApiSettings
    """The API."""
    auth: AuthSettings
    """Sign-in."""
    cache: CacheSettings
    """The cache."""
    hsts: Hsts
    """Stage of HSTS."""
    waf: Waf
    """The managed firewall."""
    owasp: bool
    """Whether OWASP's rules run as well."""
    bots: Bots
    """Bot fighting."""
    leaked_passwords: bool
    """Whether a sign-in with a password from a known leak is challenged."""
    security_headers: bool
    """Whether answers get the headers that a browser's protections need, where the origin sets none."""
    dnssec: bool
    """Whether the zone is signed."""
    probe_paths: tuple[str, ...] = ()
    """Paths that the stack's own probe asks for: bot fighting leaves them alone where the plan can."""
    json_refusals: bool = True
    """Whether a request over a limit is answered with JSON; Cloudflare's own page otherwise."""
    downgrades: tuple[str, ...] = ()
    """Downgrades because of the plan, a sentence each."""

    def __post_init__(self) -> None:
        """Refuse what would make a wrong rule.

        Raises:
            ValueError: a name, path or number is not one.

        """
        checks = (_bad_names, _bad_paths, _bad_limits)
        reasons = [reason for check in checks for reason in check(self)]
        if reasons:
            raise ValueError("; ".join(reasons))

    @property
    def rates(self) -> dict[str, RequestRate]:
        """Every limit with a period, by its rule's ref; most important first."""
        failed = self.auth.failed_logins
        asked = {
            "auth-per-minute": self.auth.per_minute,
            "api-per-minute": self.api.per_minute,
            "api-burst": self.api.burst,
            "auth-failed-logins": failed.rate if failed else None,
        }
        return {ref: rate for ref, rate in asked.items() if rate is not None}


OVERLAP = "overlap: personal answers would be kept"
"""What is wrong with a path of files and one that is called, where a request may be to both."""


def overlaps(files: Iterable[str], called: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each path of `files` with each of `called` where a request may be to both."""
    for path, other in product(files, called):
        below, asked = path.lower(), other.lower()
        if asked.startswith(below) or (asked.endswith("/") and below.startswith(asked)):
            yield path, other


def _bad_names(settings: EdgeSettings) -> Iterator[str]:
    if not settings.hostnames:
        yield "hostnames is empty: name at least one host of the zone"
    for hostname in settings.redirect_hostnames:
        if hostname in settings.hostnames:
            yield f"redirect_hostnames {hostname!r} is served as well: a visitor would be sent round in a circle"
    for cookie in settings.cache.session_cookies:
        if not cookie.strip():
            yield "a session cookie without a name would match every visitor"


def _bad_paths(settings: EdgeSettings) -> Iterator[str]:
    cache = settings.cache
    texts = (
        ("api.paths", settings.api.paths, URL_PATH, "path: write it like '/rest/' or '/login', without a pattern"),
        (
            "auth.paths",
            settings.auth.paths,
            URL_PATH,
            "path: write it like '/auth/' or '/login', without a pattern",
        ),
        ("fingerprinted_paths", cache.fingerprinted_paths, PATH_PREFIX, "path prefix: write it like '/assets/'"),
        ("changing_files", cache.changing_files, FILE_PATH, "path of a file: write it like '/sw.js'"),
        ("extensions", cache.extensions, FILE_ENDING, "file ending: write it like 'css', without the dot"),
        (
            "credential_headers",
            cache.credential_headers,
            HEADER_NAME,
            "name of a header: write it like 'x-account'",
        ),
    )
    for field, given, pattern, allowed in texts:
        yield from (f"{field} {text!r} is no {allowed}" for text in given if not pattern.fullmatch(text))
    for path, other in overlaps(cache.fingerprinted_paths, (*settings.api.paths, *settings.auth.paths)):
        yield f"fingerprinted_paths {path!r} and {other!r} {OVERLAP}"


def _bad_limits(settings: EdgeSettings) -> Iterator[str]:
    paths = {"api": settings.api.paths, "auth": settings.auth.paths}
    for ref, rate in settings.rates.items():
        if not paths[ref.partition("-")[0]]:
            yield f"{ref.partition('-')[0]}.paths is empty: a limit without paths would count every request"
        if rate.requests < 1:
            yield f"{ref} lets {rate.requests} requests pass: at least 1, or no limit"
    failed = settings.auth.failed_logins
    if failed and not failed.statuses:
        yield "failed_logins.statuses is empty: nothing would ever be counted"
    for field in ("fingerprinted_seconds", "extension_seconds", "api_seconds"):
        seconds = getattr(settings.cache, field)
        least = 0 if field == "api_seconds" else 1
        if seconds is not None and seconds < least:
            yield f"{field} is {seconds}: at least {least}"
