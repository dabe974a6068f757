"""The commands that the real engine runs: `up`, `preview` and `destroy`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from footing.options import FINDINGS, ConfigFile, EngineStackName, Simulated
from footing.project import root, stack_file


def up(
    stack: EngineStackName,
    simulated: Simulated = False,
    migrate_first: Annotated[
        bool, typer.Option("--migrate", help="Migrate first; where that fails, no service changes.")
    ] = False,
    config_file: ConfigFile = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="Apply what `preview --save-plan` saved, and no other.", metavar="FILE"),
    ] = None,
) -> None:
    """Apply STACK; on the simulated cloud twice, to show that the second run changes nothing."""
    from footing.pulumi_cli import run

    if migrate_first:
        from footing.migrate.command import migrated

        file = stack_file(stack.rpartition("/")[2], config_file, secrets_stood_in=simulated)
        if migrated(stack, file, simulated=simulated, confirmed=False, config_file=config_file):
            typer.echo("The migration failed, so no service was changed.", err=True)
            raise typer.Exit(FINDINGS)
    raise typer.Exit(run.up(stack, **engine_arguments(stack, config_file, simulated=simulated), plan_file=plan))


def preview(
    stack: EngineStackName,
    simulated: Simulated = False,
    diff: Annotated[bool, typer.Option("--diff", help="Tell the old and the new value of each property.")] = False,
    config_file: ConfigFile = None,
    save_plan: Annotated[
        Path | None, typer.Option(help="Save what `up --plan` is to apply.", metavar="FILE")
    ] = None,
) -> None:
    """Show what `up` would change, judged by the policy pack."""
    from footing.pulumi_cli import run

    raise typer.Exit(
        run.preview(
            stack,
            **engine_arguments(stack, config_file, simulated=simulated),
            diff=diff,
            save_plan=save_plan,
        )
    )


def destroy(stack: EngineStackName, simulated: Simulated = False, config_file: ConfigFile = None) -> None:
    """Delete every resource of STACK, or none while one of them is protected."""
    from footing.pulumi_cli import run

    raise typer.Exit(
        run.destroy(
            stack, root=root(), state_dir=state_directory(stack), simulate=simulated, config_file=config_file
        )
    )


def engine_arguments(stack: str, config_file: Path | None, *, simulated: bool) -> dict[str, Any]:
    """Return what every run of the engine is told of a stack, once its file is sure to be right.

    A try-out stands in for the secrets that the file lacks.
    """
    file = stack_file(stack.rpartition("/")[2], config_file, secrets_stood_in=simulated)
    return {
        "root": root(),
        "state_dir": state_directory(stack),
        "simulate": simulated,
        "missing_secrets": file.config.missing_secrets,
        "config_file": config_file,
    }


def state_directory(stack: str) -> Path:
    """Return where a try-out of a stack is kept."""
    return root() / ".footing" / stack.rpartition("/")[2]
