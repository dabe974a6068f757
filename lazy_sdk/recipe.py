"""How one file of an SDK is loaded: worked out from its source once, then stored on disk."""

import __future__

import ast
import marshal
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import CodeType
from typing import Any

from lazy_sdk import layout, prune

Chunk = tuple[tuple[str, ...], tuple[str, ...], bytes]
"""The code of one class in `marshal`'s form, after the names it needs first and those it mentions."""


@dataclass
class Recipe:
    """What to run for a file, and what to wait with until it is asked for.

    Attributes:
        sources: names of the files beside it that it was made from, itself first.
        code: what runs at once; None where the file has no known shape, and is imported as it is.
        origins: of a package, the module that has each of its names.
        children: of a package, the modules and packages that are its attributes.
        places: of a file of classes, where each stands.
        chunks: of a file of classes, those that were ever loaded.

    """

    sources: tuple[str, ...]
    code: CodeType | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    children: tuple[str, ...] = ()
    places: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    chunks: dict[str, Chunk] = field(default_factory=dict)

    def plain(self) -> tuple[Any, ...]:
        """Return it as values that `marshal` takes."""
        return tuple(getattr(self, each.name) for each in fields(self))


def of_file(name: str, path: Path) -> Recipe:
    """Work out how the module `name` in the file `path` is loaded.

    Raises:
        OSError: a file cannot be read.
        ValueError, SyntaxError: a file is not what Pulumi's generator writes.

    """
    source = _text(path)
    as_it_is = Recipe((path.name,))
    if path.name == "__init__.py":
        return _of_package(name, path, source) or as_it_is
    shape = None
    if path.stem in layout.CLASS_FILES and (shape := layout.class_file(source)) is None:
        return as_it_is
    code, sources = source if shape is None else shape.head, [path.name]
    for module in prune.starred(code):
        sources.append(f"{module}.py")
        if (named := layout.class_file(_text(path.with_name(f"{module}.py")))) is not None:
            code = prune.take_named(code, module, named.places, source)
    places = {} if shape is None else shape.offsets()
    return Recipe(tuple(sources), _compiled(code, path), places=places)


def chunk(recipe: Recipe, name: str, path: Path, source: str) -> Chunk:
    """Compile one class; its lines keep the numbers that they have in the file.

    Raises:
        ImportError: the file is another one by now.

    """
    start, end, lines_before = recipe.places[name]
    text = source[start:end]
    if f"class {name}" not in text:
        raise ImportError(f"{path} has changed since this program began to use it; start again.", path=str(path))
    code = _compiled(text, path, lines_before=lines_before)
    return (*prune.reached(text, recipe.places, own=name), marshal.dumps(code))


def _of_package(name: str, path: Path, source: str) -> Recipe | None:
    shape = layout.package_file(name, source)
    if shape is None:
        return None
    origins: dict[str, str] = {}
    for module in shape.starred:
        names = layout.exports(_text(path.with_name(f"{module}.py")))
        if names is None:
            return None
        origins |= dict.fromkeys(names, module)
    sources = (path.name, *(f"{module}.py" for module in shape.starred))
    code = compile(ast.fix_missing_locations(shape.head), str(path), "exec", dont_inherit=True)
    return Recipe(sources, code, origins=origins, children=(*shape.starred, *shape.children))


def _compiled(source: str, path: Path, *, lines_before: int = 0) -> CodeType:
    """Compile a part of an SDK, with its annotations as texts.

    To make the annotations' values takes half of an import, and one in ten is read. A typed dictionary makes its
    own in any case, for type checkers alone: the SDK only asks whether a class is one.
    """
    typed_dictionary = "(TypedDict):" in source
    if lines_before or typed_dictionary:
        tree = ast.increment_lineno(ast.parse(source, str(path)), lines_before)
        for node in tree.body if typed_dictionary else ():
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "TypedDict" for base in node.bases):
                node.body = [ast.copy_location(ast.Pass(), node)]
    flags = __future__.annotations.compiler_flag
    code: CodeType = compile(
        tree if lines_before or typed_dictionary else source, str(path), "exec", flags=flags, dont_inherit=True
    )
    return code


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
