"""Makes a source smaller: only the nested types it names, no more."""

import re
from collections.abc import Collection, Container
from typing import Final

_STAR: Final = re.compile(r"^from \._inputs import \*$", re.MULTILINE)
# `outputs.Rule` is found through the module when it is needed; a bare name must be there at once.
_BARE_NAME: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_BASES: Final = re.compile(r"^class \w+\((.*)\):$", re.MULTILINE)


def takes_all_inputs(source: str) -> bool:
    """Tell whether a module takes every name of the `_inputs` beside it."""
    return _STAR.search(source) is not None


def take_named_inputs(source: str, names: Container[str]) -> str:
    """Replace `from ._inputs import *` by an import of those of `names` that the module mentions.

    It stays one line, so that all others keep their numbers.
    """
    mentioned = _mentioned(source, names)
    named = f"from ._inputs import {', '.join(mentioned)}" if mentioned else "from . import _inputs"
    return _STAR.sub(named, source)


def reached(text: str, names: Container[str], own: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which of `names` the class `own` needs before it is made, and which others its text mentions.

    Its bases have to be there. All else is an annotation in quotes, which the SDK looks up when it translates.
    """
    bases = _BASES.search(text)
    before = _mentioned(bases[1], names) if bases else ()
    return before, _mentioned(text, names, without={own, *before})


def _mentioned(text: str, names: Container[str], without: Collection[str] = ()) -> tuple[str, ...]:
    return tuple(sorted(name for name in set(_BARE_NAME.findall(text)) if name in names and name not in without))
