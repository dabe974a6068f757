"""Modules whose attributes come when they are first touched."""

import marshal
import threading
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from lazy_sdk.recipe import Chunk, Recipe

RECIPE: Final = "__footing_recipe__"
COMPILE: Final = "__footing_compile__"

# A class may reach others of its file while it is made, so the same thread has to get in again.
_LOADING: Final = threading.RLock()


class LazyPackage(ModuleType):
    """A package that imports its own modules when one of their names is touched."""

    def __getattr__(self, name: str) -> Any:
        """Return a name of one of its modules, or one of its modules."""
        recipe: Recipe = self.__dict__[RECIPE]
        if name in recipe.origins:
            value = getattr(import_module(f"{self.__name__}.{recipe.origins[name]}"), name)
        elif name in recipe.children:
            value = import_module(f"{self.__name__}.{name}")
        elif name == "__all__":
            return [each for each in dir(self) if not each.startswith("_")]
        else:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        """Leave `get_zone` the function: importing the module of that name would put the module in its place."""
        if isinstance(value, ModuleType) and name in self.__dict__[RECIPE].origins:
            return
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """Return all names, those included that nobody touched yet."""
        recipe: Recipe = self.__dict__[RECIPE]
        return sorted({*self.__dict__, *recipe.origins, *recipe.children})


class LazyClasses(ModuleType):
    """A module of classes that makes each, and those it mentions, when it is touched."""

    def __getattr__(self, name: str) -> Any:
        """Return a class of this module."""
        if name not in self.__dict__[RECIPE].places:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        with _LOADING:
            waiting = [name]
            while waiting:
                waiting.extend(self._load(waiting.pop()))
        return self.__dict__[name]

    def __dir__(self) -> list[str]:
        """Return all names, those included that nobody touched yet."""
        return sorted({*self.__dict__, *self.__dict__[RECIPE].places})

    def _load(self, name: str) -> tuple[str, ...]:
        """Define one class after its bases, unless it is there, and return the others that it mentions."""
        if name in self.__dict__:
            return ()
        recipe: Recipe = self.__dict__[RECIPE]
        compiled: Callable[[str], Chunk] = self.__dict__[COMPILE]
        before, after, code = recipe.chunks.get(name) or compiled(name)
        for each in before:
            getattr(self, each)
        exec(marshal.loads(code), self.__dict__)  # noqa: S102, S302 the SDK's own code
        return after
