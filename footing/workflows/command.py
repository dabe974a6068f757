"""The command `check-workflows`."""

from pathlib import Path
from typing import Annotated

import typer

from footing.options import FINDINGS, USAGE


def check_workflows(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Workflows, or directories of them; .github/workflows/."),
    ] = None,
) -> None:
    """Judge workflows of GitHub Actions: deployments that change nothing, keys that stay, loose actions."""
    from footing.workflows.rules import RULES, findings
    from footing.workflows.workflow import WorkflowError, read

    files: list[Path] = []
    for path in paths or [Path(".github/workflows")]:
        found = sorted(it for it in path.iterdir() if it.suffix in {".yml", ".yaml"}) if path.is_dir() else [path]
        if not found:
            typer.echo(f"{path}: no workflow there, allowed a .yml file or a directory of them", err=True)
            raise typer.Exit(USAGE)
        files += found
    try:
        said = [it for file in files for it in findings(read(file))]
    except WorkflowError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    for finding in said:
        typer.echo(str(finding))
    typer.echo(f"{len(files)} workflows, {len(RULES)} rules, {len(said)} findings")
    if said:
        raise typer.Exit(FINDINGS)
