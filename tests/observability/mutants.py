"""Wrong rules: each number, time and comparison of a rule changed, each guard left out."""

import re
from collections.abc import Iterator
from typing import Any

Rule = dict[str, Any]

WINDOW = re.compile(r"\[(\d+)([smhd])\]")
COMPARED = re.compile(r" (>=|<=|>|<) (\d[\d.e+-]*)(?!\d*\))")
"""A comparison with a number; not the `> 0)` that only keeps a share from being divided by nothing."""
FACTOR = re.compile(r"(?<![\w.])([1-9]\d*(?:\.\d+)?|0\.\d+) \*")
VECTOR = re.compile(r"vector\(([\d.]+)\)")
FOR = re.compile(r"(\d+)([hms])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
TURNED = {">": "<", "<": ">", ">=": "<", "<=": ">"}
TIMES = (0.5, 2)


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Every wrong form of `rule`, with what was done to it."""
    text = rule["expr"]
    for found in WINDOW.finditer(text):
        seconds = int(found[1]) * SECONDS[found[2]]
        for times in TIMES:
            yield _with(rule, found, f"[{int(seconds * times)}s]", f"window at {found.start()} times {times}")
    for pattern in (FACTOR, VECTOR):
        for found in pattern.finditer(text):
            for times in TIMES:
                changed = found[0].replace(found[1], f"{float(found[1]) * times:.12g}")
                yield _with(rule, found, changed, f"{found[0]} at {found.start()} times {times}")
    if "alert" in rule and "absent(" not in text:
        yield from _comparisons(rule)
    yield from _holds(rule)


def _comparisons(rule: Rule) -> Iterator[tuple[str, Rule]]:
    text = rule["expr"]
    for found in COMPARED.finditer(text):
        yield _with(rule, found, f" {TURNED[found[1]]} {found[2]}", f"{found[0]} at {found.start()} turned")
        for value in {float(found[2]) * times for times in TIMES} if float(found[2]) else {1.0}:
            yield _with(
                rule, found, f" {found[1]} {value:.12g}", f"{found[0]} at {found.start()} becomes {value:.12g}"
            )
    guards = text.split(" and ")
    for place in range(len(guards) if len(guards) > 1 else 0):
        left = " and ".join([*guards[:place], *guards[place + 1 :]])
        yield f"without part {place}, {guards[place]}", {**rule, "expr": left}


def _holds(rule: Rule) -> Iterator[tuple[str, Rule]]:
    seconds = sum(int(count) * SECONDS[unit] for count, unit in FOR.findall(rule.get("for", "")))
    for times in TIMES if seconds else ():
        yield f"for {rule['for']} times {times}", {**rule, "for": f"{int(seconds * times)}s"}


def _with(rule: Rule, found: re.Match[str], text: str, what: str) -> tuple[str, Rule]:
    return what, {**rule, "expr": rule["expr"][: found.start()] + text + rule["expr"][found.end() :]}
