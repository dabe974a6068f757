"""The commands `observe`, `fire-drill` and `drift`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from footing.launch_plan.named import with_name
from footing.options import FINDINGS, USAGE, ConfigFile, EngineStackName, Simulated, StackName
from footing.project import root, stack_file


def observe(
    stack: StackName,
    output: Annotated[Path | None, typer.Option(help="Directory; reports/STACK/ when left out.")] = None,
    config_file: ConfigFile = None,
) -> None:
    """Write what observes STACK as files, offline: dashboards, rules, routes, runbook, load limits."""
    from footing.observe.remote import UsageError
    from footing.project import observed
    from observability.files.artefacts import render

    directory = output or root() / "reports" / stack
    files = render(observed(stack, stack_file(stack, config_file)))
    files["operations.md"] = with_name(files["operations.md"], stack, config_file)
    with _errors_as_sentences():
        try:
            for name, text in files.items():
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                (directory / name).write_text(text)
        except OSError as error:
            raise UsageError(f"{directory} cannot be written: {error.strerror}") from None
    typer.echo("\n".join(f"wrote {directory / name}" for name in files))


def fire_drill(
    stack: StackName,
    alertmanager: Annotated[str | None, typer.Option(help="Post to this Alertmanager.", metavar="URL")] = None,
    grafana: Annotated[
        str | None,
        typer.Option(help="Have this Grafana test its contact points; needs GRAFANA_AUTH.", metavar="URL"),
    ] = None,
    namespace: Annotated[
        str, typer.Option(help="Namespace of Grafana's organization; stacks-NUMBER in Grafana Cloud.")
    ] = "default",
    config_file: ConfigFile = None,
) -> None:
    """Send one labelled test alert for each route of STACK; without an address, only show them."""
    from footing.observe.drift import contact_points
    from footing.observe.drill import drills, to_alertmanager, to_grafana
    from footing.observe.remote import UsageError, address, authorization
    from footing.project import plan
    from stacks.alert_identity import alert_identity

    file = stack_file(stack, config_file)
    sent = drills(file.config, alert_identity(file.config).owner)
    with _errors_as_sentences():
        if alertmanager and grafana:
            raise UsageError("one of --alertmanager and --grafana is needed, not both")
        if alertmanager:
            results = list(to_alertmanager(address(alertmanager), sent))
        elif grafana:
            url = address(grafana)
            shown = authorization(url)
            results = list(to_grafana(url, shown, namespace, contact_points(plan(stack, file)), sent))
        else:
            typer.echo("nothing is sent without --alertmanager or --grafana")
            for drill in sent:
                labels = ", ".join(f"{name}={value}" for name, value in drill.labels.items())
                typer.echo(f"{drill.sentence}\n  {labels}")
            return
    typer.echo("\n".join(result.sentence for result in results))
    if not all(result.taken for result in results):
        raise typer.Exit(FINDINGS)


def drift(
    stack: EngineStackName,
    grafana: Annotated[
        str | None,
        typer.Option(help="Ask this Grafana for its alert rules instead; needs GRAFANA_AUTH.", metavar="URL"),
    ] = None,
    simulated: Simulated = False,
    config_file: ConfigFile = None,
) -> None:
    """Show what was changed by hand: resources, compared with the state of STACK, or alert rules of Grafana."""
    if grafana is None:
        from footing.pulumi_cli import run
        from footing.pulumi_cli.command import engine_arguments

        given = engine_arguments(stack, config_file, simulated=simulated)
        raise typer.Exit(run.drift(stack, **given))
    from footing.observe.drift import compared, live, planned
    from footing.observe.remote import address, authorization
    from footing.project import plan

    name = stack.rpartition("/")[2]
    file = stack_file(name, config_file)
    with _errors_as_sentences():
        url = address(grafana)
        live_rules = live(url, authorization(url))
    ours = planned(plan(name, file))
    drifted = compared(ours, live_rules, app=file.config.app, environment=file.config.environment)
    differences = [f"not ours: {it.location}" for it in drifted.strange]
    differences += [f"not live: {it.location}" for it in drifted.missing]
    typer.echo("\n".join(differences or ["what is live is what the stack makes"]))
    typer.echo(f"{len(ours)} rules are ours; {drifted.elsewhere} of others are in folders of their own")
    if drifted.any:
        raise typer.Exit(FINDINGS)


@contextmanager
def _errors_as_sentences() -> Iterator[None]:
    from footing.observe.remote import RemoteError, UsageError

    try:
        yield
    except (RemoteError, UsageError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE if isinstance(error, UsageError) else FINDINGS) from None
