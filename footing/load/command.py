"""The command `load`."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footing.options import FINDINGS, USAGE, ConfigFile, StackName
from footing.project import stack_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from loadtest.measured import Measured
    from loadtest.scenario import Job, Scenario


def load(
    stack: StackName,
    scenario: Annotated[
        str | None, typer.Argument(metavar="[SCENARIO]", help="What is played; left out, they are listed.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="Ask this address; else API_URL, BASE_URL, K6_BASE_URL, the stack's own.", metavar="URL"
        ),
    ] = None,
    users: Annotated[int | None, typer.Option(min=1, max=100_000, help="Virtual users.")] = None,
    duration_seconds: Annotated[int | None, typer.Option(min=1, max=86400, help="Length, in seconds.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a report with plots.", metavar="FILE")] = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="Write the result for programs; - for the output.", metavar="FILE"),
    ] = None,
    against_production: Annotated[
        bool, typer.Option("--against-production", help="Load a stack that people use.")
    ] = False,
    distributed: Annotated[
        bool, typer.Option("--distributed", help="Send from the tasks of load_generator.fargate.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show the scenarios, and send nothing.")] = False,
    config_file: ConfigFile = None,
) -> None:
    """Send the load of SCENARIO to STACK and hold what comes back to the limits of its file."""
    from loadtest.run import GeneratorError
    from stacks.load_scenarios import scenarios

    config = stack_file(stack, config_file, secrets_stood_in=True).config
    offered = scenarios(config)
    if scenario is None and not listed and offered and sys.stdin.isatty():
        typer.echo(_menu(offered))
        scenario = typer.prompt("Scenario, by number or name")
        scenario = dict(enumerate(offered, 1)).get(int(scenario), scenario) if scenario.isdigit() else scenario
    if listed or scenario is None:
        typer.echo(_menu(offered) if offered else f"stack {stack} has nothing that a load test could ask")
        if not listed:
            raise typer.Exit(USAGE)
        return
    job = _job(stack, config, _chosen(stack, scenario, offered, users, duration_seconds), url, config_file,
               allowed=against_production)  # fmt: skip
    _announce(job)
    try:
        if distributed:
            from footing.load.fargate import play_distributed

            measured = play_distributed(config, job, lambda line: typer.echo(line, err=True))
        else:
            from loadtest.run import play

            measured = play(job)
    except GeneratorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    if not _tell(stack, job, measured, html, json_file):
        raise typer.Exit(FINDINGS)


def _tell(stack: str, job: "Job", measured: "Measured", html: Path | None, json_file: Path | None) -> bool:
    """Print the run, write what is asked for, and return whether it kept its limits."""
    from loadtest.html import Run, page
    from loadtest.report import document, lines

    result = document(job.scenario, measured, job.url)
    typer.echo("\n".join(lines(job.scenario, measured)), err=str(json_file) == "-")
    if json_file is not None:
        text = json.dumps(result, indent=2) + "\n"
        typer.echo(text, nl=False) if str(json_file) == "-" else json_file.write_text(text)
    if html is not None:
        title = f"Load test {job.scenario.name} of {stack}"
        html.write_text(page(title, [f"Asked: {job.url}."], [Run(scenario=job.scenario, measured=measured)]))
    return bool(result["passed"])


def _menu(offered: "Mapping[str, Scenario]") -> str:
    """Return the scenarios with their numbers, for people."""
    width = max(map(len, offered))
    found = []
    for number, (name, it) in enumerate(offered.items(), 1):
        pace = (
            f"{it.requests_per_second:g}/s"
            if it.requests_per_second
            else f"every {it.think_time_seconds:g} s each"
        )
        found.append(
            f"{number:3}  {name:{width}}  {it.title}; {it.users:,} users, {pace}, {it.duration_seconds} s, "
            f"{len(it.limits)} limits"
        )
    return "\n".join(found)


def _chosen(
    stack: str, name: str, offered: "Mapping[str, Scenario]", users: int | None, seconds: int | None
) -> "Scenario":
    """Return the scenario as the options change it.

    Raises:
        ConfigError: the stack offers no such one.

    """
    from msgspec.structs import replace

    from stacks.config import ConfigError

    if name not in offered:
        known = ", ".join(offered) or "none: the stack has nothing that a load test could ask"
        raise ConfigError(f"stack {stack}", [f"given the scenario {name!r}, allowed {known}"])
    found = offered[name]
    # Whom it stands for was checked against the file's own numbers alone (C-23).
    stands = None if users is not None and users != found.users else found.represents_users
    return replace(
        found,
        users=users or found.users,
        represents_users=stands,
        duration_seconds=seconds or found.duration_seconds,
    )


def _job(
    stack: str, config: "object", scenario: "Scenario", url: str | None, file: Path | None, *, allowed: bool
) -> "Job":
    """Return what the generator is told.

    Raises:
        ConfigError: there is no address, or it must not be loaded.

    """
    from footing.load.address import Address, given_address, refusal
    from footing.project import root
    from stacks.config import ConfigError
    from stacks.config.stack import StackConfig
    from stacks.load_scenarios import base_url, job

    assert isinstance(config, StackConfig)  # noqa: S101  imported late
    given = given_address(url, os.environ)
    own = base_url(config)
    if given is None and own is None:
        raise ConfigError(f"stack {stack}", ["load_generator.url: missing; name it, or give --url"])
    address = given or Address(url=own or "", source="the stack file")
    if not allowed and (why := refusal(stack, config, address, (file or root() / "Pulumi.yaml").parent)):
        raise ConfigError("refused", [why])
    return job(config, scenario, given.url if given else None)


def _announce(job: "Job") -> None:
    scenario = job.scenario
    pace = (
        f"{scenario.offered_per_second:g} requests/s for {scenario.duration_seconds} s, {scenario.users:,} users"
    )
    typer.echo(f"load: {scenario.name} asks {job.url}: {pace}", err=True)
    if scenario.represents_users:
        typer.echo(
            f"load: they stand for {scenario.represents_users:,} people (think time "
            f"{scenario.think_time_seconds:g} s)",
            err=True,
        )
    if scenario.drill:
        typer.echo(f"load: now take away {scenario.drill}", err=True)
