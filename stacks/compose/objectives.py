"""What the service promises, from the stack's objectives."""

import pulumi

from components.service import HitArgs, LatencyArgs, ObjectivesArgs
from stacks.config.objectives import looser_alerts
from stacks.config.service_metrics import ServiceMetricsConfig
from stacks.config.targets import OF_THE_SERVICE, Targets


def objectives_args(targets: Targets, metrics: ServiceMetricsConfig | None) -> ObjectivesArgs:
    """Those that the application's own `metrics` can tell of."""
    cache_requests = metrics.cache_requests if metrics else None
    feed = [target for target in targets.hits if target.layer == "redis_feed" and cache_requests]
    return ObjectivesArgs(
        availability=targets.availability,
        success=None if targets.errors is None else 1 - targets.errors.share,
        failed_statuses=[] if targets.errors is None else list(targets.errors.failed_statuses),
        latency=[
            LatencyArgs(
                name=target.name,
                within_seconds=target.target_ms / 1000,
                share=target.share,
                routes=target.routes,
            )
            for target in targets.latency
            if target.population in OF_THE_SERVICE
        ],
        hits=HitArgs(metric=cache_requests, share=feed[0].share, least_per_second=feed[0].least_per_second)
        if feed and cache_requests
        else None,
    )


def warn_of_looser_alerts(targets: Targets) -> None:
    """Say in every preview which promise may be broken without an alert of its own."""
    for sentence in looser_alerts(targets):
        pulumi.log.warn(sentence)
