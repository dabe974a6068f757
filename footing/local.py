"""The command `compose`: the stack's services and servers on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from footing.options import ConfigFile, StackName
from footing.project import root, stack_file

MARK = "# Made by `footing compose"
"""How a file begins that may be written anew."""


def compose(
    stack: StackName,
    output: Annotated[Path | None, typer.Option(help="Directory; that of the stack file when left out.")] = None,
    config_file: ConfigFile = None,
) -> None:
    """Write compose.yaml and .env.example of STACK: its services and servers on this machine."""
    from lazy_sdk.hook import install
    from stacks.config import ConfigError

    file = stack_file(stack, config_file, secrets_stood_in=True)
    # The components' own scripts are in it, and their SDKs are not needed.
    install()
    from stacks.local.compose_file import compose_file
    from stacks.local.env_example import env_example

    directory = output or (config_file.parent if config_file else root())
    name = file.config.environment
    texts = {
        "compose.yaml": compose_file(file.config, name),
        ".env.example": env_example(file.config, name),
    }
    for path in (directory / it for it in texts):
        if path.exists() and not path.read_text().startswith(MARK):
            raise ConfigError(
                path.name, ["is there already and not of this command; --output names another place"]
            )
    for written, text in texts.items():
        directory.mkdir(parents=True, exist_ok=True)
        (directory / written).write_text(text)
        typer.echo(f"wrote {directory / written}")
