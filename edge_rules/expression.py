"""The conditions of Cloudflare's rules: a small typed tree that is written in Cloudflare's language, and executed.

Source: https://developers.cloudflare.com/ruleset-engine/rules-language/
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from edge_rules.evaluation.traffic import Exchange


class AnswerUnknownError(Exception):
    """The condition is about the answer, and only the request is known."""


class Expression(ABC):
    """A condition on a request and, once the origin has answered, on its answer."""

    @abstractmethod
    def text(self) -> str:
        """Return the condition in Cloudflare's language."""

    @abstractmethod
    def holds(self, exchange: Exchange) -> bool:
        """Return whether the condition is true.

        Raises:
            AnswerUnknownError: it depends on the answer, which `exchange` does not have.

        """

    def __and__(self, other: "Expression") -> "Expression":
        return every(self, other)

    def __or__(self, other: "Expression") -> "Expression":
        return some(self, other)

    def __invert__(self) -> "Expression":
        return opposite(self)


@dataclass(frozen=True, kw_only=True)
class Condition(Expression):
    """One condition that has no parts; two are equal when they are written the same."""

    written: str
    """The condition in Cloudflare's language."""
    check: Callable[[Exchange], bool] = field(compare=False, repr=False)
    """The same condition, executed."""
    closed: bool = False
    """Whether it is a call or a word, so that `not` before it needs no brackets."""

    def text(self) -> str:
        """Return the condition as written."""
        return self.written

    def holds(self, exchange: Exchange) -> bool:
        """Return the result as checked."""
        return self.check(exchange)


ALWAYS = Condition(written="true", check=lambda _: True, closed=True)
"""Every request."""
NEVER = Condition(written="false", check=lambda _: False, closed=True)
"""No request."""


@dataclass(frozen=True, kw_only=True)
class Not(Expression):
    """A condition turned round. Made by `opposite`."""

    part: Expression
    """What must not hold."""

    def text(self) -> str:
        """Return `not` and the part, in brackets unless it is a call."""
        inner = self.part.text()
        return f"not {inner}" if isinstance(self.part, Condition) and self.part.closed else f"not ({inner})"

    def holds(self, exchange: Exchange) -> bool:
        """Return the opposite of the part."""
        return not self.part.holds(exchange)


@dataclass(frozen=True, kw_only=True)
class Every(Expression):
    """Several conditions at once. Made by `every`."""

    parts: tuple[Expression, ...]
    """At least two; all must hold."""

    def text(self) -> str:
        """Return the parts, joined by `and`."""
        return " and ".join(_bracketed(part) for part in self.parts)

    def holds(self, exchange: Exchange) -> bool:
        """Return whether all hold; parts after the first that does not are left alone."""
        return all(part.holds(exchange) for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class Some(Expression):
    """One condition of several. Made by `some`."""

    parts: tuple[Expression, ...]
    """At least two; one must hold."""

    def text(self) -> str:
        """Return the parts, joined by `or`."""
        return " or ".join(_bracketed(part) for part in self.parts)

    def holds(self, exchange: Exchange) -> bool:
        """Return whether one holds; parts after the first that does are left alone."""
        return any(part.holds(exchange) for part in self.parts)


def opposite(part: Expression) -> Expression:
    """Return the condition that holds where `part` does not."""
    match part:
        case Not(part=inner):
            return inner
        case Condition() if part in (ALWAYS, NEVER):
            return NEVER if part == ALWAYS else ALWAYS
    return Not(part=part)


def every(*parts: Expression) -> Expression:
    """Return the condition that all of `parts` hold; of none, always."""
    return _joined(Every, parts, neutral=ALWAYS, absorbing=NEVER)


def some(*parts: Expression) -> Expression:
    """Return the condition that one of `parts` holds; of none, never."""
    return _joined(Some, parts, neutral=NEVER, absorbing=ALWAYS)


def _joined(
    kind: type[Every] | type[Some], parts: Sequence[Expression], *, neutral: Expression, absorbing: Expression
) -> Expression:
    """Return one condition: parts of the same kind are taken apart, and each stands in it once, in order."""
    flat = [it for part in parts for it in (part.parts if isinstance(part, kind) else [part]) if it != neutral]
    if absorbing in flat:
        return absorbing
    kept = tuple(dict.fromkeys(flat))
    return kind(parts=kept) if len(kept) > 1 else next(iter(kept), neutral)


def _bracketed(part: Expression) -> str:
    return f"({part.text()})" if isinstance(part, (Every, Some)) else part.text()
