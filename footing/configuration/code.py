"""Types of expressions, as far as annotations tell them, found in the source without running it."""

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[2]
"""Directory of the packages."""

PACKAGES = ("stacks", "capacity", "footing")
"""Where configuration is read: components/ and observability/ are given values, and never the configuration."""

_WRAPPED = {"Annotated", "Final", "Optional", "Required"}
_SEVERAL = {"Collection", "Iterable", "Iterator", "Sequence", "Set", "frozenset", "list", "set", "tuple"}
_BY_NAME = {"Mapping", "MutableMapping", "dict"}


class Class(Struct, frozen=True, order=True):
    """A class of ours."""

    module: str
    """Module that defines it."""
    name: str
    """Its name there."""


class Several(Struct, frozen=True):
    """A list, or a map, of which only the values are of interest."""

    of: "Types"
    """What each is."""
    is_map: bool = False
    """Whether `.items()` and `.values()` lead to them."""


Types = frozenset[Class | Several]
"""What an expression may be; empty where it is nothing of ours."""

NOTHING: Types = frozenset()
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Definition(Struct, frozen=True):
    """A statement that gives a name its meaning."""

    module: str
    """Module it stands in."""
    node: ast.stmt | None
    """Class, function or assignment; None outside of `PACKAGES`, where nobody looks."""


@cache
def tree(module: str) -> ast.Module:
    """Return the source of a module of ours."""
    return ast.parse((ROOT / file_of(module)).read_text(encoding="utf-8"))


def file_of(module: str) -> str:
    """Return the file of a module, from the directory of the packages."""
    path = module.replace(".", "/")
    return f"{path}.py" if (ROOT / f"{path}.py").is_file() else f"{path}/__init__.py"


@cache
def definition(module: str, name: str) -> Definition | None:
    """Return what `name` stands for in a module, through the imports of ours; None for anything else."""
    if module.partition(".")[0] not in PACKAGES:
        return Definition(module, None) if (ROOT / file_of(module)).is_file() else None
    found = _defined(module).get(name)
    return definition(*found) if isinstance(found, tuple) else found


@cache
def _defined(module: str) -> dict[str, Definition | tuple[str, str]]:
    """Return what a module defines, and what it imports, wherever it does, as module and name."""
    found: dict[str, Definition | tuple[str, str]] = {}
    source = tree(module)
    for node in ast.walk(source):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.update({alias.asname or alias.name: (node.module, alias.name) for alias in node.names})
    for node in source.body:
        if isinstance(node, ast.ClassDef | Function):
            found[node.name] = Definition(module, node)
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name):
                found[target.id] = Definition(module, node)
    return found


def types(annotation: ast.expr | None, module: str, aliases: frozenset[str] = frozenset()) -> Types:
    """Return what an annotation in `module` says; one inside of `aliases` may name them again."""
    match annotation:
        case ast.Constant(value=str(text)):
            return types(ast.parse(text, mode="eval").body, module, aliases)
        case ast.Name(id=name):
            found = definition(module, name)
            match found and found.node:
                case ast.ClassDef():
                    return frozenset({Class(found.module, name)}) if found else NOTHING
                case ast.Assign(value=value) if found and name not in aliases:
                    return types(value, found.module, aliases | {name})
        case ast.BinOp(left=left, right=right):
            return types(left, module, aliases) | types(right, module, aliases)
        case ast.Subscript(value=ast.Name(id=name), slice=inside):
            inner = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            if name in _WRAPPED:
                return types(inner[0], module, aliases)
            if name == "Union":
                return union(types(it, module, aliases) for it in inner)
            if name in _SEVERAL | _BY_NAME:
                is_map = name in _BY_NAME
                of = union(types(it, module, aliases) for it in (inner[-1:] if is_map else inner))
                return frozenset({Several(of, is_map)}) if of else NOTHING
    return NOTHING


def union(found: Iterator[Types]) -> Types:
    """Return all the types in `found`."""
    return frozenset(it for each in found for it in each)


def entries(of: Types) -> Types:
    """Return what the entries of lists and maps are."""
    return frozenset(it for each in of if isinstance(each, Several) for it in each.of)


def attribute(of: Class, name: str) -> Types:
    """Return the type of an attribute, or of what a method returns; nothing where the class has none."""
    for owner, member in members(of):
        if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name) and member.target.id == name:
            return types(member.annotation, owner.module)
        if isinstance(member, Function) and member.name == name:
            return types(member.returns, owner.module)
    return NOTHING


@cache
def lineage(of: Class) -> Sequence[Class]:
    """Return a class of ours and those it inherits from."""
    found = definition(of.module, of.name)
    if not (found and isinstance(found.node, ast.ClassDef)):
        return []
    above = union(types(base, found.module) for base in found.node.bases)
    actual = Class(found.module, found.node.name)
    return [actual, *(it for base in sorted(b for b in above if isinstance(b, Class)) for it in lineage(base))]


def members(of: Class) -> Iterator[tuple[Class, ast.stmt]]:
    """Yield the statements in a class and in those it inherits from, each with its class."""
    for owner in lineage(of):
        found = definition(owner.module, owner.name)
        if found and isinstance(found.node, ast.ClassDef):
            yield from ((owner, it) for it in found.node.body)


def fields(of: Class) -> set[str]:
    """Return the names that a class annotates: the keys of a block."""
    return {
        it.target.id for _, it in members(of) if isinstance(it, ast.AnnAssign) and isinstance(it.target, ast.Name)
    }


def classes(named: ast.expr, module: str) -> Types:
    """Return the class, or the tuple of classes, that an expression names."""
    return union(types(it, module) for it in (named.elts if isinstance(named, ast.Tuple) else [named]))


def texts(node: ast.AST | None) -> set[str]:
    """Return the texts that are written in a piece of source."""
    constants = (it.value for it in (ast.walk(node) if node else ()) if isinstance(it, ast.Constant))
    return {it for it in constants if isinstance(it, str)}
