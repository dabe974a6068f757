"""Systems: several applications in one checkout, each with its stack files in `systems/NAME/`."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from footing.configuration.completion import complete_system
from footing.project import root

FOLDER = "systems"

System = Annotated[
    str | None,
    typer.Option(
        "--system",
        metavar="NAME",
        help="Take STACK from systems/NAME/; the engine knows it as NAME-STACK.",
        autocompletion=complete_system,
    ),
]
"""Name of a system."""


def with_systems(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command on a stack that takes `--system NAME` as well, which stands for its name and its file."""

    @wraps(command)
    def run(*, system: str | None = None, **given: Any) -> Any:
        if system is not None:
            organization, slash, stack = given["stack"].rpartition("/")
            file = stack_file_of(system, stack, given.get("config_file"))
            given |= {"stack": f"{organization}{slash}{system}-{stack}", "config_file": file}
        return command(**given)

    signature = inspect.signature(command)
    option = inspect.Parameter("system", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=System)
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), option]
    )
    run.__annotations__ = {**command.__annotations__, "system": System}
    return run


def stack_file_of(system: str, stack: str, config_file: Path | None) -> Path:
    """Return the stack file of a system.

    Raises:
        ConfigError: there is no such system, or another file is given as well.

    """
    from stacks.config import ConfigError

    known = sorted(path.name for path in (root() / FOLDER).glob("*") if any(path.glob("Pulumi.*.yaml")))
    if system not in known:
        raise ConfigError(
            FOLDER, [f"given the system {system!r}, allowed {', '.join(known) or 'none: there is none'}"]
        )
    if config_file is not None:
        raise ConfigError(FOLDER, ["given --system and --config-file, allowed one of them"])
    return Path(FOLDER) / system / f"Pulumi.{stack}.yaml"
