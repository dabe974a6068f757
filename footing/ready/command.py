"""The command `footing ready`."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from footing.options import FINDINGS, USAGE, ConfigFile, EngineStackName
from footing.project import composed, root, stack_file

if TYPE_CHECKING:
    from observability import Check, Group
    from readiness.answer import Result
    from readiness.context import LiveStack
    from readiness.profiles import Profile
    from stacks.config.load import StackFile


def ready(
    stack: EngineStackName,
    group: Annotated[
        list[str] | None, typer.Option(help="Ask this group alone; may be repeated.", metavar="GROUP")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(help="Ask what gates this step of the launch: t-7d ... t+6h.", metavar="STEP"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    as_junit: Annotated[bool, typer.Option("--junit", help="Print JUnit's XML, which CI shows.")] = False,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Ask the simulated cloud of `footing up STACK --simulated`.")
    ] = False,
    timeout_seconds: Annotated[
        float, typer.Option(min=0.1, max=300, help="How long one answer may take, in seconds.")
    ] = 10.0,
    allow_not_asked: Annotated[
        bool, typer.Option("--allow-not-asked", help="Do not fail for what nobody could be asked.")
    ] = False,
    config_file: ConfigFile = None,
) -> None:
    """Ask what runs whether STACK is ready: AWS, PostgreSQL, Redis, HTTP, vendors; nothing is changed."""
    from footing.plan.collection import never_collect
    from footing.pulumi_cli.session import UsageError
    from footing.ready import formats
    from footing.ready.live import live_stack

    never_collect()
    if as_json and as_junit:
        _usage("one of --json and --junit is needed, not both")
    groups, step = _groups(group or []), _profile(profile)
    name = stack.rpartition("/")[2]
    file = stack_file(name, config_file, secrets_stood_in=True)
    checks = chosen(name, file, groups, step)
    if not checks:
        _usage(f"nothing of stack {name} is in what was chosen: {', '.join([*groups, *filter(None, [profile])])}")
    try:
        results = _asked(
            checks,
            live_stack(stack, file.config, root=root(), state_dir=root() / ".footing" / name, simulated=simulated),
            stack=name,
            limit_seconds=timeout_seconds,
        )
    except UsageError as error:
        _usage(str(error))
    report = formats.Report(stack=name, profile=step, simulated=simulated, results=results)
    if as_json or as_junit:
        typer.echo(formats.as_json(report) if as_json else formats.as_junit(report))
    else:
        from footing.ready.table import show

        show(report)
    if not report.ready(allow_not_asked=allow_not_asked):
        raise typer.Exit(FINDINGS)


def chosen(
    stack: str, file: "StackFile", groups: "Sequence[Group]", profile: "Profile | None"
) -> "Sequence[Check]":
    """Return the checks of a stack that are in the groups and gate the profile."""
    from readiness.profiles import selected
    from stacks.readiness import stack_checks

    plan, signals = composed(stack, file)
    return selected(stack_checks(file.config, signals, plan.resources), groups, profile)


def _asked(
    checks: "Sequence[Check]",
    opened: "AbstractContextManager[LiveStack]",
    *,
    stack: str,
    limit_seconds: float,
) -> "Sequence[Result]":
    from readiness.answer import Outcome
    from readiness.ask import askers
    from readiness.run import run

    done = 0

    def progress(result: "Result") -> None:
        nonlocal done
        done += 1
        typer.echo(f"{done}/{len(checks)} {result.outcome}: {result.check.id}", err=True)

    with opened as live:
        if not live.ids:
            typer.echo(f"Stack {stack} was never applied: what needs its outputs is not asked.", err=True)
        results = run(checks, askers(live), limit_seconds=limit_seconds, progress=progress, redacted=live.redacted)
    if all(it.outcome in {Outcome.NOT_ASKED, Outcome.BY_HAND} for it in results):
        typer.echo("Nothing could be asked: the reasons are listed.", err=True)
    return results


def _groups(given: Sequence[str]) -> "Sequence[Group]":
    from observability import Group

    known = {str(it): it for it in Group}
    for name in given:
        if name not in known:
            _usage(f"--group: given {name!r}, allowed {', '.join(known)}")
    return [known[name] for name in given]


def _profile(given: str | None) -> "Profile | None":
    from readiness.profiles import PROFILES

    if given is not None and given not in PROFILES:
        _usage(f"--profile: given {given!r}, allowed {', '.join(PROFILES)}")
    return PROFILES[given] if given else None


def _usage(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(USAGE)
