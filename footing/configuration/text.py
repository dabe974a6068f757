"""What is known of a key, as a person reads it in a terminal."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence

from footing.configuration.explain import Explanation, Meaning, all_keys, is_constant, meanings
from footing.configuration.readers import Reading

MARGIN = 12
"""Columns before what is said; each begins with what it is about."""

WIDEST = 110
"""Longest line."""


def overview() -> str:
    """Return the top level of a stack file, one line for each key."""
    rows = []
    for path in all_keys().fields:
        if len(path) == 1:
            first = meanings(path)[0]
            word = "required" if first.required else "optional"
            line = f"{path[0]:<22}{word:<10}{_first_sentence(first.description)}"
            rows += textwrap.wrap(line, _width(), subsequent_indent=" " * 32)
    return "\n".join([*rows, "", "`footing explain KEY` tells of one, such as database.pooler.tasks."])


def text(found: Explanation) -> str:
    """Return everything that is known of a key."""
    lines = [found.key]
    for it in found.meanings:
        lines += ["", *_meaning(it, is_block=bool(found.keys))]
    for limit in found.limits:
        lines += _about("limit", f"{limit.range}: {limit.why} ({limit.source})")
    for number, (key, words) in enumerate(found.requirements.items()):
        lines += _about("" if number else "source", f"{key}  {words}".strip())
    for number, rule in enumerate(found.rules):
        lines += _about("" if number else "rules", f"{rule.id}: {rule.title}")
    constant = is_constant(all_keys().find(found.key)) and not found.read_by
    told = ["nothing: it has one value"] if constant else [*_readers(found.read_by)]
    for number, sentence in enumerate(told):
        lines += _about("" if number else "read by", sentence)
    if found.keys:
        lines += ["", "Its keys:", *_keys(found)]
    return "\n".join(lines)


def _meaning(it: Meaning, *, is_block: bool) -> Iterator[str]:
    if it.chosen:
        yield from textwrap.wrap(_with(it.chosen), _width(), subsequent_indent="  ")
    yield from textwrap.wrap(it.description, _width())
    if not is_block:
        yield from _about("allowed", it.allowed)
    if it.default:
        yield from _about("default", it.default)


def _readers(readings: Sequence[Reading]) -> Iterator[str]:
    """Yield where a value goes, then who else reads it: each function once, with its lines."""
    grouped: dict[tuple[bool, str, str, str, str], list[int]] = {}
    for it in readings:
        place = (not it.given_to, it.file, it.function, it.given_to, it.given_in)
        grouped.setdefault(place, []).append(it.line)
    for (_, file, function, given_to, given_in), lines in sorted(grouped.items()):
        given = f", for {given_to} of {given_in}" if given_to else ""
        yield f"{file}:{', '.join(map(str, lines))} {function}{given}"


def _keys(found: Explanation) -> Iterator[str]:
    """Yield the keys of a block, by what has to be chosen for them."""
    grouped: dict[str, list[str]] = {}
    all_choices = {key.partition(":")[0] for told in found.keys.values() for it in told for key in it.chosen}
    for key, told in found.keys.items():
        for it in told:
            name = key.rpartition(".")[2]
            told_already = not it.default or "left out" in it.description
            needed = "required" if it.required else "" if told_already else f"default: {it.default}"
            chooses = it.allowed if key in all_choices else _first_sentence(it.description) or it.allowed
            line = f"  {name:<28} {chooses}{f' ({needed})' if needed else ''}".rstrip()
            grouped.setdefault(_with(it.chosen), []).append(line)
    for chosen, lines in grouped.items():
        yield from textwrap.wrap(chosen, _width(), initial_indent="  ", subsequent_indent="    ")
        for line in lines:
            yield from textwrap.wrap(line, _width(), subsequent_indent=" " * 31)


def _with(chosen: Sequence[str]) -> str:
    """Return what has to be chosen, as the beginning of a sentence: `With redis.NAME.provider: upstash:`."""
    by_key: dict[str, list[str]] = {}
    for it in chosen:
        key, _, value = it.rpartition(": ")
        by_key.setdefault(key, []).append(value)
    words = " or ".join(f"{key}: {', '.join(values)}" for key, values in by_key.items())
    return f"With {words}:" if words else ""


def _first_sentence(description: str) -> str:
    return description.partition(". ")[0].removesuffix(".")


def _about(what: str, sentence: str) -> list[str]:
    return textwrap.wrap(
        sentence,
        _width(),
        initial_indent=f"{what:<{MARGIN}}",
        subsequent_indent=" " * MARGIN,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _width() -> int:
    return min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)
