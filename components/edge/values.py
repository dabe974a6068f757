"""Zone settings outside the rules, and Cloudflare's defaults in their place: a destroy leaves each as it is."""

from collections.abc import Mapping
from typing import Any

from edge_rules.plans import CloudflarePlan
from edge_rules.settings import Bots, EdgeSettings, Hsts
from observability.durations import DAY_SECONDS

Value = str | int | Mapping[str, Mapping[str, bool | int]]
"""Value of a zone setting, as the provider's schema has it."""
HSTS_SECONDS: Mapping[Hsts, int] = {
    Hsts.OFF: 0,
    Hsts.PROBE: 300,
    Hsts.WEEK: 7 * DAY_SECONDS,
    Hsts.YEAR: 365 * DAY_SECONDS,
    Hsts.PRELOAD: 730 * DAY_SECONDS,
}
"""`max-age` of each stage, in seconds. The list of preloaded domains wants a year at least: https://hstspreload.org"""
SETTINGS: Mapping[str, str | int] = {
    "ssl": "strict",
    "min_tls_version": "1.2",
    "tls_1_3": "on",
    "0rtt": "off",
    "always_use_https": "on",
    "http3": "on",
    "early_hints": "on",
    "cache_level": "aggressive",
    "browser_cache_ttl": 0,
}
"""Zone settings. `aggressive` is the dashboard's "Standard" level, 0 its "Respect Existing Headers".

Early data of TLS 1.3 (`0rtt`) can be sent twice by somebody else, and so could a purchase.
"""

DEFAULTS: Mapping[str, Value] = {
    # Cloudflare picks a mode for each new zone; this one neither breaks an origin nor sends plain text.
    "ssl": "full",
    "min_tls_version": "1.0",
    "tls_1_3": "on",
    "0rtt": "off",
    "always_use_https": "off",
    "http3": "on",
    "early_hints": "off",
    "cache_level": "aggressive",
    "browser_cache_ttl": 14_400,
    "security_header": {
        "strict_transport_security": {
            "enabled": False,
            "max_age": 0,
            "include_subdomains": False,
            "preload": False,
            "nosniff": False,
        }
    },
}
"""Cloudflare's values of a new zone, for leaving: https://developers.cloudflare.com/api/resources/zones/"""
BOTS: Mapping[CloudflarePlan, Mapping[str, Any]] = {
    CloudflarePlan.FREE: {"enable_js": True, "fight_mode": True},
    CloudflarePlan.PRO: {
        "enable_js": True,
        "sbfm_definitely_automated": "managed_challenge",
        "sbfm_static_resource_protection": False,
        "sbfm_verified_bots": "allow",
    },
    CloudflarePlan.BUSINESS: {
        "enable_js": True,
        "sbfm_definitely_automated": "managed_challenge",
        "sbfm_likely_automated": "managed_challenge",
        "sbfm_static_resource_protection": False,
        "sbfm_verified_bots": "allow",
    },
    # Bot Management is a product of its own here; what a contract holds is set with that contract.
    CloudflarePlan.ENTERPRISE: {"enable_js": True},
}
"""Arguments that a plan has: the rest comes back as a difference that never ends.

Source: https://developers.cloudflare.com/bots/plans/
"""

IDLE: Mapping[str, Any] = {
    "fight_mode": False,
    "sbfm_definitely_automated": "allow",
    "sbfm_likely_automated": "allow",
}
"""Arguments of bot fighting that challenge nobody."""


def zone_settings(settings: EdgeSettings) -> dict[str, Value]:
    """Return the settings of a zone, by id."""
    stage = settings.hsts
    with_subdomains = stage in (Hsts.YEAR, Hsts.PRELOAD)
    # Nested and in snake case: any other shape differs for ever. https://github.com/pulumi/pulumi-cloudflare/issues/1579
    security = {
        # Also for `off`: browsers forget by a header with max-age 0, and a switched-off setting sends none.
        # https://developers.cloudflare.com/ssl/edge-certificates/additional-options/http-strict-transport-security/
        "enabled": True,
        "max_age": HSTS_SECONDS[stage],
        "include_subdomains": with_subdomains,
        "preload": stage is Hsts.PRELOAD,
        # A response rule sets that header.
        "nosniff": False,
    }
    return {**SETTINGS, "security_header": {"strict_transport_security": security}}


def bots(settings: EdgeSettings, *, reset: bool) -> dict[str, Any]:
    """Return the arguments of bot fighting that the plan has."""
    arguments = BOTS[settings.plan]
    idle = reset or settings.bots is Bots.OFF
    return {key: IDLE.get(key, value) if idle else value for key, value in arguments.items()}
