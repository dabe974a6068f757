"""Makes a source smaller: only the nested types and enumerations that it names."""

import re
from collections.abc import Collection, Container
from typing import Final

_STAR: Final = re.compile(r"^from \.(_inputs|_enums) import \*$", re.MULTILINE)
# `outputs.Rule` is found through the module when it is needed; a bare name must be there at once.
_BARE_NAME: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_BASES: Final = re.compile(r"^class \w+\((.*)\):$", re.MULTILINE)


def starred(source: str) -> list[str]:
    """Return which of the `_inputs` and `_enums` beside it a module takes every name of."""
    return _STAR.findall(source)


def take_named(source: str, module: str, names: Container[str], text: str) -> str:
    """Replace `from ._inputs import *` by an import of those of `names` that `text` mentions.

    It stays one line, so that all others keep their numbers.
    """
    mentioned = _mentioned(text, names)
    named = f"from .{module} import {', '.join(mentioned)}" if mentioned else f"from . import {module}"
    return source.replace(f"from .{module} import *", named)


def reached(text: str, names: Container[str], own: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which of `names` the class `own` needs before it is made, and which others its text mentions.

    Its bases have to be there. All else is an annotation in quotes, which the SDK looks up when it translates.
    """
    bases = _BASES.search(text)
    before = _mentioned(bases[1], names) if bases else ()
    return before, _mentioned(text, names, without={own, *before})


def _mentioned(text: str, names: Container[str], without: Collection[str] = ()) -> tuple[str, ...]:
    return tuple(sorted(name for name in set(_BARE_NAME.findall(text)) if name in names and name not in without))
