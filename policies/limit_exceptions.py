"""Limit exceptions: documented limits in whose place a stack's file allows one other number, until a day.

The engine hands the block on without the program's checks, so the pack reads it by itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from policies.judge import Finding
from policies.judgement import Judgement
from policies.limits import EXCEPTABLE
from policies.report import Waiver
from policies.reviewed import Entry, nearest

KEY: Final = "limit_exceptions"
"""Key of the block in a stack's file."""

_FIELDS: Final = {"key", "allowed", "reason", "owner", "expires"}


@dataclass(frozen=True, kw_only=True)
class LimitException:
    """One number that is accepted in place of a documented limit."""

    key: str
    """Key of the limit."""
    allowed: int
    """The number."""
    reason: str
    """Why, in a sentence."""
    owner: str
    """Who answers for it: a team or a role."""
    expires: str
    """Last day, `YYYY-MM-DD`."""

    def covers(self, judgement: Judgement) -> bool:
        """Return whether the allowed number is all that a violation consists of."""
        return bool(judgement.measured) and all(
            number == self.allowed or (judgement.may_be_more and number > self.allowed)
            for number in judgement.measured
        )

    def waiver(self, finding: Finding) -> Waiver:
        """Return the waiver of one violation that it covers."""
        return Waiver(
            rule=finding.rule.id,
            urn=finding.resource.urn,
            reason=self.reason,
            owner=self.owner,
            expires=self.expires,
        )


@dataclass(frozen=True, kw_only=True)
class LimitExceptions:
    """The exceptions of one stack."""

    by_key: Mapping[str, LimitException] = field(default_factory=dict)
    """Those that are well formed, by the key of the limit."""
    problems: Sequence[str] = ()
    """A sentence for each that is not."""


def read(listed: Any) -> LimitExceptions:
    """Return the exceptions in the block `limit_exceptions`."""
    if not isinstance(listed, Sequence) or not all(isinstance(it, Mapping) for it in listed):
        return LimitExceptions(problems=[f"{KEY} must be a list of blocks."])
    found: dict[str, LimitException] = {}
    problems: list[str] = []
    for number, values in enumerate(listed, start=1):
        entry = Entry(where=f"{KEY}, entry {number}", values=values)
        wrong = entry.problems((), _FIELDS) or [
            f"{entry.where}: {it}." for it in _problems(entry.text("key"), values["allowed"])
        ]
        if entry.text("key") in found:
            wrong.append(f"{entry.where}: another entry is about the same key.")
        if not wrong:
            texts = {name: entry.text(name) for name in _FIELDS - {"allowed"}}
            found[entry.text("key")] = LimitException(allowed=values["allowed"], **texts)
        problems += wrong
    return LimitExceptions(by_key=found, problems=problems)


def from_json(text: str) -> LimitExceptions:
    """Return the exceptions in the block as the engine hands it on."""
    try:
        return read(json.loads(text))
    except (ValueError, RecursionError):
        return LimitExceptions(problems=[f"{KEY} must be a list of blocks."])


def _problems(key: str, allowed: Any) -> list[str]:
    limit = EXCEPTABLE.get(key)
    if limit is None:
        return [f"no exception is accepted for {key!r}{nearest(key, EXCEPTABLE)}"]
    if type(allowed) is not int or allowed < 1:
        return ["allowed must be a whole number, 1 or more"]
    return [f"the limit itself allows {allowed}: {limit.range}"] if limit.allows(allowed) else []
