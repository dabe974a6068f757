"""What the commands share: arguments that mean the same everywhere, and exit codes."""

from pathlib import Path
from typing import Annotated

import typer

FINDINGS, USAGE = 1, 2
"""Exit codes: findings or a failed deployment; wrong usage or configuration."""

StackName = Annotated[str, typer.Argument(metavar="STACK", help="Name of the stack, as in Pulumi.STACK.yaml.")]
ConfigFile = Annotated[
    Path | None, typer.Option(help="Read the configuration from this file instead.", metavar="FILE")
]
