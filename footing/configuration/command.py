"""The commands `footing explain` and `footing show`."""

import json
from typing import Annotated

import typer

from footing.configuration.completion import complete_key
from footing.options import USAGE, ConfigFile, StackName


def explain(
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="KEY", help="A key of a stack file: database.pooler.tasks.", autocompletion=complete_key
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Tell of a KEY of the stack file: meaning, range, default, source, and what reads it."""
    import msgspec

    from footing.configuration import text
    from footing.configuration.explain import all_keys, meanings
    from footing.configuration.explain import explain as explained
    from footing.configuration.keys import UnknownKeyError

    if key is None:
        blocks = {path[0]: msgspec.to_builtins(meanings(path)) for path in all_keys().fields if len(path) == 1}
        typer.echo(json.dumps(blocks, indent=2, ensure_ascii=False) if as_json else text.overview())
        return
    try:
        found = explained(key)
    except UnknownKeyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(
        json.dumps(msgspec.to_builtins(found), indent=2, ensure_ascii=False) if as_json else text.text(found)
    )


def show(
    stack: StackName,
    config_file: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each key's value and origin as JSON.")] = False,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print the stack file without comments.")] = False,
) -> None:
    """Show the whole configuration of STACK with its defaults, and where each value comes from."""
    from footing.configuration import show as shown
    from footing.project import root, stack_file
    from stacks.config.load import lines_of

    path = config_file or root() / f"Pulumi.{stack}.yaml"
    config = stack_file(stack, config_file, secrets_stood_in=True).config
    found = shown.origins(config, lines_of(path.read_text(encoding="utf-8")))
    typer.echo(shown.as_json(found) if as_json else shown.as_yaml(found, comments=not as_yaml), nl=as_json)
