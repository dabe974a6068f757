"""The line of the project's own code that asked for a resource."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

SHARED = ("components/aws/", "components/alloy/", "components/component.py")
"""Helpers that make resources for whichever component calls them: a line of theirs says nothing of who asked."""


class SourceFinder:
    """Finds the innermost frame of a request's stack that lies in the project, outside of shared helpers.

    Installed packages are no part of it, even where the environment lies below the root.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._relative = lru_cache(maxsize=None)(self._relative_to_root)

    def in_project(self, filename: str) -> bool:
        """Tell whether an absolute file name is the project's own code, and no shared helper."""
        return bool(self._relative(filename))

    def find(self, request: Any) -> str:
        """Return "path:line", or the empty text where no frame lies in the project."""
        for frame in request.stackTrace.frames:
            path = self._relative(unquote(urlsplit(frame.pc.uri).path))
            if path:
                return f"{path}:{frame.pc.line}"
        return ""

    def _relative_to_root(self, filename: str) -> str:
        path = Path(filename)
        if not path.is_relative_to(self._root) or "site-packages" in path.parts:
            return ""
        relative = path.relative_to(self._root).as_posix()
        return "" if relative.startswith(SHARED) else relative
