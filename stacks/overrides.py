"""The user's own `overrides.py` beside the program: resource transforms for what no key says."""

import traceback
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Final

import pulumi

FILE: Final = "overrides.py"
"""Name of the file, beside `__main__.py`; docs/overrides.md says what it may do."""


class OverridesError(pulumi.RunError):
    """The user's file cannot be run; the engine shows the sentence without a traceback."""


def load_overrides(directory: Path) -> None:
    """Run the overrides in `directory`, where there are any: before the first resource, or they would miss it.

    Raises:
        OverridesError: the file is not Python, or raised an error.

    """
    path = directory / FILE
    specification = spec_from_file_location("overrides", path)
    if not path.is_file() or specification is None or specification.loader is None:
        return
    try:
        specification.loader.exec_module(module_from_spec(specification))
    except Exception as error:  # noqa: BLE001  whatever the user's file raises is told as one sentence
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
        ]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1]
        raise OverridesError(f"{FILE}, line {line}: {type(error).__name__}: {error}") from None
