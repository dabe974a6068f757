"""The procedure: what people do by hand when a component is in trouble; each component brings its own."""

import re
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

_HEADING = re.compile(r"^## (?P<title>.+?) \{#(?P<id>[a-z0-9-]+)\}\n", re.MULTILINE)
_NAME = re.compile(r"\{([a-z_]+)\}")


class Procedure(Struct, frozen=True, kw_only=True):
    """One procedure of the operations runbook."""

    id: str
    """Kebab case, unique in a stack; also the anchor of its section."""
    title: str
    """What is wrong, or what is done."""
    text: str
    """When it is needed and its steps, in Markdown; each command in a block.

    STACK stands for the stack as `footing` takes it, behind `--stack` as `pulumi` does; whoever types
    them fills in other words in capitals.
    """


def read(path: Path) -> tuple[Procedure, ...]:
    """Return the procedures of a file: a section each, headed `## Title {#id}`; names in braces are filled in."""
    _, *parts = _HEADING.split(path.read_text(encoding="utf-8"))
    sections = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return tuple(Procedure(id=id_, title=title, text=text.strip()) for title, id_, text in sections)


def filled(procedures: tuple[Procedure, ...], **names: str | int) -> tuple[Procedure, ...]:
    """Return procedures with the stack's own names in place of those in braces.

    Raises:
        KeyError: a name is not given.

    """
    return tuple(replace(it, text=_NAME.sub(lambda found: str(names[found[1]]), it.text)) for it in procedures)
