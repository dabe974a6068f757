import pytest

from simulator.replacement import REVIEWED, docs_say_replace
from simulator.sdk_source import UnknownTypeError, package_root, resource_types
from simulator.shapes import Anything, Enumerated, ListOf, ObjectOf, Scalar, input_fields, resource_shape
from simulator.validate import check_fields
from wire_format import UNKNOWN, secret

RULESET = "cloudflare:index/ruleset:Ruleset"


def rule(**changes: object) -> dict[str, object]:
    limits = {"characteristics": ["ip.src"], "period": 60, "requestsPerPeriod": 100}
    return {"action": "block", "expression": "true", "ratelimit": {**limits, **changes}}


def faults(inputs: dict[str, object]) -> dict[str, str]:
    given = {"kind": "zone", "name": "limits", "phase": "http_ratelimit", "zoneId": "z", **inputs}
    return {fault.path: fault.reason for fault in check_fields(given, resource_shape(RULESET).inputs)}


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"phaze": "x"}, "phaze", "given 'phaze', which this type does not have; did you mean 'phase'?"),
        ({"name": None}, "name", "given nothing, allowed a string: it is required"),
        ({"kind": "area"}, "kind", "given a string, allowed one of 'managed', 'custom', 'root', 'zone'"),
        ({"name": 5}, "name", "given an integer, allowed a string"),
        ({"name": secret(5)}, "name", "given an integer, allowed a string"),
        ({"rules": rule()}, "rules", "given an object, allowed a list (an object (RulesetRule) each)"),
        ({"rules": [rule(period="60")]}, "rules[0].ratelimit.period", "given a string, allowed an integer"),
        ({"rules": [rule(period=True)]}, "rules[0].ratelimit.period", "given a boolean, allowed an integer"),
        (
            {"rules": [rule(), rule(perriod=1)]},
            "rules[1].ratelimit.perriod",
            "given 'perriod', which this type does not have; did you mean 'period'?",
        ),
        (
            {"rules": [rule(characteristics=None)]},
            "rules[0].ratelimit.characteristics",
            "given nothing, allowed a list (a string each): it is required",
        ),
        (
            {"rules": [rule(characteristics=["ip.src", 1])]},
            "rules[0].ratelimit.characteristics[1]",
            "given an integer, allowed a string",
        ),
    ],
)
def test_check_names_what_was_given_and_what_is_allowed(inputs: dict[str, object], path: str, reason: str) -> None:
    assert faults(inputs) == {path: reason}


def test_check_reports_every_fault_at_once() -> None:
    assert set(faults({"phaze": 1, "name": 5, "rules": [rule(period="60")]})) == {
        "phaze",
        "name",
        "rules[0].ratelimit.period",
    }


def test_check_accepts_correct_secret_and_unknown_values_at_any_depth() -> None:
    assert faults({"rules": [rule(period=UNKNOWN, characteristics=secret(["ip.src"]))], "name": UNKNOWN}) == {}


def test_shape_holds_the_names_types_and_secrets_of_the_sdk() -> None:
    key, database = resource_shape("tls:index/privateKey:PrivateKey"), resource_shape("aws:rds/instance:Instance")
    assert {name for name, field in key.inputs.items() if field.required} == {"algorithm"}
    assert key.secret_outputs == {"privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"}
    assert database.inputs["allocatedStorage"].shape == Scalar("int")
    assert database.outputs["endpoint"].required
    assert not database.outputs["dbName"].required or "dbName" in database.inputs


def test_shape_follows_the_sdk_where_a_nested_input_took_the_resource_name() -> None:
    assert resource_shape("aws:s3/bucketVersioning:BucketVersioning").inputs["bucket"].required


def test_shape_reads_enums_and_classes_of_sibling_modules() -> None:
    policy = resource_shape("aws:sns/topicPolicy:TopicPolicy").inputs["policy"].shape
    document = next(option for option in policy.options if isinstance(option, ObjectOf))
    statement = input_fields(document)["Statement"].shape
    assert isinstance(statement, ListOf)
    assert isinstance(statement.item, ObjectOf)
    assert statement.item.path.parent.name == "iam"
    version = input_fields(document)["Version"].shape
    assert version == Enumerated("PolicyDocumentVersion", ("2012-10-17", "2008-10-17"))


def test_shapes_of_whole_packages_are_described(subtests: pytest.Subtests) -> None:
    for package in ("random", "upstash"):
        with subtests.test(package):
            shapes = {token: resource_shape(token) for token in resource_types(package)}
            assert len(shapes) >= 5
            untyped = [
                f"{token} {name}"
                for token, shape in shapes.items()
                for name, field in shape.inputs.items()
                if isinstance(field.shape, Anything)
            ]
            assert untyped == []


def test_types_and_packages_that_no_sdk_has_are_refused_by_name() -> None:
    with pytest.raises(UnknownTypeError, match="no resource type 'aws:rds/instance:Database'"):
        resource_shape("aws:rds/instance:Database")
    with pytest.raises(UnknownTypeError, match="no Python SDK for the package 'nimbus'"):
        package_root("nimbus")


@pytest.mark.parametrize(
    "sentence",
    [
        "Changing this forces a new resource to be created.",
        "Name of the thing. Changing this will force terraform to create new resource.",
        "The kind (Forces replacement if changed).",
        "Arbitrary map of values that, when changed, will trigger recreation of resource. See the docs.",
        "Changing this value will re-create the resource.",
        "This cannot be changed after creation.",
        "Changing `tenancy` forces a new resource.",
    ],
)
def test_docs_that_say_a_change_replaces_are_taken(sentence: str) -> None:
    assert docs_say_replace(sentence, names=("tenancy",))


@pytest.mark.parametrize(
    "sentence",
    [
        "Enable to force a new task deployment of the service.",
        "Changing between `MANAGED` and `EXTERNAL` forces replacement of the resource.",
        "Downgrading an `Advanced` tier parameter to `Standard` will recreate the resource.",
        "Changing `snapshot_name` forces a new resource.",
        "When decreased, this will force a recreation of the resource.",
        "If set this cannot be changed and this prevents changes to `throughput`.",
        "For Memcached, changing this value will re-create the resource.",
        "Use `0` to force deletion without recovery.",
    ],
)
def test_docs_that_speak_of_some_cases_or_other_properties_are_not_taken(sentence: str) -> None:
    assert not docs_say_replace(sentence, names=("tenancy",))


def test_docs_of_the_installed_sdk_decide_where_no_row_was_reviewed() -> None:
    token = "random:index/randomPassword:RandomPassword"
    assert resource_shape(token).inputs["keepers"].replaces
    assert "keepers" not in REVIEWED[token]


def test_reviewed_rows_name_real_inputs_and_give_a_source() -> None:
    strangers = [
        f"{token} {name}"
        for token, rows in REVIEWED.items()
        for name in rows
        if name not in resource_shape(token).inputs
    ]
    assert strangers == []
    assert all(source.startswith("https://") for rows in REVIEWED.values() for source in rows.values())
