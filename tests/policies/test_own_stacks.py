"""Our own stacks under every rule."""

import pytest
from good_stack import label, plan

from policies.judgement import Verdict
from policies.resource import Stack
from policies.rule import Level
from policies.rules import CATALOGUE

TASK = "TaskDefinition"
NOT_KNOWN_YET = {
    ("container-not-privileged", TASK),
    ("container-user", TASK),
    ("container-read-only-root", TASK),
    ("container-logs", TASK),
    ("container-image-pinned", TASK),
    ("container-no-secret-literal", TASK),
    ("container-no-secret-in-browser", TASK),
    ("pooler-verified-tls", TASK),
    ("iam-no-wildcard", "RolePolicy"),
    ("bucket-https", "Bucket"),
}
"""Rule and type of what none can decide before the first update: texts with an ARN of what is not there yet."""


def labels_by_rule(stack: str, verdict: Verdict) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for it in CATALOGUE.of_all(Stack(environment=stack, resources=plan(stack))):
        counted = it.level is Level.MANDATORY or verdict is not Verdict.FAIL
        if it.judgement.verdict is verdict and counted:
            found.setdefault(it.rule.id, set()).add(label(it.resource))
    return found


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_no_mandatory_rule_fails(stack: str):
    assert labels_by_rule(stack, Verdict.FAIL) == {}
    assert labels_by_rule(stack, Verdict.BROKEN) == {}


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_first_preview_leaves_open_only_what_the_cloud_decides(stack: str):
    undecided = labels_by_rule(stack, Verdict.UNDECIDED)
    assert {(rule, name.partition("/")[0]) for rule, names in undecided.items() for name in names} == NOT_KNOWN_YET
