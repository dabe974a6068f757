"""Rules of IAM: what is allowed, in every way in which it is given, and who may take a role."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from re import compile as pattern
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, fail, undecided
from policies.resource import Resource
from policies.rule import IN_PRODUCTION, Rule, Severity
from policies.rules.actions import takes_no_resource
from policies.rules.document import allows, statements, texts
from policies.rules.federation import is_anybody
from policies.rules.reading import at, items, unreadable, worst
from policies.rules.tokens import ROLE

DOCUMENTS: Final = {
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
    ROLE: "inlinePolicies",
}
"""Type to the property that holds a policy document, or, of a role, a list of those."""
ATTACHMENTS: Final = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
    ROLE: "managedPolicyArns",
}
"""Type to the property that names managed policies."""
WIDE_POLICIES: Final = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
"""AWS's own policies that allow everything, or to allow it to oneself."""
_NARROWED_BY: Final = {"ecs:listtasks": "ecs:cluster"}
"""Actions that IAM asks for on every resource where the request names none, with the condition that narrows them.

https://github.com/cdklabs/construct-hub/pull/1207
"""
_EVERY_RESOURCE: Final = pattern(r"[*?]+|arn:\*|arn:[^:]*(:\*){3,4}|arn(:[^:]*){4}:[*?]+(/[*?]*)?")
"""Every resource of AWS, or of one service in an account: arn:aws:secretsmanager:*:*:*, arn:aws:s3:::*."""
_ACCOUNT: Final = pattern(r"\d{12}|arn:aws[\w-]*:iam::\d{12}:root")
NARROWING: Final = ("sts:externalid", "aws:principal", "aws:source", "aws:multifactorauth")
"""Beginnings of the condition keys that choose among the principals of an account."""
DOCS = "https://docs.aws.amazon.com/IAM/latest/UserGuide"


def _narrow_document(document: Any, name: str) -> Judgement:
    required = "named actions on named resources"
    found = statements(document)
    if unreadable(found):
        return undecided(name)
    if not found:
        return fail("a policy that is no document", required)
    for statement in filter(allows, found):
        actions, resources = texts(statement.get("Action")), texts(statement.get("Resource"))
        if not actions or not items(statement.get("Resource")):
            return fail("a statement without Action or Resource", required)
        if any(not set(action) - set("*?:") for action in actions):
            return fail("every action", required)
        narrow = (takes_no_resource(it) or _is_conditional(it, statement) for it in actions)
        if any(map(_EVERY_RESOURCE.fullmatch, resources)) and not all(narrow):
            return fail("every resource", required)
    return PASSED


def _is_conditional(action: str, statement: Mapping[str, Any]) -> bool:
    """Return whether a condition narrows `action`, whose resource a request may leave out, to what it names."""
    key, conditions = _NARROWED_BY.get(action.lower()), statement.get("Condition")
    if key is None or not isinstance(conditions, Mapping):
        return False
    equal = (conditions.get(operator) for operator in ("ArnEquals", "StringEquals"))
    return any(isinstance(it, Mapping) and key in map(str.lower, it) for it in equal)


def _narrow(resource: Resource) -> Judgement:
    key = DOCUMENTS[resource.type]
    value = resource.get(key)
    if resource.type != ROLE:
        return _narrow_document(value, key)
    if unreadable(value):
        return undecided(key)
    # An empty block of a role takes away what is not listed, and gives nothing.
    given = [it if unreadable(it) else at(it, "policy") for it in items(value) if it != {}]
    return worst(_narrow_document(it, key) for it in given)


def _modest(attachment: Resource) -> Judgement:
    key = ATTACHMENTS[attachment.type]
    arns = attachment.get(key)
    if unreadable(arns):
        return undecided(key)
    listed = items(arns)
    if not listed:
        return fail(f"no {key}", "a policy") if key == "policyArn" else NOT_APPLICABLE
    if any(isinstance(arn, str) and arn.rpartition("/")[2] in WIDE_POLICIES for arn in listed):
        return fail("a policy that allows everything", "a policy that allows what is needed")
    if unreadable(*listed):
        return undecided(key)
    return PASSED if all(isinstance(arn, str) and arn for arn in listed) else fail("no ARN", "a policy")


