"""The import hook: `import pulumi_cloudflare as cloudflare` stays as it is, and costs what is used of it."""

import atexit
import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import ModuleType
from typing import Final

from engine.build import cache_directory
from lazy_sdk.cache import RecipeCache
from lazy_sdk.layout import SDKS
from lazy_sdk.modules import COMPILE, RECIPE, LazyClasses, LazyPackage
from lazy_sdk.recipe import Chunk, Recipe, chunk

SWITCH: Final = "FOOTING_PLAIN_IMPORTS"
"""Environment variable that leaves all imports as they are, with any value but the empty one."""


def install() -> None:
    """Load from now on only the used classes of the provider SDKs that are not imported yet.

    An SDK or a file of it that has another shape than the known one is imported as it is.
    """
    if not os.environ.get(SWITCH) and _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


class _Finder:
    """Finds modules of provider SDKs."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the ordinary spec with a loader of our own; None for what is no source of an SDK."""
        package = name.partition(".")[0]
        if package not in SDKS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or type(spec.loader) is not SourceFileLoader:
            return None
        # The folder of the package that the dotted name begins with.
        depth = name.count(".") if spec.submodule_search_locations is not None else name.count(".") - 1
        recipes = _recipe_cache(package, Path(spec.origin).parents[depth])
        if recipes is not None:
            spec.loader = _Loader(name, spec.origin, recipes)
        return spec


@cache
def _recipe_cache(package: str, folder: Path) -> RecipeCache | None:
    try:
        recipes = RecipeCache(cache_directory(), package, folder)
    except (PackageNotFoundError, RuntimeError):  # the latter where the user has no home
        return None
    atexit.register(recipes.write)
    return recipes


class _Loader(SourceFileLoader):
    """Runs a module's recipe in place of its source; all else about it is as ever."""

    def __init__(self, name: str, path: str, recipes: RecipeCache) -> None:
        super().__init__(name, path)
        self._recipes = recipes
        self._source: str | None = None

    def exec_module(self, module: ModuleType) -> None:
        """Make the module what its file says, the parts that can wait left out."""
        recipe = self._recipes.recipe(self.name, Path(self.path))
        if recipe.code is None:
            super().exec_module(module)
            return
        if recipe.children:
            module.__dict__[RECIPE] = recipe
            module.__class__ = LazyPackage
        elif recipe.places:
            module.__dict__.update({RECIPE: recipe, COMPILE: lambda name: self._compiled(recipe, name)})
            module.__class__ = LazyClasses
        exec(recipe.code, module.__dict__)  # noqa: S102 the SDK's own code

    def _compiled(self, recipe: Recipe, name: str) -> Chunk:
        path = Path(self.path)
        if self._source is None:
            self._source = path.read_text(encoding="utf-8")
        compiled = recipe.chunks[name] = chunk(recipe, name, path, self._source)
        self._recipes.changed(self.name, path, recipe)
        return compiled
