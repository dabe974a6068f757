"""What the service promises, as objectives over the application's own metrics."""

from dataclasses import dataclass, field

from observability import Board, Failures, MinimumTraffic, Objective, Signal, Slowness, Unit
from observability.durations import MINUTE_SECONDS
from observability.promql import Match, Operator, Rate, Ratio, Series
from observability.records.limits import under
from observability.records.names import Job, MetricNames
from observability.records.objective import fitting
from observability.records.queries import Prometheus

REFUSED_STATUS = "429"
"""Counts in no objective: a limiter at work must not use up the budget."""
SERVER_FAULTS = "5.."
"""What makes the service unavailable: its own faults, and what took too long (503, 504)."""
HIT_WINDOW_SECONDS = 30 * MINUTE_SECONDS
"""Over which a hit ratio is taken, in seconds: a release that empties the cache is no fault."""
HIT_FOR_SECONDS = 15 * MINUTE_SECONDS
"""How long it must be too low, in seconds."""
MILLISECONDS = 1000


@dataclass(frozen=True, kw_only=True)
class LatencyArgs:
    """A share of answers that must be in time."""

    name: str
    """Kebab case: `api`, `switch-cycle`."""
    within_seconds: float
    """Time to the answer, in seconds; an edge of the application's histogram."""
    share: float
    """Share of answers within it: 0.95 for the 95th percentile."""
    routes: str = ""
    """Regular expression of the routes that count; empty for all."""


@dataclass(frozen=True, kw_only=True)
class HitArgs:
    """A share of look-ups that a cache must answer."""

    metric: str
    """Counter of look-ups, with the label `result`: `hit`, `miss`, `stale` or `stampede`."""
    share: float
    """Share of them that are hits."""
    least_per_second: float
    """Look-ups in a second under which the share means nothing."""


@dataclass(frozen=True, kw_only=True)
class ObjectivesArgs:
    """What the service promises."""

    availability: float | None = None
    """Share of requests without a server's fault; no objective when left out."""
    success: float | None = None
    """Share of calls that do what they were asked; no objective when left out."""
    failed_statuses: list[str] = field(default_factory=list)
    """Regular expressions of the statuses of a failed call."""
    latency: list[LatencyArgs] = field(default_factory=list)
    """How soon answers come."""
    hits: HitArgs | None = None
    """What the application's cache answers."""


def objectives(args: ObjectivesArgs, names: MetricNames) -> tuple[Objective, ...]:
    """Return the objectives of `args`, over the application's metrics called `names`.

    Raises:
        ValueError: one of them could never be watched.

    """
    counted = names.answers(Match(names.status_label, REFUSED_STATUS, Operator.DIFFERENT))
    return (
        *(() if args.availability is None else (_availability(args.availability, names, counted),)),
        *(() if args.success is None else (_success(args.success, args.failed_statuses, names, counted),)),
        *(_latency(target, names) for target in args.latency),
    )


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
            title="Answers from the application's cache",
            description="Share of look-ups that Redis answers. When it falls, the database answers the rest.",
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
                "Find the kind of key that misses, on the cache's dashboard. A version key raised too often "
                "empties the cache for everybody; a new part of a key splits it; evictions mean that it is too "
                "small."
            ),
        ),
    )


def _availability(target: float, names: MetricNames, counted: Series) -> Objective:
    return Objective(
        id="service-availability",
        title="Availability of the service",
        description="Requests that fail here or take too long (5xx). Refused ones (429) do not count.",
        target=target,
        indicator=Failures(bad=names.with_status(SERVER_FAULTS), all=counted),
        windows=fitting(target),
        runbook=(
            "Compare with the last deployment, and roll it back if the failures began with it. Then look at the "
            "newest issue in Sentry, the balancer's healthy targets and the clients waiting at the pooler."
        ),
    )


def _success(target: float, failed_statuses: list[str], names: MetricNames, counted: Series) -> Objective:
    return Objective(
        id="service-success",
        title="Calls that succeed",
        description=(
            f"Calls that end in one of {', '.join(failed_statuses)}: the service's faults, and callers whose "
            "call it could not do. Refused ones (429) do not count."
        ),
        target=target,
        indicator=Failures(bad=names.with_status("|".join(failed_statuses)), all=counted),
        windows=fitting(target),
        runbook=(
            "Split the errors by route and status. Many 4xx on one route after a release: its front end and the "
            "service do not agree. 5xx: the objective of availability has its own advice."
        ),
    )


def _latency(args: LatencyArgs, names: MetricNames) -> Objective:
    within = args.within_seconds * (MILLISECONDS if names.duration_unit == "ms" else 1)
    routes = (Match(names.route_label, args.routes, Operator.LIKE),) if args.routes else ()
    return Objective(
        id=f"service-latency-{args.name}",
        title=f"Answers of {args.name} within {args.within_seconds * MILLISECONDS:g} ms",
        description=f"Answers that take longer; {args.share:.10g} of them have to be in time.",
        target=args.share,
        indicator=Slowness(
            histogram=names.duration,
            edge=next((it for it in names.duration_edges if float(it) == within), f"{within:g}"),
            edges=names.duration_edges,
            matches=(Match("job", Job.SERVICE), *routes),
        ),
        windows=fitting(args.share),
        runbook=(
            "Compare with the pooler's waiting clients and the database's slowest statements, then with the hit "
            "ratio of the cache. Slow on all routes with idle servers: too few tasks."
        ),
    )
