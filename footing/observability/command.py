"""The `observe` command: everything that watches a stack, written as files."""

from pathlib import Path
from typing import Annotated

import typer


def observe(
    stack: Annotated[str, typer.Argument(metavar="STACK", help="Name of the stack, as in Pulumi.STACK.yaml.")],
    output: Annotated[Path | None, typer.Option(help="Directory; reports/STACK/ when left out.")] = None,
    config_file: Annotated[
        Path | None, typer.Option(help="Read the configuration from this file instead.", metavar="FILE")
    ] = None,
) -> None:
    """Write what watches STACK as files, offline: dashboards, rules, their tests, routes, runbook, load limits."""
    from footing.observability.artefacts import render
    from footing.project import observed, root, stack_file

    directory = output or root() / "reports" / stack
    made = render(observed(stack, stack_file(stack, config_file)))
    for name, text in made.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    typer.echo("\n".join(f"wrote {directory / name}" for name in made))
