"""The command `connect`: opens a tunnel by a bastion task, and ends both."""

import socket
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from footing.options import FINDINGS, USAGE, ConfigFile, EngineStackName
from footing.project import root, stack_file

if TYPE_CHECKING:
    from footing.connect.tunnel import Door


class Server(StrEnum):
    """What a tunnel may lead to."""

    DATABASE = "database"
    POOLER = "pooler"
    REDIS = "redis"


def connect(
    stack: EngineStackName,
    server: Annotated[Server, typer.Argument(metavar="SERVER", help="database, pooler or redis.")],
    reader: Annotated[
        str | None, typer.Option(help="A read replica of the database, by its purpose.", metavar="NAME")
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="A store of Redis, where there are several.", metavar="NAME")
    ] = None,
    local_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port of this machine; 15432, 16432 or 16379 when left out."),
    ] = None,
    minutes: Annotated[
        int | None, typer.Option(min=1, max=720, help="When it ends by itself; bastion.minutes when left out.")
    ] = None,
    config_file: ConfigFile = None,
) -> None:
    """Open a tunnel to PostgreSQL or Redis of STACK: no public door, logged, ends by itself."""
    from footing.connect.door import Wish, outside, target_name
    from footing.connect.tunnel import MissingError, TunnelError
    from footing.pulumi_cli.session import UsageError

    name = stack.rpartition("/")[2]
    config = stack_file(name, config_file).config
    if reader and server is not Server.DATABASE:
        raise typer.BadParameter("given --reader, allowed with database alone")
    if store and server is not Server.REDIS:
        raise typer.BadParameter("given --store, allowed with redis alone")
    wish = Wish(server=server.value, reader=reader, store=store)
    if (said := outside(config, wish, stack)) is not None:
        typer.echo(said)
        return
    target = target_name(config, wish, name)
    try:
        _tunnel(stack, target, local_port=local_port, minutes=minutes)
    except (MissingError, UsageError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    except TunnelError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FINDINGS) from None


def _tunnel(stack: str, target: str, *, local_port: int | None, minutes: int | None) -> None:
    from footing.connect import tunnel
    from footing.connect.door import how_to_use
    from footing.connect.door import local_port as usual_port

    executable = tunnel.plugin()
    door = _door(stack)
    server = door.targets.get(target)
    if server is None:
        known = ", ".join(door.targets)
        raise tunnel.MissingError(
            f"the bastion of {stack} reaches {known}, and no {target}: deploy the stack first"
        )
    if minutes is not None and minutes > door.minutes:
        raise tunnel.MissingError(f"--minutes: given {minutes}, allowed up to {door.minutes}, bastion.minutes")
    port, limit = local_port or usual_port(target, int(server["port"])), minutes or door.minutes
    _refuse_taken(port)
    clients = tunnel.aws_clients(door.region)
    with tunnel.errors_as_sentences():
        typer.echo("Starting a task of the bastion; half a minute, as a rule.", err=True)
        with tunnel.bastion_task(clients, door, limit) as session_target:
            lines = how_to_use(target, server, port, stack=stack, region=door.region)
            forwarded = tunnel.forwarded(
                clients, executable, door, session_target=session_target, server=server, port=port
            )
            with forwarded as process:
                typer.echo(
                    "\n".join([f"{target} at 127.0.0.1:{port} for {limit} minutes; Ctrl-C ends it", *lines])
                )
                said = tunnel.wait(process, limit)
        typer.echo(f"Closed: {said}. The task of the bastion was stopped.", err=True)
    if said == "the session ended" and process.returncode:
        raise tunnel.TunnelError(f"{tunnel.PLUGIN} ended with exit code {process.returncode}")


def _door(stack: str) -> "Door":
    import msgspec

    from footing.connect.tunnel import Door, MissingError
    from footing.pulumi_cli.session import Session, engine_executable

    session = Session(executable=engine_executable(), stack=stack, root=root(), environment={})
    found = session.outputs().get("bastion")
    if found is None:
        raise MissingError(f"stack {stack} has no output bastion yet: deploy it with the block bastion first")
    return msgspec.convert(found, Door, strict=False)


def _refuse_taken(port: int) -> None:
    from footing.connect.tunnel import MissingError

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise MissingError(f"--local-port: given {port}, which is taken, allowed a free port") from None
