"""All rules of a zone, phase by phase: the edge's own and those that others contribute."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from edge_rules import cache, firewall, rates, responses
from edge_rules.audience import personal, sign_in
from edge_rules.plans import PLAN_CAPABILITIES, smallest
from edge_rules.rule import CacheControl, Fragment, Keep, Phase, Place, Rule, SetHeaders
from edge_rules.settings import EdgeSettings


def phases(settings: EdgeSettings, fragments: Sequence[Fragment] = ()) -> dict[Phase, tuple[Rule, ...]]:
    """The rules of each phase in order; a phase without rules is left out.

    Raises:
        ValueError: two rules of a phase have one ref, or the plan does not hold so many.

    """
    last = {Phase.CACHE: cache.last_words(settings), Phase.RESPONSE_CACHE: responses.last_words(settings)}
    made = {
        phase: (
            *_contributed(settings, fragments, phase, Place.FIRST),
            *own,
            *_contributed(settings, fragments, phase, Place.LAST),
            *last.get(phase, ()),
        )
        for phase, own in _own(settings).items()
    }
    kept = {phase: rules for phase, rules in made.items() if rules}
    reasons = [reason for phase, rules in kept.items() for reason in _refusals(settings, phase, rules)]
    if reasons:
        raise ValueError("; ".join(reasons))
    return kept


def _own(settings: EdgeSettings) -> dict[Phase, list[Rule]]:
    return {
        Phase.REDIRECT: firewall.redirects(settings),
        Phase.FIREWALL: firewall.custom(settings),
        Phase.RATE_LIMIT: rates.limits(settings),
        Phase.MANAGED_FIREWALL: firewall.managed(settings),
        Phase.CACHE: cache.keeping(settings),
        Phase.RESPONSE_CACHE: responses.lifetimes(settings),
        Phase.RESPONSE_HEADERS: responses.headers(settings),
        Phase.COMPRESSION: responses.compression(),
    }


def _contributed(settings: EdgeSettings, fragments: Sequence[Fragment], phase: Phase, place: Place) -> list[Rule]:
    return [
        _for_everybody(settings, fragment.rule)
        for fragment in fragments
        if (fragment.phase, fragment.place) == (phase, place)
    ]


def _for_everybody(settings: EdgeSettings, rule: Rule) -> Rule:
    """A contributed rule that lengthens a life, held to answers that are the same for everybody."""
    then = rule.then
    lengthens = isinstance(then, Keep) or (
        isinstance(then, CacheControl)
        and (
            then.immutable
            or then.public
            or then.max_age_seconds is not None
            or then.stale_while_revalidate_seconds is not None
        )
    )
    if not lengthens:
        return rule
    return replace(rule, when=rule.when & ~personal(settings) & ~sign_in(settings))


def _refusals(settings: EdgeSettings, phase: Phase, rules: Sequence[Rule]) -> list[str]:
    found = [
        f"the phase {phase.value} has {count} rules with the ref {ref!r}: each needs its own"
        for ref, count in Counter(rule.ref for rule in rules).items()
        if count > 1
    ]
    found += [
        f"rule {rule.ref} sets Cache-Control as a header, past the rules of who may keep it: use CacheControl"
        for rule in rules
        if isinstance(rule.then, SetHeaders) and "cache-control" in {name.lower() for name in rule.then.headers}
    ]
    held = PLAN_CAPABILITIES[settings.plan].rules_of(phase)
    if len(rules) > held:
        enough = smallest(lambda has: has.rules_of(phase) >= len(rules))
        way = f"leave {len(rules) - held} out" + (f" or take the plan {enough.value!r}" if enough else "")
        found.append(
            f"{len(rules)} rules of the phase {phase.value} do not fit the Cloudflare plan "
            f"{settings.plan.value!r}, which holds {held}: {way}"
        )
    return found
