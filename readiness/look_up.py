"""Values in answers, by JMESPath with two functions more: https://jmespath.org/.

`days_left(moment)` and `days_since(moment)` take moments as ISO 8601 writes them, or in Unix seconds.
"""

import time
from datetime import UTC, datetime
from functools import cache
from typing import Any

from readiness.answer import NotAskedError

DAY_SECONDS = 86_400


def value_at(answer: Any, path: str) -> Any:
    """Return what is at a JMESPath of an answer; None where nothing is.

    Raises:
        NotAskedError: the answer is not as its API says, or nobody reads it here.

    """
    try:
        import jmespath
    except ImportError:
        raise NotAskedError("answers are read by jmespath: install footing[ready]") from None
    try:
        return jmespath.search(path, answer, _options())
    # The library's own errors are ValueErrors.
    except ValueError as error:
        raise NotAskedError(f"the answer is not as expected: {' '.join(str(error).split())[:120]}") from None


@cache
def _options() -> Any:
    from jmespath import Options
    from jmespath.functions import Functions, signature

    moment = {"types": ["string", "number", "null"]}

    # The library has no types.
    class Days(Functions):  # type: ignore[misc]
        @signature(moment)  # type: ignore[untyped-decorator]
        def _func_days_left(self, given: str | float | None) -> float | None:
            return None if given is None else round((_seconds(given) - time.time()) / DAY_SECONDS, 1)

        @signature(moment)  # type: ignore[untyped-decorator]
        def _func_days_since(self, given: str | float | None) -> float | None:
            return None if given is None else round((time.time() - _seconds(given)) / DAY_SECONDS, 1)

    return Options(custom_functions=Days())


def _seconds(moment: str | float) -> float:
    """Return a moment in Unix seconds. A text without a zone is in UTC."""
    if not isinstance(moment, str):
        return moment
    read = datetime.fromisoformat(moment)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
