"""How rules read a property that may be absent, unknown, secret, or nonsense.

An unknown is a value to come: it may be any value, but it is not nothing. So a rule that asks only whether a text
is there passes on it, and every other rule cannot decide.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, Verdict, fail, seen, undecided
from policies.resource import SECRET, UNKNOWN, Resource

Check = Callable[[Resource], Judgement]

_TRUTHS: Final = {"true": True, "false": False}
_WORST_FIRST: Final = (Verdict.FAIL, Verdict.UNDECIDED, Verdict.PASS, Verdict.NOT_APPLICABLE)


def unreadable(*values: Any) -> bool:
    """Return whether a rule cannot see any of these."""
    return any(value is UNKNOWN or value is SECRET for value in values)


def at(value: Any, *path: str) -> Any:
    """Return what is at a path, or None; a mark, or what is no mapping, ends the path and is the answer."""
    for key in path:
        if not isinstance(value, Mapping):
            break
        value = value.get(key)
    return value


def items(value: Any) -> list[Any]:
    """Return a list's items; nothing and one value alone are read as JSON policies write them."""
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def parsed(value: Any) -> Any:
    """Return a document that may be written as JSON: None where it is no JSON, UNKNOWN where it is hidden."""
    if unreadable(value):
        return UNKNOWN
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None


def truth(value: Any) -> bool | None:
    """Return the boolean that a property means, or None: `true` and `"true"` are, `1` is not."""
    if isinstance(value, bool):
        return value
    return _TRUTHS.get(value) if isinstance(value, str) else None


def whole_number(value: Any) -> int | None:
    """Return the integer that a property means, or None: `200` and `"200"` are; `True` and `200.5` are not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) else None


def is_text(value: Any) -> bool:
    """Return whether there is a text: a mark stands for one."""
    return unreadable(value) or (isinstance(value, str) and value != "")


def must(
    *path: str,
    hold: Callable[[Any], bool],
    required: str,
    known: Sequence[str] = (),
    observed: Callable[[Any], str] | None = None,
    what: str = "",
) -> Check:
    """Return the check that a property is readable and `hold` accepts it; reports may show the texts `known`.

    `observed` says what was seen, `what` what is not known yet: the property's name (and its value) without them.
    """
    name = ".".join(path)

    def check(resource: Resource) -> Judgement:
        value = at(resource, *path)
        if unreadable(value):
            return undecided(what or name)
        if hold(value):
            return PASSED
        return fail(observed(value) if observed else f"{name} {seen(value, *known)}", required)

    return check


def flag(*path: str, expected: bool = True, default: bool = False) -> Check:
    """Return the check that a boolean is as `expected`; `default` is what the provider does without it."""
    return must(
        *path,
        hold=lambda value: (default if value is None else truth(value)) is expected,
        required=f"{'.'.join(path)} {str(expected).lower()}",
    )


def word(*path: str, allowed: Sequence[str], default: str | None = None, known: Sequence[str] = ()) -> Check:
    """Return the check that a text is one of `allowed`; `known` are others that a report may show."""
    return must(
        *path,
        hold=lambda value: (default if value is None else value) in allowed,
        required=f"{'.'.join(path)} {' or '.join(allowed)}",
        known=known,
    )


def days(key: str, *, minimum: int, maximum: int, default: int | None = None) -> Check:
    """Return the check that a whole number lies within both bounds; without `default`, it must be stated."""

    def hold(value: Any) -> bool:
        found = default if value is None else whole_number(value)
        return found is not None and minimum <= found <= maximum

    return must(key, hold=hold, required=f"{key} {minimum} to {maximum} days")


def text(*path: str, refused: Sequence[str] = ()) -> Check:
    """Return the check that a text is there, and is none of `refused`."""
    name = ".".join(path)
    required = f"{name}, not {' or '.join(refused)}" if refused else name

    def check(resource: Resource) -> Judgement:
        value = at(resource, *path)
        if unreadable(value):
            return undecided(name) if refused else PASSED
        if not is_text(value):
            return fail("nothing" if value in (None, "") else f"{name} {seen(value)}", required)
        return fail(f"{name} {seen(value, *refused)}", required) if value in refused else PASSED

    return check


def some(*path: str, observed: str = "", required: str = "") -> Check:
    """Return the check that a list has an item."""
    name = ".".join(path)
    return must(
        *path,
        hold=lambda value: isinstance(value, list) and any(map(is_text, value)),
        required=required or f"one {name} at least",
        observed=lambda _: observed or f"no {name}",
    )


def both(*checks: Check) -> Check:
    """Return the check that all of `checks` hold."""
    return lambda resource: worst(check(resource) for check in checks)


def either(settled: Callable[[Resource], bool], check: Check) -> Check:
    """Return the check that holds where the question is `settled` already, and asks `check` elsewhere."""
    return lambda resource: PASSED if settled(resource) else check(resource)


def unless(other: Callable[[Resource], bool | None], check: Check) -> Check:
    """Return the check that does not apply to what is of `other` kind."""
    return lambda resource: NOT_APPLICABLE if other(resource) else check(resource)


def in_order(*checks: Check) -> Check:
    """Return the check whose answer is that of the first of `checks` that does not pass."""

    def check(resource: Resource) -> Judgement:
        judgements = (check(resource) for check in checks)
        return next((judgement for judgement in judgements if judgement is not PASSED), PASSED)

    return check


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """Return the worst of several judgements; what does not apply counts last."""
    return min(judgements, key=lambda judgement: _WORST_FIRST.index(judgement.verdict), default=NOT_APPLICABLE)


def only(concerns: Callable[[Resource], bool | None], check: Check, *, what: str) -> Check:
    """Return the check where the rule concerns the resource; `concerns` answers None where that is unknown."""

    def checked(resource: Resource) -> Judgement:
        concerned = concerns(resource)
        if concerned is False:
            return NOT_APPLICABLE
        judgement = check(resource)
        # Where the check holds anyway it does not matter whether the rule concerns the resource.
        doubtful = concerned is None and judgement.verdict is not Verdict.PASS
        return undecided(what) if doubtful else judgement

    return checked


def where(key: str, hold: Callable[[Any], bool], default: Any = None) -> Callable[[Resource], bool | None]:
    """Return whether `hold` accepts a property; None where that is unknown."""

    def concerns(resource: Resource) -> bool | None:
        value = resource.get(key, default)
        return None if unreadable(value) else hold(value)

    return concerns
