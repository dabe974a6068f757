"""What the real engine would do to a running database when its arguments change: never replace what holds data."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.build import MODULE_DIRECTORY, find_engine
from footing.pulumi_cli.tryout import installed_packages
from simulator.process import simulated_cloud

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
STATEFUL = ("Instance", "Secret", "SubnetGroup")
"""Types whose replacement loses data, or what others know them by."""

PROJECT = "name: small\nruntime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
PROGRAM = """\
import json, sys
import pulumi
sys.path.insert(0, pulumi.Config().require("root"))
from lazy_sdk.hook import install
install()
from tests.engine.database_program import make
make(json.loads(pulumi.Config().get("changes") or "{}"))
"""


REPLICA = {"purpose": "browse", "instance_class": "db.t4g.medium"}
Steps = list[tuple[str, str, str]]
"""Operation, short type and name, in the engine's order."""


@dataclass(frozen=True)
class Running:
    """The program, applied once to a simulated cloud; `base` are the changes it was made with."""

    stack: str
    root: Path
    environment: Mapping[str, str]
    base: Mapping[str, Any]

    def run(self, *arguments: str, changes: Mapping[str, Any] | None = None) -> subprocess.CompletedProcess[str]:
        configured = () if changes is None else ("--config", f"small:changes={json.dumps(self._over(changes))}")
        return subprocess.run(
            [find_engine(), *arguments, *configured, "--stack", self.stack, "--non-interactive"],
            cwd=self.root, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def _over(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        return {**changes, "database": {**self.base, **changes.get("database", {})}}

    def up(self) -> None:
        for arguments, changes in ((("stack", "init"), None), (("up", "--yes", "--skip-preview"), {})):
            done = self.run(*arguments, changes=changes)
            assert done.returncode == 0, done.stdout + done.stderr

    def preview(self, **changes: Any) -> Steps:
        """What would be done, where it is more than nothing."""
        done = self.run("preview", "--json", changes=changes)
        assert done.returncode == 0, done.stdout + done.stderr
        found = []
        for step in json.loads(done.stdout)["steps"]:
            type_, name = step["urn"].split("::")[-2:]
            if step["op"] != "same":
                found.append((step["op"], type_.rpartition(":")[2], name))
        assert lost(found) == []
        return found

    def refused(self, **changes: Any) -> str:
        """What the engine says to a preview that it refuses."""
        done = self.run("preview", changes=changes)
        assert done.returncode != 0, done.stdout
        return " ".join((done.stdout + done.stderr).split())


def lost(steps: Steps) -> Steps:
    """Steps that would replace what holds data."""
    return [step for step in steps if step[1] in STATEFUL and "replace" in step[0]]


def updated(steps: Steps) -> set[tuple[str, str]]:
    """What is changed in place, components and stack left out."""
    return {(type_, name) for operation, type_, name in steps if operation == "update"}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A project of the program, and the environment in which the engine meets the simulated cloud."""
    root = tmp_path_factory.mktemp("database")
    for name in ("state", "home", "cloud"):
        (root / name).mkdir()
    (root / "Pulumi.yaml").write_text(PROJECT)
    for stack in ("guarded", "open"):
        (root / f"Pulumi.{stack}.yaml").write_text(f"config: {{small:root: {json.dumps(str(ROOT))}}}\n")
    (root / "__main__.py").write_text(PROGRAM)
    with simulated_cloud(root / "cloud", installed_packages()) as cloud:
        yield (
            root,
            {
                **os.environ,
                **cloud,
                "PATH": os.pathsep.join([str(MODULE_DIRECTORY), os.environ["PATH"]]),
                "FOOTING_ROOT": str(ROOT),
                "FOOTING_PYTHON": sys.executable,
                "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
                "PULUMI_HOME": str(root / "home"),
                "PULUMI_CONFIG_PASSPHRASE": "test",
            },
        )


@pytest.fixture(scope="module")
def guarded(machine: tuple[Path, Mapping[str, str]]) -> Running:
    """A protected database with one replica."""
    made = Running("guarded", *machine, {"replicas": [REPLICA], "identifier": "guarded-db"})
    made.up()
    return made


@pytest.fixture(scope="module")
def unguarded(machine: tuple[Path, Mapping[str, str]]) -> Running:
    """The same without protection, for what protection refuses."""
    made = Running("open", *machine, {"replicas": [REPLICA], "identifier": "open-db", "protect": False})
    made.up()
    return made


FIXED = "unable to replace resource"
PRIMARY, COPY = ("Instance", "db-primary"), ("Instance", "db-browse")


def test_nothing_changes_without_a_change(guarded: Running):
    assert guarded.preview() == []


def test_rename_with_an_alias_changes_no_resource(guarded: Running):
    steps = guarded.preview(name="database", was="db")
    assert [step for step in steps if step[1] != "Stack"] == []


def test_rename_without_an_alias_is_refused(guarded: Running):
    assert "is protected" in guarded.refused(name="database")


@pytest.mark.parametrize(
    ("change", "also"),
    [
        ({"instance_class": "db.r6g.large"}, set()),
        ({"storage_gib": 101}, set()),
        ({"storage_max_gib": 400}, {COPY}),
        ({"postgres_version": "16.13"}, set()),
        ({"backup_retention_days": 14, "multi_az": False, "backup_window": "01:00-02:00"}, set()),
        ({"maintenance_window": "mon:05:00-mon:06:00", "upgrade": {"apply_immediately": True}}, {COPY}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_server_is_changed_in_place(guarded: Running, change: dict[str, Any], also: set[tuple[str, str]]):
    steps = guarded.preview(database=change)
    assert updated(steps) - {("Database", "db")} == {PRIMARY} | also
    assert {operation for operation, _, _ in steps} == {"update"}


@pytest.mark.parametrize("change", [{"slow_statement_ms": 250}, {"max_connections": 210}])
def test_parameter_changes_its_group_alone(guarded: Running, change: dict[str, int]):
    steps = guarded.preview(database=change)
    assert updated(steps) - {("Database", "db")} == {("ParameterGroup", "db-parameters")}
    assert {operation for operation, _, _ in steps} == {"update"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"postgres_version": "17"},
            "allowed 16 and its minor versions; a major upgrade needs upgrade.allow_major: true",
        ),
        ({"postgres_version": "15"}, "postgres_version: given 15, allowed 16 or later"),
        ({"storage_gib": 99}, "storage_gib: given 99, allowed 100 or more, for a disk never shrinks"),
        ({"replicas": []}, "is protected"),
        ({"kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/other"}, FIXED),
        ({"username": "other"}, FIXED),
        ({"credentials": {"managed": True}}, "credentials.mode: given managed, allowed generated with replicas"),
    ],
)
def test_dangerous_change_is_refused_and_says_why(guarded: Running, change: dict[str, Any], reason: str):
    assert reason in guarded.refused(database=change)


def test_major_upgrade_that_was_asked_for_keeps_the_server(guarded: Running):
    steps = guarded.preview(database={"postgres_version": "17", "upgrade": {"allow_major": True}})
    assert {PRIMARY, COPY} <= updated(steps)
    # A new family is a new group; the instances are told its name, and keep theirs.
    assert [step for step in steps if "replace" in step[0]] == [("replace", "ParameterGroup", "db-parameters")]


def test_added_replica_touches_no_server(guarded: Running):
    steps = guarded.preview(database={"replicas": [REPLICA, {**REPLICA, "purpose": "analytics"}]})
    assert ("create", "Instance", "db-analytics") in steps
    assert updated(steps) <= {("Database", "db")}
    assert {operation for operation, _, _ in steps} <= {"create", "update"}


def test_replica_with_more_connections_moves_to_its_own_group(guarded: Running):
    steps = guarded.preview(database={"replicas": [{**REPLICA, "max_connections": 300}]})
    assert updated(steps) - {("Database", "db")} == {COPY}
    assert ("create", "ParameterGroup", "db-browse-parameters") in steps


def test_removed_replica_takes_nothing_with_it(unguarded: Running):
    steps = unguarded.preview(database={"replicas": []})
    assert {name for operation, _, name in steps if operation == "delete"} == {
        *("db-browse", "db-browse-db", "db-open-db-browse-postgresql", "db-open-db-browse-upgrade"),
    }
    # Without replicas the primary needs no word from them.
    assert updated(steps) - {("Database", "db")} == {("ParameterGroup", "db-parameters")}


def test_blue_green_is_an_update_of_the_same_server(unguarded: Running):
    change = {"replicas": [], "upgrade": {"blue_green": True, "allow_major": True}, "postgres_version": "17"}
    assert PRIMARY in updated(unguarded.preview(database=change))


def test_switch_to_a_managed_password_keeps_the_server(unguarded: Running):
    change = {"replicas": [], "credentials": {"managed": True, "rotation_days": 30}}
    steps = unguarded.preview(database=change)
    assert PRIMARY in updated(steps)
    assert ("create", "SecretRotation", "db-rotation") in steps


def test_new_generation_of_the_password_reaches_server_secret_and_pooler(guarded: Running):
    steps = guarded.preview(database={"credentials": {"generation": 2}})
    assert updated(steps) - {("Database", "db"), ("Pooler", "pool")} == {
        PRIMARY,
        ("Service", "pool-service"),
        ("RolePolicy", "pool-secrets"),
    }
    assert {name for operation, _, name in steps if operation == "replace"} == {
        *("db-password", "db-credentials", "pool-task"),
    }


def test_resized_pool_replaces_its_task_definition_alone(guarded: Running):
    steps = guarded.preview(pooler={"server_connections": 90})
    assert {(type_, name) for operation, type_, name in steps if "replace" in operation} == {
        ("TaskDefinition", "pool-task")
    }
    assert updated(steps) - {("Pooler", "pool")} == {("Service", "pool-service")}
