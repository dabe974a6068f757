"""A deployment applies the plan that was saved, as a role that may do just that, on the real engine."""

import json
from collections.abc import Set
from contextlib import nullcontext
from pathlib import Path

import pytest

from footing.permissions.policy import Role, needed
from footing.permissions.reference import READS, actions, kinds
from footing.plan.model import Plan, PlannedResource
from footing.pulumi_cli import run
from footing.pulumi_cli.tryout import cloud_directory, try_out

pytestmark = pytest.mark.engine

PROGRAM = """\
import json
from pathlib import Path

import pulumi
import pulumi_aws as aws
from pulumi_aws import ecs, iam, s3, secretsmanager, sns, sqs

trust = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
]}
role = iam.Role("role", assume_role_policy=json.dumps(trust))
iam.RolePolicy("policy", role=role.id, policy=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}
]}))
ecs.TaskDefinition(
    "task", family="shop", execution_role_arn=role.arn,
    container_definitions='[{"name": "a", "image": "b", "memory": 512}]',
)
bucket = s3.Bucket("bucket")
s3.BucketVersioning("versions", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"})
secret = secretsmanager.Secret("secret", recovery_window_in_days=0)
value = pulumi.Output.secret("hunter2-in-the-plan")
secretsmanager.SecretVersion("value", secret_id=secret.id, secret_string=value)
sns.Topic("topic")
for name in json.loads(Path("queues.json").read_text()):
    sqs.Queue(name)
"""
TYPES = {
    *("aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy", "aws:ecs/taskDefinition:TaskDefinition"),
    *("aws:s3/bucket:Bucket", "aws:s3/bucketVersioning:BucketVersioning", "aws:sns/topic:Topic"),
    *("aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion"),
    "aws:sqs/queue:Queue",
}


def role_of(role: Role) -> set[str]:
    resources = tuple(PlannedResource(type=token, name=token, urn=token) for token in TYPES)
    return needed(Plan(project="small", stack="staging", resources=resources, outputs={}), role)


def test_saved_plan_alone_is_applied_by_a_role_that_may_do_that_and_no_more(project, capfd, monkeypatch):
    directory = project.root / ".footing" / "staging"
    stack = {"root": project.root, "state_dir": directory}
    saved = project.root / "reports" / "staging.plan.json"
    pack = project.root / "policies" / "PulumiPolicy.yaml"

    def allow(allowed: Set[str]) -> None:
        reads = {token: [it for it in kinds()[token].actions if actions()[it].level in READS] for token in TYPES}
        content = json.dumps({"actions": sorted(allowed), "reads": reads})
        (cloud_directory(directory) / "allowed.json").write_text(content)

    def said() -> str:
        out, err = capfd.readouterr()
        return out + err

    def program(*queues: str) -> None:
        (project.root / "queues.json").write_text(json.dumps(queues))

    project.program(PROGRAM)
    project.policy_pack("pass")
    program("orders")
    deploy, preview, drift = (role_of(it) for it in (Role.DEPLOY, Role.PREVIEW, Role.DRIFT))
    assert preview < drift < deploy
    # One cloud for all commands: each start of it takes seconds.
    with try_out("staging", root=project.root, directory=directory) as session:
        monkeypatch.setattr(run, "session_for", lambda *_, **__: nullcontext(session))

        # The preview's role is enough for a preview, and for no change.
        allow(preview)
        assert run.preview("staging", **stack, save_plan=saved) == run.DONE
        pack.unlink()
        assert saved.stat().st_mode & 0o077 == 0
        assert "hunter2" not in saved.read_text()
        assert "sqs/queue:Queue::orders" in saved.read_text()
        assert run.up("staging", **stack, plan_file=saved) == run.FAILED
        assert "AccessDenied: not authorized to perform " in said()

        # What the program says besides the plan is refused.
        allow(deploy)
        program("orders", "bills")
        assert run.up("staging", **stack, plan_file=saved) == run.FAILED
        assert "aws:sqs/queue:Queue bills: create, and the plan says nothing of it" in said()

        # One action fewer, and the deployment names it; then the plan is applied.
        program("orders")
        allow(deploy - {"iam:PassRole"})
        assert run.up("staging", **stack, plan_file=saved) == run.FAILED
        assert "AccessDenied: not authorized to perform iam:PassRole" in said()
        allow(deploy)
        assert run.up("staging", **stack, plan_file=saved) == run.DONE

        # To read all that is there takes the role of drift, and each of its actions.
        allow(drift)
        assert run.drift("staging", **stack, simulate=True) == run.DONE
        allow(drift - {"secretsmanager:GetSecretValue"})
        assert run.drift("staging", **stack, simulate=True) == run.FAILED
        assert "AccessDenied: not authorized to perform secretsmanager:GetSecretValue" in said()
        allow(deploy)
        assert run.destroy("staging", **stack) == run.DONE


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "which cannot be read (No such file or directory)"),
        ("{}", "which is no plan of the engine"),
        ('{"resourcePlans": {"urn:pulumi:production::shop::a:b:C::d": {}}}', "which is a plan of production"),
    ],
)
def test_what_is_no_plan_of_the_stack_is_one_sentence(
    project, capfd, tmp_path: Path, content: str | None, sentence: str
):
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_text(content)
    state = project.root / ".footing" / "staging"
    assert run.up("staging", root=project.root, state_dir=state, plan_file=path) == run.USAGE
    error = capfd.readouterr().err
    assert f"--plan: given {path}, {sentence}, allowed a file that `footing preview staging" in error
    assert not state.exists()
