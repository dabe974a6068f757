"""Our own stacks under every rule: what is not good yet is listed here, and must leave the list when it is."""

import pytest
from good_stack import label, plan

from policies.resource import Stack
from policies.rule import Level, Verdict
from policies.rules import CATALOGUE

CREDENTIALS = {"Secret/database-credentials", "Secret/pooler-credentials", "Secret/service-environment"}
FAULTS: dict[str, dict[str, set[str]]] = {
    "production": {
        "secret-own-key": CREDENTIALS,
        "secret-rotation": CREDENTIALS,
        "balancer-deletion-protection": {"LoadBalancer/pooler-nlb"},
        "balancer-access-logs": {"LoadBalancer/service-alb"},
        "bucket-no-forced-deletion": {"Bucket/origin-pull-authority-bucket", "Bucket/storage-log-bucket"},
    },
    "staging": {},
}
"""Mandatory rules that fail today, with the resources on which they do."""

TASKS = {"TaskDefinition/pooler-task", "TaskDefinition/service-task"}
OF_CONTAINERS = {
    *("container-not-privileged", "container-user", "container-read-only-root", "container-logs"),
    *("container-image-pinned", "container-no-secret-literal", "container-no-secret-in-browser"),
}
POLICIES = {"RolePolicy/network-flow", "RolePolicy/pooler-secrets", "RolePolicy/service-secrets"}
BUCKETS = {"Bucket/origin-pull-authority-bucket", "Bucket/storage-files-bucket", "Bucket/storage-log-bucket"}
NOT_KNOWN_YET: dict[str, set[str]] = {
    **dict.fromkeys(OF_CONTAINERS, TASKS),
    "pooler-verified-tls": {"TaskDefinition/pooler-task"},
    "iam-no-wildcard": POLICIES,
    "bucket-https": BUCKETS,
}
"""What no rule can decide before the first update: texts that hold an ARN of what is not there yet."""


def said(stack: str, verdict: Verdict) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for it in CATALOGUE.of_all(Stack(environment=stack, resources=plan(stack))):
        counted = it.level is Level.MANDATORY or verdict is not Verdict.FAIL
        if it.judgement.verdict is verdict and counted:
            found.setdefault(it.rule.id, set()).add(label(it.resource))
    return found


@pytest.mark.parametrize("stack", FAULTS)
def test_mandatory_rules_fail_only_where_the_list_of_faults_says(stack: str):
    assert said(stack, Verdict.FAIL) == FAULTS[stack]
    assert said(stack, Verdict.BROKEN) == {}


@pytest.mark.parametrize("stack", FAULTS)
def test_first_preview_leaves_open_only_what_the_cloud_decides(stack: str):
    there = {label(it) for it in plan(stack)}
    expected = {rule: names & there for rule, names in NOT_KNOWN_YET.items()}
    assert said(stack, Verdict.UNDECIDED) == expected
