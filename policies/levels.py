"""The file of `--policy-pack-config`: levels may be raised in it, and nothing in it is ignored."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from policies.judge import Catalogue
from policies.reviewed import nearest
from policies.rule import Level, Levels
from policies.waivers import Waivers, stack_of

ALL: Final = "all"
"""Pulumi's name for every policy of a pack."""
EXCEPTIONS: Final = "exceptions"
"""Pulumi's reserved key for exceptions; engines older than the feature refuse it."""
KEY: Final = "enforcementLevel"

NAMES: Final = {"disabled": Level.OFF, "advisory": Level.ADVISORY, "mandatory": Level.MANDATORY}
"""Levels by Pulumi's names for them, the strictest last."""


class PackConfigError(ValueError):
    """The configuration of the pack is refused; one sentence for each thing that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))


def read(path: Path) -> dict[str, Any]:
    """Return the document at `path`.

    Raises:
        PackConfigError: no such file, or not a JSON object.

    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PackConfigError([f"{path} cannot be read: {error.strerror}."]) from None
    except ValueError:
        raise PackConfigError([f"{path} is not JSON."]) from None
    if not isinstance(document, dict):
        raise PackConfigError([f"{path} must hold an object: rule to level."])
    return document


def configured(catalogue: Catalogue, environment: str, given: Mapping[str, Any]) -> Catalogue:
    """Return the same rules with the levels of `given` in place of their own.

    Raises:
        PackConfigError: an unknown rule, level or key, or a level below the rule's own.

    """
    overridden = {name: level for name, level in given.items() if name != EXCEPTIONS}
    problems = [problem for name, level in overridden.items() for problem in _problems(name, level, catalogue)]
    order = [*NAMES.values()]
    for name, level in () if problems else overridden.items():
        rules = catalogue if name == ALL else [catalogue.by_id[name]]
        own = max((order.index(rule.levels.at(environment)) for rule in rules), default=0)
        if order.index(NAMES[_level(level)]) < own:
            problems.append(
                f"{name}: {_level(level)} is less strict than {[*NAMES][own]} in {environment or 'production'}; "
                "write an exception with a reason, an owner and a last day instead."
            )
    if problems:
        raise PackConfigError(problems)
    return Catalogue(
        rule if raised is None else replace(rule, levels=Levels.everywhere(NAMES[_level(raised)]))
        for rule in catalogue
        for raised in [overridden.get(rule.id, overridden.get(ALL))]
    )


def unmatched(given: Mapping[str, Any], waivers: Waivers, project_stack: str) -> list[str]:
    """Return a sentence for each exception in Pulumi's own shape that has none of ours beside it.

    Pulumi's has no owner and no last day: https://www.pulumi.com/docs/insights/policy/exceptions/

    Args:
        given: the document of `--policy-pack-config`.
        waivers: ours.
        project_stack: `project/stack`, as Pulumi's entries name stacks.

    """
    listed = given.get(EXCEPTIONS, [])
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        return [f"{EXCEPTIONS}: must be a list of objects."]
    stack = project_stack.rpartition("/")[2]
    ours = {(waiver.rule, waiver.urn) for waiver in waivers.entries if stack_of(waiver.urn) == stack}
    problems = []
    for number, entry in enumerate(listed, start=1):
        unknown = sorted(set(entry) - {"policies", "stacks", "urns", "reason"})
        problems += [f"{EXCEPTIONS}, entry {number}: unknown key {key!r}." for key in unknown]
        if project_stack not in (entry.get("stacks") or [project_stack]):
            continue
        if not entry.get("urns"):
            problems.append(f"{EXCEPTIONS}, entry {number}: name the URNs; a whole stack is never excepted.")
        pairs = [(rule, urn) for rule in entry.get("policies") or [] for urn in entry.get("urns") or []]
        problems += [
            f"{EXCEPTIONS}, entry {number}: {rule} for {urn} needs an entry in exceptions.yaml as well: "
            "Pulumi's shape has no owner and no last day."
            for rule, urn in pairs
            if (rule, urn) not in ours
        ]
    return problems


def _problems(name: str, given: Any, catalogue: Catalogue) -> list[str]:
    if name != ALL and name not in catalogue.by_id:
        return [f"There is no rule {name!r}{nearest(name, catalogue.by_id)}."]
    keys = set(given) if isinstance(given, dict) else {KEY}
    problems = [f"{name}: unknown key {key!r}{nearest(key, {KEY})}." for key in sorted(keys - {KEY})]
    if KEY in keys and _level(given) not in NAMES:
        problems.append(f"{name}: no level {_level(given)!r}{nearest(_level(given), NAMES)}.")
    return problems or ([] if KEY in keys else [f"{name}: no {KEY}."])


def _level(given: Any) -> str:
    return str(given.get(KEY) if isinstance(given, dict) else given)
