"""Configuration of limit exceptions: numbers that a stack allows in place of documented limits."""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from policies.limit_exceptions import KEY
from policies.limits import DOCUMENTED, EXCEPTABLE
from policies.reviewed import LEAST_REASON, is_day
from policies.waivers import LONGEST_DAYS
from stacks.config.base import Model, Problem


def _exceptable(key: str) -> str:
    if key not in EXCEPTABLE:
        words = f"one of {', '.join(EXCEPTABLE)}"
        protects = next((f"; that limit takes none, for {it.why}" for it in DOCUMENTED if it.key == key), "")
        raise PydanticCustomError("no_exception", "{words}{protects}", {"words": words, "protects": protects})
    return key


def _day(text: str) -> str:
    if not is_day(text):
        raise PydanticCustomError("day", "a day, YYYY-MM-DD in quotes")
    return text


def _words(text: str) -> str:
    if len(text.strip()) < LEAST_REASON:
        raise PydanticCustomError("reason", "{least} characters or more", {"least": LEAST_REASON})
    return text


class LimitExceptionConfig(Model):
    """One number that is accepted in place of a documented limit, and who answers for it until when."""

    key: Annotated[str, AfterValidator(_exceptable)] = Field(
        description="Key of the limit, of those that docs/limits.md marks.",
        json_schema_extra={"enum": [*EXCEPTABLE]},
    )
    allowed: Annotated[int, Field(ge=1)] = Field(description="The one number that is accepted there.")
    reason: Annotated[str, AfterValidator(_words)] = Field(
        description=f"Why, in {LEAST_REASON} characters or more: every report shows it."
    )
    owner: Annotated[str, Field(pattern=r"\S")] = Field(description="The team or role that answers for it.")
    expires: Annotated[str, AfterValidator(_day)] = Field(
        description=f"Last day it counts, YYYY-MM-DD in quotes, at most {LONGEST_DAYS} days from today."
    )


def unique_keys(exceptions: list[LimitExceptionConfig]) -> list[LimitExceptionConfig]:
    """Return the exceptions, of which each limit has one."""
    keys = [it.key for it in exceptions]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise PydanticCustomError("unique", "each key once: {twice} is there twice", {"twice": twice})
    return exceptions


def allowed_numbers(listed: Any) -> dict[str, int]:
    """Return the allowed numbers by key, as far as the block, not checked yet, has them."""
    entries = [it for it in listed if isinstance(it, dict)] if isinstance(listed, list) else []
    return {str(it.get("key")): it["allowed"] for it in entries if type(it.get("allowed")) is int}


def limit_exception_problems(exceptions: Sequence[LimitExceptionConfig], config: Model) -> Iterator[Problem]:
    """Yield each exception that allows what its limit does, or another number than `config` has there."""
    for number, exception in enumerate(exceptions):
        limit, held = EXCEPTABLE[exception.key], _value(config, exception.key)
        given = f"given {exception.allowed}, allowed"
        if limit.allows(exception.allowed):
            yield (
                f"{KEY}.{number}.allowed",
                f"{given} what the limit does not allow, {limit.range}: remove the entry",
            )
        elif held != exception.allowed:
            there = "is not there" if held is None else f"is {held}"
            problem = f"{given} where {exception.key} is the same, which {there}: change it, or remove the entry"
            yield f"{KEY}.{number}.allowed", problem


def _value(config: Any, key: str) -> Any:
    return reduce(lambda block, part: getattr(block, part, None), key.split("."), config)
