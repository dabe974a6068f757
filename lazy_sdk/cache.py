"""Keeps recipes on disk, one file for each file of an SDK, in a folder for each version of it.

An entry counts only while the size and time of its sources are the same. It is written beside its place and then
moved there, so that readers see a whole file or none; whatever is wrong with one, it is made anew.
"""

import hashlib
import marshal
import os
import sys
import zlib
from importlib import metadata
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Final

from lazy_sdk import recipe as recipes
from lazy_sdk.recipe import Recipe

FORMAT: Final = 5
"""Version of the files' form; another number makes all recipes anew."""

_DIGEST_BYTES: Final = 4


class RecipeCache:
    """The recipes of one SDK as it is installed in one place.

    Args:
        cache: the directory of all caches.
        package: the SDK's top package.
        folder: where that package lies; the code in an entry names its files.

    Raises:
        PackageNotFoundError: the package belongs to no installed distribution.

    """

    def __init__(self, cache: Path, package: str, folder: Path) -> None:
        interpreter = f"{sys.implementation.cache_tag}-{MAGIC_NUMBER.hex()}-O{sys.flags.optimize}"
        place = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        version = f"{package}-{metadata.version(package)}-{place}"
        self._folder = cache / "imports" / f"{FORMAT}-{interpreter}" / version
        self._changed: dict[str, tuple[Path, Recipe]] = {}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._writable = os.access(self._folder, os.W_OK)
        except OSError:
            self._writable = False

    def recipe(self, name: str, path: Path) -> Recipe:
        """Return how to load the module `name` from `path`; as it is, where that could not be kept."""
        if (stored := self._read(name, path)) is not None:
            return stored
        if not self._writable:
            # To work it out costs more than it saves once.
            return Recipe((path.name,))
        try:
            recipe = recipes.of_file(name, path)
        except (OSError, ValueError, SyntaxError):
            recipe = Recipe((path.name,))
        self.changed(name, path, recipe)
        return recipe

    def changed(self, name: str, path: Path, recipe: Recipe) -> None:
        """Note that a recipe has to be written."""
        self._changed[name] = (path, recipe)

    def write(self) -> None:
        """Write what changed; where that fails, the next start makes it anew."""
        for name, (path, recipe) in self._changed.items():
            try:
                self._write(name, path, recipe)
            except OSError:
                return
        self._changed.clear()

    def _read(self, name: str, path: Path) -> Recipe | None:
        try:
            content = (self._folder / name).read_bytes()
            body = memoryview(content)[_DIGEST_BYTES:]
            if int.from_bytes(content[:_DIGEST_BYTES], "big") != zlib.crc32(body):
                return None
            stamp, plain = marshal.loads(body)  # noqa: S302 our own entry, like the .pyc beside a source
            stored = Recipe(*plain)
            return stored if stamp == _stamp(path, stored) else None
        except (OSError, EOFError, ValueError, TypeError):
            return None

    def _write(self, name: str, path: Path, recipe: Recipe) -> None:
        # Another process may have loaded other classes of the same file meanwhile.
        other = self._read(name, path)
        if other is not None:
            recipe.chunks = other.chunks | recipe.chunks
        body = marshal.dumps((_stamp(path, recipe), recipe.plain()))
        partial = self._folder / f"{name}.{os.getpid()}.partial"
        try:
            partial.write_bytes(zlib.crc32(body).to_bytes(_DIGEST_BYTES, "big") + body)
            partial.replace(self._folder / name)
        finally:
            partial.unlink(missing_ok=True)


def _stamp(path: Path, recipe: Recipe) -> tuple[int, int]:
    """Return the sum of the sources' sizes and the latest of their times."""
    found = [os.stat(os.path.join(path.parent, name)) for name in recipe.sources]  # noqa: PTH116, PTH118 hundreds
    return sum(each.st_size for each in found), max(each.st_mtime_ns for each in found)
