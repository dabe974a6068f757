"""What an account held before a stack came to it is found by lookups, and taken in by its id."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.runtime.proto import provider_pb2
from simulated_provider import AbortedError, Connection, Provider, provider_over, urn

from simulator.account_lookups import ACCOUNT_LOOKUPS
from simulator.estate import ESTATE, FILE_NAME, make_estate
from simulator.moto_aws.refusal import RefusedError
from simulator.process import SimulatedCloudError, simulated_cloud
from simulator.shapes import lookup_fields
from simulator.store import open_store
from wire_format import Properties, decode, encode, is_secret, reveal

DATABASE = "aws:rds/instance:Instance"
VERSION = "aws:secretsmanager/getSecretVersion:getSecretVersion"
SUBNETS = "aws:ec2/getSubnets:getSubnets"
Made = dict[str, Properties]
SAID = {entry["name"]: entry for entry in yaml.safe_load(ESTATE.read_text())["resources"]}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cloud")


@pytest.fixture(scope="module")
def made(cloud: Path) -> Made:
    return make_estate(cloud)


@pytest.fixture
def account(cloud: Path, made: Made) -> Iterator[Provider]:
    with provider_over(cloud) as provider:
        yield provider


def invoke(provider: Provider, token: str, **arguments: object) -> Properties:
    request = provider_pb2.InvokeRequest(tok=token, args=encode(arguments))
    answer = decode(getattr(provider.servicer.Invoke(request, Connection()), "return"))
    assert answer.keys() >= {name for name, field in lookup_fields(token).items() if field.required}
    return answer


def filters(**values: str) -> list[dict[str, Any]]:
    return [{"name": name.replace("_", "-"), "values": [value]} for name, value in values.items()]


def tagged(key: str, value: str) -> list[dict[str, Any]]:
    return [{"name": f"tag:{key}", "values": [value]}]


def test_every_lookup_finds_what_is_there(account: Provider, made: Made) -> None:
    named = {
        "aws:acm/getCertificate:getCertificate": (
            {"domain": "shop.example.com", "mostRecent": True}, "certificate"),
        "aws:ec2/getRouteTable:getRouteTable": ({"subnetId": made["public-a"]["id"]}, "public"),
        "aws:ec2/getSecurityGroup:getSecurityGroup": ({"name": "existing-data"}, "data"),
        "aws:ec2/getSubnet:getSubnet": ({"cidrBlock": "10.20.16.0/20"}, "private-a"),
        "aws:ec2/getVpc:getVpc": ({"tags": {"Name": "existing"}}, "vpc"),
        "aws:ecs/getCluster:getCluster": ({"clusterName": "existing"}, "cluster"),
        "aws:elasticache/getReplicationGroup:getReplicationGroup": ({"replicationGroupId": "existing"}, "cache"),
        "aws:lb/getListener:getListener": ({"loadBalancerArn": made["balancer"]["arn"], "port": 443}, "https"),
        "aws:lb/getLoadBalancer:getLoadBalancer": ({"name": "existing"}, "balancer"),
        "aws:rds/getInstance:getInstance": ({"dbInstanceIdentifier": "existing"}, "database"),
        "aws:s3/getBucket:getBucket": ({"bucket": made["uploads"]["id"]}, "uploads"),
        "aws:secretsmanager/getSecret:getSecret": ({"name": "existing/redis-url"}, "redis-url"),
        VERSION: ({"secretId": made["redis-url"]["arn"]}, "redis-url-value"),
        "aws:sqs/getQueue:getQueue": ({"name": "existing-jobs"}, "jobs"),
        "cloudflare:index/getZone:getZone": ({"filter": {"name": "example.com"}}, "zone"),
    }  # fmt: skip
    for token, (arguments, name) in named.items():
        assert invoke(account, token, **arguments)["id"] == made[name]["id"], token
    listed = {
        "aws:ec2/getRouteTables:getRouteTables": ({"vpcId": made["vpc"]["id"]}, 3),
        "aws:ec2/getSecurityGroups:getSecurityGroups": ({"filters": filters(vpc_id=made["vpc"]["id"])}, 2),
        SUBNETS: ({"filters": filters(vpc_id=made["vpc"]["id"])}, 4),
        "aws:ec2/getVpcs:getVpcs": ({}, 1),
    }
    for token, (arguments, count) in listed.items():
        assert len(invoke(account, token, **arguments)["ids"]) == count, token
    zones = invoke(account, "cloudflare:index/getZones:getZones", name="example.com", account={"id": ZONE_ACCOUNT})
    assert [it["id"] for it in zones["results"]] == [made["zone"]["id"]]
    accounts = invoke(account, "cloudflare:index/getAccounts:getAccounts")["results"]
    assert [it["id"] for it in accounts] == [ZONE_ACCOUNT]
    assert invoke(account, "cloudflare:index/getAccount:getAccount", accountId=ZONE_ACCOUNT)["name"]
    assert named.keys() | listed.keys() | {f"cloudflare:index/{it}:{it}" for it in (
        "getZones", "getAccounts", "getAccount")} == ACCOUNT_LOOKUPS  # fmt: skip


ZONE_ACCOUNT = SAID["zone"]["inputs"]["account"]["id"]


def test_answers_hold_what_a_program_goes_on_with(account: Provider, made: Made) -> None:
    database = invoke(account, "aws:rds/getInstance:getInstance", dbInstanceIdentifier="existing")
    assert (database["port"], database["dbInstanceClass"]) == (5432, "db.t4g.micro")
    assert database["vpcSecurityGroups"] == [made["data"]["id"]]
    table = invoke(account, "aws:ec2/getRouteTable:getRouteTable", subnetId=made["private-b"]["id"])
    assert [it["natGatewayId"] for it in table["routes"]] == [made["nat"]["id"]]
    assert {it["subnetId"] for it in table["associations"]} == {made[f"private-{it}"]["id"] for it in "ab"}
    version = invoke(
        account, "aws:secretsmanager/getSecretVersion:getSecretVersion", secretId="existing/redis-url"
    )
    assert is_secret(version["secretString"])
    assert version["secretId"] == "existing/redis-url"
    public = [made[f"public-{it}"]["id"] for it in "ab"]
    for given in ({"tags": {"tier": "public"}}, {"filters": tagged("Name", "existing-public-?")},
                  {"filters": filters(map_public_ip_on_launch="true")}):  # fmt: skip
        assert invoke(account, SUBNETS, **given)["ids"] == public
    assert invoke(account, SUBNETS, tags={"tier": "public", "Name": "existing-public-b"})["ids"] == public[1:]
    assert invoke(account, SUBNETS, region="eu-west-1")["ids"] == []


@pytest.mark.parametrize(
    ("token", "arguments", "message"),
    [
        ("aws:ec2/getVpc:getVpc", {"id": "vpc-0"}, "no matching EC2 VPC found"),
        ("aws:ec2/getVpc:getVpc", {"default": True}, "no matching EC2 VPC found"),
        (
            "aws:ec2/getSubnet:getSubnet",
            {"tags": {"tier": "private"}},
            "multiple EC2 Subnets matched; use",
        ),
        ("aws:ec2/getRouteTable:getRouteTable", {"subnetId": "subnet-0"}, "no matching EC2 Route Table found"),
        ("aws:ecs/getCluster:getCluster", {"clusterName": "other"}, "no matching ECS Cluster found"),
        ("aws:lb/getListener:getListener", {"port": 80}, "no matching ELBv2 Listener found"),
        ("cloudflare:index/getZone:getZone", {"filter": {"name": "other.example"}}, "no matching zone found"),
        (SUBNETS, {"filters": filters(colour="red")}, "The filter 'colour' is invalid"),
    ],
)
def test_nothing_and_more_than_one_are_errors(
    account: Provider, token: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(AbortedError, match=message):
        invoke(account, token, **arguments)


@pytest.mark.parametrize(
    ("name", "key", "changed", "replaces"),
    [
        ("vpc", "id", {"cidrBlock": "10.21.0.0/16"}, True),
        ("private-a", "id", {"tags": {}}, False),
        ("data", "id", {"description": "other"}, True),
        ("cluster", "name", {"name": "other"}, True),
        ("uploads", "id", {"objectLockEnabled": True}, True),
        ("database", "identifier", {"storageEncrypted": False}, True),
        ("database", "identifier", {"instanceClass": "db.t4g.small"}, False),
        ("cache", "id", {"nodeType": "cache.t4g.small"}, False),
        ("zone", "id", {"name": "other.example"}, True),
    ],
)
def test_an_import_of_what_is_there_differs_only_where_the_program_does(
    account: Provider, made: Made, name: str, key: str, changed: dict[str, Any], *, replaces: bool
) -> None:
    token = SAID[name]["type"]
    read = account.read_to_import(token, "adopted", made[name][key])
    assert read.id == made[name]["id"]
    assert not account.check(token, "adopted", decode(read.inputs)).failures
    given = {it: made[name][it] for it in SAID[name]["inputs"] if it != "password"}

    def differs(news: dict[str, Any]) -> tuple[list[str], bool]:
        request = provider_pb2.DiffRequest(
            urn=urn(token, "adopted"), old_inputs=read.inputs, olds=read.properties, news=encode(news)
        )
        answer = account.servicer.Diff(request, Connection())
        return sorted(answer.diffs), bool(answer.replaces)

    assert differs(given) == ([], False)
    paths, replaced = differs({**given, **changed})
    assert {path.split(".")[0] for path in paths} == set(changed)
    assert replaced is replaces


def test_what_the_cloud_never_answers_differs_after_an_import(account: Provider, made: Made) -> None:
    inputs = reveal(decode(account.read_to_import(DATABASE, "adopted", "existing").inputs))
    assert "password" not in inputs
    assert inputs["skipFinalSnapshot"] is True
    assert account.read_to_import(DATABASE, "adopted", "missing").id == ""


def test_a_computed_value_that_a_program_gives_or_leaves_is_no_change(account: Provider, made: Made) -> None:
    token, subnet = "aws:ec2/subnet:Subnet", made["private-a"]
    given = SAID["private-a"]["inputs"]
    resolved = {name: subnet[name] for name in given}
    for olds, news, found in (
        (resolved, {**resolved, "assignIpv6AddressOnCreation": False}, []),
        ({**resolved, "availabilityZoneId": "x"}, resolved, []),
        (resolved, {**resolved, "availabilityZoneId": subnet["availabilityZoneId"]}, []),
        (resolved, {**resolved, "availabilityZoneId": "other"}, ["availabilityZoneId"]),
        (resolved, {**resolved, "mapPublicIpOnLaunch": True}, ["mapPublicIpOnLaunch"]),
    ):
        request = provider_pb2.DiffRequest(
            urn=urn(token, "it"), old_inputs=encode(olds), olds=encode(subnet), news=encode(news)
        )
        assert list(account.servicer.Diff(request, Connection()).diffs) == found


def test_an_estate_is_made_once_and_from_the_file_in_the_directory(tmp_path: Path) -> None:
    zone = {"name": "z", "type": "cloudflare:index/zone:Zone", "inputs": SAID["zone"]["inputs"]}
    file = tmp_path / FILE_NAME
    file.write_text(yaml.safe_dump({"resources": [zone]}))
    for _ in range(2):
        with simulated_cloud(tmp_path, ["cloudflare"]):
            assert len(open_store(tmp_path).records) == 1
    file.write_text(yaml.safe_dump({"resources": [zone, zone]}))
    with (
        pytest.raises(SimulatedCloudError, match="given a name that is above it"),
        simulated_cloud(tmp_path, ["cloudflare"]),
    ):
        pass
    for wrong, message in (
        ({"name": "${vpc.id}"}, "names nothing above it"),
        ({"nam": "x"}, "did you mean 'name'"),
    ):
        file.write_text(
            yaml.safe_dump({"resources": [{**zone, "name": "y", "inputs": {**zone["inputs"], **wrong}}]})
        )
        with pytest.raises(RefusedError, match=message):
            make_estate(tmp_path, file=file)
