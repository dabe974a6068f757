"""The command `release`."""

from typing import Annotated

import typer

from footing.options import FINDINGS, USAGE, ConfigFile, StackName


def release(
    stack: StackName,
    version: Annotated[str, typer.Option(help="What runs now, as the application tells Sentry: the commit.")],
    config_file: ConfigFile = None,
) -> None:
    """Tell Sentry which release runs in STACK from now on; needs SENTRY_AUTH_TOKEN."""
    from footing.observe.remote import RemoteError, UsageError
    from footing.project import plan, stack_file
    from footing.release import sentry

    file = stack_file(stack, config_file)
    config = file.config.sentry
    if problem := sentry.version_problem(version):
        typer.echo(problem, err=True)
        raise typer.Exit(USAGE)
    if config is None:
        typer.echo(f"stack {stack} has no block sentry: nobody is told")
        return
    slugs, environment = sentry.projects(plan(stack, file)), file.config.environment
    try:
        sentry.release(config.organization, slugs, version=version, environment=environment)
    except (RemoteError, UsageError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE if isinstance(error, UsageError) else FINDINGS) from None
    typer.echo(f"{config.organization}: {version} runs in {environment}, projects {', '.join(slugs)}")
