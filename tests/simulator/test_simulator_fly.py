"""Fly.io as it is simulated: what it refuses, what it makes up, and what a change replaces."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulated_provider import AbortedError, Provider, provider_over

from policies.fly_offers import nearest_region
from simulator.fly import APPS, CLUSTERS, fly_faults
from wire_format import UNKNOWN

MACHINE, ADDRESS = f"{APPS}Machine", f"{APPS}AppIPAssignment"


def machine(**guest: object) -> dict[str, Any]:
    return {"appName": "shop", "name": "sjc-1", "region": "sjc", "config": {"image": "shop:1", "guest": guest}}


@pytest.mark.parametrize(
    ("token", "bad", "path", "good"),
    [
        (f"{APPS}App", {"name": "Shop!", "orgSlug": "acme"}, "name", {"name": "shop", "orgSlug": "acme"}),
        (f"{APPS}App", {"name": "shop"}, "orgSlug", {"name": "shop", "orgSlug": UNKNOWN}),
        (ADDRESS, {"type": "egress_v4"}, "region", {"type": "egress_v4", "region": "sjc"}),
        (ADDRESS, {"type": "v6", "region": "us-west-1"}, "region", {"type": "v6"}),
        (MACHINE, {**machine(), "region": "mia"}, "region", machine()),
        (MACHINE, {**machine(), "config": {"env": {}}}, "config.image", {**machine(), "config": UNKNOWN}),
        (MACHINE, machine(cpuKind="shared", cpus=3), "config.guest.cpus", machine(cpuKind="shared", cpus=1)),
        (MACHINE, machine(cpus=2, memoryMb=256), "config.guest.memoryMb", machine(cpus=2, memoryMb=512)),
        (MACHINE, machine(memoryMb=300), "config.guest.memoryMb", machine(memoryMb=512)),
        (
            MACHINE,
            machine(cpuKind="dedicated"),
            "config.guest.cpuKind",
            machine(cpuKind="performance", memoryMb=2048),
        ),
        (f"{APPS}Secrets", {"values": {"A-B": "x"}}, "values", {"values": {"A_B": "x"}}),
        (f"{CLUSTERS}Postgres", {"plan": "free"}, "plan", {"plan": "Performance"}),
        (f"{CLUSTERS}Postgres", {"region": "dfw"}, "region", {"region": "sjc"}),
        (f"{CLUSTERS}PostgresUser", {"username": "_shop"}, "username", {"username": "shop_app"}),
    ],
)
def test_what_fly_refuses_is_refused_by_its_path(
    token: str, bad: dict[str, Any], path: str, good: dict[str, Any]
) -> None:
    assert [it.path for it in fly_faults(token, bad)] == [path]
    assert [*fly_faults(token, good)] == []


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with provider_over(tmp_path, package="fly-machines") as made:
        yield made


def test_machine_keeps_its_id_and_is_another_only_in_another_place(provider: Provider) -> None:
    id_, answered = provider.create(MACHINE, "service-sjc-1", machine(memoryMb=512))
    assert re.fullmatch(r"[0-9a-f]{14}", id_)
    assert (answered["state"], answered["privateIp"][:5]) == ("started", "fdaa:")
    larger = provider.diff(MACHINE, machine(memoryMb=512), machine(memoryMb=1024))
    assert (list(larger.replaces), list(larger.diffs)) == ([], ["config"])
    elsewhere = provider.diff(MACHINE, machine(), {**machine(), "region": "iad"})
    assert list(elsewhere.replaces) == ["region"]
    with pytest.raises(AbortedError, match="already exists"):
        provider.create(MACHINE, "other", machine())


def test_cluster_has_two_doors_and_a_password_that_is_asked_for(provider: Provider) -> None:
    _, cluster = provider.create(
        f"{CLUSTERS}Postgres", "db", {"orgSlug": "acme", "plan": "basic", "region": "sjc"}
    )
    doors = cluster["data"]["endpoints"]["primary"]
    assert doors["pooler"]["host"].startswith("pgbouncer.")
    assert doors["direct"]["port"] == 5432
    asked = {"postgresClusterId": cluster["data"]["id"], "username": "shop"}
    told = provider.cloud.look_up("fly-machines:postgres/v1:getPostgresUsersCredential", asked, region="us-west-1")
    assert len(told["data"]["password"]) == 24


@pytest.mark.parametrize(
    ("fly", "vendor", "aws"), [("sjc", "supabase", "us-west-1"), ("sjc", "neon", "us-west-2")]
)
def test_nearest_region_is_one_that_the_vendor_has(fly: str, vendor: str, aws: str) -> None:
    offered = {"supabase": ["us-east-1", "us-west-1", "us-west-2"], "neon": ["us-east-1", "us-west-2"]}
    assert nearest_region(fly, offered[vendor]) == aws
    assert nearest_region("gru", ["us-east-1"]) is None
