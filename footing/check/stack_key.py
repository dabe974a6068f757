"""The line of a stack's file that a finding is about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from footing.project import BLOCKS
from stacks.config.load import PROJECT
from stacks.naming import component_name

if TYPE_CHECKING:
    from policies.judge import Finding
    from policies.report import Report

FIRST_LINE = 1

KINDS = {"services": ("service", "worker", "job", "task"), "redis": ("redis",)}
"""Beginnings of the names of components, by the block whose entries they are made of."""


@dataclass(frozen=True)
class StackKey:
    """The key of a stack's file that a person changes or adds."""

    key: str
    """Dotted name."""
    path: str
    """The file, relative to the project, with slashes."""
    line: int
    """Line of the key, or of the block to add it to; counted from 1."""
    block: str = ""
    """Where it is to be added; empty for a key that stands in the file."""

    def __str__(self) -> str:
        """Return what to do, as a clause."""
        return f"add `{self.key}` under `{self.block}`" if self.block else f"change `{self.key}`"


def stack_key(report: "Report", finding: "Finding") -> StackKey | None:
    """Return the key to change: of those in the file the most specific, else one that its block lacks.

    Of several keys, one in the block of the component that made the resource comes first. None where the rule
    names no key, and for a plan without its file.
    """
    lines = report.key_lines
    if not (lines and finding.rule.keys):
        return None
    types = finding.resource.urn.rpartition("::")[0].rpartition("::")[2].split("$")
    names = (it.rpartition(":")[2] for it in reversed(types))
    keys = [_of_resource(it, finding.resource.urn.rpartition("::")[2], lines) for it in finding.rule.keys]
    block = next((BLOCKS[it] for it in names if it in BLOCKS), "").split(".")

    def rank(key: str) -> tuple[int, bool, int]:
        parts = key.split(".")
        found = _present(parts, lines)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(parts, block, strict=False)))
        return shared, len(found) == len(parts), len(found)

    key = max(keys, key=rank)
    if key in lines:
        # A variable that the rule names has a line of its own.
        words = {f"{key}.{it}" for it in re.findall(r"[A-Za-z_]\w*", finding.judgement.observed)}
        key = next((it for it in lines if it in words), key)
        return StackKey(key, report.stack_file, lines[key])
    found = ".".join(_present(key.split("."), lines))
    return StackKey(
        key, report.stack_file, lines.get(found, FIRST_LINE), f"{PROJECT}:{found}" if found else "config"
    )


def _of_resource(key: str, resource: str, lines: Mapping[str, int]) -> str:
    """Return `key` with the name of the service or store whose `resource` it is in the place of NAME."""
    block, named, rest = key.partition(".NAME")
    if not named:
        return key
    found = [it.partition(".")[2] for it in lines if it.count(".") == 1 and it.startswith(f"{block}.")]
    owners = {component_name(kind, it): it for kind in KINDS[block] for it in found}
    fitting = [it for it in owners if f"{resource}-".startswith(f"{it}-")]
    name = owners[max(fitting, key=len)] if fitting else next(iter(found), "NAME")
    return f"{block}.{name}{rest}"


def _present(parts: Sequence[str], lines: Mapping[str, int]) -> Sequence[str]:
    """Return the longest beginning of a dotted name that stands in the file."""
    return next((parts[:end] for end in range(len(parts), 0, -1) if ".".join(parts[:end]) in lines), ())
