"""Every setting of a resource in `components/`, and the wrong forms of each, by mutmut's own operators."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import operator_name, operator_number, operator_string

ROOT = Path(__file__).parents[2]
SDKS = (
    "aws.",
    "cloudflare.",
    "grafana.",
    "random.",
    "sentry.",
    "tls.",
    "upstash.",
    "datadog.",
    "github.",
    "vercel.",
)
"""How modules of providers are called where resources are made."""
FREE_TEXT = {"description", "comment", "message", "Sid"}
"""Settings that only people read."""
NO_SETTING = {"opts"}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One wrong setting."""

    path: Path
    """File of the component."""
    line: int
    """Where the setting stands."""
    setting: str
    """`aws.s3.Bucket(force_destroy)`."""
    before: str
    after: str
    """Source of the value before and after; empty where the setting is left out."""
    source: str
    """The whole file with the wrong setting."""

    def __str__(self) -> str:
        """Return a line for people."""
        place = f"{self.path.relative_to(ROOT)}:{self.line}"
        return f"{place} {self.setting}: {self.before} -> {self.after or 'left out'}"


def mutants() -> Iterator[Mutant]:
    """Yield every mutant of every file, in order."""
    for path in sorted((ROOT / "components").rglob("*.py")):
        yield from of_file(path)


def of_file(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of one file."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text()))
    positions = wrapper.resolve(PositionProvider)
    finder = _Finder()
    wrapper.module.visit(finder)
    for call, argument in finder.settings:
        setting = f"{_text(call.func)}({argument.keyword.value if argument.keyword else ''})"
        for node, wrong in _wrong(argument):
            # A setting that is left out must leave the others as they are: it is given twice as None no more.
            changed = (
                wrapper.module.deep_replace(node, wrong) if wrong else _without(wrapper.module, call, argument)
            )
            yield Mutant(
                path=path,
                line=positions[node].start.line,
                setting=setting,
                before=_text(node.value if isinstance(node, cst.Arg) else node)[:60],
                after=_text(wrong)[:60] if wrong else "",
                source=changed.code,
            )


class _Finder(cst.CSTVisitor):
    """Collects the keyword arguments of every call that makes a resource."""

    def __init__(self) -> None:
        self.settings: list[tuple[cst.Call, cst.Arg]] = []

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802  libcst's name
        function = _text(node.func)
        if function.startswith(SDKS) and function.rpartition(".")[2][:1].isupper():
            self.settings += [
                (node, argument)
                for argument in node.args
                if argument.keyword and argument.keyword.value not in {*FREE_TEXT, *NO_SETTING}
            ]


def _wrong(argument: cst.Arg) -> Iterator[tuple[cst.CSTNode, cst.CSTNode | None]]:
    yield argument, None
    for literal in _literals(argument.value):
        operator = {cst.Integer: operator_number, cst.Float: operator_number, cst.SimpleString: operator_string}
        change = operator.get(type(literal), operator_name)
        for wrong in list(change(literal))[:1]:
            yield literal, wrong


def _literals(value: cst.CSTNode) -> Iterable[cst.CSTNode]:
    """Literals of the value, but the keys of its dictionaries, those of free text and what a subscript reads."""
    if isinstance(value, cst.DictElement):
        key = value.key.evaluated_value if isinstance(value.key, cst.SimpleString) else ""
        return () if key in FREE_TEXT else _literals(value.value)
    if isinstance(value, cst.Integer | cst.Float | cst.SimpleString):
        return (value,)
    if isinstance(value, cst.Name):
        return (value,) if value.value in {"True", "False"} else ()
    if isinstance(value, cst.Dict | cst.List | cst.Element | cst.Tuple):
        return [literal for child in value.children for literal in _literals(child)]
    return ()


def _without(module: cst.Module, call: cst.Call, argument: cst.Arg) -> cst.Module:
    kept = [it for it in call.args if it is not argument]
    changed = module.deep_replace(call, call.with_changes(args=kept))
    assert isinstance(changed, cst.Module)
    return changed


def _text(node: cst.CSTNode) -> str:
    return cst.Module(body=[]).code_for_node(node)
