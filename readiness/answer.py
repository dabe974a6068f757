"""What became of a check, and when an answer is what was wanted."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from observability import Check, Comparison, Question, Wanted


class Outcome(StrEnum):
    """What became of a check."""

    HOLDS = "holds"
    """The answer is what was wanted."""
    FAILS = "fails"
    """The answer is another."""
    NOT_ASKED = "not asked"
    """Nobody answered: no credentials, no way there, no answer in time. Neither green nor silent."""
    BY_HAND = "by hand"
    """No program can ask it; a person looks."""


class Result(Struct, frozen=True, kw_only=True):
    """A check with its answer."""

    check: Check
    """The check."""
    outcome: Outcome
    """What became of it."""
    saw: str
    """The answer on one line, or why there is none; no secret is in it."""
    seconds: float = 0.0
    """How long it took."""


class NotAskedError(Exception):
    """Nobody answers a question; the message is the reason, for people."""


class AbsentError(Exception):
    """What a question is about is not there, so the check fails; the message says what, for people."""


class Asker(Protocol):
    """Asks questions of one kind; it is called from several threads."""

    def __call__(self, question: Any, /) -> object:
        """Return the answer.

        Raises:
            NotAskedError: nobody answers.
            AbsentError: it is answered that there is no such thing.
        """


Askers = Mapping[type[Question], Asker]
"""Who asks each kind of question."""


def as_wanted(answer: object, wanted: Wanted) -> bool:
    """Return whether an answer is what was wanted; numbers are read from texts, on and off are true and false.

    Of a list, each element has to be at least, or at most, what is wanted, and there has to be one.
    """
    match wanted.comparison:
        case Comparison.EMPTY:
            return answer is None or (isinstance(answer, str | list | dict) and not answer)
        case Comparison.PRESENT:
            return not as_wanted(answer, Wanted(Comparison.EMPTY))
        case Comparison.IS | Comparison.IS_NOT:
            return (_plain(answer) == _plain(wanted.value)) is (wanted.comparison is Comparison.IS)
        case Comparison.CONTAINS | Comparison.CONTAINS_NOT:
            inside = isinstance(answer, str | list | dict) and wanted.value in answer
            return answer is not None and inside is (wanted.comparison is Comparison.CONTAINS)
        case _ if isinstance(answer, list):
            return bool(answer) and all(as_wanted(it, wanted) for it in answer)
        case _:
            try:
                number, bound = float(str(answer)), float(str(wanted.value))
            except ValueError:
                return False
            return number >= bound if wanted.comparison is Comparison.AT_LEAST else number <= bound


def _plain(value: object) -> object:
    """Return a value without its spelling: PostgreSQL says on and t, an API true."""
    if isinstance(value, bool) or value is None:
        return value
    text = str(value).strip()
    if text.lower() in ("on", "true", "t"):
        return True
    if text.lower() in ("off", "false", "f"):
        return False
    try:
        return float(text)
    except ValueError:
        return text
