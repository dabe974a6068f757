"""The command `migrate`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footing.options import FINDINGS, INTERRUPTED, USAGE, ConfigFile, EngineStackName, Simulated
from footing.project import root, stack_file

if TYPE_CHECKING:
    from footing.migrate.chosen import MigrationTask
    from stacks.config.load import StackFile
    from stacks.config.schema_register import MigrationsConfig

NOTHING = (
    "nothing to migrate: no service of kind task logs in as the database's owner (database_login), and "
    "database.migrations says nothing of a pipeline"
)
LIMIT_SECONDS = 3600
"""After how long a migration is stopped when nothing else is said, in seconds."""


def migrate(
    stack: EngineStackName,
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- PROGRAM ARGUMENT...]", help="With run_by pipeline: instead of the tool's own."
        ),
    ] = None,
    *,
    simulated: Simulated = False,
    timeout_seconds: Annotated[
        int, typer.Option(min=1, max=86_400, help="After how long it is stopped and has failed, in seconds.")
    ] = LIMIT_SECONDS,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would run; nothing is asked or run.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Update the task's definition without asking.")] = False,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="Update the task as `preview --save-plan` saved it, or not.", metavar="FILE"),
    ] = None,
    config_file: ConfigFile = None,
) -> None:
    """Migrate the database of STACK before its services roll: once, never twice at once, followed to its end."""
    name = stack.rpartition("/")[2]
    file = stack_file(name, config_file, secrets_stood_in=simulated)
    code = migrated(
        stack,
        file,
        command=command or (),
        simulated=simulated,
        limit_seconds=timeout_seconds,
        dry_run=dry_run,
        confirmed=yes,
        plan_file=plan,
        config_file=config_file,
    )
    if code:
        raise typer.Exit(code)


def migrated(
    stack: str,
    file: "StackFile",
    *,
    simulated: bool,
    confirmed: bool,
    config_file: Path | None,
    command: Sequence[str] = (),
    limit_seconds: int = LIMIT_SECONDS,
    dry_run: bool = False,
    plan_file: Path | None = None,
) -> int:
    """Return the exit code of the migration: its program's own, or 1 where that did not run to its end."""
    from footing.migrate.chosen import MigrationError, MigrationTask, chosen_migration
    from footing.migrate.run import Migrating, migrate_here, migrate_task
    from footing.pulumi_cli.plan_file import plan_problem
    from footing.pulumi_cli.session import UsageError
    from stacks.config.errors import ConfigError

    chosen, name = chosen_migration(file.config), stack.rpartition("/")[2]
    if plan_file is not None and (problem := plan_problem(plan_file, name)):
        typer.echo(problem, err=True)
        return USAGE
    if chosen is None:
        typer.echo(NOTHING)
        return 0
    if command and isinstance(chosen, MigrationTask):
        problem = f"services.{chosen.name}.command: it says what runs; given another program, allowed none"
        raise ConfigError(f"stack {name}", [problem])
    if dry_run:
        typer.echo(_told(chosen, command))
        return 0
    asked = Migrating(
        stack=stack,
        root=root(),
        state_dir=root() / ".footing" / name,
        simulated=simulated,
        config_file=config_file,
        missing_secrets=file.config.missing_secrets,
        limit_seconds=limit_seconds,
        confirmed=confirmed,
        command=command,
        plan_file=plan_file,
        profile=file.engine_config.get("aws:profile"),
    )
    try:
        if isinstance(chosen, MigrationTask):
            code = migrate_task(asked, chosen, _show)
        else:
            code = migrate_here(asked, chosen, _show)
    except MigrationError as error:
        typer.echo(str(error), err=True)
        return FINDINGS
    except UsageError as error:
        typer.echo(str(error), err=True)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    typer.echo("the migration ended with exit code 0" if code == 0 else f"the migration failed: exit code {code}")
    return code


def _show(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def _told(chosen: "MigrationTask | MigrationsConfig", command: Sequence[str]) -> str:
    """Return what would run, in two sentences."""
    from footing.migrate.chosen import MigrationTask
    from footing.migrate.pipeline import COMMANDS

    if isinstance(chosen, MigrationTask):
        it = chosen.service
        program = " ".join([*it.entry_point, *it.command]) or "the image's own program"
        place = "a task of Amazon ECS" if it.provider == "fargate" else "a Machine of Fly.io"
        return (
            f"services.{chosen.name} would be updated alone, then run once as {place}, as the database's owner "
            f"past the pooler: {program}, in {it.image}."
        )
    program = " ".join(command or COMMANDS.get(chosen.tool, (chosen.tool, chosen.path or "")))
    return f"This machine would run, as the database's owner past the pooler: {program}"
