"""The repository that deploys a stack, as an extra."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.github.deploy_role import SERVICES
from footing.project import plan
from stacks.config import ConfigError, github, parse
from stacks.config.load import from_file
from tests.stacks.test_config import ROOT

ACCOUNT = "123456789012"
BLOCK = {"repository": "example/feed", "branches": ["main"], "reviewers": {"teams": [12]}}


def problems(values: dict[str, Any], **changes: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", {"aws_account_id": ACCOUNT, **values, "github": {**BLOCK, **changes}})
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"repository": "feed"},
            "repository: given 'feed', allowed owner and name of a repository, such as example/shop",
        ),
        ({"branches": []}, "branches: given a list, allowed at least 1 entries"),
        (
            {"branches": ["main", "a b"]},
            "branches.1: given 'a b', allowed a branch of git, or a pattern with *, such as main or release/*",
        ),
        (
            {"reviewers": {"users": [1, 2, 3, 4], "teams": [5, 6, 7]}},
            "reviewers: given 7 users and teams, allowed 6 together",
        ),
        (
            {"variables": {"GITHUB_SHA": "1"}},
            "variables: given GITHUB_SHA, allowed names without GITHUB_: GitHub's own",
        ),
        (
            {"variables": {"AWS_ROLE_ARN": "arn"}},
            "variables: given AWS_ROLE_ARN, which the stack itself gives, allowed other names",
        ),
        (
            {"variables": {"A": "1"}, "secrets": ["A"]},
            "secrets: given A, also under variables, allowed one place",
        ),
    ],
)
def test_what_github_does_not_take_is_refused(values: dict[str, Any], changes: dict[str, Any], message: str):
    found = problems({**values, "secrets": frozenset({"A"})}, **changes)
    assert found == [f"github.{message}"]


def test_role_needs_the_account_and_something_to_do(values: dict[str, Any]):
    with pytest.raises(ConfigError) as caught:
        parse("test", {**values, "github": BLOCK})
    assert list(caught.value.problems) == [
        "aws_account_id: missing; required with the block github: the role of its workflows names it"
    ]
    bare = {key: values[key] for key in ("app", "environment", "region", "owners")}
    assert parse("test", {**bare, "github": BLOCK}).deploy_role is False
    with pytest.raises(ConfigError) as caught:
        parse("test", {**bare, "github": {**BLOCK, "identity_provider": "made"}})
    assert list(caught.value.problems) == [
        (
            "github.identity_provider: given 'made', allowed with services on Fargate, a registry or "
            "github.permissions: no role needs it"
        )
    ]


def test_missing_secret_and_missing_extra_are_one_sentence_each(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    [missing] = problems(values, secrets=["SENTRY_AUTH_TOKEN"])
    assert missing.startswith("secrets.SENTRY_AUTH_TOKEN: missing")
    monkeypatch.setattr(github, "SDK", "pulumi_that_is_not_installed")
    assert problems(values) == [
        "github: given, allowed only with the extra; install it with: pip install 'footing[github]'"
    ]


def test_workflows_find_region_role_cluster_and_addresses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(ROOT)
    document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
    document["config"] |= {"footing:aws_account_id": ACCOUNT, "footing:github": BLOCK}
    path = tmp_path / "Pulumi.production.yaml"
    path.write_text(yaml.safe_dump(document))
    planned = plan("production", from_file(path))
    made = {it.name: it for it in planned.resources if it.type.startswith("github:")}
    variables = {
        it.inputs["variableName"]: it.inputs["value"] for it in made.values() if "variableName" in it.inputs
    }
    role_arn = variables.pop("AWS_ROLE_ARN")
    assert role_arn == {"$unknown": True} == planned.outputs["deploy_role_arn"]
    assert variables == {
        "AWS_REGION": "us-east-1",
        "ECS_CLUSTER": "feed-production",
        "PULUMI_STACK": "production",
        "API_URL": "https://feed.example",
    }
    [policy] = [it for it in planned.resources if it.name == "deploy-role" and it.type.endswith(":RolePolicy")]
    assert "service/feed-production/feed-production-*" in policy.inputs["policy"]
    assert all(action in policy.inputs["policy"] for action in SERVICES)
    assert made["github-environment"].inputs["environment"] == "production"
