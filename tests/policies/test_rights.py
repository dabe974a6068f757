"""Rights in every way in which they are given, and trusts that let everybody in."""

import json
from typing import Any

import pytest

from policies.judgement import Verdict
from policies.resource import UNKNOWN, Resource, Stack
from policies.rule import Rule
from policies.rules import CATALOGUE
from policies.rules.actions import takes_no_resource
from policies.rules.iam import ATTACHMENTS, DOCUMENTS
from policies.rules.tokens import ROLE

PASS, FAIL, UNDECIDED = Verdict.PASS, Verdict.FAIL, Verdict.UNDECIDED
TRUST = json.dumps(
    {"Statement": [{"Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
GITHUB = "token.actions.githubusercontent.com"


def verdict(rule: str, type_: str, **properties: Any) -> Verdict:
    found = CATALOGUE.by_id[rule]
    assert isinstance(found, Rule)
    return found.judge(Resource(type=type_, properties=properties)).verdict


def document(action: Any, resource: Any = "*") -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})


@pytest.mark.parametrize("type_", DOCUMENTS)
def test_every_document_that_allows_everything_is_refused(type_: str):
    def given(policy: Any) -> Any:
        return [{"name": "it", "policy": policy}] if type_ == ROLE else policy

    key = DOCUMENTS[type_]
    assert verdict("iam-no-wildcard", type_, **{key: given(document("*"))}) is FAIL
    assert verdict("iam-no-wildcard", type_, **{key: given(document("s3:GetObject", "arn:it"))}) is PASS
    assert verdict("iam-no-wildcard", type_, **{key: given(UNKNOWN)}) is UNDECIDED


@pytest.mark.parametrize("type_", ATTACHMENTS)
def test_every_attachment_of_an_administrators_policy_is_refused(type_: str):
    key = ATTACHMENTS[type_]

    def given(arn: Any) -> Any:
        return [arn] if key.endswith("s") else arn

    for arn in (ADMINISTRATOR, ADMINISTRATOR.replace("arn:aws:", "arn:aws-us-gov:")):
        assert verdict("iam-no-administrator", type_, **{key: given(arn)}) is FAIL
    assert verdict("iam-no-administrator", type_, **{key: given("arn:aws:iam::aws:policy/ReadOnlyAccess")}) is PASS
    assert verdict("iam-no-administrator", type_, **{key: given(UNKNOWN)}) is UNDECIDED


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("ec2:DescribeInstanceAttribute", FAIL),
        ("ec2:Describe*", FAIL),
        ("ec2:DescribeInstances", PASS),
        ("s3:ListAllMyBuckets", PASS),
        ("cloudwatch:GetMetricData", PASS),
        ("rekognition:DetectLabels", PASS),
        ("ECR:getAuthorizationToken", PASS),
        ("ssmmessages:*", PASS),
        ("s3:*", FAIL),
        ("nowhere:Known", FAIL),
        (["s3:ListAllMyBuckets", "s3:GetObject"], FAIL),
    ],
)
def test_every_resource_is_allowed_only_where_none_can_be_named(action: Any, expected: Verdict):
    assert verdict("iam-no-wildcard", "aws:iam/policy:Policy", policy=document(action)) is expected
    assert (
        verdict("iam-no-wildcard", "aws:iam/policy:Policy", policy=document(action, "arn:aws:*:*:*:*")) is expected
    )


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        *((it, FAIL) for it in ("arn:aws:s3:::*", "arn:aws:s3:::*/*", "arn:aws:secretsmanager:us-east-1:1:*")),
        *((it, PASS) for it in ("arn:aws:s3:::mine/*", "arn:aws:secretsmanager:us-east-1:1:secret:shop/*")),
    ],
)
def test_every_resource_of_a_service_is_every_resource(resource: str, expected: Verdict):
    policy = document("secretsmanager:GetSecretValue", resource)
    assert verdict("iam-no-wildcard", "aws:iam/policy:Policy", policy=policy) is expected


