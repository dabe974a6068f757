"""Arguments of the edge."""

from collections.abc import Mapping, Sequence

import pulumi
from msgspec import Struct, field

from edge_rules.fit import unsupported
from edge_rules.rule import Phase
from edge_rules.settings import EdgeSettings
from observability.records.objective import PERIOD_DAYS


class AdoptionArgs(Struct, frozen=True, kw_only=True):
    """Ids of what the zone has already and this stack adopts."""

    zone_id: str
    """Id of the zone, 32 hexadecimal digits: an id to import may not wait for another resource."""
    rulesets: Mapping[Phase, str] = field(default_factory=dict)
    """Ids of the zone's rule sets by phase: creating a second one in a phase fails."""
    settings: bool = False
    """Whether a first preview shows how the zone's settings, bots, tiers and DNSSEC differ from these."""


MINIMUM_HIT_RATIO = 0.3
"""Lowest cache hit ratio of the zone as a whole, where nothing else is promised. Source: requirements, S0-25."""


class EdgePromises(Struct, frozen=True, kw_only=True):
    """What the zone as a whole is held to, where the exporter counts it."""

    hit_share: float = MINIMUM_HIT_RATIO
    """Lowest cache hit ratio of the zone."""
    availability: float | None = None
    """Share of requests without an HTTP 5xx, where no service counts its own."""
    success: float | None = None
    """Share of requests without a failed status, likewise."""
    failed_statuses: Sequence[str] = ()
    """Regular expressions of the failed HTTP statuses."""
    period_days: int = PERIOD_DAYS
    """Period of the error budgets, in days."""


class EdgeArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Edge`."""

    zone_name: str
    """Registered domain of the zone, for example `feed.example`. Source: config `edge.zone`."""
    zone_id: pulumi.Input[str]
    """Id of the zone. Source: `Domain.zone_id`."""
    origin_hostname: pulumi.Input[str]
    """Name of the load balancer that answers what the edge does not."""
    settings: EdgeSettings
    """Everything that the rules depend on."""
    exporter: bool = False
    """Whether cloudflare_exporter scrapes the zone; without it the zone has no signals."""
    promises: EdgePromises = EdgePromises()
    """Objectives and hit ratio of the zone."""
    probe_requests: int = 0
    """Requests of the stack's own probe in five minutes, which the zone's counts cannot tell from people's."""
    adopt: AdoptionArgs | None = None
    """Resources to adopt; None where the zone is new."""
    reset: bool = False
    """Write Cloudflare's defaults to whatever a destroy would leave as it is: the step before leaving."""

    def __post_init__(self) -> None:
        """Refuse what Cloudflare would refuse only when it is applied.

        Raises:
            ValueError: a host name is not in the zone or no single one, or the plan does not support a setting.

        """
        plan = self.settings.plan
        reasons = [
            f"hostname {hostname!r} is not in the zone {self.zone_name!r}"
            for hostname in (*self.settings.hostnames, *self.settings.redirect_hostnames)
            if hostname != self.zone_name and not hostname.endswith(f".{self.zone_name}")
        ]
        reasons += [
            f"hostname {hostname!r} is a wildcard, where a single name is needed"
            for hostname in (*self.settings.hostnames[:1], *self.settings.redirect_hostnames)
            if hostname.startswith("*.")
        ]
        reasons += [f"{feature.key}: {feature.refusal(plan)}" for feature in unsupported(self.settings)]
        if reasons:
            raise ValueError("; ".join(reasons))
