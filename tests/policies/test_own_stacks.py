"""Our own stacks under every rule."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from good_stack import Edit, edited, in_json, label, plan, plan_of

from footing.check.stack_key import stack_key
from policies import gate, undecided, unjudged
from policies.judgement import Verdict
from policies.report import Report
from policies.resource import UNKNOWN, Resource, Stack
from policies.rule import Level
from policies.rules import CATALOGUE
from stacks.config.load import lines_of

ROOT = Path(__file__).parents[2]
MANY = ROOT / "tests/engine/stacks/Pulumi.many.yaml"
"""Two web services, two workers, three jobs, a migration, a cache and a queue."""
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


JOB_ALONE = """\
config:
  footing:app: shop
  footing:environment: many
  footing:region: eu-west-1
  footing:owners: {team: shop}
  footing:services:
    sweeper: {kind: job, schedule: rate(1 hour), image: "registry.example.com/shop/api:1.4.0", image_by: tag}
"""


def of_many(resources: Sequence[Resource]) -> Report:
    found = gate.judge(
        CATALOGUE,
        Stack(environment="many", resources=resources),
        name="many",
        today=date(2026, 11, 1),
        allowed_undecided=undecided.read(ROOT / "policies" / undecided.FILE, CATALOGUE),
        allowed_unjudged=unjudged.read(ROOT / "policies", CATALOGUE),
    )
    return replace(found, stack_file=MANY.name, key_lines=lines_of(MANY.read_text()))


def test_stack_of_many_services_is_let_through_with_nothing_unjudged():
    report = of_many(plan("many"))
    assert [(it.rule.id, label(it.resource)) for it in report.stopping] == []
    assert (report.problems, report.unjudged) == ([], {})


def test_nothing_is_asked_of_what_a_stack_leaves_out(tmp_path: Path):
    path = tmp_path / "Pulumi.many.yaml"
    path.write_text(JOB_ALONE)
    report = of_many(plan_of("many", path))
    assert [(it.rule.id, label(it.resource)) for it in report.stopping] == []
    assert (report.problems, report.unjudged) == ([], {})


def test_what_is_open_for_the_roles_of_jobs_is_so_for_no_other_role():
    report = of_many(edited(plan("many"), Edit(on="Role/service-task", set={"assumeRolePolicy": UNKNOWN})))
    stopping = {(it.rule.id, label(it.resource)) for it in report.stopping}
    assert stopping == {(f"iam-no-{it}-trust", "Role/service-task") for it in ("public", "account")}


@pytest.mark.parametrize(
    ("on", "values", "expected"),
    [
        (
            "RolePolicy/worker-mailer-permissions",
            {"policy": in_json("Statement.0.Resource", ["*"])},
            ("iam-no-wildcard", "services.mailer.permissions"),
        ),
        (
            "RolePolicy/worker-mailer-permissions",
            {"policy": in_json("Statement.1.Action", ["*"])},
            ("iam-no-wildcard", "services.mailer.permissions"),
        ),
        (
            "Target/service-admin-scaling",
            {"minCapacity": 1},
            ("service-two-tasks", "services.admin.scaling.minimum_tasks"),
        ),
        (
            "ReplicationGroup/redis-queue-store",
            {"snapshotRetentionLimit": 0},
            ("redis-snapshots", "redis.queue.snapshot_retention_days"),
        ),
        (
            "TargetGroup/service-admin-tg",
            {"healthCheck.path": ""},
            ("target-health-check", "services.admin.health_path"),
        ),
    ],
)
def test_finding_names_the_key_of_the_service_or_store_that_it_is_about(
    on: str, values: dict[str, object], expected: tuple[str, str]
):
    report = of_many(edited(plan("many"), Edit(on=on, set=values)))
    keys = {(it.rule.id, key.key if (key := stack_key(report, it)) else "") for it in report.stopping}
    assert expected in keys
    assert {rule for rule, _ in keys} <= {expected[0], "redis-snapshots-week"}
