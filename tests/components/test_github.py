"""What a repository at GitHub may deploy: its environment, the rule of its branches, and the role at AWS."""

import json
from typing import Any

import pulumi
import pytest
from msgspec.structs import replace

from components.github.deploy_role import DeployRole, DeployRoleArgs
from components.github.environment import REVIEWERS, GitHubEnvironment, GitHubEnvironmentArgs
from policies.rules.federation import is_anybody
from stacks.config.github import MOST_REVIEWERS
from tests.components.recording import Recorded, Secret, record_component

ARGS = GitHubEnvironmentArgs(
    repository_name="shop",
    environment_name="production",
    branches=["main", "release/*"],
    reviewer_teams=[12],
    wait_minutes=5,
    variables={"AWS_REGION": "us-east-1"},
    required_checks=["test", "lint"],
    ruleset_name="shop-production",
)
ROLE = DeployRoleArgs(
    repository="example/shop",
    github_environment="production",
    partition="aws",
    account_id="123456789012",
    services_arn="arn:aws:ecs:us-east-1:123456789012:service/shop-production/shop-production-*",
)
ISSUER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def record(**changes: Any) -> Recorded[GitHubEnvironment]:
    return record_component(lambda: GitHubEnvironment("github", replace(ARGS, **changes)))


def role(**changes: Any) -> Recorded[DeployRole]:
    return record_component(lambda: DeployRole("deploy", replace(ROLE, **changes)))


def test_environment_takes_deployments_of_named_branches_that_another_person_approves():
    recorded = record()
    assert recorded.one("RepositoryEnvironment").inputs == {
        "repository": "shop",
        "environment": "production",
        "canAdminsBypass": False,
        "deploymentBranchPolicy": {"protectedBranches": False, "customBranchPolicies": True},
        "preventSelfReview": True,
        "reviewers": [{"users": [], "teams": [12]}],
        "waitTimer": 5,
    }
    patterns = [it.inputs["branchPattern"] for it in recorded.of("RepositoryEnvironmentDeploymentPolicy")]
    assert patterns == ["main", "release/*"]
    alone = record(reviewer_teams=[]).one("RepositoryEnvironment").inputs
    assert ("reviewers" in alone, alone["preventSelfReview"]) == (False, False)


def test_variables_are_plain_and_secrets_are_not():
    recorded = record_component(
        lambda: GitHubEnvironment("github", replace(ARGS, secrets={"TOKEN": pulumi.Output.from_input("hidden")}))
    )
    assert recorded.one("ActionsEnvironmentVariable", "github-aws-region").inputs == {
        "repository": "shop",
        "environment": "production",
        "variableName": "AWS_REGION",
        "value": "us-east-1",
    }
    secret = recorded.one("ActionsEnvironmentSecret", "github-token").inputs
    assert (secret["secretName"], secret["value"]) == ("TOKEN", Secret("hidden"))


def test_nothing_is_merged_without_its_checks_and_a_review():
    rule = record().one("RepositoryRuleset").inputs
    assert (rule["name"], rule["enforcement"], rule["target"]) == ("shop-production", "active", "branch")
    assert rule["conditions"]["refName"]["includes"] == ["refs/heads/main", "refs/heads/release/*"]
    checks = rule["rules"]["requiredStatusChecks"]
    assert checks["requiredChecks"] == [{"context": "test"}, {"context": "lint"}]
    assert checks["strictRequiredStatusChecksPolicy"] is True
    assert rule["rules"]["pullRequest"] == {
        "requiredApprovingReviewCount": 1,
        "dismissStaleReviewsOnPush": True,
        "requireLastPushApproval": True,
    }
    assert (rule["rules"]["deletion"], rule["rules"]["nonFastForward"]) == (True, True)
    assert record(required_checks=[]).of("RepositoryRuleset") == []
    # GitHub asks for a last approval where there is one at all.
    alone = record(required_approvals=0).one("RepositoryRuleset").inputs["rules"]["pullRequest"]
    assert alone["requireLastPushApproval"] is False


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"branches": []}, "branches is empty"),
        ({"reviewer_users": [1, 2, 3, 4, 5, 6]}, "GitHub asks 6 at the most"),
    ],
)
def test_environment_of_any_branch_is_refused(changes: dict[str, Any], message: str):
    assert MOST_REVIEWERS == REVIEWERS
    with pytest.raises(ValueError, match=message):
        replace(ARGS, **changes)


def test_role_is_taken_by_this_environment_of_this_repository_and_nobody_else():
    recorded = role(makes_provider=True)
    made = recorded.one("Role")
    [trust] = json.loads(made.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Principal"] == {"Federated": ISSUER}
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:example/shop:environment:production",
        }
    }
    assert not is_anybody(ISSUER, trust)
    issuer = recorded.one("OpenIdConnectProvider").inputs
    assert issuer == {"url": "https://token.actions.githubusercontent.com", "clientIdLists": ["sts.amazonaws.com"]}
    # A role whose issuer is not there yet is refused.
    assert "deploy-issuer" in made.dependencies
    assert role().of("OpenIdConnectProvider") == []


def test_role_deploys_the_services_and_does_what_is_given_beside():
    push = {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::assets/*"]}
    deploying, given = json.loads(role(statements=[push]).one("RolePolicy").inputs["policy"])["Statement"]
    assert deploying["Action"] == ["ecs:DescribeServices", "ecs:UpdateService"]
    assert deploying["Resource"] == ROLE.services_arn
    assert given == push
    [alone] = json.loads(role(services_arn=None, statements=[push]).one("RolePolicy").inputs["policy"])[
        "Statement"
    ]
    assert alone == push
