"""Running checks: all at once, a time limit for each, in the order in which they were given."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError

from observability import ByHand, Check
from readiness.answer import AbsentError, Askers, NotAskedError, Outcome, Result, as_wanted

AT_ONCE = 16
"""Questions that wait for an answer at the same moment; most of their time they wait for a network."""
LIMIT_SECONDS = 10.0
"""How long an answer may take, in seconds."""
LONGEST_SHOWN = 200
"""Characters of an answer that a result shows."""


def run(
    checks: Sequence[Check],
    askers: Askers,
    *,
    limit_seconds: float = LIMIT_SECONDS,
    progress: Callable[[Result], object] = str,
    redacted: Callable[[str], str] = str,
) -> list[Result]:
    """Return the result of each check.

    Args:
        checks: what is asked.
        askers: who asks each kind of question.
        limit_seconds: how long an answer may take once it was asked for, in seconds.
        progress: called with each result as soon as it is there, from the thread that asked.
        redacted: takes the secrets out of a text.

    """
    # Not as a context: its end waits for threads whose answer comes too late.
    pool = ThreadPoolExecutor(max_workers=AT_ONCE)
    try:
        return list(pool.map(lambda it: _result(it, askers, limit_seconds, progress, redacted), checks))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _result(
    check: Check,
    askers: Askers,
    limit_seconds: float,
    progress: Callable[[Result], object],
    redacted: Callable[[str], str],
) -> Result:
    began = time.monotonic()
    outcome, saw = _answer(check, askers, limit_seconds)
    shown = redacted(" ".join(saw.split()))
    if len(shown) > LONGEST_SHOWN:
        shown = f"{shown[: LONGEST_SHOWN - 3]}..."
    result = Result(check=check, outcome=outcome, saw=shown, seconds=round(time.monotonic() - began, 3))
    progress(result)
    return result


def _answer(check: Check, askers: Askers, limit_seconds: float) -> tuple[Outcome, str]:
    question = check.question
    if isinstance(question, ByHand):
        return Outcome.BY_HAND, "look at it"
    asker = askers.get(type(question))
    if asker is None:
        return Outcome.NOT_ASKED, "nobody asks this here"
    thread = ThreadPoolExecutor(max_workers=1)
    try:
        answer = thread.submit(asker, question).result(timeout=limit_seconds)
    except LateError:
        return Outcome.NOT_ASKED, f"no answer in {limit_seconds:g} s"
    except NotAskedError as error:
        return Outcome.NOT_ASKED, str(error)
    except AbsentError as error:
        return Outcome.FAILS, str(error)
    # One question that goes wrong must not take the answers of the others along.
    except Exception as error:  # noqa: BLE001
        return Outcome.NOT_ASKED, f"{type(error).__name__}: {error}"
    finally:
        thread.shutdown(wait=False)
    saw = ", ".join(map(str, answer)) if isinstance(answer, list) else "" if answer is None else str(answer)
    saw = saw.strip() or "nothing"
    return (Outcome.HOLDS if as_wanted(answer, question.wanted) else Outcome.FAILS), saw
