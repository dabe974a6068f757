"""The commands `footing adopt` and `footing adopt-copilot`."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footing.options import FINDINGS, USAGE, EngineStackName, Simulated
from footing.project import root, stack_file

if TYPE_CHECKING:
    from footing.adopt.differences import Adopted


def adopt(
    stack: EngineStackName,
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT=ID...",
            help="database=ID, redis.NAME=ID, network=ID, storage=ID, or a resource of `footing plan`=ID.",
        ),
    ],
    simulated: Simulated = False,
) -> None:
    """Take what runs already into STACK: write its ids, unless a preview shows that it would be replaced."""
    # A completion has no time for what reads a configuration.
    from footing.adopt.differences import NOTES, adopted, errors, kept_for_life
    from footing.adopt.targets import targets, values_of
    from footing.adopt.text import with_values
    from footing.pulumi_cli.session import UsageError

    name = stack.rpartition("/")[2]
    path = root() / f"Pulumi.{name}.yaml"
    config = stack_file(name, None, secrets_stood_in=simulated).config
    wanted = targets(what, config)
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read()
    edited = with_values(text, values_of(wanted, config), path.name)
    try:
        preview = _previewed(stack, path, edited, simulated=simulated)
        further = kept_for_life(adopted(preview, wanted))
        # Also after errors: the engine refuses to replace what is protected, which these keys avoid.
        if further:
            edited = with_values(edited, further, path.name)
            preview = _previewed(stack, path, edited, simulated=simulated)
    except UsageError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    found, faults = adopted(preview, wanted), errors(preview)
    for line in [*(line for it in found for line in it.lines()), *(f"error: {it}" for it in faults)]:
        typer.echo(line)
    if faults or any(it.replacing for it in found):
        typer.echo(f"Nothing was written. {_way_out(found)}".rstrip())
        raise typer.Exit(FINDINGS)
    for note in dict.fromkeys(NOTES[it.type] for it in found if it.is_new and it.type in NOTES):
        typer.echo(f"Note: {note}")
    _replace(path, edited)
    typer.echo(
        f"Wrote {path.name}; nothing is replaced. `footing preview {stack} --diff` shows the rest, `footing up "
        f"{stack}` imports. After it the block adopt may go or stay: the engine passes over ids that it has."
    )


def adopt_copilot(
    directory: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Directory of AWS Copilot: one NAME/manifest.yml for each service."),
    ],
) -> None:
    """Print the services in AWS Copilot's manifests for a stack file, and on stderr what of them is not mapped."""
    from footing.adopt.copilot import converted

    conversion = converted(directory)
    typer.echo(conversion.text, nl=False)
    for line in conversion.unmapped:
        typer.echo(line, err=True)


def _way_out(found: "list[Adopted]") -> str:
    if not any(it.replacing for it in found):
        return ""
    if any(it.type.startswith("aws:ec2/") and it.replacing for it in found):
        return "Give the keys above the values on the left, or use the VPC as it is: network.existing."
    return "Give the keys above the values on the left; what no key decides cannot be adopted: docs/adopt.md."


def _previewed(stack: str, path: Path, text: str, *, simulated: bool) -> dict[str, Any]:
    """Return the preview of the stack as `text` describes it, once that is sure to be right."""
    from footing.pulumi_cli import run
    from stacks.config import from_file

    with tempfile.TemporaryDirectory() as directory:
        # Of the same name: the engine takes the stack's name from none of it, people read it in messages.
        draft = Path(directory) / path.name
        draft.write_text(text, encoding="utf-8", newline="")
        config = from_file(draft, source=path.name, secrets_stood_in=simulated).config
        return run.previewed(
            stack,
            root=path.parent,
            state_dir=path.parent / ".footing" / stack.rpartition("/")[2],
            simulate=simulated,
            missing_secrets=config.missing_secrets,
            config_file=draft,
        )


def _replace(path: Path, text: str) -> None:
    """Write the whole file or none of it."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        shutil.copymode(path, draft)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
