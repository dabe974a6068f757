"""What the real engine would do to a running service when one thing of its configuration changes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from footing.migrate.chosen import MigrationTask
from footing.migrate.run import Migrating, migrate_in
from footing.pulumi_cli.plan_file import apply_plan
from footing.pulumi_cli.session import Session
from footing.pulumi_cli.tryout import cloud_directory, try_out
from stacks.config.service import TaskRunConfig
from tests.engine.lifecycle import resources

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
RUNTIME = "runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
PROGRAM = f"""\
import json, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from lazy_sdk.hook import install
install()
from tests.engine.service_program import make
make(json.loads(Path("service.json").read_text()))
"""
TAKEN_BACK = [{"type": "aws:ecs/service:Service", "operation": "keep", "properties": ["taskDefinition"]}]
"""ECS answers an update as done, and runs what it ran before."""

Steps = set[tuple[str, str]]
"""Operation and name of each resource that is not left as it is."""


@dataclass(frozen=True)
class Running:
    """A service on the simulated cloud, and the engine that may change it."""

    session: Session

    def up(self, **changes: Any) -> int:
        self._write(changes)
        return self.session.run("up", "--yes", "--skip-preview", *self.session.options)

    def steps(self, **changes: Any) -> Steps:
        """What the engine would do for `changes`."""
        self._write(changes)
        preview = json.loads(self.session.read("preview", "--json", *self.session.options))
        return {
            (step["op"], step["urn"].rpartition("::")[2])
            for step in preview["steps"]
            if step["op"] != "same" and "footing:index:Service::" not in step["urn"]
        }

    def take_back(self) -> None:
        """Have ECS take the next deployment back."""
        directory = cloud_directory(self.session.root / ".footing")
        (directory / "faults.json").write_text(json.dumps(TAKEN_BACK))

    def _write(self, changes: dict[str, Any]) -> None:
        (self.session.root / "service.json").write_text(json.dumps(changes))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("service")
    (root / "Pulumi.yaml").write_text(f"name: shop\n{RUNTIME}")
    (root / "Pulumi.staging.yaml").write_text("config: {aws:region: us-east-1}\n")
    (root / "__main__.py").write_text(PROGRAM)
    with try_out("staging", root=root, directory=root / ".footing") as session:
        made = Running(session)
        assert made.up() == 0
        yield made


def test_nothing_changes_without_a_change(service: Running):
    assert service.steps() == set()


@pytest.mark.parametrize("spot_percent", [0, 80, 100])
def test_another_share_of_spot_changes_the_service_in_place(service: Running, spot_percent: int):
    assert service.steps(spot_percent=spot_percent) == {("update", "api-service")}


def test_new_image_is_a_new_revision_beside_the_old_one(service: Running):
    assert service.steps(image="example/api:2") == {("replace", "api-task"), ("update", "api-service")}


def test_new_image_of_ci_leaves_the_service_alone(service: Running):
    steps = service.steps(image="example/api:2", image_owned_by_ci=True)
    assert steps == {("replace", "api-task")}


@pytest.mark.parametrize("scaling", ["fixed", "step"])
def test_other_scaling_leaves_the_service_in_place(service: Running, scaling: str):
    steps = service.steps(scaling=scaling)
    assert {operation for operation, name in steps if name == "api-service"} <= {"update"}
    assert not any("replace" in operation for operation, _ in steps)
    assert ("delete", "api-cpu") in steps


@pytest.mark.parametrize("strategy", ["BLUE_GREEN", "CANARY", "LINEAR"])
def test_second_fleet_is_added_without_a_replacement(service: Running, strategy: str):
    steps = service.steps(strategy=strategy)
    assert {("create", "api-tg-second"), ("update", "api-service")} <= steps
    assert not any("replace" in operation or operation == "delete" for operation, _ in steps)


def test_other_port_replaces_the_target_group_but_not_the_service(service: Running):
    steps = service.steps(port=9090)
    assert {name for operation, name in steps if "replace" in operation} == {"api-tg", "api-task"}
    assert {("update", "api-production"), ("update", "api-service")} <= steps


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "Pulumi.yaml").write_text(f"name: shop\n{RUNTIME}")
    (tmp_path / "Pulumi.staging.yaml").write_text("config: {aws:region: us-east-1}\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    with try_out("staging", root=tmp_path, directory=tmp_path / ".footing") as session:
        yield Running(session)


def test_deployment_that_was_taken_back_fails_until_another_one_holds(
    another: Running, capfd: pytest.CaptureFixture[str]
):
    assert another.up() == 0
    another.take_back()
    assert another.up(image="example/api:2") != 0
    output = " ".join(capfd.readouterr().out.split())
    assert "service shop-api: requested task definition shop-api:2, running shop-api:1" in output
    assert "Traceback" not in output
    # The engine sees nothing to do, and a preview does not ask; a deployment does, and says it again.
    assert another.steps(image="example/api:2") == set()
    assert another.up(image="example/api:2") != 0
    assert another.up(image="example/api:3") == 0


def test_deployment_by_ci_is_no_rollback(another: Running):
    assert another.up(image_owned_by_ci=True) == 0
    another.take_back()
    assert another.up(image="example/api:2", image_owned_by_ci=True, websockets=True) == 0


@pytest.mark.parametrize("strategy", ["CANARY", "BLUE_GREEN"])
def test_second_fleet_is_made_and_then_left_alone(another: Running, strategy: str):
    assert another.up(strategy=strategy, scaling="step") == 0
    assert another.steps(strategy=strategy, scaling="step") == set()


def test_migration_runs_before_the_services_roll_and_its_failure_stops_the_roll(
    another: Running, capfd: pytest.CaptureFixture[str]
):
    root, session = another.session.root, another.session
    task = MigrationTask(
        name="migrate", service=TaskRunConfig(kind="task", image="example/api:1", database_login="owner")
    )
    asked = Migrating(
        stack="staging",
        root=root,
        state_dir=root / ".footing",
        simulated=True,
        config_file=None,
        missing_secrets=(),
        limit_seconds=30,
        confirmed=True,
    )

    def migrated(exit_code: int) -> int:
        ends = {"shop-migrate": {"exit_code": exit_code, "log": [f"this ends with {exit_code}"]}}
        (cloud_directory(root / ".footing") / "tasks.json").write_text(json.dumps(ends))
        return migrate_in(session, asked, task, print)

    def running() -> dict[str, str]:
        return {
            it["urn"].rpartition("::")[2]: it["outputs"].get("taskDefinition") or it["outputs"]["arn"]
            for it in resources(session)
            if it["type"].startswith("aws:ecs/") and "luster" not in it["type"]
        }

    # The stack is new: all but the service is made, and the schema is there before its first task.
    another._write({"image": "example/api:1", "migrate_image": "example/api:1"})
    assert migrated(exit_code=0) == 0
    assert "this ends with 0" in capfd.readouterr().out
    assert set(running()) == {"task-migrate-task"}
    assert session.run("up", "--yes", "--skip-preview") == 0
    before = running()
    assert before["api-service"].endswith("shop-api:1")
    capfd.readouterr()

    # Its next revision is approved with the service's, and fails: the service still runs what it ran.
    another._write({"image": "example/api:2", "migrate_image": "example/api:2"})
    plan = root / "plan.json"
    assert session.ask("preview", "--save-plan", str(plan), *session.options).returncode == 0
    asked = replace(asked, plan_file=plan)
    assert migrated(exit_code=3) == 3
    assert "this ends with 3" in capfd.readouterr().out
    after = running()
    assert after.pop("task-migrate-task").endswith("shop-migrate:2")
    assert after == {name: it for name, it in before.items() if name != "task-migrate-task"}
    # What is left of the plan is what the engine applies.
    assert apply_plan(session, plan) == (0, [])
    assert running()["api-service"].endswith("shop-api:2")
