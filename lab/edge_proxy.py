"""nginx in the place of the edge: a simulation that enforces the stack's own rules on this machine.

What it does as Cloudflare does: the cache's paths, times and exceptions, 429 over a limit, a counter for each
address. What it does otherwise: it counts in a leaky bucket, where Cloudflare counts by period; it does not count
failed logins, whose limit depends on the answer; and it knows personal headers by names, not by parts of names.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edge_rules.audience import CREDENTIAL_HEADERS
from edge_rules.plans import MINUTE_SECONDS
from edge_rules.settings import EdgeSettings
from lab import process, programs

CACHE_STATUS = "X-Cache-Status"
"""Header by which nginx says what its cache did."""
NAMED_HEADERS = ("apikey", "x-api-key", "x-auth-token", "x-session-token", "x-csrf-token", "x-tenant-id")
"""Usual names of the headers that the edge knows by parts of their names."""
NOT_SIMULATED = ("auth-failed-logins",)
"""Limits that nginx cannot count."""
CONNECTIONS = 4096


@dataclass(frozen=True, kw_only=True)
class EdgeProxy:
    """A running nginx."""

    url: str
    """Address that visitors ask."""


def configuration(settings: EdgeSettings, *, directory: Path, port: int, origin_port: int) -> str:
    """Return nginx.conf for the rules of a zone.

    Args:
        settings: what the zone's rules are made from.
        directory: where its files lie, made before.
        port: where it listens, on loopback.
        origin_port: where the origin listens.

    """
    zones = list(_limits(settings))
    headers = (*CREDENTIAL_HEADERS, *NAMED_HEADERS, *settings.cache.credential_headers)
    credentials = "".join(f"$http_{name.lower().replace('-', '_')}" for name in dict.fromkeys(headers))
    cookies = "|".join(map(re.escape, settings.cache.session_cookies))
    return "\n".join(
        [
            "# Made from the stack's edge rules by lab/edge_proxy.py.",
            "daemon off;",
            "worker_processes 1;",
            f"pid {directory}/nginx.pid;",
            f"error_log {directory}/error.log warn;",
            f"events {{ worker_connections {CONNECTIONS}; }}",
            "http {",
            "  access_log off;",
            *(
                f"  {name}_temp_path {directory}/{name};"
                for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            ),
            f"  proxy_cache_path {directory}/cache keys_zone=edge:10m inactive=10m use_temp_path=off;",
            f"  upstream origin {{ server {process.LOOPBACK}:{origin_port}; keepalive 32; }}",
            # Many visitors from one machine: the generator says whom it plays.
            f"  set_real_ip_from {process.LOOPBACK};",
            "  real_ip_header X-Forwarded-For;",
            "  limit_req_status 429;",
            # The address where the limit counts the request, nothing elsewhere: an empty key is not counted.
            *(line for zone in zones for line in zone.lines),
            # What says that an answer may belong to one person.
            f'  map "{credentials}" $credentials {{ default 1; "" 0; }}',
            f"  map $http_cookie $session {{ default 0; ~({cookies}) 1; }}",
            "  server {",
            f"    listen {process.LOOPBACK}:{port} backlog=4096;",
            *(f"    limit_req zone={zone.name} burst={zone.burst} nodelay;" for zone in zones if zone.burst),
            *(f"    limit_req zone={zone.name};" for zone in zones if not zone.burst),
            "    proxy_http_version 1.1;",
            '    proxy_set_header Connection "";',
            "    proxy_set_header Host $host;",
            f"    add_header {CACHE_STATUS} $upstream_cache_status always;",
            "    location / { proxy_pass http://origin; }",
            *_cached(settings),
            "  }",
            "}",
            "",
        ]
    )


@contextmanager
def running(directory: Path, settings: EdgeSettings, origin_port: int) -> Iterator[EdgeProxy]:
    """Yield nginx in front of the origin, ended afterwards."""
    port, file = process.free_port(), directory / "nginx.conf"
    file.write_text(configuration(settings, directory=directory, port=port, origin_port=origin_port))
    process.own(file)
    command = [programs.find("nginx"), "-p", str(directory), "-c", str(file), "-e", str(directory / "error.log")]
    with process.running("nginx", command, directory, port):
        yield EdgeProxy(url=f"http://{process.LOOPBACK}:{port}")


@dataclass(frozen=True, kw_only=True)
class _Zone:
    name: str
    burst: int
    lines: list[str]


def _limits(settings: EdgeSettings) -> Iterator[_Zone]:
    burst = settings.api.burst.requests - 1 if settings.api.burst else 0
    for ref, rate in settings.rates.items():
        if ref in NOT_SIMULATED:
            continue
        name, signs_in = ref.replace("-", "_"), ref.startswith("auth")
        paths = settings.auth.paths if signs_in else settings.api.paths
        hosts = () if signs_in else settings.api.except_hostnames
        counted = f"${name}_path" if not hosts else f"${name}_counted"
        pattern = "|".join(re.escape(path) + ("" if path.endswith("/") else "$") for path in paths)
        lines = [f"  map $uri ${name}_path {{ default ''; ~^({pattern}) $binary_remote_addr; }}"]
        if hosts:
            left = " ".join(f"{host} '';" for host in hosts)
            lines.append(f"  map $host ${name}_counted {{ default ${name}_path; {left} }}")
        per_minute = round(rate.requests * MINUTE_SECONDS / rate.period_seconds)
        lines.append(f"  limit_req_zone {counted} zone={name}:10m rate={per_minute}r/m;")
        yield _Zone(name=name, burst=0 if signs_in else burst, lines=lines)


def _cached(settings: EdgeSettings) -> Iterator[str]:
    """Yield a location for each group of paths that the edge keeps."""
    cache = settings.cache
    # Nothing of a path that browsers call is kept as a file, so the longer ones come first.
    if cache.api_seconds:
        yield from _location(settings.api.paths, cache.api_seconds, "$credentials $session")
    yield from _location(cache.fingerprinted_paths, cache.fingerprinted_seconds, "$credentials")


def _location(paths: tuple[str, ...], seconds: int, personal: str) -> Iterator[str]:
    for path in paths:
        yield f"    location {'' if path.endswith('/') else '= '}{path} {{"
        yield "      proxy_pass http://origin;"
        yield "      proxy_cache edge;"
        yield "      proxy_cache_key $host$request_uri;"
        yield f"      proxy_cache_valid 200 {seconds}s;"
        yield "      proxy_ignore_headers Vary;"
        yield f"      proxy_cache_bypass {personal};"
        yield f"      proxy_no_cache {personal};"
        # Stale while it is fetched again, by one request alone.
        yield "      proxy_cache_use_stale updating;"
        yield "      proxy_cache_background_update on;"
        yield "      proxy_cache_lock on;"
        yield "    }"