@pytest.mark.parametrize(
    ("action", "condition", "expected"),
    [
        ("ecs:ListTasks", {"ArnEquals": {"ecs:cluster": "arn:it"}}, PASS),
        ("ecs:ListTasks", {"StringEquals": {"ECS:Cluster": "arn:it"}}, PASS),
        ("ecs:ListTasks", {"ArnNotEquals": {"ecs:cluster": "arn:it"}}, FAIL),
        ("ecs:ListTasks", {"ArnEquals": {"aws:SourceArn": "arn:it"}}, FAIL),
        ("ecs:ListTasks", {}, FAIL),
        ("ecs:StopTask", {"ArnEquals": {"ecs:cluster": "arn:it"}}, FAIL),
    ],
)
def test_condition_narrows_only_an_action_whose_resource_may_be_left_out(
    action: str, condition: Any, expected: Verdict
):
    statement = {"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition}
    policy = json.dumps({"Statement": [statement]})
    assert verdict("iam-no-wildcard", "aws:iam/policy:Policy", policy=policy) is expected


def test_table_of_actions_has_what_our_own_policies_say():
    for action in ("ecr:GetAuthorizationToken", "logs:DescribeLogGroups", "xray:PutTraceSegments", "xray:Put*"):
        assert takes_no_resource(action)
    assert not takes_no_resource("")
    assert not takes_no_resource("ec2:")


def trust(provider: str, condition: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    return json.dumps({"Statement": [{**statement, "Condition": condition}]})


def subject(host: str, value: Any, operator: str = "StringLike") -> dict[str, Any]:
    return {operator: {f"{host}:sub": value}, "StringEquals": {f"{host}:aud": "sts.amazonaws.com"}}


@pytest.mark.parametrize(
    ("host", "condition", "expected"),
    [
        (GITHUB, {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}, FAIL),
        (GITHUB, {}, FAIL),
        (GITHUB, subject(GITHUB, "*"), FAIL),
        (GITHUB, subject(GITHUB, "repo:*"), FAIL),
        (GITHUB, subject(GITHUB, "repo:*/shop:*"), FAIL),
        (GITHUB, subject(GITHUB, "repo:octo*"), FAIL),
        (GITHUB, subject(GITHUB, ["repo:octo/shop:*", "repo:*"]), FAIL),
        (GITHUB, subject(GITHUB, "repo:octo/*"), PASS),
        (GITHUB, subject(GITHUB, "repo:octo/shop:ref:refs/heads/main", "stringEquals"), PASS),
        (GITHUB, subject(GITHUB, "repo:octo/shop:*", "ForAnyValue:StringLike"), PASS),
        (GITHUB, subject(GITHUB, "repo:octo/shop:*", "StringNotLike"), FAIL),
        (GITHUB, subject(GITHUB, "repo:octo/shop:*", "StringLikeIfExists"), FAIL),
        ("gitlab.com", {"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}}, FAIL),
        ("gitlab.com", subject("gitlab.com", "project_path:*"), FAIL),
        ("gitlab.com", subject("gitlab.com", "project_path:octo/*:ref_type:branch:ref:main"), PASS),
        ("app.terraform.io", subject("app.terraform.io", "organization:*:project:*"), FAIL),
        ("app.terraform.io", subject("app.terraform.io", "organization:octo:project:*"), PASS),
        ("api.pulumi.com/oidc", subject("api.pulumi.com/oidc", "pulumi:deploy:*"), FAIL),
        ("api.pulumi.com/oidc", subject("api.pulumi.com/oidc", "pulumi:deploy:org:octo:*"), PASS),
        ("oidc.circleci.com/org/it", {"StringEquals": {"oidc.circleci.com/org/it:aud": "it"}}, FAIL),
        ("login.example.com", {"StringEquals": {"login.example.com:aud": "app"}}, PASS),
        ("login.example.com", {}, FAIL),
    ],
)
def test_trust_in_an_identity_provider_names_an_owner(host: str, condition: Any, expected: Verdict):
    policy = trust(f"arn:aws:iam::123456789012:oidc-provider/{host}", condition)
    assert verdict("iam-no-public-trust", ROLE, assumeRolePolicy=policy) is expected


def test_trust_in_users_of_ones_own_directory_is_named():
    statement = {"Principal": {"Federated": "arn:aws:iam::1:saml-provider/it"}, "Action": "sts:AssumeRoleWithSAML"}
    assert verdict("iam-no-public-trust", ROLE, assumeRolePolicy=json.dumps({"Statement": statement})) is PASS


@pytest.mark.parametrize(
    ("principal", "condition", "expected"),
    [
        ("arn:aws:iam::123456789012:root", {}, FAIL),
        ("123456789012", {}, FAIL),
        ("arn:aws-cn:iam::123456789012:root", {}, FAIL),
        ("arn:aws-us-gov:iam::123456789012:root", {}, FAIL),
        ("arn:aws:iam::123456789012:root", {"StringEquals": {"sts:ExternalId": "it"}}, PASS),
        ("arn:aws:iam::123456789012:root", {"ArnLike": {"aws:PrincipalArn": "arn:it"}}, PASS),
        ("arn:aws:iam::123456789012:role/deploy", {}, PASS),
    ],
)
def test_whole_account_is_trusted_only_with_a_condition(principal: str, condition: Any, expected: Verdict):
    statement = {"Principal": {"AWS": principal}, "Action": "sts:AssumeRole", "Condition": condition}
    policy = json.dumps({"Statement": statement})
    assert verdict("iam-no-account-trust", ROLE, assumeRolePolicy=policy) is expected


DEFAULT_GROUP, VPC = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "aws:ec2/vpc:Vpc"


@pytest.mark.parametrize(
    "type_",
    [
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
    ],
)
def test_rule_of_its_own_opens_a_closed_default_group(type_: str):
    group = Resource(type=DEFAULT_GROUP, urn="default", name="default", properties={"vpcId": UNKNOWN})
    links = {"securityGroupId": ("default",)}
    added = Resource(type=type_, urn="added", properties={"securityGroupId": UNKNOWN}, property_dependencies=links)
    other = Resource(type=type_, urn="other", properties={"securityGroupId": "sg-other"})
    found = CATALOGUE.by_id["network-default-group-closed"].check(
        Stack(environment="production", resources=[group, added, other])
    )
    assert {it.urn: judgement.verdict for it, judgement in found} == {"default": PASS, "added": FAIL}
