"""What to watch on the edge, as plain data.

Metric names are those of the Cloudflare exporter: https://github.com/lablabs/cloudflare-exporter
"""

from components.edge.args import EdgeArgs
from observability import Board, Check, MinimumTraffic, Prometheus, Severity, Signal, Signals, Threshold
from observability.durations import MINUTE_SECONDS
from observability.promql import Increase, Match, Operator, Rate, Ratio, Series
from observability.records.names import Job

ERROR_RATIO_WARNING = 0.02
"""Share of failed answers at which a ticket is written. Source: requirements, S1."""
ERROR_RATIO_CRITICAL = 0.05
"""Share of failed answers at which somebody is paged. Source: requirements, S1."""
REFUSED_RATIO_NOTE = 0.2
"""Share of refused requests that is worth knowing."""
LEAST_REQUESTS = 50
"""Requests in the window, under which a share means nothing."""
HIT_RATIO_FLOOR = 0.3
"""Lowest share from the cache for the zone as a whole. Source: requirements, S0-25."""


def signals(args: EdgeArgs) -> Signals:
    """Signals of the zone; the exporter counts by zone, so its hosts and paths are not told apart."""
    zone = args.zone_name
    return Signals(
        subject="Edge",
        board=Board.EDGE,
        signals=(_errors(zone), _hits(zone), _refused(zone)) if args.exporter else (),
        checks=_checks(args),
    )


def _ratio(zone: str, metric: str, *matches: Match, window_seconds: int = 5 * MINUTE_SECONDS) -> Prometheus:
    part = Series(metric, (*_here(zone), *matches))
    return Prometheus(expression=Ratio(Rate(part), Rate(_requests(zone))), window_seconds=window_seconds)


def _here(zone: str) -> tuple[Match, ...]:
    return (Match("job", Job.CLOUDFLARE), Match("zone", zone))


def _requests(zone: str) -> Series:
    return Series("cloudflare_zone_requests_total", _here(zone))


def _minimum_traffic(zone: str) -> MinimumTraffic:
    return MinimumTraffic(expression=Increase(_requests(zone)), value=LEAST_REQUESTS)


def _status(zone: str, like: str) -> Prometheus:
    return _ratio(zone, "cloudflare_zone_requests_status", Match("status", like, Operator.LIKE))


def _errors(zone: str) -> Signal:
    return Signal(
        id="edge-errors",
        title="Failed answers at the edge",
        description="Share of requests answered with a 5xx, as visitors see it.",
        query=_status(zone, "5.."),
        unit="percentunit",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=ERROR_RATIO_WARNING),
            Threshold(severity=Severity.PAGE, value=ERROR_RATIO_CRITICAL),
        ),
        minimum_traffic=_minimum_traffic(zone),
        runbook=(
            "520 to 526 mean that Cloudflare cannot talk to the origin: look at the load balancer's healthy "
            "targets and its certificate. Other codes come from the application: open its newest errors in Sentry."
        ),
    )


def _hits(zone: str) -> Signal:
    return Signal(
        id="edge-cache-hits",
        title="Answers from the edge cache",
        description="Share of requests that never reached the origin. When it falls, the origin carries the rest.",
        query=_ratio(zone, "cloudflare_zone_requests_cached", window_seconds=30 * MINUTE_SECONDS),
        unit="percentunit",
        thresholds=(Threshold(severity=Severity.INFO, value=HIT_RATIO_FLOOR, below=True),),
        for_seconds=1800,
        minimum_traffic=_minimum_traffic(zone),
        runbook=(
            "Ask for one file of the build twice: `cf-cache-status` must say HIT. BYPASS means that a cache rule "
            "or the origin's Cache-Control forbids it; a new query parameter on each request makes each a MISS."
        ),
    )


def _refused(zone: str) -> Signal:
    return Signal(
        id="edge-rate-limited",
        title="Requests over a rate limit",
        description="Share of requests answered with 429. A limiter at work is no fault; a jump has a reason.",
        query=_status(zone, "429"),
        unit="percentunit",
        thresholds=(Threshold(severity=Severity.INFO, value=REFUSED_RATIO_NOTE),),
        for_seconds=600,
        minimum_traffic=_minimum_traffic(zone),
        runbook=(
            "Security, Events in the Cloudflare dashboard names the rule and the addresses. Many addresses at "
            "once: an attack, or a release that asks too often. One address: an office, or a script."
        ),
    )


def _checks(args: EdgeArgs) -> tuple[Check, ...]:
    address = f"https://{args.settings.hostnames[0]}"
    delegated = Check(
        id="edge-delegated",
        title=f"The name servers of {args.zone_name} are Cloudflare's",
        probe=f"DNS NS {args.zone_name}",
        fix="Enter the stack output `name_servers` at the registrar.",
    )
    served = Check(
        id="edge-in-front",
        title="Cloudflare answers for every host name",
        probe=f"GET {address}/ has the header cf-ray",
        fix="Check that the record is proxied and that the zone is active.",
    )
    personal = [
        Check(
            id="edge-personal-not-kept",
            title="An answer to a request with Authorization is not kept",
            probe=f"GET {address}{path} twice with Authorization: cf-cache-status is never HIT",
            fix="The rule bypass-authenticated must be the last of its phase.",
        )
        for path in args.settings.api.paths[:1]
    ]
    return (delegated, served, *personal)
