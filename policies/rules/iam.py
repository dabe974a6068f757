"""Rules of IAM policies and roles."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from policies.judgement import PASSED, Judgement, fail, undecided
from policies.resource import Resource
from policies.rule import Rule, Severity
from policies.rules.document import allows, statements, texts
from policies.rules.reading import items, unreadable
from policies.rules.tokens import ROLE

POLICIES: Final = ("aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy")
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
WITHOUT_RESOURCES: Final = (
    *("cloudwatch:PutMetricData", "ec2:Describe", "ecr:GetAuthorizationToken", "logs:DescribeLogGroups"),
    *("ssmmessages:", "xray:Put"),
)
"""Beginnings of actions for which IAM knows no resource, so that their statement has to say `*`.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
DOCS = "https://docs.aws.amazon.com/IAM/latest/UserGuide"


def _narrow(resource: Resource) -> Judgement:
    required = "named actions on named resources"
    found = statements(resource.get("policy"))
    if unreadable(found):
        return undecided("policy")
    if not found:
        return fail("a policy that is no document", required)
    for statement in filter(allows, found):
        actions = texts(statement.get("Action"))
        if not actions or not items(statement.get("Resource")):
            return fail("a statement without Action or Resource", required)
        if "*" in actions or "*:*" in actions:
            return fail("every action", required)
        needs_no_resource = all(action.startswith(WITHOUT_RESOURCES) for action in actions)
        if "*" in texts(statement.get("Resource")) and not needs_no_resource:
            return fail("every resource", required)
    return PASSED


def _trusts_somebody(role: Resource) -> Judgement:
    required = "named principals"
    found = statements(role.get("assumeRolePolicy"))
    if unreadable(found):
        return undecided("assumeRolePolicy")
    if not found:
        return fail("an assumeRolePolicy that is no document", required)
    principals = [statement.get("Principal") for statement in found if allows(statement)]
    parts = [list(it.values()) if isinstance(it, Mapping) else [it] for it in principals]
    trusted = [[name for part in each for name in texts(part)] for each in parts]
    if not all(trusted):
        return fail("a statement without Principal", required)
    return fail("everybody", required) if any("*" in names for names in trusted) else PASSED


def _modest(attachment: Resource) -> Judgement:
    arn = attachment.get("policyArn")
    if unreadable(arn):
        return undecided("policyArn")
    if not isinstance(arn, str) or not arn:
        return fail("no policyArn", "a policy")
    wide = arn.rpartition("/")[2] in ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
    return fail("a policy that allows everything", "a policy that allows what is needed") if wide else PASSED


_rule = partial(Rule, severity=Severity.CRITICAL)

RULES: Final = (
    _rule(
        id="iam-no-wildcard",
        title="Policies name their actions and their resources",
        why="one stolen token opens the whole account",
        source=f"{DOCS}/best-practices.html",
        remedy="Name the actions and the ARNs that the program needs.",
        controls=("CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_355", "AWS-0057"),
        types=frozenset(POLICIES),
        check=_narrow,
    ),
    _rule(
        id="iam-no-public-trust",
        title="Roles trust named principals",
        why="every account of AWS could take the role",
        source=f"{DOCS}/reference_policies_elements_principal.html",
        remedy="Name the service or the account that may take the role.",
        controls=("CKV_AWS_60",),
        waivable=False,
        types=frozenset({ROLE}),
        check=_trusts_somebody,
    ),
    _rule(
        id="iam-no-administrator",
        title="No role has a policy that allows everything",
        why="one stolen token opens the whole account",
        source=f"{DOCS}/best-practices.html",
        remedy="Attach a policy with what the program needs.",
        controls=("CKV_AWS_274",),
        types=frozenset({ATTACHMENT}),
        check=_modest,
    ),
)