_Trusted = Iterator[tuple[Mapping[str, Any], list[str]]]


def _trust(judge: Callable[[_Trusted], Judgement]) -> Callable[[Resource], Judgement]:
    """Return the check that a role's statements, with the principals that each allows, pass `judge`."""
    required = "named principals"

    def check(role: Resource) -> Judgement:
        found = statements(role.get("assumeRolePolicy"))
        if unreadable(found):
            return undecided("assumeRolePolicy")
        if not found:
            return fail("an assumeRolePolicy that is no document", required)
        allowing = [statement for statement in found if allows(statement)]
        parts = [it.values() if isinstance(it := one.get("Principal"), Mapping) else [it] for one in allowing]
        trusted = [[name for part in each for name in texts(part)] for each in parts]
        if not all(trusted):
            return fail("a statement without Principal", required)
        return judge(zip(allowing, trusted, strict=True))

    return check


def _public(trusted: _Trusted) -> Judgement:
    for statement, names in trusted:
        if "*" in names:
            return fail("everybody", "named principals")
        if any(is_anybody(provider, statement) for provider in texts(at(statement, "Principal", "Federated"))):
            return fail(
                "everybody with an account at the identity provider",
                "a condition of StringEquals or StringLike on the provider's sub that names an owner",
            )
    return PASSED


def _whole_account(trusted: _Trusted) -> Judgement:
    for statement, names in trusted:
        tests = statement.get("Condition")
        keys = [key for test in (tests.values() if isinstance(tests, Mapping) else ()) for key in _keys(test)]
        narrowed = any(key.lower().startswith(NARROWING) for key in keys)
        if any(map(_ACCOUNT.fullmatch, names)) and not narrowed:
            return fail("a whole account", "named roles, or a condition such as sts:ExternalId")
    return PASSED


def _keys(test: Any) -> list[str]:
    """Return the condition keys of one operator."""
    return [key for key in test if isinstance(key, str)] if isinstance(test, Mapping) else []


_rule = partial(Rule, severity=Severity.CRITICAL)

RULES: Final = (
    _rule(
        id="iam-no-wildcard",
        title="Policies name their actions and their resources",
        why="one stolen token opens the whole account",
        source=f"{DOCS}/best-practices.html",
        remedy="Name the actions and the ARNs that the program needs.",
        keys=("services.NAME.permissions",),
        controls=("CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_286", "CKV_AWS_287", "CKV_AWS_355", "AWS-0057"),
        types=frozenset(DOCUMENTS),
        check=_narrow,
    ),
    _rule(
        id="iam-no-public-trust",
        title="Roles trust named principals",
        why="every account of AWS, or of GitHub, could take the role",
        source=f"{DOCS}/reference_policies_elements_principal.html",
        remedy="Name the service or the account that may take the role; of an identity provider the sub as well.",
        controls=("CKV_AWS_60", "CKV_AWS_358"),
        waivable=False,
        types=frozenset({ROLE}),
        check=_trust(_public),
    ),
    Rule(
        id="iam-no-account-trust",
        title="Roles do not trust whole accounts",
        why="whoever may do anything in that account can take the role",
        source=f"{DOCS}/confused-deputy.html",
        remedy="Name the role that may take it, or add a condition on sts:ExternalId.",
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_61",),
        types=frozenset({ROLE}),
        check=_trust(_whole_account),
    ),
    _rule(
        id="iam-no-administrator",
        title="No role, user or group has a policy that allows everything",
        why="one stolen token opens the whole account",
        source=f"{DOCS}/best-practices.html",
        remedy="Attach a policy with what the program needs.",
        controls=("CKV_AWS_274", "CKV2_AWS_56"),
        types=frozenset(ATTACHMENTS),
        check=_modest,
    ),
)
