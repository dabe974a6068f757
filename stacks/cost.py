"""What the way out of the network costs a month, from list prices.

An estimate for a choice, not a bill: traffic to the internet itself, taxes and discounts are not in it.
"""

from msgspec import Struct

from stacks.config.network import NetworkConfig
from stacks.config.stack import StackConfig

HOURS_PER_MONTH = 730
"""Hours that AWS's own calculator takes for a month."""

PRICE_REGION = "us-east-1"
"""Region of the prices below; no other is cheaper, some cost a third more."""

PRICES_AS_OF = "2026-11-22"
"""Day on which the prices were last compared with the pages named beside them."""


class Price(Struct, frozen=True, kw_only=True):
    """List price of one thing that carries traffic, in US dollars."""

    per_hour: float
    """For each hour that it exists."""
    per_gb: float
    """For each GB that passes it, in either direction."""
    source: str
    """Page of the price."""


NAT_GATEWAY = Price(per_hour=0.045, per_gb=0.045, source="https://aws.amazon.com/vpc/pricing/")
"""A NAT gateway, without its address."""

PUBLIC_ADDRESS = Price(per_hour=0.005, per_gb=0, source="https://aws.amazon.com/vpc/pricing/")
"""A public IPv4 address; each NAT gateway has one."""

INTERFACE_ENDPOINT = Price(per_hour=0.01, per_gb=0.01, source="https://aws.amazon.com/privatelink/pricing/")
"""An interface endpoint in one zone; the price by GB is that of the first PB."""


class WayOut(Struct, frozen=True, kw_only=True):
    """What carries traffic out of the private subnets, and what it costs to have it."""

    gateways: int
    """NAT gateways."""
    endpoints: int
    """Interface endpoints, counted once in each zone."""

    @property
    def monthly_usd(self) -> float:
        """US dollars a month before the first byte."""
        gateway = NAT_GATEWAY.per_hour + PUBLIC_ADDRESS.per_hour
        hourly = self.gateways * gateway + self.endpoints * INTERFACE_ENDPOINT.per_hour
        return hourly * HOURS_PER_MONTH


def way_out(network: NetworkConfig, zones: int) -> WayOut:
    """Return the way out that `network` chooses, over so many zones."""
    gateways = {"none": 0, "single": 1, "per_zone": zones}[network.nat]
    return WayOut(gateways=gateways, endpoints=len(network.endpoints) * zones)


def way_out_notes(config: StackConfig) -> list[str]:
    """Return one line for people: what is there, what it costs a month, what each GB adds; none without a VPC."""
    network, zones = config.network, len(config.zones)
    if network.existing or not config.in_network:
        return []
    chosen = way_out(network, zones)
    parts, traffic = [], []
    if chosen.gateways:
        parts.append(f"{chosen.gateways} NAT gateway{'s' if chosen.gateways > 1 else ''}")
        traffic.append(f"{NAT_GATEWAY.per_gb} a GB through NAT")
    if chosen.endpoints:
        parts.append(f"{len(network.endpoints)} interface endpoints in {zones} zones")
        traffic.append(f"{INTERFACE_ENDPOINT.per_gb} a GB through endpoints")
    note = (
        f"Way out of the private subnets: {' and '.join(parts)}, {chosen.monthly_usd:.2f} USD a month, "
        f"and {', '.join(traffic)} ({PRICE_REGION} list prices of {PRICES_AS_OF})."
    )
    return [note]
