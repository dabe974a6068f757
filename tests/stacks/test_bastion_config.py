from typing import Any

import pytest

from stacks.config import ConfigError, parse

ENDPOINTS = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


def test_bastion_that_leads_nowhere_is_refused(values: dict[str, Any]):
    outside = {"cache": {"provider": "upstash", "role": "cache", "primary_region": "us-east-1"}}
    values["services"]["api"]["database_pool"] = 0
    given = {**values, "database": None, "redis": outside, "cache": {}, "bastion": {}}
    [found] = [it for it in problems(given) if it.startswith("bastion")]
    assert found.startswith("bastion: given, allowed with a database or a store of Redis inside the network")


def test_bastion_without_a_way_to_session_manager_is_refused(values: dict[str, Any]):
    values["network"] |= {"nat": "none", "endpoints": ENDPOINTS}
    said = "network.endpoints: missing ssmmessages, required with network.nat: none and bastion"
    assert any(it.startswith(said) for it in problems({**values, "bastion": {}}))
    assert not any("ssmmessages" in it for it in problems(values))


@pytest.mark.parametrize("minutes", [0, 4, 721])
def test_tunnel_is_neither_endless_nor_useless(values: dict[str, Any], minutes: int):
    assert any(it.startswith("bastion.minutes") for it in problems({**values, "bastion": {"minutes": minutes}}))
