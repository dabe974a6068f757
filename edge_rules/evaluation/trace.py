"""One request on its way through the phases of the edge."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from edge_rules.evaluation.descriptions import describe_action
from edge_rules.evaluation.outcome import ENDING, CacheLifetime, cache_lifetime, matching
from edge_rules.evaluation.traffic import Exchange
from edge_rules.rule import Block, Challenge, Phase, Redirect, Rule, Skip


class State(StrEnum):
    """Result of a rule for the request."""

    MATCH = "match"
    """Its expression is true, and its action applies."""
    NO_MATCH = "-"
    """Its expression is false."""
    NOT_REACHED = "not reached"
    """Cloudflare does not evaluate it: an earlier rule ended the phase, or skipped it."""


class Step(Struct, frozen=True, kw_only=True):
    """One rule with its result for the request."""

    phase: Phase
    """Where the rule stands."""
    rule: Rule
    """The rule."""
    state: State
    """Result for the request."""


class Trace(Struct, frozen=True, kw_only=True):
    """Rules, outcome and cache lifetime of one request."""

    exchange: Exchange
    """The request, and the answer that was assumed."""
    steps: tuple[Step, ...]
    """Every rule of the zone, in Cloudflare's order."""
    ended_by: Rule | None
    """The rule that answers in the origin's place; None lets the request go on."""
    cache_lifetime: CacheLifetime | None
    """Cache lifetime of the answer; None where the origin is not asked."""

    @property
    def sentences(self) -> list[str]:
        """Outcome in words, one sentence each."""
        return list(_sentences(self))


def walk(phases: Mapping[Phase, Sequence[Rule]], exchange: Exchange) -> Trace:
    """Follow `exchange`, whose answer is given, through `phases`."""
    steps: list[Step] = []
    left_out: set[str] = set()
    ended_by: Rule | None = None
    for phase in Phase:
        rules = phases.get(phase, ())
        reached = [] if ended_by or phase in left_out else matching(rules, exchange)
        closed, refs = bool(ended_by) or phase in left_out, {rule.ref for rule in reached}
        for rule in rules:
            state = State.MATCH if rule.ref in refs else State.NO_MATCH
            steps.append(Step(phase=phase, rule=rule, state=State.NOT_REACHED if closed else state))
            closed = closed or (rule.ref in refs and isinstance(rule.then, ENDING))
        left_out.update(name for rule in reached if isinstance(rule.then, Skip) for name in rule.then.phases)
        ended_by = ended_by or next((it for it in reached if isinstance(it.then, (Block, Redirect))), None)
    lifetime = None if ended_by else cache_lifetime(phases, exchange)
    return Trace(exchange=exchange, steps=tuple(steps), ended_by=ended_by, cache_lifetime=lifetime)


def _sentences(trace: Trace) -> Iterator[str]:
    holding = [step.rule for step in trace.steps if step.state is State.MATCH]
    if trace.ended_by:
        yield f"The edge answers itself ({trace.ended_by.ref}): {describe_action(trace.ended_by.then)}."
        return
    for rule in holding:
        if isinstance(rule.then, Challenge):
            yield f"The visitor is challenged first ({rule.ref}); the rest is for who passes."
    limits = [step.rule.ref for step in trace.steps if step.phase is Phase.RATE_LIMIT and step.rule in holding]
    yield f"It counts towards {', '.join(limits)}." if limits else "No rate limit counts it."
    if lifetime := trace.cache_lifetime:
        if not lifetime.edge_seconds:
            yield f"The edge does not cache the answer: {lifetime.decided_by}."
        else:
            stale = f", then stale for {lifetime.stale_seconds} seconds while it revalidates"
            copies = f", a copy for each value of {' and '.join(lifetime.varies_by)}" if lifetime.varies_by else ""
            yield (
                f"The edge caches the answer for {lifetime.edge_seconds} seconds"
                f"{stale if lifetime.stale_seconds else ''}{copies} ({lifetime.decided_by})."
            )
        browser = describe_action(lifetime.browser_headers)
        yield f"A browser gets the origin's Cache-Control{f', with {browser}' if browser else ''}."
