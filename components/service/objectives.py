"""Service level objectives of a web service, over the application's own metrics."""

from msgspec import Struct, field
from msgspec.structs import replace

from observability import Board, Failures, MinimumTraffic, Objective, Signal, Slowness, Unit
from observability.durations import MINUTE_SECONDS
from observability.promql import Match, Operator, Rate, Ratio, Series
from observability.records.limits import under
from observability.records.names import Job, MetricNames
from observability.records.objective import PERIOD_DAYS, usable_windows
from observability.records.queries import Prometheus

REFUSED_STATUS = "429"
"""Counts in no objective: rate limiting must not burn the error budget."""
SERVER_FAULTS = "5.."
"""Statuses of an unavailable service: its own errors, and timeouts (503, 504)."""
HIT_WINDOW_SECONDS = 30 * MINUTE_SECONDS
"""Window of the hit ratio, in seconds: a release that empties the cache is no failure."""
HIT_FOR_SECONDS = 15 * MINUTE_SECONDS
"""How long it must be under its target, in seconds."""
MILLISECONDS = 1000


class LatencyArgs(Struct, frozen=True, kw_only=True):
    """A latency objective."""

    name: str
    """Kebab case: `api`, `switch-cycle`."""
    within_seconds: float
    """Latency threshold, in seconds; a bucket boundary of the application's histogram."""
    share: float
    """Share of responses within it: 0.95 for p95."""
    routes: str = ""
    """Regular expression of the routes that count; empty for all."""


class HitArgs(Struct, frozen=True, kw_only=True):
    """A cache hit ratio and its target."""

    metric: str
    """Counter of lookups, with the label `result`: `hit`, `miss`, `stale` or `stampede`."""
    share: float
    """Share of them that are hits."""
    least_per_second: float
    """Lookups per second under which the ratio does not alert."""


class ObjectivesArgs(Struct, frozen=True, kw_only=True):
    """Service level objectives; each exists only where it is given."""

    availability: float | None = None
    """Share of requests without an HTTP 5xx, 0 to 1."""
    success: float | None = None
    """Share of requests without a failed status, 0 to 1."""
    failed_statuses: list[str] = field(default_factory=list)
    """Regular expressions of the failed HTTP statuses."""
    latency: list[LatencyArgs] = field(default_factory=list)
    """Latency objectives."""
    hits: HitArgs | None = None
    """Hit ratio of the application's cache."""
    period_days: int = PERIOD_DAYS
    """Period of their error budgets, in days."""


def objectives(args: ObjectivesArgs, names: MetricNames) -> tuple[Objective, ...]:
    """Return the objectives of `args`, over the application's metrics called `names`.

    Raises:
        ValueError: one of them could never be watched.

    """
    counted = names.answers(Match(names.status_label, REFUSED_STATUS, Operator.DIFFERENT))
    found = (
        *(() if args.availability is None else (_availability(args.availability, names, counted),)),
        *(() if args.success is None else (_success(args.success, args.failed_statuses, names, counted),)),
        *(_latency(target, names) for target in args.latency),
    )
    return tuple(replace(objective, period_days=args.period_days) for objective in found)


def hit_ratios(args: ObjectivesArgs) -> tuple[Signal, ...]:
    """Return the signal of a cache hit ratio under its target; none where there is no target.

    A signal and not an objective: with a budget of 30 % and more, a burn rate alert would wait for more than every
    lookup to miss.
    """
    if args.hits is None:
        return ()
    lookups = Series(args.hits.metric, (Match("job", Job.SERVICE),))
    return (
        Signal(
            id="service-cache-hit-ratio",
            title="Application cache hit ratio",
            description="Share of lookups that Redis answers. When it falls, the database answers the rest.",
            query=Prometheus(
                expression=Ratio(Rate(lookups.where(Match("result", "hit"))), Rate(lookups)),
                window_seconds=HIT_WINDOW_SECONDS,
            ),
            unit=Unit.SHARE,
            thresholds=under(ticket=args.hits.share),
            for_seconds=HIT_FOR_SECONDS,
            minimum_traffic=MinimumTraffic(expression=Rate(lookups), value=args.hits.least_per_second),
            board=Board.CACHE,
            runbook=(
                "Find the key pattern that misses, on the cache's dashboard. A version key raised too often "
                "empties the cache for everybody; a new part of a key splits it; evictions mean that it is too "
                "small."
            ),
        ),
    )


def _availability(target: float, names: MetricNames, counted: Series) -> Objective:
    return Objective(
        id="service-availability",
        title="Service availability",
        description="Requests answered with HTTP 5xx, timeouts included. HTTP 429 does not count.",
        target=target,
        indicator=Failures(bad=names.with_status(SERVER_FAULTS), all=counted),
        windows=usable_windows(target),
        runbook=(
            "Compare with the last deployment, and roll it back if the failures began with it. Then look at the "
            "newest issue in Sentry, the healthy targets and the waiting clients of the pooler."
        ),
    )


def _success(target: float, failed_statuses: list[str], names: MetricNames, counted: Series) -> Objective:
    return Objective(
        id="service-success",
        title="Request success rate",
        description=f"Requests answered with HTTP {', '.join(failed_statuses)}. HTTP 429 does not count.",
        target=target,
        indicator=Failures(bad=names.with_status("|".join(failed_statuses)), all=counted),
        windows=usable_windows(target),
        runbook=(
            "Split the errors by route and status. Many 4xx on one route after a release: its front end and the "
            "service disagree. 5xx: see the runbook of `service-availability`."
        ),
    )


def _latency(args: LatencyArgs, names: MetricNames) -> Objective:
    within = args.within_seconds * (MILLISECONDS if names.duration_unit == "ms" else 1)
    routes = (Match(names.route_label, args.routes, Operator.LIKE),) if args.routes else ()
    return Objective(
        id=f"service-latency-{args.name}",
        title=f"Request latency of {args.name} within {args.within_seconds * MILLISECONDS:g} ms",
        description=f"Requests answered later; {100 * args.share:.10g} % have to be faster.",
        target=args.share,
        indicator=Slowness(
            histogram=names.duration,
            edge=next((it for it in names.duration_edges if float(it) == within), f"{within:g}"),
            edges=names.duration_edges,
            matches=(Match("job", Job.SERVICE), *names.of_people, *routes),
        ),
        windows=usable_windows(args.share),
        runbook=(
            "Compare with the waiting clients of the pooler and the slowest statements of the database, then with "
            "the cache hit ratio. Slow on all routes with an idle database: too few tasks."
        ),
    )
