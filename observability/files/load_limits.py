"""load-limits.json: what a run of load tests has to keep, from the same targets as the alerts."""

import json
from typing import Any

from observability.durations import MINUTE_SECONDS
from observability.stack import ObservedStack

PROFILES: dict[str, dict[str, Any]] = {
    "smoke": {"users": 10, "minutes": 1},
    "load": {"users": 100, "minutes": 10},
    "stress": {"users": 500, "minutes": 10},
    "day-one": {"users": 2000, "minutes": 15},
}
"""Users and length of each profile. Source: S1-78 to S1-83."""
ACHIEVED_SHARE = 0.95
"""Share of the offered requests that the generator has to send: under it, the generator was the limit."""
FEED_REQUESTS_PER_SECOND = 200
"""Rate of the feed's scenario. Source: S0-54."""
AUTH_ATTEMPTS_PER_SECOND = 100
"""Rate of the sign-in scenario. Source: S0-53."""
POSTS_PER_SECOND = 50
"""Rate of the scenario that writes too often. Source: S0-55."""


def load_limits(observed: ObservedStack) -> str:
    """Return the file, as JSON; shares between 0 and 1, times in milliseconds."""
    targets = observed.load_targets
    common = {
        "latency": [
            {"population": it.population, "percentile": it.percentile, "at_most_ms": it.milliseconds}
            for it in targets.latency
        ],
        "failed_share_at_most": targets.failed_share,
    }
    # By the window of the limit: a fixed one lets twice as many pass around its edge.
    sign_in = {
        "attempts_per_second": AUTH_ATTEMPTS_PER_SECOND,
        "accepted_per_window_at_most": targets.auth_requests_per_minute,
        "window_seconds": MINUTE_SECONDS,
        "refused_with": {"status": 429, "header": "Retry-After"},
    }
    # Once warm: the answers of the first time to live are left out.
    feed = {"requests_per_second": FEED_REQUESTS_PER_SECOND, "hit_share_at_least": dict(targets.hit_shares)}
    # Writes of one address far over its limit: most are refused, and the database does not feel it.
    accepted_share = targets.api_requests_per_minute / (POSTS_PER_SECOND * MINUTE_SECONDS)
    posts = {
        "requests_per_second": POSTS_PER_SECOND,
        "refused_share_at_least": round(1 - accepted_share, 4),
        "database_connections_at_most": targets.server_connections,
    }
    content = {
        "profiles": {name: {**profile, **common} for name, profile in PROFILES.items()},
        "scenarios": {"sign_in": sign_in, "feed": feed, "posts": posts},
        "achieved_rate_share": ACHIEVED_SHARE,
    }
    return json.dumps(content, indent=2) + "\n"
