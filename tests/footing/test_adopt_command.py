"""Taking what runs into a stack, without the engine: the words, the file's text, what a preview says."""

from pathlib import Path

import pytest

from footing.adopt.differences import adopted, errors, kept_for_life
from footing.adopt.targets import targets, values_of
from footing.adopt.text import with_values
from footing.project import plan
from policies import unique_yaml
from stacks.config import ConfigError, from_file
from stacks.config.stack import StackConfig

ROOT = Path(__file__).parents[2]
PRODUCTION = ROOT / "Pulumi.production.yaml"
VPC, SUBNET, OTHER_SUBNET, TABLE = (f"{kind}-0123456789abcdef{n}" for kind, n in
    (("vpc", 0), ("subnet", 0), ("subnet", 1), ("rtb", 0)))  # fmt: skip
INSTANCE = "urn:pulumi:p::footing::footing:index:Database$aws:rds/instance:Instance::database-primary"

SMALL = """\
config:
  footing:app: shop
  footing:environment: small
  footing:region: us-east-1
  footing:owners: {team: platform}
  footing:database: {provider: rds}
  footing:alerts: {runbook_url: "https://example.com/runbook"}
"""


def config(**blocks: object) -> StackConfig:
    return from_file(PRODUCTION, secrets_stood_in=True).config.model_copy(update=blocks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            """\
config: # all
  footing:database:  # server
    provider: rds # it

  # what follows
  footing:app: a
""",
            """\
config: # all
  footing:database:  # server
    provider: rds # it
    identifier: old

  # what follows
  footing:app: a
  footing:adopt:
    database-primary: old
""",
        ),
        (
            """\
config:
    database: {identifier: x, provider: rds} # one
    adopt: {network-vpc: vpc-1}""",
            """\
config:
    database: {identifier: old, provider: rds} # one
    adopt: {database-primary: old, network-vpc: vpc-1}""",
        ),
        (
            "config:\r\n  database:\r\n    provider: rds\r\n  adopt: {a: b}\r\nencryptionsalt: v1\r\n",
            (
                "config:\r\n  database:\r\n    provider: rds\r\n    identifier: old\r\n"
                "  adopt: {database-primary: old, a: b}\r\nencryptionsalt: v1\r\n"
            ),
        ),
        ("config:\n  note: |\n    two\n  database:\n    - not\n", None),
        ("config: {}\n", None),
    ],
)
def test_a_stack_file_keeps_its_lines_or_is_left_alone(text: str, expected: str | None) -> None:
    values = {("database", "identifier"): "old", ("adopt", "database-primary"): "old"}
    if expected is None:
        with pytest.raises(ConfigError, match=r"write into it by hand: database\.identifier: old; adopt"):
            with_values(text, values, "Pulumi.x.yaml")
    else:
        assert with_values(text, values, "Pulumi.x.yaml") == expected


def test_values_that_yaml_would_read_as_others_are_quoted() -> None:
    text = with_values("config:\n  a: b\n", {("adopt", "x"): ["null", "123", "s-1/r-1"]}, "f")
    assert unique_yaml.parse(text, days=False)["config"]["footing:adopt"] == {"x": ["null", "123", "s-1/r-1"]}


def test_words_name_resources_and_the_keys_of_their_names() -> None:
    words = ("database=old", "redis.cache=aged", "storage=files.example.com", f"network={VPC}",
        f"network-private-a={SUBNET}", f"network-private-a={SUBNET}/{TABLE}")  # fmt: skip
    held = config(adopt={"network-private-a": OTHER_SUBNET})
    assert dict(values_of(targets(words, held), held)) == {
        ("database", "identifier"): "old",
        ("adopt", "database-primary"): "old",
        ("redis", "cache", "identifier"): "aged",
        ("adopt", "redis-store"): "aged",
        ("storage", "bucket"): "files.example.com",
        ("adopt", "storage-files-bucket"): "files.example.com",
        ("adopt", "network-vpc"): VPC,
        ("adopt", "network-private-a"): [OTHER_SUBNET, SUBNET, f"{SUBNET}/{TABLE}"][1:],
    }


def test_words_that_fit_nothing_are_refused_each() -> None:
    with pytest.raises(ConfigError) as refused:
        targets(["database=x", "redis.queues=x", "storage=x", "x"], config(database=None, storage=None))
    assert [it.split(":")[0] for it in refused.value.problems] == ["database", "redis.queues", "storage", "adopt"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("database-primry: old", "adopt.database-primry: .* did you mean database-primary"),
        ("network-vpc: subnet-12345678", r"adopt.network-vpc: given subnet-12345678, allowed vpc-.*ec2/vpc:Vpc"),
        ("", ""),
    ],
)
def test_ids_reach_the_resource_of_their_name_and_type_or_are_refused(tmp_path, entry: str, said: str) -> None:
    file = tmp_path / "Pulumi.small.yaml"
    right = f"database-primary: old\n    network-private-a: [{SUBNET}, {SUBNET}/{TABLE}]"
    file.write_text(f"{SMALL}  footing:adopt:\n    {entry or right}\n")
    read = from_file(file)
    if said:
        with pytest.raises(ConfigError, match=said):
            plan("small", read)
        return
    found = {
        (it.type.rpartition(":")[2], it.options.import_id): it.name
        for it in plan("small", read).resources
        if it.options.import_id
    }
    assert found == {
        ("Instance", "old"): "database-primary",
        ("Subnet", SUBNET): "network-private-a",
        ("RouteTableAssociation", f"{SUBNET}/{TABLE}"): "network-private-a",
    }


def test_a_preview_tells_what_changes_what_replaces_and_what_is_kept_for_life() -> None:
    live = {"dbName": "shop", "username": "root_of_old", "dbSubnetGroupName": "aged", "storageEncrypted": False}
    new = {"dbName": "feed", "storageEncrypted": True, "password": "[secret]"}
    preview = {
        "steps": [
            {"op": "import", "urn": INSTANCE, "newState": {"inputs": live}},
            {
                "op": "replace",
                "urn": INSTANCE,
                "oldState": {"inputs": live},
                "newState": {"inputs": new},
                "diffReasons": ["dbName", "storageEncrypted", "password"],
                "replaceReasons": ["dbName", "storageEncrypted"],
            },
            {"op": "create", "urn": INSTANCE.replace("rds/instance:Instance", "rds/other:Other")},
        ],
        "diagnostics": [{"severity": "warning", "message": "w"}, {"severity": "error", "message": " e \n"}],
    }
    (one,) = adopted(preview, targets(["database=old"], config()))
    assert list(one.lines()) == [
        "database-primary (aws:rds/instance:Instance): imported as old",
        "  changed in place:",
        "    password: (not said) -> (not shown)",
        "  REPLACED, if this changed:",
        "    dbName: shop -> feed; decided by database.database_name",
        "    storageEncrypted: False -> True",
    ]
    assert kept_for_life([one]) == {
        ("database", "database_name"): "shop",
        ("database", "username"): "root_of_old",
        ("database", "subnet_group"): "aged",
    }
    assert errors(preview) == ["e"]
