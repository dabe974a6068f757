"""`footing migrate`: what migrates is chosen by the stack file, and a wrong one is one sentence."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from footing.migrate.chosen import MigrationError, MigrationTask, chosen_migration
from footing.migrate.command import migrated
from footing.migrate.pipeline import commands, variables
from footing.migrate.run import Migrating, migrate_here
from stacks.config import ConfigError, from_file
from stacks.config.load import StackFile
from stacks.config.schema_register import MigrationsConfig

SYSTEMS = Path(__file__).parents[2] / "systems"
URL = "postgresql://own%40er:pa%20ss@db.abcdefgh.supabase.co:6543/shop?sslmode=verify-full&sslrootcert=/ca.pem"


def file(system: str) -> StackFile:
    return from_file(SYSTEMS / system / "Pulumi.production.yaml", secrets_stood_in=True)


def told(system: str, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    code = migrated(
        "x", file(system), command=command, simulated=False, confirmed=False, config_file=None, dry_run=True
    )
    assert code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("system", "sentence"),
    [
        ("nexod", "as a task of Amazon ECS, as the database's owner past the pooler: alembic upgrade head, in"),
        ("synckairos", "as a Machine of Fly.io, as the database's owner past the pooler: psql -f migrations/001"),
        ("feed", "This machine would run, as the database's owner past the pooler: supabase db push --linked"),
    ],
)
def test_dry_run_says_what_would_run_where(system: str, sentence: str, capsys: pytest.CaptureFixture[str]):
    assert sentence in told(system, capsys)


def test_command_takes_the_place_of_the_tools_own_in_a_pipeline_alone(capsys: pytest.CaptureFixture[str]):
    assert "past the pooler: make migrate" in told("feed", capsys, "make", "migrate")
    with pytest.raises(ConfigError, match=r"services\.migrate\.command: it says what runs"):
        told("nexod", capsys, "make", "migrate")


def changed(tmp_path: Path, change: Any) -> StackFile:
    content = yaml.safe_load((SYSTEMS / "nexod" / "Pulumi.production.yaml").read_text())
    change(content["config"])
    (tmp_path / "Pulumi.production.yaml").write_text(yaml.safe_dump(content))
    return from_file(tmp_path / "Pulumi.production.yaml", secrets_stood_in=True)


def test_stack_without_anything_that_migrates_says_so_and_is_no_failure_of_a_pipeline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    def without(config: dict[str, Any]) -> None:
        del config["footing:services"]["migrate"]
        del config["footing:database"]["migrations"]

    nothing = changed(tmp_path, without)
    assert chosen_migration(nothing.config) is None
    assert migrated("x", nothing, simulated=False, confirmed=False, config_file=None) == 0
    assert "nothing to migrate: no service of kind task" in capsys.readouterr().out


def test_of_two_tasks_the_file_says_which(tmp_path: Path):
    def two(config: dict[str, Any]) -> None:
        services = config["footing:services"]
        services["migrate"]["database_pool"] = 1
        services["seed"] = dict(services["migrate"])
        config["footing:database"]["migrations"] = {"tool": "alembic", "task": "migrate"}

    chosen = chosen_migration(changed(tmp_path, two).config)
    assert isinstance(chosen, MigrationTask)
    assert chosen.name == "migrate"

    def unsaid(config: dict[str, Any]) -> None:
        two(config)
        del config["footing:database"]["migrations"]

    # Without the block two tasks may be the owner; which of them migrates is then asked for.
    with pytest.raises(ConfigError, match="task: missing; allowed one of migrate, seed"):
        chosen_migration(changed(tmp_path, unsaid).config)


def test_pipeline_of_the_simulated_cloud_says_what_to_do_instead():
    asked = Migrating(
        stack="x",
        root=Path(),
        state_dir=Path(),
        simulated=True,
        config_file=None,
        missing_secrets=(),
        limit_seconds=1,
        confirmed=True,
    )
    with pytest.raises(MigrationError, match="make drill-migration"):
        migrate_here(asked, MigrationsConfig(tool="alembic", run_by="pipeline"), print)


def test_url_goes_by_variables_and_never_by_an_argument():
    found = variables(URL)
    assert found["PGUSER"] == "own@er"
    assert found["PGPASSWORD"] == found["FLYWAY_PASSWORD"] == found["SUPABASE_DB_PASSWORD"] == "pa ss"
    assert (found["PGHOST"], found["PGPORT"], found["PGDATABASE"]) == ("db.abcdefgh.supabase.co", "6543", "shop")
    assert (found["PGSSLMODE"], found["PGSSLROOTCERT"]) == ("verify-full", "/ca.pem")
    supabase = commands(MigrationsConfig(tool="supabase", run_by="pipeline"), (), URL)
    assert supabase == [
        ["supabase", "link", "--project-ref", "abcdefgh"],
        ["supabase", "db", "push", "--linked"],
    ]
    with pytest.raises(MigrationError, match="given other, which has no command of its own"):
        commands(MigrationsConfig(tool="other", run_by="pipeline"), (), URL)
    own = commands(MigrationsConfig(tool="other", run_by="pipeline"), ("make", "migrate"), URL)
    assert own == [["make", "migrate"]]
