import re
from importlib import import_module
from pathlib import Path

import boto3
import pytest
from aws_estate import ESTATE, NETWORK, Outputs, Step, container
from simulated_provider import AbortedError, Provider, provider_over

from simulator import moto_aws
from simulator.moto_aws import load_balancing
from wire_format import decode, reveal, secret

DATABASE = "aws:rds/instance:Instance"
PARAMETER = "aws:ssm/parameter:Parameter"
TASK = "aws:ecs/taskDefinition:TaskDefinition"


def build(provider: Provider, steps: tuple[Step, ...] = ESTATE) -> Outputs:
    made: Outputs = {}
    for step in steps:
        made_id, outputs = provider.create(step.token, step.name, step.inputs(made))
        made[step.name] = {**reveal(outputs), "id": made_id}
    return made


def remove(provider: Provider, made: Outputs) -> None:
    for step in reversed(ESTATE):
        provider.delete(step.token, step.name, made[step.name]["id"])


def database(**changes: object) -> dict[str, object]:
    required = {"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20, "username": "app"}
    return {"identifier": "app", **required, "password": secret("correct-horse"), **changes}


def test_every_kind_is_in_the_estate() -> None:
    files = {import_module(f"simulator.moto_aws.{name}") for name in moto_aws._FILES.values()}
    assert {step.token for step in ESTATE} == {token for file in files for token in file.KINDS}


def test_each_kind_is_made_changed_and_removed_across_processes(tmp_path: Path) -> None:
    with provider_over(tmp_path) as first:
        made = build(first)
        assert {record.made_in for record in first.cloud.store.records.values()} == {"moto"}
    with provider_over(tmp_path) as second:
        for step in ESTATE:
            if step.change:
                inputs = decode(second.read(step.token, step.name, made[step.name]["id"]).inputs)
                after = second.update(step.token, step.name, made[step.name]["id"], {**inputs, **step.change})
                assert {name: reveal(after[name]) for name in step.change} == step.change
    with provider_over(tmp_path) as third:
        remove(third, made)
        assert [record.type for record in third.cloud.store.records.values()] == [
            DATABASE,
            "aws:secretsmanager/secret:Secret",
        ]


def test_password_managed_by_rds_is_in_a_secret_of_its_own(tmp_path: Path) -> None:
    with provider_over(tmp_path) as provider:
        made_id, before = provider.create(DATABASE, "db", database(skipFinalSnapshot=True))
        assert before["masterUserSecrets"] == []
        managed = {**database(skipFinalSnapshot=True, manageMasterUserPassword=True)}
        del managed["password"]
        [secret] = provider.update(DATABASE, "db", made_id, managed)["masterUserSecrets"]
        assert secret["secretArn"].startswith("arn:aws:secretsmanager:us-east-1:123456789012:secret:")


def database_in_moto() -> tuple[str, str]:
    [found] = boto3.client("rds", region_name="us-east-1").describe_db_instances()["DBInstances"]
    return found["DBInstanceIdentifier"], found["DBInstanceClass"]


def test_changes_reach_moto_and_are_there_again_in_the_next_process(tmp_path: Path) -> None:
    news = database(skipFinalSnapshot=True, identifier="renamed", instanceClass="db.r6g.large", port=6000)
    with provider_over(tmp_path) as first:
        build(first, NETWORK)
        made_id, _ = first.create(DATABASE, "db", database(skipFinalSnapshot=True))
        assert first.update(DATABASE, "db", made_id, news)["endpoint"].endswith(":6000")
        assert database_in_moto() == ("renamed", "db.r6g.large")
    with provider_over(tmp_path) as second:
        second.create(PARAMETER, "any", {"name": "/any", "type": "String", "value": "x"})
        assert database_in_moto() == ("renamed", "db.r6g.large")
        rules = boto3.client("ec2", region_name="us-east-1").describe_security_group_rules()["SecurityGroupRules"]
        assert {(rule["FromPort"], rule["IsEgress"]) for rule in rules} == {(-1, True), (80, False), (5432, False)}


def test_ids_do_not_depend_on_the_order_of_making(tmp_path: Path) -> None:
    free = [
        step for step in ESTATE if step.name in {"vpc", "role", "reader", "secret", "bucket", "log", "cluster"}
    ]
    assert len(free) == 7
    made = []
    for turn in range(2):
        with provider_over(tmp_path / str(turn)) as provider:
            made.append(build(provider, tuple(reversed(free) if turn else free)))
    assert made[0] == made[1]


def test_an_estate_replaced_piece_by_piece_is_made_again_in_the_right_order(tmp_path: Path) -> None:
    group = "aws:rds/parameterGroup:ParameterGroup"
    with provider_over(tmp_path) as first:
        made = build(first)
        younger, _ = first.create(group, "younger", {"family": "postgres15"})
        db = decode(first.read(DATABASE, "db", made["db"]["id"]).inputs)
        first.update(DATABASE, "db", made["db"]["id"], {**db, "parameterGroupName": younger})
        group_inputs = {"vpcId": made["vpc"]["id"], "description": "younger"}
        peer, _ = first.create("aws:ec2/securityGroup:SecurityGroup", "peer", group_inputs)
        elder = decode(first.read("aws:ec2/securityGroup:SecurityGroup", "open", made["open"]["id"]).inputs)
        admitted = {"protocol": "tcp", "fromPort": 80, "toPort": 80, "securityGroups": [peer]}
        first.update(
            "aws:ec2/securityGroup:SecurityGroup", "open", made["open"]["id"], {**elder, "ingress": [admitted]}
        )
        old = made["task"]["id"]
        inputs = {"family": "app", "containerDefinitions": container("example/api:2")}
        _, task = first.create(TASK, "task", inputs)
        assert task["arn"].endswith(":2")
        service = decode(first.read("aws:ecs/service:Service", "service", made["service"]["id"]).inputs)
        first.update(
            "aws:ecs/service:Service",
            "service",
            made["service"]["id"],
            {**service, "taskDefinition": task["arn"]},
        )
        first.delete(TASK, "task", old)
    with provider_over(tmp_path) as second:
        _, third_revision = second.create(TASK, "task", {**inputs, "cpu": "256"})
        assert third_revision["revision"] == 3


NEEDED = (
    *("vpc", "a", "b", "open", "log", "role", "cluster", "balancer", "targets", "listener", "rule", "task"),
    *("letters", "clock", "machinerole"),
)
REFUSALS = (
    (
        TASK,
        {"family": "app", "containerDefinitions": '[{"name": "api", "imagee": "x"}]'},
        'Unknown parameter in containerDefinitions[0]: "imagee", must be one of: name, image',
    ),
    (
        TASK,
        {"family": "app", "containerDefinitions": '[{"name": "api", "cpu": "sesame-open"}]'},
        "Invalid type for parameter containerDefinitions[0].cpu, type: <class 'str'>, valid types:",
    ),
    (TASK, {"family": "app", "containerDefinitions": "sesame-open"}, "containerDefinitions is not JSON"),
    (
        "aws:ec2/subnet:Subnet",
        {"vpcId": "vpc-00000000000000000", "cidrBlock": "10.0.0.0/24"},
        "CreateSubnet answers InvalidVpcID.NotFound",
    ),
)


def test_refusals_name_the_type_and_the_parameter_but_no_value(
    provider: Provider, subtests: pytest.Subtests
) -> None:
    for token, inputs, message in REFUSALS:
        with subtests.test(message):
            with pytest.raises(AbortedError) as refused:
                provider.create(token, "it", inputs)
            assert str(refused.value).startswith(f"{token}: ")
            assert message in str(refused.value)
            assert "sesame-open" not in str(refused.value)
            assert provider.cloud.store.records == {}


def test_roles_and_rules_are_refused_as_the_services_do(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = build(provider, tuple(step for step in ESTATE if step.name in NEEDED))
    wanted = {step.name: step for step in ESTATE}
    strange, silent = {"clock": made["role"], "machinerole": made["role"]}, {"machinerole": made["machinerole"]}
    for name, others, message in (
        ("report", strange, "does not let scheduler.amazonaws.com assume it"),
        ("machine", strange, "does not let states.amazonaws.com assume it"),
        ("machine", silent, "allowed one with logs:CreateLogDelivery"),
        ("report", {"jobs": {"name": "none"}, "clock": made["clock"]}, "Schedule group none does not exist"),
    ):
        step = wanted[name]
        with pytest.raises(AbortedError, match=message):
            provider.create(step.token, step.name, step.inputs({**made, "jobs": {"name": "default"}, **others}))
    rule = {**wanted["rule"].inputs(made), "conditions": [{"pathPattern": {"values": ["/"]}}]}
    with pytest.raises(AbortedError, match="PriorityInUse"):
        provider.create(wanted["rule"].token, "same", rule)
    monkeypatch.setattr(load_balancing, "RULES_PER_BALANCER", 1)
    with pytest.raises(AbortedError, match="TooManyRules"):
        provider.create(wanted["rule"].token, "more", {**rule, "priority": 11})


def test_a_secret_value_is_cut_out_of_what_a_service_answers(provider: Provider) -> None:
    inputs = {"vpcId": secret("vpc-5e5a4e0be17"), "cidrBlock": "10.0.0.0/24"}
    with pytest.raises(AbortedError, match=re.escape("VpcID [secret] does not exist")):
        provider.create("aws:ec2/subnet:Subnet", "it", inputs)


def test_protected_databases_and_missing_final_snapshots_stop_a_deletion(provider: Provider) -> None:
    made_id, _ = provider.create(DATABASE, "db", database(deletionProtection=True, finalSnapshotIdentifier="last"))
    with pytest.raises(AbortedError, match="Cannot delete protected DB Instance"):
        provider.delete(DATABASE, "db", made_id)
    provider.update(DATABASE, "db", made_id, database(deletionProtection=False))
    with pytest.raises(
        AbortedError, match="finalSnapshotIdentifier is missing: give it, or set skipFinalSnapshot"
    ):
        provider.delete(DATABASE, "db", made_id)
    assert provider.read(DATABASE, "db", made_id).id == made_id


def test_a_final_snapshot_outlives_its_database_and_restores_in_a_later_process(tmp_path: Path) -> None:
    with provider_over(tmp_path) as first:
        made_id, _ = first.create(DATABASE, "db", database(finalSnapshotIdentifier="last"))
        first.delete(DATABASE, "db", made_id)
    with provider_over(tmp_path) as second:
        restored, outputs = second.create(
            DATABASE, "db", {**database(skipFinalSnapshot=True), "snapshotIdentifier": "last"}
        )
        assert outputs["engine"] == "postgres"
        assert restored != made_id
        with pytest.raises(AbortedError, match="DBSnapshotNotFound"):
            second.create(DATABASE, "other", {**database(identifier="other"), "snapshotIdentifier": "lost"})


def test_a_secret_in_its_recovery_window_keeps_its_name(tmp_path: Path) -> None:
    token = "aws:secretsmanager/secret:Secret"
    with provider_over(tmp_path) as first:
        made_id, _ = first.create(token, "secret", {"name": "app"})
        first.delete(token, "secret", made_id)
    with provider_over(tmp_path) as second, pytest.raises(AbortedError, match="secret app already exists"):
        second.create(token, "secret", {"name": "app"})


def test_regions_are_kept_apart(tmp_path: Path) -> None:
    inputs = {"name": "/url", "type": "String", "value": "x"}
    with provider_over(tmp_path) as provider:
        _, here = provider.create(PARAMETER, "here", inputs)
        _, there = provider.create(PARAMETER, "there", {**inputs, "name": "/url2", "region": "eu-west-1"})
        assert ":us-east-1:" in here["arn"]
        assert ":eu-west-1:" in there["arn"]
        assert there["region"] == "eu-west-1"


def test_a_cloud_that_cannot_be_made_again_says_so_and_starts_nothing(tmp_path: Path) -> None:
    with provider_over(tmp_path) as first:
        made = build(first, NETWORK)
        path = first.cloud.store.path
    path.write_text(path.read_text().replace(made["vpc"]["id"], "vpc-1234567890abcdef0"))
    with provider_over(tmp_path) as second:
        for _ in range(2):
            with pytest.raises(
                AbortedError, match=r"kept id 'vpc-1234567890abcdef0' came out as .* remove its state"
            ):
                second.create(PARAMETER, "url", {"name": "/url", "type": "String", "value": "x"})


def test_nodes_of_a_replication_group_follow_their_number(tmp_path: Path) -> None:
    group, inputs = (
        "aws:elasticache/replicationGroup:ReplicationGroup",
        {"replicationGroupId": "app", "description": "cache", "nodeType": "cache.t4g.small"},
    )
    with provider_over(tmp_path) as provider:
        made_id, _ = provider.create(group, "redis", {**inputs, "numCacheClusters": 1})
        after = provider.update(group, "redis", made_id, {**inputs, "numCacheClusters": 2})
    assert after["memberClusters"] == ["app-001", "app-002"]


def test_serverless_cache_has_its_endpoints(tmp_path: Path) -> None:
    cache, inputs = "aws:elasticache/serverlessCache:ServerlessCache", {"name": "app", "engine": "valkey"}
    with provider_over(tmp_path) as provider:
        _, made = provider.create(cache, "redis", inputs)
        assert [made[name][0]["port"] for name in ("endpoints", "readerEndpoints")] == [6379, 6380]
        assert made["endpoints"][0]["address"].startswith("app-")
