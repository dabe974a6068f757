"""Objectives and alert thresholds of the service, from the stack's targets."""

import pulumi
from msgspec.structs import replace

from components.edge.args import EdgePromises
from components.service.objectives import HitArgs, LatencyArgs, ObjectivesArgs
from observability.records.limits import ERROR_SHARES, LatencyLimits, Levels
from observability.records.objective import PERIOD_DAYS
from stacks.config.objectives import looser_alerts
from stacks.config.service_metrics import ServiceMetricsConfig
from stacks.config.stack import StackConfig
from stacks.config.targets import OF_THE_SERVICE, Targets


def objectives_args(
    targets: Targets, metrics: ServiceMetricsConfig | None = None, *, period_days: int = PERIOD_DAYS
) -> ObjectivesArgs:
    """Return the objectives that the application's own `metrics` can measure."""
    cache_requests = metrics.cache_requests if metrics else None
    feed = [target for target in targets.hits if target.layer == "redis_feed" and cache_requests]
    return ObjectivesArgs(
        availability=targets.availability,
        success=None if targets.errors is None else 1 - targets.errors.share,
        failed_statuses=[] if targets.errors is None else list(targets.errors.failed_statuses),
        latency=[
            LatencyArgs(
                name=target.name, within_seconds=target.target_ms / 1000, share=target.share, routes=target.routes
            )
            for target in targets.latency
            if target.population in OF_THE_SERVICE
        ],
        hits=HitArgs(metric=cache_requests, share=feed[0].share, least_per_second=feed[0].least_per_second)
        if feed and cache_requests
        else None,
        period_days=period_days,
    )


def edge_promises(config: StackConfig) -> EdgePromises:
    """Return what the zone is held to: the stack's promises too, where no service's own metrics count them."""
    targets = config.objectives.targets
    hits = [EdgePromises(hit_share=it.share) for it in targets.hits if it.layer == "edge"] or [EdgePromises()]
    if any(it.metrics for it in config.web.values()):
        return hits[0]
    errors = targets.errors
    return replace(
        hits[0],
        availability=targets.availability,
        success=errors and 1 - errors.share,
        failed_statuses=errors.failed_statuses if errors else (),
        period_days=config.objectives.period_days,
    )


def latency_limits(targets: Targets) -> LatencyLimits:
    """Return the latency thresholds of the whole service: those of the targets, or else the defaults."""
    levels = {
        f"p{target.percentile}": Levels(ticket=_seconds(target.warning_ms), page=_seconds(target.critical_ms))
        for target in targets.latency
        if target.population == "api" and not target.routes and (target.warning_ms or target.critical_ms)
    }
    return replace(LatencyLimits(), **{key: levels[key] for key in ("p50", "p95", "p99") if key in levels})


def error_shares(targets: Targets) -> Levels:
    """Return the thresholds of the HTTP 5xx ratio: those of the targets, or else the defaults."""
    errors = targets.errors
    if errors is None or (errors.warning is None and errors.critical is None):
        return ERROR_SHARES
    return Levels(ticket=errors.warning, page=errors.critical, ticket_seconds=errors.warning_seconds)


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def warn_of_looser_alerts(targets: Targets) -> None:
    """Warn in every preview of targets that can be missed without an alert of their own."""
    for sentence in looser_alerts(targets):
        pulumi.log.warn(sentence)
