"""A stack in GovCloud: its ARNs and host names are of its partition, and what is missing there is refused."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from test_compose import ROOT, plan_of_file
from test_config import problems, put

from components.aws import partition
from footing.plan.model import Plan
from simulator import identity
from stacks.config import parse
from stacks.config.identity import LACKING_IN_GOVCLOUD

REGION = "us-gov-west-1"
SERVICES = {
    "alb": "elbv2", "amp": "amp", "appautoscaling": "application-autoscaling", "cloudwatch": "cloudwatch",
    "ebs": "ec2", "lb": "elbv2", "vpc": "ec2",
}  # fmt: skip
"""Names of botocore by those of the provider's modules, where they differ."""


def moved(value: Any) -> Any:
    """Return the values of a stack's file, moved to GovCloud."""
    text = json.dumps(value).replace("arn:aws:", "arn:aws-us-gov:").replace("us-east-1", REGION)
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module", params=["staging", "production"])
def govcloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    document = moved(yaml.safe_load((ROOT / f"Pulumi.{request.param}.yaml").read_text()))
    config = document["config"]
    del config["footing:storage"]
    config["footing:edge"].pop("probe", None)
    for store in config["footing:redis"].values():
        if store["provider"] == "upstash":
            store["primary_region"] = "us-east-1"
    path = tmp_path_factory.mktemp("govcloud") / "Pulumi.govcloud.yaml"
    path.write_text(yaml.safe_dump(document))
    return plan_of_file(path)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        yield from texts(item)


def test_no_text_of_a_plan_in_govcloud_names_another_partition(govcloud: Plan):
    found = [(it.urn, text) for it in govcloud.resources for text in texts(it.inputs)]
    assert [it for it in found if "arn:aws:" in it[1]] == []
    written = " ".join(text for _, text in found)
    for part in ("iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", "iam::aws:policy/service-role/"):
        assert f"arn:aws-us-gov:{part}" in written
    assert f"com.amazonaws.{REGION}.s3" in written
    [provider] = [it for it in govcloud.resources if it.type == "pulumi:providers:aws"]
    assert provider.inputs["region"] == REGION


def test_every_service_of_a_plan_is_there(govcloud: Plan):
    session = botocore.session.get_session()
    modules = {it.type.split(":")[1].split("/")[0] for it in govcloud.resources if it.type.startswith("aws:")}
    used = {SERVICES.get(module, module) for module in modules} | {"ses"}
    # Of the whole partition at once are these; the others have endpoints by region.
    assert {it for it in used if not session.get_available_regions(it, "aws-us-gov")} == {"iam"}
    assert session.get_available_regions("cloudfront", "aws-us-gov") == []


def test_partitions_are_those_of_the_provider():
    for found in botocore.session.get_session().get_data("endpoints")["partitions"]:
        for region in found["regions"]:
            assert partition.partition(region) == identity.partition(region) == found["partition"], region
            assert partition.dns_suffix(region) == found["dnsSuffix"], region


def test_authorities_of_rds_are_those_of_the_partition():
    found = {region: partition.rds_authorities_url(region) for region in ("us-gov-east-1", "eu-west-1")}
    assert found == {
        "us-gov-east-1": "https://truststore.pki.us-gov-west-1.rds.amazonaws.com/global/global-bundle.pem",
        "eu-west-1": "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem",
    }


@pytest.mark.parametrize("package", ["components", "simulator", "stacks"])
def test_no_literal_of_the_code_names_a_partition(package: str):
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in _literals(path)
        if "arn:aws:" in node.value
    ]
    assert found == []


def _literals(path: Path) -> Iterator[ast.Constant]:
    tree = ast.parse(path.read_text())
    documented = {it.value for it in ast.walk(tree) if isinstance(it, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documented:
            yield node


@pytest.fixture
def govcloud_values(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = moved(values)
    del found["storage"], found["edge"]["probe"]
    return found


@pytest.mark.parametrize(
    ("key", "given", "beginning"),
    [
        ("storage", {"provider": "s3"}, "storage: given, allowed outside the partition aws-us-gov, where"),
        ("edge.probe", "route53", "edge.probe: given, allowed outside the partition aws-us-gov, where"),
        ("secret_key_arns", ["arn:aws:kms:us-east-1:123456789012:key/1"], "secret_key_arns.0: given an ARN of"),
        (
            "services.api.image",
            f"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:{'a' * 64}",
            "services.api.image: given an image in us-east-1, allowed one of the partition aws-us-gov",
        ),
    ],
)
def test_what_govcloud_does_not_have_is_one_sentence(
    govcloud_values: dict[str, Any], key: str, given: Any, beginning: str
):
    assert parse("test", govcloud_values).region == REGION
    put(govcloud_values, key, given)
    [problem] = problems(govcloud_values)
    assert problem.startswith(beginning)
    assert key not in LACKING_IN_GOVCLOUD or "https://docs.aws.amazon.com/govcloud-us/" in problem


@pytest.mark.parametrize("region", ["cn-north-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1"])
def test_other_partitions_are_one_sentence(values: dict[str, Any], region: str):
    values = json.loads(json.dumps(values).replace("us-east-1", region))
    [problem] = [it for it in problems(values) if it.startswith("region")]
    assert problem.startswith(f"region: given '{region}' of the partition ")
    assert "allowed a region of aws or aws-us-gov" in problem
