"""Checks of what the edge answers, from its settings: TLS, cache, headers, limits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from edge_rules.settings import EdgeSettings, Hsts, RequestRate
from observability import Check, Comparison, Group, HttpQuestion, TlsQuestion, Wanted
from stacks.config.edge import EdgeConfig
from stacks.config.stack import StackConfig
from stacks.edge import edge_settings

CERTIFICATE_DAYS = 14
"""Days that the certificate has left at the least: Cloudflare renews it 30 days before its end.

https://developers.cloudflare.com/ssl/reference/certificate-validity-periods/
"""
PRESENT, EMPTY = Wanted(Comparison.PRESENT), Wanted(Comparison.EMPTY)
NOBODY: Mapping[str, str] = {"Authorization": "Bearer readiness"}
"""Credentials of nobody: whoever is refused must not be answered from the cache either."""


def edge_checks(config: StackConfig) -> Iterator[Check]:
    """Yield the checks of the zone's host names; nothing without an edge."""
    edge = config.edge
    if edge is None:
        return
    settings = edge_settings(config, edge)
    page = f"https://{edge.hostnames[0]}"
    api = f"https://{edge.api_hostname or edge.hostnames[0]}{edge.cache.checked_read or api_path(settings)}"
    for hostname in (it for it in edge.hostnames if not it.startswith("*.")):
        yield from _tls_checks(hostname, main=hostname == edge.hostnames[0])
    yield from _redirect_checks(edge, page)
    yield from _header_checks(settings, page)
    files = edge.cache.checked_page or ("/" if _has_pages(edge) else None)
    if settings.cache.fingerprinted_paths and files:
        yield from _file_checks(settings, page + files)
    if settings.api.paths:
        yield from _api_checks(settings, api)
    yield from _limit_checks(settings, edge)


def _has_pages(edge: EdgeConfig) -> bool:
    """Return whether a front end answers at the first host name, as far as the stack's file says."""
    own_api = edge.api_hostname not in (None, edge.hostnames[0])
    return own_api or edge.origin_frontend is not None or edge.origin_hostname is not None


def api_path(settings: EdgeSettings) -> str:
    """Return the path of the API that is asked: a whole one before one with all below it."""
    whole = [it for it in settings.api.paths if not it.endswith("/")]
    return next(iter([*whole, *settings.api.paths]), "/")


def _check(id_: str, title: str, question: Any, fix: str, group: Group = Group.EDGE) -> Check:
    return Check(id=f"edge-{id_}", group=group, title=title, question=question, fix=fix)


def _http(url: str, part: str, wanted: Wanted, **more: Any) -> HttpQuestion:
    return HttpQuestion(url=url, part=part, wanted=wanted, main=True, **more)


def _tls_checks(hostname: str, *, main: bool) -> Iterator[Check]:
    ending, url = "" if main else f"-{hostname.replace('.', '-')}", f"https://{hostname}"
    parts = (
        ("tls", "speaks TLS 1.2 or newer", "protocol", Wanted(Comparison.AT_LEAST, 1.2)),
        ("old-tls", "refuses TLS 1.1", "refuses 1.1", Wanted(Comparison.IS, value=True)),
        (
            "certificate",
            f"has a certificate for {CERTIFICATE_DAYS} days more",
            "days",
            Wanted(Comparison.AT_LEAST, CERTIFICATE_DAYS),
        ),
    )
    for word, statement, part, wanted in parts:
        yield _check(
            f"{word}{ending}",
            f"{hostname} {statement}",
            TlsQuestion(url=url, part=part, wanted=wanted, main=main),
            "Look at SSL/TLS, Edge Certificates in Cloudflare's pages; the name has to be in edge.hostnames.",
        )


def _redirect_checks(edge: EdgeConfig, page: str) -> Iterator[Check]:
    yield _check(
        "https",
        "Plain HTTP is sent to HTTPS",
        HttpQuestion(
            url=f"http://{edge.hostnames[0]}/",
            part="header location",
            wanted=Wanted(Comparison.CONTAINS, "https://"),
        ),
        "Apply again: the zone's setting always_use_https is on in every stack.",
    )
    for hostname in edge.redirect_hostnames:
        yield _check(
            f"redirect-{hostname.replace('.', '-')}",
            f"{hostname} leads to {edge.hostnames[0]}",
            HttpQuestion(
                url=f"https://{hostname}/", part="header location", wanted=Wanted(Comparison.CONTAINS, page)
            ),
            "Look at edge.redirect_hostnames, and at that name's record in the zone.",
        )


