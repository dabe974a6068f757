import json
import string
from pathlib import Path

import pytest
from pulumi.runtime.proto import provider_pb2
from simulated_provider import AbortedError, Connection, Provider, provider_over

from footing.pulumi_cli.tryout import installed_packages
from simulator.sdk_source import base_version
from simulator.summary import recorded_count, summary
from wire_format import UNKNOWN, decode, encode, is_secret, secret

ZONE = "cloudflare:index/zone:Zone"
DATABASE = "aws:rds/instance:Instance"
PASSWORD = "random:index/randomPassword:RandomPassword"
TOPIC = "aws:sns/topic:Topic"
REDIS = "upstash:index/redisDatabase:RedisDatabase"
SITE = {"name": "example.com", "account": {"id": "a"}}
Kind = provider_pb2.PropertyDiff


def test_a_resource_lives_from_create_to_delete(provider: Provider) -> None:
    made_id, made = provider.create(ZONE, "site", {**SITE, "paused": False})
    assert made["nameServers"]
    assert decode(provider.read(ZONE, "site", made_id).properties) == made
    assert provider.update(ZONE, "site", made_id, {**SITE, "paused": True})["paused"] is True
    provider.delete(ZONE, "site", made_id)
    assert provider.read(ZONE, "site", made_id).id == ""
    provider.delete(ZONE, "site", made_id)


def test_a_second_process_sees_the_same_resource(tmp_path: Path) -> None:
    with provider_over(tmp_path) as first:
        made_id, made = first.create(ZONE, "site", SITE)
    with provider_over(tmp_path) as second:
        assert decode(second.read(ZONE, "site", made_id).properties) == made


