"""Which packages are provider SDKs, and what the files are that Pulumi's code generator writes.

The shapes are those of https://github.com/pulumi/pulumi/tree/master/pkg/codegen/python. A file of any other shape
is unknown, and its reader answers None: it is then imported as it is.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

SDKS: Final = frozenset(
    {
        "pulumi_aws",
        "pulumi_cloudflare",
        "pulumi_datadog",
        "pulumi_fly_machines",
        "pulumi_github",
        "pulumi_random",
        "pulumi_tls",
        "pulumiverse_grafana",
        "pulumiverse_vercel",
        "upstash_pulumi",
    }
)
"""Packages that are looked at; each file in them still has to have a known shape."""

CLASS_FILES: Final = frozenset({"_enums", "_inputs", "outputs"})
"""Modules that hold the nested types of a whole service, thousands of them in the largest, or its enumerations."""

_EXPORTS: Final = re.compile(r"^__all__ = (\[[^\]]*\])$", re.MULTILINE)
_CLASS: Final = re.compile(r"^(?:@.*\n)*class (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class SourceSpan:
    """Part of a file that holds one class: offsets of its text, and the number of lines before it."""

    start: int
    end: int
    lines_before: int


@dataclass(frozen=True)
class ClassFile:
    """A file of classes: what precedes them, and the place of each."""

    head: str
    places: Mapping[str, SourceSpan]

    def offsets(self) -> dict[str, tuple[int, int, int]]:
        """Return the places as plain numbers, which `marshal` takes."""
        return {name: (span.start, span.end, span.lines_before) for name, span in self.places.items()}


@dataclass(frozen=True)
class PackageFile:
    """An `__init__.py`: what is left of it, and what it takes from where.

    Attributes:
        head: the statements that are not about its own modules.
        starred: modules whose names it takes, in the order in which later ones win.
        children: modules and packages that are its attributes, by name.

    """

    head: ast.Module
    starred: tuple[str, ...]
    children: tuple[str, ...]


def exports(source: str) -> tuple[str, ...] | None:
    """Return a module's `__all__`, or None where it is not one plain list at the left margin."""
    found = _EXPORTS.search(source)
    return tuple(ast.literal_eval(found[1])) if found and source.count("__all__") == 1 else None


def class_file(source: str) -> ClassFile | None:
    """Read a file of classes, or return None where it is anything else.

    The classes must be those that `__all__` names, each with its texts closed: then no line inside a text was
    taken for a class.
    """
    found = list(_CLASS.finditer(source))
    names = tuple(match[1] for match in found)
    if not found or sorted(names) != sorted(exports(source) or ()):
        return None
    starts = [match.start() for match in found]
    places, line, before = {}, 0, 0
    for name, start, end in zip(names, starts, [*starts[1:], len(source)], strict=True):
        line += source.count("\n", before, start)
        before = start
        places[name] = SourceSpan(start, end, line)
        if source.count('"""', start, end) % 2:
            return None
    head = source[: starts[0]]
    known = (ast.Import, ast.ImportFrom, ast.If, ast.Assign)
    plain = all(isinstance(node, known) for node in ast.parse(head).body)
    return ClassFile(head, places) if plain else None


def package_file(name: str, source: str) -> PackageFile | None:
    """Read the `__init__.py` of the package `name`, or return None where it is anything else."""
    starred: list[str] = []
    children: list[str] = []
    kept: list[ast.stmt] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module and node.names[0].name == "*":
            starred.append(node.module)
        elif isinstance(node, ast.ImportFrom) and ast.unparse(node) == "from . import outputs":
            children.append("outputs")
        elif isinstance(node, ast.If):
            subpackages = list(_subpackages(name, node))
            if len(subpackages) != len(node.orelse):
                return None
            children.extend(subpackages)
        elif isinstance(node, ast.Import | ast.ImportFrom | ast.Expr):
            kept.append(node)
        else:
            return None
    if not starred:
        return None
    return PackageFile(ast.Module(kept, []), tuple(starred), tuple(children))


def _subpackages(package: str, node: ast.If) -> Iterator[str]:
    """Yield the names of the statements `ec2 = _utilities.lazy_import('pulumi_aws.ec2')` under a TYPE_CHECKING."""
    if ast.unparse(node.test) != "typing.TYPE_CHECKING":
        return
    for statement in node.orelse:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            if ast.unparse(statement.value) == f"_utilities.lazy_import('{package}.{name}')":
                yield name