def _header_checks(settings: EdgeSettings, page: str) -> Iterator[Check]:
    headers: list[tuple[str, str, str, Wanted, str]] = [
        ("versions", "Nobody is told what the origin runs on", "versions", EMPTY, "Switch the header off there."),
    ]
    if settings.security_headers:
        own = "Leave edge.security_headers true, or let the origin send its own."
        headers += [
            ("nosniff", "nosniff is sent", "header x-content-type-options", Wanted(Comparison.IS, "nosniff"), own),
            ("referrer-policy", "Referrer-Policy is sent", "header referrer-policy", PRESENT, own),
            (
                "frame-ancestors",
                "No other site may frame a page",
                "header content-security-policy or x-frame-options",
                PRESENT,
                own,
            ),
        ]
    if settings.hsts is not Hsts.OFF:
        age = Wanted(Comparison.CONTAINS, "max-age=")
        headers.append(("hsts", "HSTS is sent", "header strict-transport-security", age, "Look at edge.hsts."))
    for word, title, part, wanted, fix in headers:
        yield _check(f"header-{word}", title, _http(f"{page}/", part, wanted), fix)


def _file_checks(settings: EdgeSettings, page: str) -> Iterator[Check]:
    """Yield checks of a file of the build, which the first page names."""
    places = "|".join(re.escape(it) for it in settings.cache.fingerprinted_paths)
    finding: dict[str, Any] = {"find": rf"[\"'(=]((?:{places})[^\"'()\s>]+\.(?:js|css))"}
    yield _check(
        "file-kept",
        "A file of the build is answered from the cache the second time",
        _http(page, "header cf-cache-status", Wanted(Comparison.IS, "HIT"), times=2, **finding),
        "BYPASS or DYNAMIC: the origin sends Set-Cookie or no-store, or edge.cache.static_paths lacks its path.",
    )
    yield _check(
        "file-immutable",
        "Browsers keep a file of the build without asking again",
        _http(page, "header cache-control", Wanted(Comparison.CONTAINS, "immutable"), **finding),
        "The origin's no-store or private outranks edge.cache.static_seconds: take it away there.",
    )
    yield _check(
        "file-etag",
        "A file of the build that is known already is not sent again",
        _http(page, "status", Wanted(Comparison.IS, 304), conditional=True, **finding),
        "Let the origin send an ETag with its files.",
    )
    yield _check(
        "compression",
        "Text is compressed",
        _http(page, "header content-encoding", PRESENT, headers={"Accept-Encoding": "br, gzip"}, **finding),
        "Apply again: the rule compress-text; an origin's Cache-Control: no-transform forbids it.",
    )


def _api_checks(settings: EdgeSettings, api: str) -> Iterator[Check]:
    key = "edge.cache.checked_read names the read that is asked"
    yield _check(
        "api-cache-control",
        "The API says how long its answers may be kept",
        _http(api, "header cache-control", PRESENT),
        f"Let the API send Cache-Control with every read; {key}.",
    )
    yield _check(
        "api-personal",
        "No cache of many may keep an answer to a request with Authorization",
        _http(api, "shared seconds", Wanted(Comparison.AT_MOST, 0), headers=NOBODY),
        f"Let the API send Cache-Control: private, no-store with it; {key}.",
    )
    if settings.cache.api_seconds != 0:
        yield _check(
            "api-etag",
            "A read of the API that is known already is not sent again",
            _http(api, "status", Wanted(Comparison.IS, 304), conditional=True),
            f"Let the API send an ETag, and 304 to its If-None-Match; {key}.",
        )


def _limit_checks(settings: EdgeSettings, edge: EdgeConfig) -> Iterator[Check]:
    """Yield the checks of the limits: each sends one request more than a limit lets pass, without credentials."""
    api_host = edge.api_hostname or edge.hostnames[0]
    excepted = api_host in settings.api.except_hostnames
    asked: list[tuple[str, str, RequestRate | None, str]] = [
        ("auth", next(iter(settings.auth.paths), ""), settings.auth.per_minute, "edge.rate_limits.auth"),
        # The burst is smaller than the long limit, so it comes first.
        ("api", api_path(settings), settings.api.burst or settings.api.per_minute, "edge.rate_limits.api"),
    ]
    for word, path, rate, key in asked:
        if rate is not None and path and not (word == "api" and excepted):
            # Cloudflare counts in each data centre by itself, and a moment late.
            times = rate.requests * 2 + 10
            yield _check(
                f"limit-{word}",
                f"One address gets 429 after {rate.requests} requests in {rate.period_seconds} s to {path}",
                _http(f"https://{api_host}{path}", "statuses", Wanted(Comparison.CONTAINS, 429), times=times),
                f"Look at {key}, and at Security, Events in Cloudflare's pages.",
                Group.EDGE_LIMITS,
            )
