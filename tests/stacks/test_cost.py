"""What the way out costs: arithmetic by hand, and the line that `footing plan` prints."""

from typing import Any

import pytest

from stacks import cost
from stacks.config import StackConfig
from stacks.config.network import NetworkConfig

PRIVATE = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]


def network(nat: str, endpoints: list[str]) -> NetworkConfig:
    return NetworkConfig.model_validate({"nat": nat, "endpoints": endpoints})


@pytest.mark.parametrize(
    ("nat", "endpoints", "zones", "monthly"),
    [
        # 730 hours of 0.045 for a gateway, 0.005 for its address, 0.01 for an endpoint in a zone.
        ("single", [], 2, 36.50),
        ("single", [], 3, 36.50),
        ("per_zone", [], 2, 73.00),
        ("per_zone", [], 3, 109.50),
        ("none", PRIVATE, 2, 58.40),
        ("per_zone", ["logs"], 3, 131.40),
    ],
)
def test_way_out_costs_its_gateways_and_its_endpoints_in_each_zone(
    nat: str, endpoints: list[str], zones: int, monthly: float
):
    assert cost.way_out(network(nat, endpoints), zones).monthly_usd == pytest.approx(monthly)


def test_note_names_what_there_is_its_price_and_the_date(values: dict[str, Any]):
    def notes(**network: Any) -> list[str]:
        return cost.way_out_notes(StackConfig.model_validate({**values, "network": network}))

    [note] = notes(nat="single", endpoints=["ecr.api", "logs"], zones=["us-east-1a", "us-east-1b"])
    assert "1 NAT gateway and 2 interface endpoints in 2 zones, 65.70 USD a month" in note
    assert "0.045 a GB through NAT, 0.01 a GB through endpoints" in note
    assert f"us-east-1 list prices of {cost.PRICES_AS_OF}" in note
    [private] = notes(nat="none", endpoints=PRIVATE)
    assert "NAT" not in private
    assert notes(existing={"vpc_id": "vpc-0123456789abcdef0"}) == []
