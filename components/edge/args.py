"""What the edge is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from edge_rules.fit import lacks
from edge_rules.rule import Fragment, Phase
from edge_rules.settings import EdgeSettings


@dataclass(frozen=True, kw_only=True)
class AdoptionArgs:
    """What is in the zone already and becomes this stack's, instead of being made."""

    zone_id: str
    """Id of the zone, 32 hexadecimal digits: an id to import may not wait for another resource."""
    rulesets: Mapping[Phase, str] = field(default_factory=dict)
    """Ids of the zone's rule sets by phase: creating a second one in a phase fails."""
    settings: bool = False
    """Whether a first preview shows how the zone's settings, bots, tiers and DNSSEC differ from these."""


@dataclass(frozen=True, kw_only=True)
class EdgeArgs:
    """What `Edge` is made from."""

    zone_name: str
    """Registered domain of the zone, for example `feed.example`. Source: config `edge.zone`."""
    zone_id: pulumi.Input[str]
    """Id of the zone. Source: `Domain.zone_id`."""
    origin_hostname: pulumi.Input[str]
    """Name of the load balancer that answers what the edge does not."""
    settings: EdgeSettings
    """Everything that the rules depend on."""
    fragments: Sequence[Fragment] = ()
    """Rules of other components; only the zone's owner can make rule sets."""
    exporter: bool = False
    """cloudflare_exporter tells of the zone; without it the zone has no numbers to watch."""
    adopt: AdoptionArgs | None = None
    """What is adopted; None where the zone is new."""
    reset: bool = False
    """Write Cloudflare's defaults to whatever a destroy would leave as it is: the step before leaving."""

    def __post_init__(self) -> None:
        """Refuse what Cloudflare would refuse only when it is applied.

        Raises:
            ValueError: a host name is not in the zone, or the plan lacks something.

        """
        plan = self.settings.plan
        reasons = [
            *self._outside(),
            *(f"{lack.key}: {lack.refusal(plan)}" for lack in lacks(self.settings)),
        ]
        if reasons:
            raise ValueError("; ".join(reasons))

    def _outside(self) -> list[str]:
        return [
            f"hostname {hostname!r} is not in the zone {self.zone_name!r}"
            for hostname in (*self.settings.hostnames, *self.settings.redirect_hostnames)
            if hostname != self.zone_name and not hostname.endswith(f".{self.zone_name}")
        ]
