"""What the keys of several vendors share: names out of a list, ranges of addresses, and what cannot be set."""

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from stacks.config.base import Problem

CIDR = r"^(\d{1,3}(\.\d{1,3}){3}/\d{1,2}|[0-9a-f:]+/\d{1,3})$"
Cidr = Annotated[str, Field(pattern=CIDR)]
"""Range of addresses, of IPv4 or IPv6."""
EVERYBODY = frozenset({"0.0.0.0/0", "::/0"})
"""Ranges that hold everybody."""


def refused(reason: str, values: Collection[str] = ()) -> BeforeValidator:
    """Return an annotation of a key that no value, or none of `values`, may have, for a reason of the vendor."""

    def refuse(value: Any) -> Any:
        if value in values or (value is not None and not values):
            allowed = "another value" if values else "left out"
            raise PydanticCustomError("refused", "{reason}", {"reason": f"{allowed}: {reason}"})
        return value

    return BeforeValidator(refuse)


def one_of(names: Collection[str]) -> AfterValidator:
    """Return an annotation of a text that must be one of `names`."""

    def check(value: str) -> str:
        if value not in names:
            raise PydanticCustomError("one_of", "{names}", {"names": ", ".join(names)})
        return value

    return AfterValidator(check)


def range_problems(key: str, ranges: Sequence[str]) -> Iterator[Problem]:
    """Yield a sentence where the ranges at `key` hold everybody."""
    if everybody := [it for it in ranges if it in EVERYBODY]:
        yield key, f"given {', '.join(everybody)}, which is everybody, allowed ranges of your own networks"
