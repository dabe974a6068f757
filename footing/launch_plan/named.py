"""A stack as commands name it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from stacks.config.stack import StackConfig


class Named(Struct, frozen=True, kw_only=True):
    """A stack as commands name it."""

    footing: str
    """As `footing` takes it: `production --system feed`."""
    engine: str
    """As `pulumi` takes it."""


Part = Callable[["StackConfig", Named], Iterator[str]]
"""Facts, commands or conditions of a step."""


def footing_name(stack: str, config_file: Path | None) -> str:
    """Return the arguments by which `footing` finds the stack again."""
    if config_file is None:
        return stack
    if found := re.fullmatch(r"systems/([^/]+)/Pulumi\.([^/]+)\.yaml", config_file.as_posix()):
        return f"{found[2]} --system {found[1]}"
    return f"{stack} --config-file {config_file.as_posix()}"


def with_name(text: str, stack: str, config_file: Path | None) -> str:
    """Return a text of procedures with the stack's name in place of STACK, as each program takes it."""
    for_engine = re.sub(r"(--stack )STACK\b", rf"\g<1>{stack}", text)
    return re.sub(r"\bSTACK\b", footing_name(stack, config_file), for_engine)
