"""The commands `footing check` and `footing rules`."""

import json
import os
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from footing.check.pack import GateError, load, load_rules
from footing.configuration.completion import complete_rule
from footing.options import FINDINGS, USAGE, ConfigFile, StackName
from footing.project import plan, root, stack_file
from policies.nearest import nearest_name

if TYPE_CHECKING:
    from policies.report import Report

Format = Literal["terminal", "json", "sarif", "junit", "github"]


def check(
    stack: StackName,
    config_file: ConfigFile = None,
    plan_file: Annotated[
        Path | None, typer.Option("--plan", help="Judge this plan of `footing plan STACK --json`.", metavar="FILE")
    ] = None,
    policy_pack_config: Annotated[
        Path | None, typer.Option(help="Raise levels with this JSON file, as for `pulumi`.", metavar="FILE")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = "terminal",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    shows_all: Annotated[
        bool, typer.Option("--all", help="On the terminal, show also what no key of the stack's file changes.")
    ] = False,
    output: Annotated[Path | None, typer.Option(help="Write the report to this file.", metavar="FILE")] = None,
) -> None:
    """Judge STACK by the rules of policies/, offline: no cloud, no engine, nothing decrypted."""
    from footing.plan.collection import never_collect

    never_collect()
    try:
        report = _report(stack, config_file, plan_file, policy_pack_config)
        shown: Format = "json" if as_json else form
        if shown == "terminal":
            from footing.check import terminal

            text = terminal.text(report, shows_all=shows_all)
        else:
            from footing.check import formats

            text = formats.render(report, shown)
    except GateError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    try:
        if output:
            output.write_text(text, encoding="utf-8")
        else:
            typer.echo(text, nl=False)
    except OSError as error:
        typer.echo(f"{output or 'The output'} cannot be written: {error.strerror}.", err=True)
        raise typer.Exit(USAGE) from None
    if not report.passed:
        raise typer.Exit(FINDINGS)


def rules(
    rule: Annotated[
        str | None,
        typer.Argument(
            metavar="RULE", help="Tell of this rule alone, with reason and remedy.", autocompletion=complete_rule
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything about each rule.")] = False,
) -> None:
    """List the rules: what each requires, and how strictly in production and elsewhere."""
    try:
        known = list(load_rules())
        listed: list[dict[str, Any]] = [
            asdict(it) | {"types": sorted(it.types)} for it in known if rule in (None, it.id)
        ]
        if not listed:
            nearest = nearest_name(str(rule), [it.id for it in known])
            raise GateError(
                f"{rule}: unknown rule; {f'did you mean {nearest}?' if nearest else '`footing rules` lists them'}"
            )
    except GateError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    for it in listed:
        del it["check"]
    if as_json:
        typer.echo(json.dumps({"rules": listed}, indent=2, ensure_ascii=False))
        return
    if rule:
        told = next(it for it in known if it.id == rule)
        typer.echo(f"{told.id}: {told.title}.\nWhy: {told.why}.\n{told.remediation}\nSource: {told.source}")
        typer.echo(
            f"Severity {told.severity}; {told.levels.production} in production, {told.levels.elsewhere} elsewhere."
        )
        return
    for it in listed:
        typer.echo(f"{it['id']}  {it['levels']['production']} / {it['levels']['elsewhere']}\n  {it['title']}")
    typer.echo(f"{len(listed)} rules; levels in production / elsewhere.")


def _report(
    stack: str, config_file: Path | None, plan_file: Path | None, policy_pack_config: Path | None
) -> "Report":
    from footing.check.run import report_on, saved
    from stacks.config import ConfigError
    from stacks.config.load import lines_of

    if plan_file and config_file:
        raise GateError(
            "--plan and --config-file exclude each other: a plan has its own file. Nothing was judged."
        )
    file = stack_file(stack, config_file)
    pack = load(root(), file.config.environment, policy_pack_config)
    if plan_file:
        document = saved(plan_file, stack)
    else:
        try:
            document = json.loads(plan(stack, file).to_json())
        except ConfigError:
            raise
        except Exception as error:
            raise GateError(
                f"The program cannot be planned: {type(error).__name__}. `footing plan {stack}` shows where. "
                "Nothing was judged."
            ) from error
    judged = report_on(
        document,
        file.config.environment,
        pack,
        date.today(),
        is_whole=plan_file is None,
        limit_exceptions=[it.model_dump() for it in file.config.limit_exceptions],
    )
    if plan_file:
        return judged
    path = config_file or root() / f"Pulumi.{stack}.yaml"
    where = Path(os.path.relpath(path, root())).as_posix()
    return replace(judged, stack_file=where, key_lines=lines_of(path.read_text(encoding="utf-8")))
