"""Records of the edge, as plain data.

Metric names are those of the Cloudflare exporter: https://github.com/lablabs/cloudflare-exporter
"""

from components.edge.args import EdgeArgs, EdgePromises
from observability import (
    Board,
    Check,
    Comparison,
    Failures,
    Group,
    HttpQuestion,
    MinimumTraffic,
    Objective,
    Prometheus,
    Signal,
    Signals,
    Vendor,
    VendorQuestion,
    Wanted,
)
from observability.durations import MINUTE_SECONDS
from observability.promql import Increase, Match, Operator, Rate, Ratio, Series
from observability.records.limits import over, under
from observability.records.names import Job
from observability.records.objective import usable_windows

ERROR_RATIO_WARNING = 0.02
"""Error ratio at which a ticket is written. Source: requirements, S1."""
ERROR_RATIO_CRITICAL = 0.05
"""Error ratio that pages. Source: requirements, S1."""
RATE_LIMITED_RATIO_NOTE = 0.2
"""Share of rate limited requests that is worth knowing."""
LEAST_REQUESTS = 50
"""People's requests in the window under which a share means nothing."""
REFUSED_STATUS = "429"
"""Counts in no objective: a rate limit at work."""
SERVER_FAULTS = "5.."
"""Statuses of an unavailable origin."""


def signals(args: EdgeArgs) -> Signals:
    """Return the records of the zone; the exporter counts by zone, not by host or path."""
    zone = (Match("job", Job.CLOUDFLARE), Match("zone", args.zone_name))
    address = f"https://{args.settings.hostnames[0]}"
    delegated = Check(
        id="edge-delegated",
        group=Group.EDGE,
        title=f"The name servers of {args.zone_name} are Cloudflare's",
        # A zone is active once Cloudflare has seen its name servers at the registrar.
        question=VendorQuestion(
            vendor=Vendor.CLOUDFLARE,
            url=f"/zones?name={args.zone_name}",
            path="result[0].status",
            wanted=Wanted(Comparison.IS, "active"),
        ),
        fix="Enter the stack output `name_servers` at the registrar.",
    )
    served = Check(
        id="edge-in-front",
        group=Group.EDGE,
        title="Cloudflare answers for every host name",
        question=HttpQuestion(
            url=f"{address}/", part="header cf-ray", wanted=Wanted(Comparison.PRESENT), main=True
        ),
        fix="Check that the record is proxied and that the zone is active.",
    )
    personal = [
        Check(
            id="edge-personal-not-kept",
            group=Group.EDGE,
            title="An answer to a request with Authorization is not kept",
            question=HttpQuestion(
                url=f"{address}{path}",
                part="header cf-cache-status",
                wanted=Wanted(Comparison.IS_NOT, "HIT"),
                headers={"Authorization": "Bearer readiness"},
                times=2,
                main=True,
            ),
            fix="The rule bypass-authenticated must be the last of its phase.",
        )
        for path in args.settings.api.paths[:1]
    ]
    return Signals(
        subject="Edge",
        board=Board.EDGE,
        signals=_zone_signals(zone, LEAST_REQUESTS + args.probe_requests, args.promises.hit_share)
        if args.exporter
        else (),
        objectives=_objectives(zone, args.promises) if args.exporter else (),
        checks=(delegated, served, *personal),
    )


def _objectives(zone: tuple[Match, ...], promises: EdgePromises) -> tuple[Objective, ...]:
    by_status = Series("cloudflare_zone_requests_status", zone)
    counted = by_status.where(Match("status", REFUSED_STATUS, Operator.DIFFERENT))
    failed = "|".join(promises.failed_statuses)
    wanted = (
        ("edge-availability", "Availability at the edge", SERVER_FAULTS, promises.availability),
        ("edge-success", "Request success rate at the edge", failed, promises.success),
    )
    return tuple(
        Objective(
            id=id_,
            title=title,
            description=f"Requests answered with HTTP {statuses.replace('|', ', ')}. HTTP 429 does not count.",
            target=target,
            indicator=Failures(bad=by_status.where(Match("status", statuses, Operator.LIKE)), all=counted),
            windows=usable_windows(target),
            period_days=promises.period_days,
            runbook=(
                "520 to 526 mean that Cloudflare cannot talk to the origin. Other codes come from the "
                "application: open its newest errors in Sentry, and the status pages of its vendors."
            ),
        )
        for id_, title, statuses, target in wanted
        if target is not None
    )


def _zone_signals(zone: tuple[Match, ...], least_requests: int, hit_share: float) -> tuple[Signal, ...]:
    requests = Series("cloudflare_zone_requests_total", zone)
    minimum_traffic = MinimumTraffic(expression=Increase(requests), value=least_requests)
    by_status = Series("cloudflare_zone_requests_status", zone)
    errors = by_status.where(Match("status", "5..", Operator.LIKE))
    rate_limited = by_status.where(Match("status", "429", Operator.LIKE))
    cached = Series("cloudflare_zone_requests_cached", zone)
    return (
        Signal(
            id="edge-errors",
            title="Edge 5xx error ratio",
            description="Share of edge requests answered with a 5xx, as visitors see it.",
            query=Prometheus(expression=Ratio(Rate(errors), Rate(requests))),
            unit="percentunit",
            thresholds=over(ticket=ERROR_RATIO_WARNING, page=ERROR_RATIO_CRITICAL),
            minimum_traffic=minimum_traffic,
            runbook=(
                "520 to 526 mean that Cloudflare cannot talk to the origin: look at the load balancer's healthy "
                "targets and its certificate. Other codes come from the application: open its newest errors in "
                "Sentry."
            ),
        ),
        Signal(
            id="edge-cache-hits",
            title="Edge cache hit ratio",
            description="Share of edge requests answered from the cache. When it falls, the origin works more.",
            query=Prometheus(expression=Ratio(Rate(cached), Rate(requests)), window_seconds=30 * MINUTE_SECONDS),
            unit="percentunit",
            thresholds=under(info=hit_share),
            for_seconds=1800,
            minimum_traffic=minimum_traffic,
            runbook=(
                "Request one file of the build twice: `cf-cache-status` must say HIT. BYPASS means that a cache "
                "rule or the origin's Cache-Control forbids it; a new query parameter makes each request a MISS."
            ),
        ),
        Signal(
            id="edge-rate-limited",
            title="Edge requests rate limited (429)",
            description="Share of edge requests answered with 429. Some are no fault; a jump has a reason.",
            query=Prometheus(expression=Ratio(Rate(rate_limited), Rate(requests))),
            unit="percentunit",
            thresholds=over(info=RATE_LIMITED_RATIO_NOTE),
            for_seconds=600,
            minimum_traffic=minimum_traffic,
            runbook=(
                "Security, Events in the Cloudflare dashboard names the rule and the addresses. Many addresses at "
                "once: an attack, or a release that asks too often. One address: an office, or a script."
            ),
        ),
    )
