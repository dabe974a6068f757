"""What each of the four systems promises; they do not agree, so each is a preset and none is a constant."""

from collections.abc import Mapping

from stacks.config.targets import ErrorTarget, HitTarget, LatencyTarget, Targets

BASE = Targets(
    availability=0.999,
    errors=ErrorTarget(share=0.02),
    latency=[
        LatencyTarget(name="api", population="api", percentile=95, target_ms=250),
        LatencyTarget(name="feed-warm", population="feed_warm", percentile=95, target_ms=120),
        LatencyTarget(name="feed-cold", population="feed_cold", percentile=95, target_ms=250),
        LatencyTarget(name="edge", population="edge", percentile=95, target_ms=200),
    ],
    hits=[
        HitTarget(layer="edge_static", share=0.7),
        HitTarget(layer="edge_api", share=0.3),
        HitTarget(layer="redis_feed", share=0.8),
    ],
)
"""Sources: S0-24, S0-25, S0-27, S0-36, S0-37, S0-57 to S0-59."""

DAY_ONE = Targets(
    availability=0.995,
    errors=ErrorTarget(share=0.01, warning=0.02, critical=0.05),
    latency=[
        LatencyTarget(name="api-median", population="api", percentile=50, target_ms=150),
        LatencyTarget(
            name="api", population="api", percentile=95, target_ms=800, warning_ms=1000, critical_ms=2000
        ),
        LatencyTarget(name="page", population="page", percentile=95, target_ms=1500),
    ],
    hits=[],
)
"""Sources: S1-67, S1-68, S1-73 to S1-76, S1-82, S1-83."""

REALTIME = Targets(
    availability=None,
    errors=ErrorTarget(share=0.01, warning=0.01, warning_seconds=300),
    latency=[
        LatencyTarget(
            name="operation",
            population="operation",
            percentile=95,
            target_ms=50,
            warning_ms=50,
            routes=".*/switch",
        )
    ],
    hits=[],
)
"""Sources: S3-61, S3-62."""

AWS = Targets(
    availability=None,
    errors=None,
    latency=[
        LatencyTarget(name="api-median", population="api", percentile=50, target_ms=100, warning_ms=200),
        LatencyTarget(name="api", population="api", percentile=95, target_ms=300, warning_ms=500),
        LatencyTarget(name="api-slowest", population="api", percentile=99, target_ms=500, warning_ms=1000),
        LatencyTarget(name="first-byte", population="edge", percentile=95, target_ms=200, warning_ms=500),
        LatencyTarget(name="largest-paint", population="page", percentile=95, target_ms=2500, warning_ms=4000),
    ],
    hits=[],
)
"""Sources: S4-59 to S4-61, S4-64, S4-65."""

NONE = Targets(availability=None, errors=None, latency=[], hits=[])
"""Nothing is promised."""

PRESETS: Mapping[str, Targets] = {"base": BASE, "day-one": DAY_ONE, "realtime": REALTIME, "aws": AWS}
"""Those of the four systems, by the name in `objectives.preset`."""
