import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from engine.build import MODULE_DIRECTORY, find_engine
from simulator import simulated_cloud, summary
from simulator.process import SimulatedCloudError

pytestmark = pytest.mark.engine
PROGRAM = """\
    from lazy_sdk.hook import install
    install()
    import pulumi
    import pulumi_aws as aws
    import pulumi_random as random

    config = pulumi.Config()
    password = random.RandomPassword("password", length=24, special=False)
    vpc = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")
    group = aws.ec2.SecurityGroup("database", vpc_id=vpc.id, description="database")
    database = aws.rds.Instance(
        "database",
        identifier="app",
        engine=config.get("engine") or "postgres",
        instance_class=config.get("size") or "db.t4g.micro",
        allocated_storage=20,
        username="app",
        password=password.result,
        vpc_security_group_ids=[group.id],
        skip_final_snapshot=True,
    )
    aws.sns.Topic("alerts", opts=pulumi.ResourceOptions(depends_on=[database]))
    pulumi.export("host", database.address)
    pulumi.export("password", password.result)
"""


@dataclass(frozen=True)
class Stack:
    """A small stack on its own simulated cloud."""

    root: Path
    executable: Path
    environment: Mapping[str, str]

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        with simulated_cloud(self.cloud, ["aws", "random"]) as added:
            return subprocess.run(
                [self.executable, *arguments, "--stack", "staging", "--non-interactive"],
                cwd=self.root,
                env={**self.environment, **added},
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )

    @property
    def cloud(self) -> Path:
        return self.root / "cloud"

    def ok(self, *arguments: str) -> str:
        done = self.pulumi(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def up(self, *arguments: str) -> str:
        return self.ok("up", "--yes", "--skip-preview", *arguments)

    def drift(self, type_name: str, **properties: object) -> None:
        path = self.cloud / "cloud.json"
        content = json.loads(path.read_text())
        [record] = [item for item in content["records"].values() if item["type"].endswith(type_name)]
        record["properties"].update(properties)
        path.write_text(json.dumps(content))


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    root = tmp_path / "project"
    for name in ("project", "state", "home"):
        (tmp_path / name).mkdir()
    (root / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (root / "__main__.py").write_text(dedent(PROGRAM))
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(MODULE_DIRECTORY), os.environ["PATH"]]),
        "FOOTING_ROOT": str(MODULE_DIRECTORY.parent),
        "FOOTING_PYTHON": sys.executable,
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "test",
    }
    made = Stack(root, find_engine(), environment)
    made.ok("stack", "init")
    return made


def test_a_stack_is_made_once_is_seen_again_changed_and_removed(stack: Stack) -> None:
    assert "[unknown]" in stack.ok("preview")
    assert "app." in stack.up()
    stack.up("--expect-no-changes")
    stack.ok("refresh", "--yes", "--expect-no-changes")
    stack.ok("config", "set", "size", "db.t4g.small")
    assert "1 updated" in stack.up()
    stack.ok("config", "set", "engine", "mysql")
    assert "1 replaced" in stack.up()
    lines = summary(stack.cloud)
    assert "aws.rds.Instance" in next(line for line in lines.splitlines() if "botocore" in line)
    passwords = json.loads(stack.ok("stack", "output", "--json", "--show-secrets"))["password"]
    assert passwords not in stack.ok("stack", "output") + stack.ok("stack", "export") + lines
    stack.ok("destroy", "--yes", "--skip-preview")
    assert json.loads((stack.cloud / "cloud.json").read_text())["records"] == {}


def test_a_failed_run_is_finished_by_the_next_and_drift_is_put_right(stack: Stack) -> None:
    fault = {"type": "aws:rds/instance:Instance", "operation": "create", "message": "The quota is used up."}
    (stack.cloud / "faults.json").write_text(json.dumps([fault]))
    failed = stack.pulumi("up", "--yes", "--skip-preview")
    assert failed.returncode != 0
    assert "error: The quota is used up." in failed.stdout
    assert "2 created" in stack.up()
    stack.drift(":Instance", instanceClass="db.r6g.large")
    assert "1 updated" in stack.up("--refresh")
    stack.up("--refresh", "--expect-no-changes")


def test_a_wrong_input_is_refused_in_the_preview_with_what_is_allowed(stack: Stack) -> None:
    program = stack.root / "__main__.py"
    program.write_text(program.read_text().replace("allocated_storage=20", 'allocated_storage="20 GB"'))
    refused = stack.pulumi("preview")
    assert refused.returncode != 0
    assert "given a string, allowed an integer" in refused.stdout


def test_a_cloud_that_cannot_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(SimulatedCloudError, match="no Python SDK for the package 'nimbus'"),
        simulated_cloud(tmp_path, ["nimbus"]),
    ):
        pass
