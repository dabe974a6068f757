"""docs/network.md: the network, and what each way out of it costs."""

from pathlib import Path

from stacks import cost
from stacks.config.network import TASK_ENDPOINTS, NetworkConfig

TEMPLATE = Path(__file__).with_name("network.template.md")
"""The page's text, with the numbers left open."""

ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]


def network_page() -> str:
    """The whole page."""
    endpoints, nat = cost.INTERFACE_ENDPOINT, cost.NAT_GATEWAY
    monthly = _monthly("none", list(TASK_ENDPOINTS))
    return TEMPLATE.read_text(encoding="utf-8").format(
        table=_table(),
        prices=_prices(),
        nat_gb=nat.per_gb,
        endpoint_gb=endpoints.per_gb,
        even_gb=monthly / (nat.per_gb - endpoints.per_gb),
        count=len(TASK_ENDPOINTS),
        needed=", ".join(f"`{name}`" for name in TASK_ENDPOINTS),
    )


def _table() -> str:
    rows = [f"| `network.nat` | no endpoints | {len(TASK_ENDPOINTS)} endpoints |", "|---|---:|---:|"]
    for nat in ("none", "single", "per_zone"):
        alone = "not possible" if nat == "none" else f"{_monthly(nat, []):.2f}"
        rows.append(f"| `{nat}` | {alone} | {_monthly(nat, list(TASK_ENDPOINTS)):.2f} |")
    return "\n".join(rows)


def _monthly(nat: str, endpoints: list[str]) -> float:
    network = NetworkConfig.model_validate(
        {"cidr": "10.0.0.0/16", "zones": ZONES, "nat": nat, "endpoints": endpoints}
    )
    return cost.way_out(network).monthly_usd


def _prices() -> str:
    named = {
        "a NAT gateway": cost.NAT_GATEWAY,
        "its public address": cost.PUBLIC_ADDRESS,
        "an interface endpoint in one zone": cost.INTERFACE_ENDPOINT,
    }
    each = "; ".join(f"{name}, {price.per_hour} ([source]({price.source}))" for name, price in named.items())
    return (
        f"US dollars a month of {cost.HOURS_PER_MONTH} hours, list prices of {cost.PRICE_REGION} as of "
        f"{cost.PRICES_AS_OF}. By the hour: {each}. Traffic to the internet and taxes are not in it."
    )
