"""Every plan that is committed comes out as policies that AWS takes, and that reach no further than the stack."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from footing.cli import app
from footing.permissions.policy import (
    POLICIES,
    SIZE,
    VALUES,
    Role,
    UnknownTypeError,
    needed,
    policies,
    size,
)
from footing.permissions.reference import READS, REFERENCE, actions, facts_of, formats, kinds
from footing.plan.model import Plan
from footing.project import plan, stack_file

ROOT = Path(__file__).parents[2]
STACKS = {
    f"{path.parent.name if path.parent != ROOT else 'own'}-{path.name.split('.')[1]}": path
    for path in [*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("systems/*/Pulumi.*.yaml")]
}


@cache
def planned(name: str) -> Plan:
    file = stack_file(name.rpartition("-")[2], STACKS[name], secrets_stood_in=True)
    return plan(name.rpartition("-")[2], file)


@pytest.mark.parametrize("name", sorted(STACKS))
def test_policies_of_every_stack_fit_and_hold_what_is_needed(name: str):
    for role in Role:
        documents = policies(planned(name), role)
        assert [size(it) for it in documents if size(it) > SIZE] == []
        assert len(documents) <= POLICIES
        allowed = {action for it in documents for statement in it["Statement"] for action in statement["Action"]}
        missing = needed(planned(name), role) - allowed
        # Who passes no role and attaches no policy of AWS's needs no right to.
        assert missing <= {"iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:PassRole"}
        if role is not Role.DEPLOY:
            assert {actions()[it].level for it in allowed} <= READS
        if role is Role.PREVIEW:
            assert allowed & VALUES == set()


def test_policies_reach_the_stack_and_no_other():
    reached = []
    for statement in (it for one in policies(planned("nexod-production"), Role.DEPLOY) for it in one["Statement"]):
        if statement["Resource"] == "*":
            # AWS knows no resource for these.
            assert [it for it in statement["Action"] if actions()[it].resources] == []
            continue
        reached += statement["Resource"]
    assert [it for it in reached if not it.startswith("arn:aws:") or "${" in it] == []
    named = [
        it for it in reached if re.match(r"arn:aws:(ecs:.*:cluster/|rds:.*:db:|sns:|cloudwatch:.*:alarm:)", it)
    ]
    assert named
    assert [it for it in named if not re.search(r"[:/]nexod-production(-|$)", it)] == []
    made_up = [it for it in reached if re.match(r"arn:aws:(s3:::|iam::\d+:role/(?!aws-service-role))", it)]
    assert made_up
    assert [it for it in made_up if re.search(r":::\*|role/\*$", it)] == []
    passing = [
        it
        for one in policies(planned("nexod-production"), Role.DEPLOY)
        for it in one["Statement"]
        if {"iam:PassRole", "iam:AttachRolePolicy", "iam:CreateServiceLinkedRole"} & set(it["Action"])
    ]
    conditions = [next(iter(test)) for it in passing for test in it["Condition"].values()]
    assert sorted(conditions) == ["iam:AWSServiceName", "iam:PassedToService", "iam:PolicyARN"]


def test_type_without_an_entry_is_named():
    of_staging = planned("own-staging")
    strange = replace(of_staging.resources[-1], type="aws:glue/job:Job")
    spoilt = replace(of_staging, resources=(*of_staging.resources, strange))
    with pytest.raises(UnknownTypeError, match=r"aws:glue/job:Job: no entry in footing/permissions/types\.json"):
        needed(spoilt, Role.DEPLOY)


def test_every_type_of_a_component_has_an_entry():
    text = "".join(path.read_text() for path in (ROOT / "components").rglob("*.py"))
    made = {(module, name) for module, name in re.findall(r"\baws\.([a-z0-9]+)\.([A-Z]\w+)\(", text)}
    known = {(token.split(":")[1].split("/")[0], token.rsplit(":", 1)[-1]) for token in kinds()}
    assert made - known == set()


def test_reference_has_each_action_and_its_resources_once():
    assert {it for kind in kinds().values() for it in kind.actions} == actions().keys()
    assert {it for action in actions().values() for it in action.resources} == formats().keys()
    names = {kind.names for kind in kinds().values() if kind.names}
    assert [it for it in names if not any(f"{known}/".startswith(f"{it}/") for known in formats())] == []
    content = json.loads(REFERENCE.read_text())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", content["read"])
    definition = {
        "sqs": {
            "privileges": {"CreateQueue": {"access_level": "Write", "resource_types": {"queue": {}, "": {}}}},
            "resources": {"queue": {"arn": "arn:x"}},
        }
    }
    assert facts_of(definition, {"sqs:CreateQueue"}) == {
        "actions": {"sqs:CreateQueue": ["Write", "sqs:queue"]},
        "arns": {"sqs:queue": "arn:x"},
    }
    with pytest.raises(KeyError):
        facts_of(definition, {"sqs:MakeQueue"})


def test_command_prints_documents_and_the_state_when_asked():
    done = CliRunner().invoke(
        app, ["permissions", "staging", "--role", "preview", "--state-bucket", "shop-state", "--json"]
    )
    assert done.exit_code == 0
    statements = [it for one in json.loads(done.stdout) for it in one["Statement"]]
    assert statements[-1]["Resource"] == ["arn:aws:s3:::shop-state", "arn:aws:s3:::shop-state/*"]
    assert statements[-1]["Action"] == ["s3:GetObject", "s3:ListBucket"]
    wrong = CliRunner().invoke(app, ["permissions", "staging", "--role", "nobody"])
    assert wrong.exit_code == 2
    assert "--role: given 'nobody', allowed deploy, drift, preview, api" in wrong.stderr
