"""The command `launch-plan`."""

import datetime as dt
from contextlib import suppress
from enum import StrEnum
from typing import Annotated

import typer

from footing.options import ConfigFile, StackName
from footing.project import stack_file


class Format(StrEnum):
    """How the plan is written."""

    MARKDOWN = "markdown"
    ICS = "ics"


def launch_plan(
    stack: StackName,
    at: Annotated[str | None, typer.Option(help="When the launch is: 2027-01-15T09:00Z.", metavar="TIME")] = None,
    format_: Annotated[Format, typer.Option("--format", help="A page, or a calendar.")] = Format.MARKDOWN,
    config_file: ConfigFile = None,
) -> None:
    """Print what is done before, at and after the launch of STACK, with what gates each step; offline."""
    from footing.launch_plan.named import Named, footing_name
    from footing.launch_plan.render import calendar, markdown
    from footing.launch_plan.steps import steps

    launch = None
    if at is not None:
        with suppress(ValueError):
            launch = dt.datetime.fromisoformat(at)
        if launch is None or launch.tzinfo is None:
            raise typer.BadParameter(f"given {at!r}, allowed a time with its zone, such as 2027-01-15T09:00Z")
    if format_ is Format.ICS and launch is None:
        raise typer.BadParameter("missing --at; a calendar needs days")
    config = stack_file(stack, config_file, secrets_stood_in=True).config
    named = Named(footing=footing_name(stack, config_file), engine=stack)
    made, title = steps(config, named), f"Launch of {config.app}, {config.environment}"
    if format_ is Format.ICS and launch is not None:
        typer.echo(calendar(title, made, launch, named), nl=False)
    else:
        typer.echo(markdown(title, made, launch), nl=False)
