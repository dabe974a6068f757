"""Lint and strict types are clean, so that `make test` alone tells whether the tree is in order."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("tool", [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)], ids="-".join)
def test_tool_finds_nothing(tool: tuple[str, ...]):
    done = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_reads_what_is_used_of_the_sdks_and_nothing_else():
    """What it does not read is `Any` to it: every wrong argument would pass."""
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    skipped, read = (
        {name for block in mypy["overrides"] if block.get("follow_imports") == how for name in block["module"]}
        for how in ("skip", "normal")
    )
    packages = {name.removesuffix(".*") for name in skipped} - {"moto"}
    files = [path for name in mypy["files"] for path in [ROOT / name, *(ROOT / name).rglob("*.py")]]
    used = {part for path in files if path.is_file() for part in parts_used(path.read_text(), packages)}
    # What holds a package's nested types is read whatever is used of it: of arguments, enumerations and outputs.
    assert {name for name in read - packages if "._" not in name and not name.endswith(".outputs")} == used
    assert packages <= read


def parts_used(text: str, packages: set[str]) -> set[str]:
    """Return what a file uses: a service as `pulumi_aws.ec2.*`, a resource as `pulumi_cloudflare.zone`."""
    nodes = list(ast.walk(ast.parse(text)))
    imported = [alias for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    named = {alias.asname or alias.name: alias.name for alias in imported if alias.name in packages}
    members = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    found = {(named[it.value.id], it.attr) for it in members if it.value.id in named}
    return {part for package, name in found if (part := part_of(package, name))}


def part_of(package: str, name: str) -> str | None:
    if (folder(package) / name).is_dir():
        return f"{package}.{name}.*"
    # A lookup has a module of its name: `get_accounts_output` is in `get_accounts`.
    lookup = name.removesuffix("_output")
    if (folder(package) / f"{lookup}.py").is_file():
        return f"{package}.{lookup}"
    return modules(package).get(name)


@cache
def folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    return Path(str(spec.origin)).parent


@cache
def modules(package: str) -> dict[str, str]:
    """Return the module of each class at the top of an SDK, without the nested types of arguments and outputs."""
    files = [path for path in folder(package).glob("[!_]*.py") if path.name != "outputs.py"]
    classes = re.compile(r"^class (\w+)", re.MULTILINE)
    return {name: f"{package}.{path.stem}" for path in files for name in classes.findall(path.read_text())}
