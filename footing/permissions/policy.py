"""Policies out of a plan: what its resources need, on the ARNs that their names have, and nothing else."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from enum import StrEnum
from typing import Any

from footing.permissions.reference import READS, actions, formats, kinds
from footing.plan.model import Plan, PlannedResource
from simulator.naming import NAME_PROPERTIES

SIZE = 6144
"""Most characters of a managed policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
POLICIES = 10
"""Most policies of a role, before AWS is asked for more; the same page."""
LOOKUPS = (
    *("ec2:DescribeSubnets", "ec2:DescribeVpcs", "ecs:DescribeClusters", "ecs:DescribeServices"),
    *("elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers"),
)
"""What components look up; docs/adr/0010 and what exists already."""
VALUES = frozenset({"s3:GetObject", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters"})
"""Reads that answer with what people keep, of which some is secret."""
STATE_READS = ("s3:GetObject", "s3:ListBucket")
STATE_WRITES = ("s3:DeleteObject", "s3:PutObject")
NAMES = {
    **NAME_PROPERTIES,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "alarmName",
    "aws:ecs/taskDefinition:TaskDefinition": "family",
    "aws:elasticache/user:User": "userId",
    "aws:elasticache/userGroup:UserGroup": "userGroupId",
}
"""Property that names a resource where it is not `name`."""
PARENTS = {"BucketName": "s3:bucket", "LoadBalancerName": "elasticloadbalancing:loadbalancer"}
"""Whose names stand before another resource's in its ARN."""
CUT = 24
"""Characters of a made-up name that are sure to stay: the shortest limit is 32, less the suffix."""
SERVICE_LINKED = {
    "appautoscaling": "ecs.application-autoscaling.amazonaws.com",
    "autoscaling": "autoscaling.amazonaws.com",
    "ecs": "ecs.amazonaws.com",
    "elasticache": "elasticache.amazonaws.com",
    "lb": "elasticloadbalancing.amazonaws.com",
    "rds": "rds.amazonaws.com",
}
"""Service whose own role the first resource of a module makes, by the module."""

Statement = Mapping[str, Any]


class Role(StrEnum):
    """Who a policy is for."""

    DEPLOY = "deploy"
    """Creates, changes and deletes."""
    DRIFT = "drift"
    """Reads everything, values of secrets included, as a refresh does."""
    PREVIEW = "preview"
    """Reads what a preview does: no value of a secret, for a branch's code runs with it."""


class UnknownTypeError(Exception):
    """A type of the plan that has no entry in `types.json`; the text names it."""


def needed(plan: Plan, role: Role) -> set[str]:
    """Return the actions that a role needs for the resources of a plan.

    Raises:
        UnknownTypeError: nobody has written down what a type needs.

    """
    used = {it.type for it in plan.resources if it.type.startswith("aws:")}
    if unknown := sorted(used - kinds().keys()):
        raise UnknownTypeError(f"{', '.join(unknown)}: no entry in footing/permissions/types.json")
    if not used:
        return set()
    found = {action for token in used for action in kinds()[token].actions} | set(LOOKUPS)
    if role is Role.DEPLOY:
        return found
    reads = {it for it in found if actions()[it].level in READS}
    return reads - VALUES if role is Role.PREVIEW else reads


def policies(plan: Plan, role: Role, *, state_bucket: str = "", state_key: str = "") -> list[dict[str, Any]]:
    """Return the policy documents of a role, each short enough for AWS.

    Args:
        plan: the stack's plan.
        role: who the policies are for.
        state_bucket: bucket that holds the engine's state; none is allowed when empty.
        state_key: ARN of the KMS key that encrypts the state's secrets.

    Raises:
        UnknownTypeError: as for `needed`.

    """
    arns, asked = _Arns(plan), needed(plan, role)
    # A tag may be on every kind that a service has: those are meant that another action is about.
    about = {kind for it in asked if "Tag" not in it for kind in actions()[it].resources}
    by_reach: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for action in sorted(asked):
        for reach in _reaches(action, plan, arns, about):
            by_reach.setdefault(json.dumps(reach, sort_keys=True), (reach, []))[1].append(action)
    statements: list[Statement] = [
        {"Effect": "Allow", "Action": allowed, **reach}
        for reach, allowed in sorted(by_reach.values(), key=lambda it: it[1])
    ]
    if state_bucket:
        arn = f"arn:{arns.partition}:s3:::{state_bucket}"
        allowed = sorted((*STATE_READS, *(STATE_WRITES if role is Role.DEPLOY else ())))
        statements.append({"Effect": "Allow", "Action": allowed, "Resource": [arn, f"{arn}/*"]})
    if state_key:
        statements.append({"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [state_key]})
    return _split(statements)


def role_policies(plan: Plan, component: str) -> dict[str, Any]:
    """Return the documents that the plan itself attaches to the roles of a component, by the resource's name."""
    found: dict[str, Any] = {}
    for it in _of(plan, "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        if it.name.startswith(f"{component}-"):
            text = it.inputs.get("policy", it.inputs.get("policyArn"))
            found[it.name] = json.loads(text) if isinstance(text, str) and text.startswith("{") else text
    return found


class _Arns:
    """ARNs of the plan's resources, as patterns."""

    def __init__(self, plan: Plan) -> None:
        given = [it.inputs for it in plan.resources if it.type == "pulumi:providers:aws"]
        regions = {it["region"] for it in given if isinstance(it.get("region"), str)}
        accounts = {it for one in given for it in json.loads(one.get("allowedAccountIds") or "[]")}
        self.region = regions.pop() if len(regions) == 1 else "*"
        self.account = accounts.pop() if len(accounts) == 1 else "*"
        known = re.match(r"(cn|us-gov)-", self.region)
        self.partition = f"aws-{known[1]}" if known else "aws"
        texts = [it["defaultTags"] for it in given if isinstance(it.get("defaultTags"), str)]
        tags: Mapping[str, str] = json.loads(texts[0]).get("tags", {}) if texts else {}
        stack = "".join(f"{tags[key]}-" for key in ("app", "environment") if tags.get(key))
        self.names: dict[str, set[str]] = {}
        for it in plan.resources:
            if it.type in kinds() and (names := kinds()[it.type].names):
                name = _name(it)
                # One pattern for all that begin with the stack's own name: a policy has room for few.
                own = stack and name.startswith(stack)
                self.names.setdefault(names, set()).add(f"{stack}*" if own else name)

    def of(self, kind: str) -> list[str]:
        """Return the ARNs of a kind of resources."""
        variables = re.findall(r"\$\{(\w+)\}", formats()[kind])
        own = next((it for it in reversed(variables) if "Name" in it), variables[-1])
        text = formats()[kind]
        fixed = {"Partition": self.partition, "Region": self.region, "Account": self.account}
        for variable in variables:
            if variable not in PARENTS and variable != own:
                text = text.replace(f"${{{variable}}}", fixed.get(variable, "*"))
        texts = [text]
        for variable in [it for it in variables if it in PARENTS or it == own]:
            names = sorted(self._names(kind, variable))
            texts = [it.replace(f"${{{variable}}}", name) for it in texts for name in names]
        return sorted(set(texts))

    def _names(self, kind: str, variable: str) -> set[str]:
        wanted = PARENTS.get(variable, kind)
        found = next((names for known, names in self.names.items() if f"{wanted}/".startswith(f"{known}/")), None)
        if found is None:
            # A role, a bucket or a secret of somebody else is nobody's business here.
            return {"*"}
        # Log groups and secrets have something of AWS's own after their names.
        more = "*" if kind in {"logs:log-group", "secretsmanager:Secret"} else ""
        return {it if it.endswith("*") else f"{it}{more}" for it in found}


def _name(resource: PlannedResource) -> str:
    key = NAMES.get(resource.type, "name")
    given, prefix = resource.inputs.get(key), resource.inputs.get(f"{key}Prefix")
    if isinstance(given, str):
        return given
    if isinstance(prefix, str):
        return f"{prefix}*"
    made = resource.name.lower() if resource.type.startswith(("aws:s3/", "aws:rds/")) else resource.name
    return f"{made}-*" if len(made) < CUT else f"{made[:CUT]}*"


def _reaches(action: str, plan: Plan, arns: _Arns, about: Set[str]) -> Iterator[dict[str, Any]]:
    """Yield the resources and the condition of each statement that an action is in."""
    if action in _CONDITIONED:
        condition = _CONDITIONED[action](plan)
        resources = arns.of("iam:role")
        if action == "iam:CreateServiceLinkedRole":
            resources = [f"arn:{arns.partition}:iam::{arns.account}:role/aws-service-role/*"]
        if any(value for test in condition.values() for value in test.values()):
            yield {"Resource": resources, "Condition": condition}
        return
    known = set(actions()[action].resources)
    resources = sorted({arn for kind in known & about or known for arn in arns.of(kind)})
    yield {"Resource": resources or "*"}


def _passed(plan: Plan) -> dict[str, Any]:
    trusts = [it.inputs.get("assumeRolePolicy") for it in _of(plan, "aws:iam/role:Role")]
    found: set[str] = set()
    for text in (it for it in trusts if isinstance(it, str)):
        for statement in json.loads(text)["Statement"]:
            services = statement["Principal"].get("Service") or ()
            found.update((services,) if isinstance(services, str) else services)
    return {"StringEquals": {"iam:PassedToService": sorted(found)}}


def _attached(plan: Plan) -> dict[str, Any]:
    attachments = _of(plan, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    found = {arn for it in attachments if isinstance(arn := it.inputs.get("policyArn"), str)}
    return {"ArnEquals": {"iam:PolicyARN": sorted(found)}}


def _linked(plan: Plan) -> dict[str, Any]:
    modules = {it.type.removeprefix("aws:").partition("/")[0] for it in plan.resources}
    return {
        "StringEquals": {
            "iam:AWSServiceName": sorted(SERVICE_LINKED[it] for it in modules & SERVICE_LINKED.keys())
        }
    }


_CONDITIONED: Mapping[str, Callable[[Plan], dict[str, Any]]] = {
    "iam:AttachRolePolicy": _attached,
    "iam:CreateServiceLinkedRole": _linked,
    "iam:DetachRolePolicy": _attached,
    "iam:PassRole": _passed,
}
"""Actions by which whoever has them could take more, and what holds them to the plan."""


def _of(plan: Plan, *tokens: str) -> Iterator[PlannedResource]:
    return (it for it in plan.resources if it.type in tokens)


def _split(statements: Iterable[Statement]) -> list[dict[str, Any]]:
    """Return documents that hold the statements in their order, a new one where the size is reached."""
    documents: list[dict[str, Any]] = []
    for statement in statements:
        for part in _halved(statement):
            if documents and size({"Statement": [*documents[-1]["Statement"], part]}) <= SIZE:
                documents[-1]["Statement"].append(part)
            else:
                documents.append({"Version": "2012-10-17", "Statement": [part]})
    return documents


def _halved(statement: Statement) -> Iterator[Statement]:
    if size({"Statement": [statement]}) <= SIZE:
        yield statement
        return
    key = max(("Action", "Resource"), key=lambda it: len(json.dumps(statement[it])))
    middle = len(statement[key]) // 2
    for half in (statement[key][:middle], statement[key][middle:]):
        yield from _halved({**statement, key: half})


def size(document: Mapping[str, Any]) -> int:
    """Return the characters of a document as AWS counts them: without white space."""
    return len(json.dumps({"Version": "2012-10-17", **document}, separators=(",", ":")))
