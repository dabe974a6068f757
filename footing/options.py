"""What the commands share: arguments that mean the same everywhere, and exit codes."""

from pathlib import Path
from typing import Annotated

import typer

from footing.configuration.completion import complete_stack

FINDINGS, USAGE, INTERRUPTED = 1, 2, 130
"""Exit codes: findings or a failed deployment; wrong usage or configuration; interrupted."""

_HELP = "Name of the stack, as in Pulumi.STACK.yaml."

StackName = Annotated[
    str,
    typer.Argument(
        metavar="STACK",
        help=_HELP,
        callback=lambda name: name.rpartition("/")[2],
        autocompletion=complete_stack,
    ),
]
"""Name of a stack; of `organization/project/stack`, which the engine takes as well, the last part."""

EngineStackName = Annotated[str, typer.Argument(metavar="STACK", help=_HELP, autocompletion=complete_stack)]
"""Name of a stack as the engine is to be given it."""

ConfigFile = Annotated[
    Path | None, typer.Option(help="Read the configuration from this file instead.", metavar="FILE")
]

Simulated = Annotated[
    bool, typer.Option("--simulated", help="Use the simulated cloud on this machine; nothing real is touched.")
]
"""Whether the engine works on the simulated cloud."""
