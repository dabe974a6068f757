"""One request on its way through the phases of the edge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from edge_rules.evaluation.outcome import ENDING, Life, life, matching
from edge_rules.evaluation.traffic import Exchange
from edge_rules.evaluation.words import words
from edge_rules.rule import Block, Challenge, Phase, Redirect, Rule, Skip


class State(StrEnum):
    """Whether a rule is about the request."""

    HOLDS = "holds"
    """It is, and its action applies."""
    HOLDS_NOT = "-"
    """It is not."""
    NOT_REACHED = "not reached"
    """Cloudflare does not ask: an earlier rule ended it or left the phase out."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One rule and what it says about the request."""

    phase: Phase
    """Where the rule stands."""
    rule: Rule
    """The rule."""
    state: State
    """Whether it is about the request."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What the edge does with one request."""

    exchange: Exchange
    """The request, and the answer that was assumed."""
    steps: tuple[Step, ...]
    """Every rule of the zone, in Cloudflare's order."""
    ended_by: Rule | None
    """The rule that answers in the origin's place; None lets the request go on."""
    life: Life | None
    """How long the answer lives; None where the origin is not asked."""

    @property
    def sentences(self) -> list[str]:
        """The outcome in words, one sentence each."""
        return list(_sentences(self))


def walk(phases: Mapping[Phase, Sequence[Rule]], exchange: Exchange) -> Trace:
    """Follow `exchange`, whose answer is given, through `phases`."""
    steps: list[Step] = []
    left_out: set[str] = set()
    ended_by: Rule | None = None
    for phase in Phase:
        rules = phases.get(phase, ())
        reached = [] if ended_by or phase in left_out else matching(rules, exchange)
        steps += _steps(phase, rules, reached, closed=bool(ended_by) or phase in left_out)
        left_out.update(name for rule in reached if isinstance(rule.then, Skip) for name in rule.then.phases)
        ended_by = ended_by or next((it for it in reached if isinstance(it.then, (Block, Redirect))), None)
    lasting = None if ended_by else life(phases, exchange)
    return Trace(exchange=exchange, steps=tuple(steps), ended_by=ended_by, life=lasting)


def _steps(phase: Phase, rules: Sequence[Rule], reached: Sequence[Rule], *, closed: bool) -> Iterator[Step]:
    refs = {rule.ref for rule in reached}
    for rule in rules:
        asked = State.HOLDS if rule.ref in refs else State.HOLDS_NOT
        yield Step(phase=phase, rule=rule, state=State.NOT_REACHED if closed else asked)
        closed = closed or (rule.ref in refs and isinstance(rule.then, ENDING))


def _sentences(trace: Trace) -> Iterator[str]:
    holding = [step.rule for step in trace.steps if step.state is State.HOLDS]
    if trace.ended_by:
        yield f"The edge answers itself ({trace.ended_by.ref}): {words(trace.ended_by.then)}."
        return
    for rule in holding:
        if isinstance(rule.then, Challenge):
            yield f"The visitor is challenged first ({rule.ref}); the rest is for who passes."
    limits = [step.rule.ref for step in trace.steps if step.phase is Phase.RATE_LIMIT and step.rule in holding]
    yield f"It counts towards {', '.join(limits)}." if limits else "No rate limit counts it."
    if trace.life:
        yield from _life_sentences(trace.life)


def _life_sentences(lasting: Life) -> Iterator[str]:
    if not lasting.edge_seconds:
        yield f"The edge keeps nothing: {lasting.decided_by}."
    else:
        stale = f", then {lasting.stale_seconds} seconds more while it asks again" if lasting.stale_seconds else ""
        yield f"The edge keeps the answer for {lasting.edge_seconds} seconds{stale} ({lasting.decided_by})."
    browser = words(lasting.browser_headers)
    yield f"A browser gets the origin's Cache-Control{f', with {browser}' if browser else ''}."
