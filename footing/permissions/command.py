"""The command `permissions`."""

import json
from typing import Annotated

import typer

from footing.options import USAGE, ConfigFile, StackName


def permissions(
    stack: StackName,
    role: Annotated[
        str,
        typer.Option(
            help="Whose: deploy, drift, preview, or a service, whose tasks' own it then is.", metavar="ROLE"
        ),
    ] = "deploy",
    state_bucket: Annotated[
        str, typer.Option(help="S3 bucket of the engine's state, to be allowed as well.", metavar="NAME")
    ] = "",
    state_key: Annotated[
        str, typer.Option(help="KMS key of the state's secrets, to be allowed as well.", metavar="ARN")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the policy documents alone, as JSON.")] = False,
    config_file: ConfigFile = None,
) -> None:
    """Print the IAM policies of who deploys STACK, previews it or runs in it, and no wider; offline."""
    from footing.permissions.policy import POLICIES, Role, UnknownTypeError, policies, role_policies, size
    from footing.project import plan, stack_file
    from stacks.naming import component_name

    file = stack_file(stack, config_file)
    services = {
        name: component_name("service" if it.kind == "web" else it.kind, name)
        for name, it in file.config.services.items()
    }
    if role not in {*Role, *services}:
        typer.echo(f"--role: given {role!r}, allowed {', '.join([*Role, *sorted(services)])}", err=True)
        raise typer.Exit(USAGE)
    planned = plan(stack, file)
    if role in services:
        typer.echo(json.dumps(role_policies(planned, services[role]), indent=2))
        return
    try:
        documents = policies(planned, Role(role), state_bucket=state_bucket, state_key=state_key)
    except UnknownTypeError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    if as_json:
        typer.echo(json.dumps(documents, indent=2))
        return
    for number, document in enumerate(documents, 1):
        typer.echo(f"policy {number} of {len(documents)}, {size(document)} characters")
        for statement in document["Statement"]:
            for arn in (
                [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
            ):
                typer.echo(f"  {arn}")
            for condition in statement.get("Condition", {}).values():
                typer.echo(f"    where {json.dumps(condition)}")
            typer.echo(f"    {' '.join(statement['Action'])}")
    if len(documents) > POLICIES:
        typer.echo(f"AWS attaches {POLICIES} policies to a role until it is asked for more", err=True)
