"""The installed provider SDKs as source text: token to class, class to its piece of a file.

Nothing is imported. `pulumi_cloudflare` alone takes seconds and 160 MB to import, while cutting one class
out of its text takes milliseconds, and the text also holds the property docs that say what replaces.
"""

import ast
import json
import re
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_REGISTRATION = re.compile(r'resource_modules="""\s*(\[.*?\])\s*"""', re.DOTALL)
_CLASS = re.compile(r"^class (\w+)\b", re.MULTILINE)
# What may follow a class in generated code. Docs hold free text at column 0, so any letter there is no end.
_NEXT_STATEMENT = re.compile(r"^(?:@pulumi\.|class \w+[(:])", re.MULTILINE)


class UnknownTypeError(Exception):
    """No installed SDK has this type; the message says what was asked for."""


@cache
def package_root(package: str) -> Path:
    """Return the folder of a provider's Python SDK, found by the names that publishers use.

    Raises:
        UnknownTypeError: no SDK for this package is installed.
    """
    plain = package.replace("-", "_")
    names = (f"pulumi_{plain}", f"pulumiverse_{plain}", f"{plain}_pulumi")
    for name in names:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            return Path(spec.origin).parent
    raise UnknownTypeError(
        f"no Python SDK for the package {package!r} is installed (looked for {', '.join(names)})"
    )


def has_sdk(package: str) -> bool:
    """Return whether the SDK of a package is found by the names that publishers use."""
    try:
        package_root(package)
    except UnknownTypeError:
        return False
    return True


def package_version(package: str) -> str:
    """Return the installed version of a provider's SDK."""
    try:
        return version(package_root(package).name.replace("_", "-"))
    except PackageNotFoundError:
        return "0.0.0"


@cache
def base_version(plugin: str) -> str | None:
    """Return the version of a base plugin that the installed SDKs ask for; None where none does."""
    descriptions = Path(sysconfig.get_path("purelib")).glob("*/pulumi-plugin.json")
    found = (json.loads(description.read_text(encoding="utf-8")) for description in descriptions)
    asked = (it["version"] for it in found if "parameterization" in it and it["name"] == plugin)
    return max(asked, default=None)


@cache
def resource_types(package: str) -> dict[str, tuple[Path, str]]:
    """Return each resource type of a package with its Python file and class name, from the SDK's register."""
    root = package_root(package)
    found = _REGISTRATION.search((root / "__init__.py").read_text(encoding="utf-8"))
    entries: list[dict[str, Any]] = json.loads(found.group(1)) if found else []
    table = {}
    for entry in entries:
        folder = root.joinpath(*entry["fqn"].split(".")[1:])
        for token, name in entry["classes"].items():
            # The SDK generator's file name for a type: `oauthIDToken` is `oauth_id_token`.
            spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", entry["mod"].rsplit("/", 1)[-1])
            file = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", spaced).lower()
            table[token] = (folder / f"{file}.py", name)
    return table


def resource_source(token: str) -> tuple[Path, str]:
    """Return the file and the class name of one resource type.

    Raises:
        UnknownTypeError: the SDK has no such type.
    """
    package = token.split(":", 1)[0]
    known = resource_types(package)
    if token not in known:
        raise UnknownTypeError(f"the installed SDK of {package!r} has no resource type {token!r}")
    path, name = known[token]
    # A module with a version of the API in its name has a file for each class.
    own = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    for candidate in (path, path.with_name(f"{own}.py")):
        if candidate.exists():
            return candidate, name
    for other in sorted(path.parent.glob("*.py")):
        if name in _spans(other):
            return other, name
    raise UnknownTypeError(f"{path.parent.name} holds no class {name}")


def class_text(path: Path, name: str) -> str | None:
    """Return one class of a file as text, or None when the file has no such class."""
    span = _spans(path).get(name)
    return None if span is None else _text(path)[slice(*span)]


@cache
def class_node(path: Path, name: str) -> ast.ClassDef | None:
    """Return one class of a file as a syntax tree, or None when the file has no such class."""
    text = class_text(path, name)
    if text is None:
        return None
    node = ast.parse(text).body[0]
    return node if isinstance(node, ast.ClassDef) else None


def getters(node: ast.ClassDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield each property of a class with its name on the wire."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef):
            for decorator in item.decorator_list:
                if ast.unparse(decorator).startswith("pulumi.getter"):
                    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
                    named = (ast.literal_eval(keyword.value) for keyword in keywords if keyword.arg == "name")
                    yield next(named, item.name), item


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


@cache
def _spans(path: Path) -> dict[str, tuple[int, int]]:
    text = _text(path)
    spans = {}
    for found in _CLASS.finditer(text):
        following = _NEXT_STATEMENT.search(text, found.end())
        spans[found.group(1)] = (found.start(), following.start() if following else len(text))
    return spans
