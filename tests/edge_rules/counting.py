"""Cloudflare's rate limits, simulated: fixed windows, one counter for each rule, data centre and address.

A simulation, and a kind one: Cloudflare's own counters lag by some seconds, so a real flood gets a little further.
Source: https://developers.cloudflare.com/waf/rate-limiting-rules/request-rate/
"""

from collections.abc import Sequence
from dataclasses import dataclass

from edge_rules.evaluation.traffic import Exchange
from edge_rules.rule import RateLimit, Rule


@dataclass(kw_only=True)
class _Counter:
    """One rule's count of one address in one data centre."""

    started_seconds: float
    """When its window began."""
    requests: int = 0
    """Requests in the window."""
    refused_until_seconds: float = 0.0
    """When the address is let in again."""


class RateLimits:
    """The rate limits of a zone while time goes by."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = [(rule, rule.then) for rule in rules if isinstance(rule.then, RateLimit)]
        self._counters: dict[tuple[str, str, str], _Counter] = {}

    def refusing(
        self, exchange: Exchange, *, at_seconds: float, cached: bool = False, data_centre: str = "one"
    ) -> Rule | None:
        """Return the rule that blocks or challenges this request; None lets it pass.

        Args:
            exchange: The request, with its answer for rules that count answers.
            at_seconds: When, never earlier than the call before.
            cached: Whether the edge would answer by itself.
            data_centre: Where the visitor comes in; each counts for itself.

        """
        for rule, limit in self._rules:
            if rule.when.holds(exchange):
                counter = self._counter(rule, limit, exchange, data_centre, at_seconds)
                if limit.counted is None:
                    _count(counter, limit, at_seconds, uncached=not cached)
                if at_seconds < counter.refused_until_seconds:
                    return rule
                if counter.requests > limit.requests:
                    counter.refused_until_seconds = at_seconds + limit.mitigation_seconds
                    return rule
        for rule, limit in self._rules:
            if limit.counted is not None and limit.counted.holds(exchange):
                counter = self._counter(rule, limit, exchange, data_centre, at_seconds)
                _count(counter, limit, at_seconds, uncached=True)
        return None

    def _counter(
        self, rule: Rule, limit: RateLimit, exchange: Exchange, data_centre: str, at_seconds: float
    ) -> _Counter:
        """Return the counter of this address; a new one once the window of the last is over."""
        key = (rule.ref, data_centre, exchange.request.address)
        counter = self._counters.get(key)
        if counter is None or at_seconds >= counter.started_seconds + limit.period_seconds:
            refused = counter.refused_until_seconds if counter else 0.0
            counter = _Counter(started_seconds=at_seconds, refused_until_seconds=refused)
            self._counters[key] = counter
        return counter


def _count(counter: _Counter, limit: RateLimit, at_seconds: float, *, uncached: bool) -> None:
    # What is refused is not counted: a client that keeps asking is let in again when its time is over.
    if at_seconds >= counter.refused_until_seconds and (uncached or not limit.only_uncached):
        counter.requests += 1
