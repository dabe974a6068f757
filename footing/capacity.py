"""The command `footing capacity`: what the model of capacity/ says of a stack, and its exit code."""
# ruff: noqa: FBT002  typer reads flags from boolean parameters

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footing.options import FINDINGS, ConfigFile, StackName
from footing.project import stack_file

if TYPE_CHECKING:
    from capacity.comparison import Compared
    from stacks.config.capacity import AssumptionsConfig
    from stacks.config.stack import StackConfig


def capacity(
    stack: StackName,
    config_file: ConfigFile = None,
    phase: Annotated[
        str | None, typer.Option(help="Judge this phase; the one in force when left out.", metavar="NAME")
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(help="An assumption in the place of the model's own; may be repeated.", metavar="KEY=VALUE"),
    ] = None,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Go on to 100 million users: where one of each kind ends.")
    ] = False,
    simulate: Annotated[
        bool,
        typer.Option("--simulate", help="Compare Erlang's C with discrete events; needs the extra capacity."),
    ] = False,
    svg: Annotated[Path | None, typer.Option(help="Write the plots to this directory.", metavar="DIR")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write one page with the plots to this directory.", metavar="DIR")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, footing/capacity/1.")] = False,
) -> None:
    """Show what STACK bears by a model: the limit that breaks first in each phase, and what to change."""
    from capacity.plots import page, plots
    from capacity.report import as_json as written
    from capacity.report import report
    from footing.capacity_table import text

    config = stack_file(stack, config_file).config
    assumed = _assumed(config, assume or ())
    _check_phase(stack, config, phase)
    made = report(config, assumed, phase=phase, with_sweep=sweep or bool(svg or html))
    run = _compared(stack, config, assumed) if simulate else None
    table = text(made, run)
    for directory, files in (
        (svg, plots(made)),
        (html, {"capacity.html": page(made, table)}),
    ):
        if directory:
            directory.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                (directory / name).write_text(content, encoding="utf-8")
                typer.echo(f"wrote {directory / name}", err=True)
    typer.echo(written(made, run) if as_json else table, nl=as_json)
    if made.exceeded:
        raise typer.Exit(FINDINGS)


def _assumed(config: "StackConfig", given: Iterable[str]) -> "AssumptionsConfig":
    """Return the stack file's assumptions, with those of the command line in their place."""
    from pydantic import ValidationError

    from policies.nearest import nearest_name
    from stacks.config import ConfigError
    from stacks.config.capacity import AssumptionsConfig, assumed, assumption_sources
    from stacks.config.errors import sentences

    values: dict[str, float] = {}
    for text in given:
        key, equals, value = (it.strip() for it in text.partition("="))
        if not equals or not key:
            raise ConfigError("--assume", [f"given {text!r}, allowed KEY=VALUE: query_ms=5"])
        if key not in assumption_sources():
            nearest = nearest_name(key, sorted(assumption_sources()))
            meant = f"; did you mean {nearest}?" if nearest else f": {', '.join(assumption_sources())}"
            raise ConfigError("--assume", [f"given {key}, allowed an assumption{meant}"])
        try:
            values[key] = int(value) if value.lstrip("-").isdecimal() else float(value)
        except ValueError:
            raise ConfigError("--assume", [f"{key}: given {value!r}, allowed a number"]) from None
    try:
        return assumed(config.capacity.assumptions, values)
    except ValidationError as error:
        raise ConfigError("--assume", sentences(error, AssumptionsConfig)) from None


def _check_phase(stack: str, config: "StackConfig", phase: str | None) -> None:
    from stacks.config import ConfigError

    known = [it.name for it in config.phases]
    if phase is not None and phase not in known:
        allowed = f"one of phases: {', '.join(known)}" if known else "left out: the stack file has no phases"
        raise ConfigError(f"stack {stack}", [f"--phase: given {phase}, allowed {allowed}"])


def _compared(stack: str, config: "StackConfig", assumed: "AssumptionsConfig") -> "Compared | None":
    from stacks.config import ConfigError

    try:
        from capacity.comparison import compared
    except ModuleNotFoundError:
        problem = "--simulate: needs simpy, of the extra capacity: uv sync --extra capacity"
        raise ConfigError(f"stack {stack}", [problem]) from None
    return compared(config, assumed)
