"""The commands that the real engine runs: `up`, `preview` and `destroy`."""

from pathlib import Path
from typing import Annotated

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
    missing = missing_secrets(stack, config_file, simulated=simulated)
    raise typer.Exit(
        run.up(
            stack,
            root=root(),
            state_dir=state_directory(stack),
            simulate=simulated,
            missing_secrets=missing,
            config_file=config_file,
            plan_file=plan,
        )
    )


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

    missing = missing_secrets(stack, config_file, simulated=simulated)
    raise typer.Exit(
        run.preview(
            stack,
            root=root(),
            state_dir=state_directory(stack),
            simulate=simulated,
            missing_secrets=missing,
            diff=diff,
            config_file=config_file,
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


def missing_secrets(stack: str, config_file: Path | None, *, simulated: bool) -> list[str]:
    """Return the secrets that a try-out has to stand in for, once the stack's file is sure to be right."""
    return stack_file(stack.rpartition("/")[2], config_file, secrets_stood_in=simulated).config.missing_secrets


def state_directory(stack: str) -> Path:
    """Return where a try-out of a stack is kept."""
    return root() / ".footing" / stack.rpartition("/")[2]
