"""What a rule can look at, and the conditions on it: only what every plan offers, so no regular expressions.

Source: https://developers.cloudflare.com/ruleset-engine/rules-language/fields/reference/
"""

import operator
from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct

from edge_rules.evaluation.traffic import Exchange, Response
from edge_rules.expression import NEVER, AnswerUnknownError, Condition, Expression, some

T = TypeVar("T", str, int)

COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
"""Comparisons of whole numbers, by their name in the language."""


class Field(Struct, Generic[T], frozen=True, kw_only=True):
    """A field with one value."""

    written: str
    """The field, or a function of it, in Cloudflare's language."""
    read: Callable[[Exchange], T]
    """Its value in an exchange."""

    def among(self, *wanted: T) -> Expression:
        """Return the condition that the field is one of `wanted`; of none, never."""
        constants = " ".join(quoted(it) if isinstance(it, str) else str(it) for it in wanted)
        return self._compared(f"in {{{constants}}}", lambda value: value in wanted) if wanted else NEVER

    def _compared(self, comparison: str, check: Callable[[T], bool]) -> Expression:
        return Condition(written=f"{self.written} {comparison}", check=lambda it: check(self.read(it)))


class TextField(Field[str], frozen=True):
    """A field that holds text."""

    def lower(self) -> "TextField":
        """Return the field with ASCII capitals made small."""
        return TextField(written=f"lower({self.written})", read=lambda it: _small(self.read(it)))

    def starts_with(self, prefix: str) -> Expression:
        """Return the condition that the field begins with `prefix`."""
        return Condition(
            written=f"starts_with({self.written}, {quoted(prefix)})",
            check=lambda it: self.read(it).startswith(prefix),
            closed=True,
        )

    def contains(self, part: str) -> Expression:
        """Return the condition that the field contains `part`."""
        return self._compared(f"contains {quoted(part)}", lambda text: part in text)

    def equals(self, wanted: str) -> Expression:
        """Return the condition that the field is `wanted`."""
        return self._compared(f"eq {quoted(wanted)}", lambda text: text == wanted)


class NumberField(Field[int], frozen=True):
    """A field that holds a whole number."""

    def compared(self, comparison: str, number: int) -> Expression:
        """Return the condition that the field compares so with `number`; `comparison` is one of `COMPARISONS`."""
        holds = COMPARISONS[comparison]
        return self._compared(f"{comparison} {number}", lambda value: holds(value, number))


class HeadersField(Struct, frozen=True, kw_only=True):
    """The names of all headers."""

    written: str
    """The list of names in Cloudflare's language."""
    read: Callable[[Exchange], set[str]]
    """The names in an exchange, in lower case."""

    def has(self, name: str) -> Expression:
        """Return the condition that there is a header `name`, whatever its value."""
        wanted = _small(name)
        return Condition(
            written=f"any(lower({self.written}[*])[*] eq {quoted(wanted)})",
            check=lambda it: wanted in self.read(it),
            closed=True,
        )


def _answer(exchange: Exchange) -> Response:
    if exchange.response is None:
        raise AnswerUnknownError
    return exchange.response


HOST = TextField(written="http.host", read=lambda it: it.request.host)
METHOD = TextField(written="http.request.method", read=lambda it: it.request.method)
PATH = TextField(written="http.request.uri.path", read=lambda it: it.request.path)
EXTENSION = TextField(written="http.request.uri.path.extension", read=lambda it: it.request.extension)
COOKIE = TextField(written="http.cookie", read=lambda it: it.request.cookie)
MEDIA_TYPE = TextField(written="http.response.content_type.media_type", read=lambda it: _answer(it).media_type)
STATUS = NumberField(written="http.response.code", read=lambda it: _answer(it).status)
REQUEST_HEADERS = HeadersField(written="http.request.headers.names", read=lambda it: set(it.request.headers))
RESPONSE_HEADERS = HeadersField(written="http.response.headers.names", read=lambda it: set(_answer(it).headers))
LEAKED_PASSWORD = Condition(
    written="cf.waf.credential_check.password_leaked", check=lambda it: it.request.leaked_password, closed=True
)
"""The password of this sign-in is in a collection of leaked ones; needs leaked credentials detection."""


def origin_says(directive: str) -> Expression:
    """Return the condition that the origin's Cache-Control has `directive`, written in lower case."""
    return Condition(
        written=f'any(lower(http.response.headers["cache-control"][*])[*] contains {quoted(directive)})',
        check=lambda it: directive in _small(_answer(it).headers.get("cache-control", "")),
        closed=True,
    )


def under(*prefixes: str) -> Expression:
    """Return the condition that the path is under one of `prefixes`, in any case: origins may ignore it."""
    return some(*[PATH.lower().starts_with(_small(prefix)) for prefix in prefixes])


def at(*paths: str) -> Expression:
    """Return the condition that the path is one of `paths`, in whatever case."""
    return PATH.lower().among(*[_small(path) for path in paths])


def quoted(text: str) -> str:
    """Return `text` as a constant of the language.

    Raises:
        ValueError: it has a control character, which no rule needs and the dashboard would not show.

    """
    if not text.isprintable():
        raise ValueError(f"{text!r} has a character that cannot be shown in a rule")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _small(text: str) -> str:
    """Return `text` in lower case as Cloudflare's `lower` makes it: ASCII letters alone."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
