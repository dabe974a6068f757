import ipaddress
import json

import pytest
from msgspec.structs import replace

from components.network import Nat, Network, NetworkArgs
from tests.components.recording import Recorded, record_component

ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
ARGS = NetworkArgs(cidr="10.0.0.0/16", zones=ZONES, region="eu-west-1", flow_log_retention_days=30)


def record(**changes: object) -> Recorded[Network]:
    return record_component(lambda: Network("net", replace(ARGS, **changes)))


def test_network_has_a_public_and_a_private_subnet_in_each_zone():
    recorded = record()
    subnets = {it.name: it.inputs for it in recorded.of("Subnet")}
    assert sorted(subnets) == [f"net-{kind}-{zone}" for kind in ("private", "public") for zone in "abc"]
    assert {it["availabilityZone"] for it in subnets.values()} == set(ZONES)
    assert not any(it["mapPublicIpOnLaunch"] for it in subnets.values())
    blocks = [ipaddress.ip_network(it["cidrBlock"]) for it in subnets.values()]
    assert not any(a.overlaps(b) for i, a in enumerate(blocks) for b in blocks[i + 1 :])
    assert all(block.subnet_of(ipaddress.ip_network(ARGS.cidr)) for block in blocks)
    assert recorded.outputs["private_subnet_ids"] == [f"net-private-{zone}-id" for zone in "abc"]
    assert recorded.outputs["public_subnet_ids"] == [f"net-public-{zone}-id" for zone in "abc"]


@pytest.mark.parametrize(
    ("nat", "gateways", "routes"),
    [
        (Nat.NONE, [], []),
        (Nat.SINGLE, ["a"], ["a", "a", "a"]),
        (Nat.PER_ZONE, ["a", "b", "c"], ["a", "b", "c"]),
    ],
)
def test_nat_choice_decides_the_way_out_of_private_subnets(nat: Nat, gateways: list[str], routes: list[str]):
    recorded = record(nat=nat)
    assert sorted(it.name for it in recorded.of("NatGateway")) == [f"net-nat-{zone}" for zone in gateways]
    out = {it.name: it.inputs for it in recorded.of("Route") if it.name.startswith("net-private")}
    assert [out[name]["natGatewayId"] for name in sorted(out)] == [f"net-nat-{zone}-id" for zone in routes]


def blocks(zones: str) -> dict[str, str]:
    recorded = record(zones=[f"eu-west-1{letter}" for letter in zones])
    return {it.name: it.inputs["cidrBlock"] for it in recorded.of("Subnet")}


@pytest.mark.parametrize("nat", Nat)
def test_the_order_of_the_zones_changes_nothing(nat: Nat):
    ordered, reordered = record(nat=nat), record(nat=nat, zones=[ZONES[2], ZONES[0], ZONES[1]])
    assert [(it.name, it.inputs) for it in ordered.resources if it.type != "footing:index:Network"] == [
        (it.name, it.inputs) for it in reordered.resources if it.type != "footing:index:Network"
    ]
    assert ordered.outputs == reordered.outputs


@pytest.mark.parametrize("after", ["bc", "abd", "bcf", "ac", "cba", "fgh"])
def test_a_zone_keeps_its_range_and_a_new_one_takes_none_that_exists(after: str):
    before, changed = blocks("abc"), blocks(after)
    assert before["net-public-a"] == "10.0.0.0/20"
    assert before["net-private-c"] == "10.0.160.0/20"
    assert {name: block for name, block in changed.items() if name in before}.items() <= before.items()
    assert not {block for name, block in changed.items() if name not in before} & set(before.values())


def test_a_zone_without_a_range_is_refused():
    with pytest.raises(ValueError, match=r"zones has eu-west-1i: a zone ends with one of a, b, c, d, e, f, g, h"):
        replace(ARGS, zones=[*ZONES[:2], "eu-west-1i"])


def test_only_public_subnets_route_to_the_internet():
    recorded = record()
    gateways = {it.name: it.inputs.get("gatewayId") for it in recorded.of("Route")}
    assert {name for name, gateway in gateways.items() if gateway} == {"net-public-out"}


def test_network_is_closed_logged_and_has_the_free_endpoint():
    recorded = record(flow_log_retention_days=7)
    assert recorded.one("DefaultSecurityGroup").inputs == {"vpcId": "net-vpc-id"}
    assert recorded.one("FlowLog").inputs["trafficType"] == "ALL"
    assert recorded.one("LogGroup").inputs["retentionInDays"] == 7
    endpoint = recorded.one("VpcEndpoint", "net-s3").inputs
    assert endpoint["vpcEndpointType"] == "Gateway"
    assert endpoint["serviceName"] == "com.amazonaws.eu-west-1.s3"
    assert sorted(endpoint["routeTableIds"]) == [f"net-private-{zone}-id" for zone in "abc"]
    [statement] = json.loads(recorded.one("RolePolicy").inputs["policy"])["Statement"]
    assert all(resource.startswith("arn:aws:made:::net-flow") for resource in statement["Resource"])


def test_public_subnets_hold_nat_gateways_and_nothing_else_of_the_network():
    recorded = record(endpoints=["logs"])
    public = {f"net-public-{zone}-id" for zone in "abc"}
    inside = {it.type.rpartition(":")[2] for it in recorded.resources if public & set(texts(it.inputs))}
    assert inside == {"NatGateway", "RouteTableAssociation"}


def texts(value: object) -> list[str]:
    if isinstance(value, dict | list):
        return [text for item in (value.values() if isinstance(value, dict) else value) for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_interface_endpoints_stand_in_every_zone_behind_a_group_of_their_own():
    recorded = record_component(
        lambda: Network("net", replace(ARGS, endpoints=["ecr.api", "logs"])),
        read=lambda network: network.upstreams[0].security_group_id,
    )
    made = {it.name: it.inputs for it in recorded.of("VpcEndpoint") if it.name != "net-s3"}
    assert {name: it["serviceName"] for name, it in made.items()} == {
        "net-ecr-api": "com.amazonaws.eu-west-1.ecr.api",
        "net-logs": "com.amazonaws.eu-west-1.logs",
    }
    for it in made.values():
        assert (it["vpcEndpointType"], it["privateDnsEnabled"]) == ("Interface", True)
        assert it["securityGroupIds"] == ["net-endpoints-id"]
        assert it["subnetIds"] == [f"net-private-{zone}-id" for zone in "abc"]
    [upstream] = recorded.component.upstreams
    assert (recorded.read, upstream.port) == ("net-endpoints-id", 443)


def test_network_without_endpoints_has_no_group_and_no_upstream():
    recorded = record()
    assert recorded.component.upstreams == []
    assert recorded.of("SecurityGroup") == []


@pytest.mark.parametrize("endpoints", [[], ["logs"]])
def test_no_group_holds_a_rule_inside_itself(endpoints: list[str]):
    groups = [it for it in record(endpoints=endpoints).resources if it.type.endswith("SecurityGroup")]
    assert groups
    assert not any({"ingress", "egress"} & it.inputs.keys() for it in groups)
