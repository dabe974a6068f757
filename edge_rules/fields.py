"""What a rule can look at, and the conditions on it: only what every plan offers, so no regular expressions.

Source: https://developers.cloudflare.com/ruleset-engine/rules-language/fields/reference/
"""

import operator
from collections.abc import Callable, Mapping
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

    def ends_with(self, ending: str) -> Expression:
        """Return the condition that the field ends with `ending`."""
        return Condition(
            written=f"ends_with({self.written}, {quoted(ending)})",
            check=lambda it: self.read(it).endswith(ending),
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
    """All headers of a request or of an answer."""

    written: str
    """Their map in Cloudflare's language."""
    read: Callable[[Exchange], Mapping[str, str]]
    """The headers in an exchange, by their names in lower case."""

    def has(self, *names: str) -> Expression:
        """Return the condition that there is a header of one of `names`, whatever its value; of none, never."""
        wanted = [_small(name) for name in names]
        written = f"eq {quoted(wanted[0])}" if len(wanted) == 1 else f"in {{{' '.join(map(quoted, wanted))}}}"
        return self._any(".names", written, lambda it: any(name in self.read(it) for name in wanted))

    def has_part(self, part: str) -> Expression:
        """Return the condition that there is a header in whose name `part` is, written in lower case."""
        return self._any(
            ".names", f"contains {quoted(part)}", lambda it: any(part in name for name in self.read(it))
        )

    def says(self, name: str, part: str) -> Expression:
        """Return the condition that the header `name` contains `part`; both are written in lower case."""
        return self._any(
            f"[{quoted(name)}]", f"contains {quoted(part)}", lambda it: part in _small(self.read(it).get(name, ""))
        )

    def other_than(self, name: str, *values: str) -> Expression:
        """Return the condition that there is a header `name` with another value than `values`, in lower case."""
        wanted = " ".join(map(quoted, values))
        known = Condition(
            # All of them: a second line of the same header is not hidden behind a first one that is known.
            written=f"all(lower({self.written}[{quoted(name)}][*])[*] in {{{wanted}}})",
            check=lambda it: _small(self.read(it).get(name, "")) in values,
            closed=True,
        )
        return self.has(name) & ~known

    def _any(self, list_: str, comparison: str, check: Callable[[Exchange], bool]) -> Expression:
        return Condition(written=f"any(lower({self.written}{list_}[*])[*] {comparison})", check=check, closed=True)


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
REQUEST_HEADERS = HeadersField(written="http.request.headers", read=lambda it: it.request.headers)
RESPONSE_HEADERS = HeadersField(written="http.response.headers", read=lambda it: _answer(it).headers)
LEAKED_PASSWORD = Condition(
    written="cf.waf.credential_check.password_leaked", check=lambda it: it.request.leaked_password, closed=True
)
"""The password of this sign-in is in a collection of leaked ones; needs leaked credentials detection."""


def hosted_by(*hostnames: str) -> Expression:
    """Return the condition that the host is one of `hostnames`, of which `*.feed.example` is every name below it.

    By the ending, for the language's own wildcards need no fewer rules and its published engine has none.
    """
    names = [it for it in hostnames if not it.startswith("*.")]
    return some(HOST.among(*names), *[HOST.ends_with(it[1:]) for it in hostnames if it not in names])


CACHE_CONTROLS = ("cloudflare-cdn-cache-control", "cdn-cache-control", "cache-control")
"""Headers by which an origin says what a cache may keep; Cloudflare heeds the first that is there alone.

Source: https://developers.cloudflare.com/cache/concepts/cdn-cache-control/
"""


def origin_says(directive: str) -> Expression:
    """Return the condition that one of `CACHE_CONTROLS` has `directive`, written in lower case."""
    return some(*[RESPONSE_HEADERS.says(name, directive) for name in CACHE_CONTROLS])


def under(*paths: str) -> Expression:
    """Return the condition that the path is one of `paths`, or is under one that ends with a slash.

    In any case of letters, and with a slash too many at the end: origins may ignore both.
    """
    prefixes = [PATH.lower().starts_with(_small(path)) for path in paths if path.endswith("/")]
    return some(*prefixes, at(*[it for path in paths if not path.endswith("/") for it in (path, f"{path}/")]))


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