def test_a_fresh_cloud_gives_the_same_ids_and_values(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        with provider_over(tmp_path / name) as provider:
            made.append([provider.create(ZONE, "site", SITE), provider.create(TOPIC, "alerts", {})])
    assert made[0] == made[1]


def test_names_are_made_once_kept_and_made_anew_for_a_replacement(provider: Provider) -> None:
    checked = provider.checked(TOPIC, "alerts", {})
    assert checked["name"].startswith("alerts-")
    assert provider.checked(TOPIC, "alerts", {}, checked)["name"] == checked["name"]
    provider.create(TOPIC, "alerts", {})
    assert provider.checked(TOPIC, "alerts", {}, checked)["name"] == checked["name"]
    assert provider.checked(TOPIC, "alerts", {})["name"] != checked["name"]
    assert provider.checked(TOPIC, "alerts", {"namePrefix": "ops-"})["name"].startswith("ops-")


def test_a_preview_leaves_computed_values_unknown_and_makes_nothing(provider: Provider) -> None:
    made_id, seen = provider.create(ZONE, "site", SITE, preview=True)
    assert made_id == ""
    assert seen["name"] == "example.com"
    assert seen["nameServers"] == UNKNOWN
    assert not provider.cloud.store.records


def test_secrets_stay_marked_in_what_is_answered(provider: Provider) -> None:
    hidden = secret("open sesame")
    _, seen = provider.create(DATABASE, "db", {**database(), "password": hidden}, preview=True)
    assert seen["password"] == hidden
    _, redis = provider.create(REDIS, "cache", {"databaseName": "cache", "region": "global"})
    assert is_secret(redis["password"])
    assert len(redis["password"]["value"]) >= 16
    assert is_secret(redis["restToken"])
    made_id, zone = provider.create(ZONE, "site", {**SITE, "type": secret("full")})
    assert zone["type"] == secret("full")
    assert decode(provider.read(ZONE, "site", made_id).properties)["type"] == secret("full")


def database(**changes: object) -> dict[str, object]:
    required = {"identifier": "app", "engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20}
    return {**required, "username": "app", "password": "long-enough", "skipFinalSnapshot": True, **changes}


@pytest.mark.parametrize(
    ("changes", "kinds", "replaces"),
    [
        ({}, {}, False),
        ({"instanceClass": "db.t4g.small"}, {"instanceClass": Kind.UPDATE}, False),
        ({"engine": "mysql"}, {"engine": Kind.UPDATE_REPLACE}, True),
        ({"engine": UNKNOWN}, {"engine": Kind.UPDATE_REPLACE}, True),
        ({"storageEncrypted": True}, {"storageEncrypted": Kind.ADD_REPLACE}, True),
        ({"identifier": "renamed"}, {"identifier": Kind.UPDATE}, False),
        ({"tags": {"a": "1"}}, {"tags": Kind.ADD}, False),
        ({"password": secret("long-enough")}, {}, False),
        ({"password": secret("another-one")}, {"password": Kind.UPDATE}, False),
    ],
)
def test_diff_says_what_changed_and_what_replaces(
    provider: Provider, changes: dict[str, object], kinds: dict[str, int], *, replaces: bool
) -> None:
    answer = provider.diff(DATABASE, database(), database(**changes))
    assert {path: item.kind for path, item in answer.detailedDiff.items()} == kinds
    assert list(answer.replaces) == (list(kinds) if replaces else [])
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    assert answer.changes == (some if kinds else none)


def test_diff_points_into_nested_objects(provider: Provider) -> None:
    olds = {"name": "x", "rules": [{"action": "block", "expression": "true", "ratelimit": {"period": 10}}]}
    news = {"name": "x", "rules": [{"action": "block", "expression": "true", "ratelimit": {"period": 60}}]}
    answer = provider.diff("cloudflare:index/ruleset:Ruleset", olds, news)
    assert list(answer.detailedDiff) == ["rules[0].ratelimit.period"]
    # Of anything but a name of the type's own, the engine prints an empty `[diff: ]`.
    assert list(answer.diffs) == ["rules"]


def test_only_a_given_name_is_freed_before_its_replacement(provider: Provider) -> None:
    given = provider.diff(DATABASE, database(), database(engine="mysql"))
    assert given.deleteBeforeReplace
    made_up = {**database(), wire_defaults(): ["identifier"]}
    assert not provider.diff(DATABASE, made_up, {**made_up, "engine": "mysql"}).deleteBeforeReplace


def wire_defaults() -> str:
    return "__defaults"


def test_drift_on_disk_is_read_as_changed_inputs_and_a_lost_resource_as_gone(tmp_path: Path) -> None:
    with provider_over(tmp_path) as provider:
        made_id, _ = provider.create(ZONE, "site", {**SITE, "paused": False})
        path = provider.cloud.store.path
    content = json.loads(path.read_text())
    next(iter(content["records"].values()))["properties"]["paused"] = True
    path.write_text(json.dumps(content))
    with provider_over(tmp_path) as provider:
        answer = provider.read(ZONE, "site", made_id)
        assert decode(answer.inputs)["paused"] is True
        assert decode(answer.properties)["paused"] is True
    path.write_text(json.dumps({**content, "records": {}}))
    with provider_over(tmp_path) as provider:
        assert provider.read(ZONE, "site", made_id).id == ""


def test_a_scripted_fault_fails_one_create_and_the_next_one_passes(provider: Provider, tmp_path: Path) -> None:
    fault = {"type": ZONE, "operation": "create", "message": "The zone quota is used up."}
    (tmp_path / "faults.json").write_text(json.dumps([fault]))
    with pytest.raises(AbortedError, match=r"^The zone quota is used up\.$"):
        provider.create(ZONE, "site", SITE)
    assert provider.create(ZONE, "site", SITE)[0]


def test_two_resources_cannot_have_one_name(provider: Provider) -> None:
    provider.create(TOPIC, "alerts", {"name": "alerts"})
    with pytest.raises(AbortedError, match="'alerts' already exists, made by urn:pulumi:staging::small"):
        provider.create(TOPIC, "again", {"name": "alerts"})


def test_generated_passwords_follow_their_inputs_and_differ_by_resource(provider: Provider) -> None:
    inputs = {"length": 40, "special": False, "minNumeric": 30, "upper": False}
    values = []
    for name in ("one", "two"):
        _, made = provider.create(PASSWORD, name, inputs)
        assert is_secret(made["result"])
        values.append(made["result"]["value"])
    for value in values:
        assert len(value) == 40
        assert set(value) <= set(string.ascii_lowercase + string.digits)
        assert sum(letter in string.digits for letter in value) >= 30
    assert values[0] != values[1]


def test_impossible_passwords_are_refused(provider: Provider) -> None:
    with pytest.raises(AbortedError, match="length is 4, allowed at least 6"):
        provider.create(PASSWORD, "short", {"length": 4, "minSpecial": 6})


def test_lookups_answer_or_are_refused_by_name(provider: Provider) -> None:
    def invoke(token: str) -> dict[str, object]:
        answer = provider.servicer.Invoke(provider_pb2.InvokeRequest(tok=token), Connection())
        return decode(getattr(answer, "return"))

    region = provider_pb2.ConfigureRequest(args=encode({"region": "eu-west-1"}))
    provider.servicer.Configure(region, Connection())
    zones = invoke("aws:index/getAvailabilityZones:getAvailabilityZones")
    assert zones["names"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    with pytest.raises(AbortedError, match="has no lookup 'aws:ec2/getAmi:getAmi'; it has aws:acm/getCertificate"):
        invoke("aws:ec2/getAmi:getAmi")


def test_configuration_of_a_provider_is_checked(provider: Provider) -> None:
    news = encode({"regoin": "eu-west-1", "version": "7.0.0"})
    request = provider_pb2.CheckRequest(urn="urn:pulumi:s::p::pulumi:providers:aws::aws", news=news)
    answer = provider.servicer.CheckConfig(request, Connection())
    assert [item.reason for item in answer.failures] == [
        "given 'regoin', which this type does not have; did you mean 'region'?"
    ]


def test_summary_says_that_the_cloud_is_simulated_and_who_validated_what(tmp_path: Path) -> None:
    with provider_over(tmp_path) as provider:
        provider.create(ZONE, "site", SITE)
        provider.create("aws:ssm/parameter:Parameter", "url", {"name": "/url", "type": "String", "value": "x"})
        switch = "cloudflare:index/leakedCredentialCheck:LeakedCredentialCheck"
        provider.create(switch, "switch", {"zoneId": "z", "enabled": True})
    lines = summary(tmp_path).splitlines()
    assert lines[0].startswith("The cloud is simulated: 3 resources")
    assert "Validated by botocore and made in moto (1): aws.ssm.Parameter" in lines
    assert "Validated by the vendor's OpenAPI document (1): cloudflare.Zone" in lines
    assert recorded_count(tmp_path) == 1
    short = "cloudflare.LeakedCredentialCheck"
    assert lines[-2:] == ["Only recorded (1):", f"  {short}: one switch, which the SDK's type bounds"]


def test_package_made_of_a_terraform_provider_is_simulated_by_its_sdk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As `pulumi package add terraform-provider example/small` writes it: the base plugin, and what it becomes.
    folder = tmp_path / "pulumi_small"
    folder.mkdir()
    about = {
        "resource": True,
        "name": "terraform-provider",
        "version": "1.4.1",
        "parameterization": {"name": "small"},
    }
    (folder / "pulumi-plugin.json").write_text(json.dumps(about))
    (folder / "__init__.py").write_text("")
    stranger = tmp_path / "ediri_fly"
    stranger.mkdir()
    (stranger / "pulumi-plugin.json").write_text('{"resource": true, "name": "ediri-fly"}')
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    base_version.cache_clear()
    assert installed_packages() == ("terraform-provider",)
    with provider_over(tmp_path / "cloud", package="terraform-provider") as provider:
        value = provider_pb2.ParameterizeRequest.ParametersValue(name="small", version="1.9.1")
        answered = provider.servicer.Parameterize(provider_pb2.ParameterizeRequest(value=value), Connection())
        assert (answered.name, answered.version) == ("small", "1.9.1")
        schema = provider.servicer.GetSchema(provider_pb2.GetSchemaRequest(), Connection()).schema
        assert json.loads(schema)["name"] == "small"
    with provider_over(tmp_path / "other", package="terraform-provider") as provider:
        assert provider.servicer.GetPluginInfo(None, Connection()).version == "1.4.1"
    base_version.cache_clear()
