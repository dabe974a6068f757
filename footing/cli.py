"""The `footing` command: reads arguments, calls one function, turns its outcome into an exit code.

Exit codes: 0 fine, 1 findings or a failed deployment, 2 wrong usage or configuration, 130 interrupted.
"""

import os
import sys
from typing import Annotated

import typer

from footing.adopt.command import adopt, adopt_copilot
from footing.capacity import capacity
from footing.check.command import check, rules
from footing.configuration.command import explain, show
from footing.configuration.init import init
from footing.connect.command import connect
from footing.launch_plan.command import launch_plan
from footing.load.command import load
from footing.local import compose
from footing.migrate.command import migrate
from footing.observe.command import drift, fire_drill, observe
from footing.options import INTERRUPTED, USAGE, ConfigFile, StackName
from footing.permissions.command import permissions
from footing.project import plan as _plan
from footing.project import root as _root
from footing.project import stack_file as _read
from footing.pulumi_cli.command import destroy, preview, up
from footing.ready.command import ready
from footing.release.command import release
from footing.systems import with_systems
from footing.usage import usage_sentence
from footing.workflows.command import check_workflows
from policies.version import VERSION

app = typer.Typer(
    help="The production foundation of a web application, one stack at a time.",
    epilog="Exit codes: 0 fine, 1 findings or a failed deployment, 2 wrong use or configuration, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command; what cannot be used, read or written ends it with a sentence and exit code 2."""
    code = None
    # Pydantic looks for plugins in every installed package: https://docs.pydantic.dev/latest/concepts/plugins/
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        try:
            code = app(prog_name="footing", standalone_mode=False)
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except SystemExit:
        raise
    except typer.Abort:
        sys.exit(INTERRUPTED)
    except typer.TyperException as error:
        # Without any argument the whole help was shown already.
        if len(sys.argv) > 1:
            typer.echo(usage_sentence(error), err=True)
        sys.exit(USAGE)
    except _config_error() as error:
        typer.echo(str(error), err=True)
        sys.exit(USAGE)
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            typer.echo(f"{error.filename or 'The output cannot be written'}: {error.strerror}", err=True)
        # What could not be written would be tried again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(USAGE)
    sys.exit(code)


def _config_error() -> type[Exception]:
    """Return the class of a configuration that cannot be used; a completion has no time to load it before."""
    from stacks.config import ConfigError

    return ConfigError


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(VERSION)
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Read the options before the command; the help is the application's."""


app.command()(init)


@app.command()
@with_systems
def plan(
    stack: StackName,
    config_file: ConfigFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the plan in the format of docs/plan-format.md.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show every input; secrets stay hidden.")] = False,
    summary: Annotated[bool, typer.Option("--summary", help="Show the counts by component alone.")] = False,
) -> None:
    """Show every resource of STACK, offline: no cloud, no engine, nothing decrypted."""
    from footing.plan.collection import never_collect

    never_collect()
    file = _read(stack, config_file)
    planned = _plan(stack, file)
    if as_json:
        typer.echo(planned.to_json())
        return

    from rich.console import Console

    from footing.plan.render import tree
    from stacks.cost import way_out_notes
    from stacks.edge import edge_downgrades
    from stacks.registers import phase_notes

    notes = [
        *way_out_notes(file.config),
        *phase_notes(file.config),
        *(edge_downgrades(file.config) if verbose else ()),
    ]
    console, budget = Console(highlight=False), file.config.connection_budget
    tree(planned, console, verbose=verbose, summary=summary, budget=budget, notes=notes)


for of_stack in (check, show, up, preview, destroy, migrate, ready, load, connect, launch_plan, compose):
    app.command()(with_systems(of_stack))
for observed in (observe, fire_drill, drift, permissions, release, capacity):
    app.command()(with_systems(observed))
for alone in (rules, explain, adopt, adopt_copilot, check_workflows):
    app.command()(alone)


@app.command()
@with_systems
def trace(
    stack: StackName,
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET, POST, ...")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="Path with its query, or a whole address.")],
    header: Annotated[
        list[str] | None, typer.Option(help="A header of the request; may be repeated.", metavar="'NAME: VALUE'")
    ] = None,
    ip: Annotated[str, typer.Option(help="Address of the visitor.")] = "192.0.2.1",
    status: Annotated[int, typer.Option(help="Status the origin is to answer with.")] = 200,
    answer_header: Annotated[
        list[str] | None, typer.Option(help="A header of its answer; may be repeated.", metavar="'NAME: VALUE'")
    ] = None,
    config_file: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what the edge of STACK would do with a request, rule by rule, offline."""
    from rich.console import Console

    from edge_rules.evaluation.trace import walk
    from edge_rules.fields import hosted_by
    from footing.trace.ask import RequestSpec, exchange
    from footing.trace.render import as_json as written
    from footing.trace.render import show
    from stacks.edge import edge_downgrades, edge_rules

    spec = RequestSpec(
        method=method,
        target=path,
        headers=header or (),
        address=ip,
        status=status,
        answer_headers=answer_header or (),
    )
    config = _read(stack, config_file).config
    if config.edge is None:
        from stacks.config.errors import ConfigError

        raise ConfigError(f"stack {stack}", ["edge: missing; a trace follows a request through it"])
    served = config.edge.hostnames
    typed = exchange(spec, host=served[0])
    host, walked = typed.request.host, walk(edge_rules(config), typed)
    notes = [f"Note: {downgrade}" for downgrade in edge_downgrades(config)]
    if not hosted_by(*served).holds(typed):
        notes.insert(0, f"Note: {host} is not served by this stack; edge.hostnames are {', '.join(served)}.")
    console = Console(highlight=False)
    if as_json:
        console.out(written(walked, notes=notes), highlight=False)
    else:
        show(walked, console, notes=notes)


@app.command()
@with_systems
def contract(
    stack: StackName,
    config_file: ConfigFile = None,
    as_json: Annotated[
        bool,
        typer.Option("--json/--variables", help="As one JSON document, or as the variables of each service."),
    ] = True,
) -> None:
    """Print what the application of STACK keeps to, service by service: pools, timeouts, limits, keys."""
    from footing.configuration.contract import variables_table
    from stacks.contract import app_contract

    config = _read(stack, config_file).config
    typer.echo(app_contract(config) if as_json else variables_table(config))


@app.command()
@with_systems
def scaling(stack: StackName, config_file: ConfigFile = None) -> None:
    """Simulate how the service of STACK meets a launch day, scaled as configured and in other ways."""
    from footing.scaling import table

    config = _read(stack, config_file).config
    if config.main_web not in config.balanced:
        from stacks.config.errors import ConfigError

        raise ConfigError(
            f"stack {stack}", ["services: no service of kind web on Fargate, whose launch day could be simulated"]
        )
    typer.echo(table(config.balanced[config.main_web]))


@app.command()
def docs() -> None:
    """Write the pages of docs/ that are made from the code."""
    from footing.documents import write_pages

    changed = write_pages(_root() / "docs")
    typer.echo("\n".join(f"wrote {path.name}" for path in changed) or "all pages are current")
