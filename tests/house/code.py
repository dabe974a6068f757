"""The tree as code: files, functions, imports, read once."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS: dict[str, set[str]] = {
    "edge_rules": set(),
    "engine": set(),
    "loadtest": set(),
    "observability": set(),
    "wire_format": set(),
    "readiness": {"observability"},
    "policies": {"wire_format"},
    "providers": {"policies", "wire_format"},
    "simulator": {"policies", "providers", "wire_format"},
    "lazy_sdk": {"engine"},
    "components": {"edge_rules", "observability", "providers"},
    "stacks": {"components", "edge_rules", "loadtest", "observability", "policies", "providers"},
    "capacity": {"components", "edge_rules", "observability", "policies", "providers", "stacks"},
    "lab": {"components", "edge_rules", "loadtest", "observability", "policies", "stacks"},
    "footing": {
        *(
            "capacity",
            "edge_rules",
            "engine",
            "lazy_sdk",
            "loadtest",
            "observability",
            "policies",
            "providers",
            "readiness",
            "simulator",
            "stacks",
            "wire_format",
        ),
    },
    "bench": {"edge_rules", "engine", "footing", "lazy_sdk", "observability", "policies", "simulator", "stacks"},
}
"""Every room, and the rooms that it may import: arrows run down, so there is no circle between rooms."""
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
SMALL = 8
"""Lines of a function that a reader would rather find where it is used."""


@cache
def tree(path: Path) -> ast.Module:
    """Return a file as it is parsed."""
    return ast.parse(path.read_text(), filename=str(path))


@cache
def sources(*rooms: str) -> tuple[Path, ...]:
    """Return the Python files of `rooms`, or of all."""
    return tuple(path for room in rooms or ROOMS for path in sorted((ROOT / room).rglob("*.py")))


def lines(*rooms: str) -> int:
    """Return how many lines the Python of `rooms` has."""
    return sum(len(path.read_text().splitlines()) for path in sources(*rooms))


def module_of(path: Path) -> str:
    """Return the dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Return every name that a file imports, dotted: modules and what is taken from them."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def upward_imports() -> list[str]:
    """Return every import of a room that is not below the importing one."""
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for room, below in ROOMS.items()
        for path in sources(room)
        for name in sorted(imports(path))
        if (other := name.split(".")[0]) in ROOMS and other not in {room, *below}
    ]


def circles() -> list[str]:
    """Return the modules that reach themselves by imports at the top of files; annotations alone do not count."""
    modules = {module_of(path): path for path in sources()}
    needs = {name: {it for it in _loaded_modules(path, modules) if it != name} for name, path in modules.items()}
    changed = True
    while changed:
        free = {name for name, below in needs.items() if not below}
        changed = bool(free)
        needs = {name: below - free for name, below in needs.items() if name not in free}
    # What only reaches a circle is no part of it.
    used = {name for below in needs.values() for name in below}
    return sorted(name for name in needs if name in used)


def _loaded_modules(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    for node in tree(path).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in modules or node.module in modules:
                    yield full if full in modules else node.module


def homonym_rooms() -> list[str]:
    """Return names that two rooms have; each component may have `signals/`, a provider is its vendor."""
    places = {path.parent for path in sources()}
    folders = {it for it in places if it.name != "signals" and it.parent.name != "providers"}
    stems = Counter(folder.name.removesuffix("s") for folder in folders if folder != ROOT)
    return sorted(stem for stem, count in stems.items() if count > 1)


def functions(*rooms: str) -> Iterator[tuple[Path, FUNCTION, int]]:
    """Yield every function with its file and its lines."""
    for path in sources(*rooms):
        for node in ast.walk(tree(path)):
            if isinstance(node, FUNCTION):
                yield path, node, (node.end_lineno or node.lineno) - node.lineno + 1


def used_once() -> list[tuple[Path, FUNCTION, int]]:
    """Return the private functions that their file names exactly once."""
    uses = {path: _uses(path) for path in sources()}
    return [
        (path, node, length)
        for path, node, length in functions()
        if node.name.startswith("_") and not node.name.startswith("__") and uses[path][node.name] == 1
    ]


def _uses(path: Path) -> Counter[str]:
    return Counter(
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name | ast.Attribute)
    )


IMPERATIVES = {
    *(
        "Return",
        "Yield",
        "Answer",
        "Apply",
        "Ask",
        "Break",
        "Buy",
        "Call",
        "Change",
        "Check",
        "Compile",
        "Compose",
        "Delete",
        "End",
        "Enforce",
    ),
    *("Describe", "Fill", "Follow", "Hand", "Have", "Install", "Judge", "Keep", "Learn", "Leave", "Let", "Log"),
    *(
        "Make",
        "Mark",
        "Name",
        "Offer",
        "Post",
        "Print",
        "Raise",
        "Read",
        "Record",
        "Refuse",
        "Remove",
        "Rename",
        "Replace",
        "Run",
    ),
    *("Say", "Send", "Serve", "Set", "Show", "Start", "Store", "Take", "Tell", "Work", "Write"),
}
"""First words of the docstrings of functions that return something; ruff's D401 lets many a noun pass."""


def noun_docstrings() -> list[str]:
    """Return the public functions that return something, and whose docstring does not begin with an imperative."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node, _ in functions()
        if not node.name.startswith("_")
        and node.returns is not None
        and ast.unparse(node.returns) != "None"
        and not any(re.search("property|validator", ast.unparse(it)) for it in node.decorator_list)
        and (text := ast.get_docstring(node))
        and re.split(r"\W", text, maxsplit=1)[0] not in IMPERATIVES
    ]
