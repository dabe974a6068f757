"""Rules of Cloudflare's rate limits, whose parts may have any shape."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from policies import limits
from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, fail, undecided
from policies.limits import Limit
from policies.resource import SECRET, UNKNOWN, Properties
from policies.rule import Rule
from policies.rules.reading import whole_number

PHASE = "http_ratelimit"
MINUTE_SECONDS = 60
REFUSING = frozenset({"block", "challenge", "js_challenge", "managed_challenge"})
"""Actions that stop a request; `log` only writes it down."""


def _about_auth(rule: Properties) -> bool:
    """By the rule's name where it has one of ours: a limit of the API may mention the header Authorization."""
    ref = str(rule.get("ref") or "")
    if ref.startswith(("api-", "auth-")):
        return ref.startswith("auth-")
    return "auth" in str(rule.get("expression", "")).lower()


def _counts_answers(rule: Properties) -> bool:
    return "http.response." in str((rule.get("ratelimit") or {}).get("countingExpression") or "")


def _period(rule: Properties) -> int:
    return whole_number((rule.get("ratelimit") or {}).get("period")) or 0


LimitCheck = Callable[[Limit, Sequence[Properties]], Judgement]
"""Judges the rate limits of a zone by a documented limit."""


def _holds(
    window_seconds: int, concerns: Callable[[Properties], bool], *, required: bool = True, on_free: bool = False
) -> LimitCheck:
    """Return the check that every rule of one kind stays within a limit, counted over `window_seconds`.

    A kind that is `required` may be missing in one case, unless it is also there `on_free`: the zone's only limit
    counts over less than a minute. That is all that Cloudflare's free plan holds, and it goes to sign-in.
    """

    def check(limit: Limit, rules: Sequence[Properties]) -> Judgement:
        active = [rule for rule in rules if _refuses(rule) and concerns(rule)]
        outside: dict[float, str] = {}
        for rule in active:
            requests = whole_number((rule.get("ratelimit") or {}).get("requestsPerPeriod"))
            period = _period(rule)
            if requests is None or not period:
                return fail("a limit without whole numbers", limit.range)
            # Compared as a rate: 200 in two minutes is 100 a minute.
            if not limit.allows(rate := requests * window_seconds / period):
                outside[rate] = f"{requests} requests in {period} seconds"
        if outside:
            return fail(next(iter(outside.values())), limit.range, measured=outside)
        if active:
            return PASSED
        is_free_plan = len(rules) == 1 and _refuses(rules[0]) and 0 < _period(rules[0]) < MINUTE_SECONDS
        may_lack = not required or (is_free_plan and not on_free)
        return NOT_APPLICABLE if may_lack else fail("no such limit", limit.range)

    return check


def _hidden(rules: Any) -> bool:
    """Return whether anything the judgement rests on is unknown."""
    if rules is UNKNOWN or UNKNOWN in rules:
        return True
    counts = [rule.get("ratelimit") for rule in rules]
    numbers = [it.get(key) for it in counts if it and it is not UNKNOWN for key in _COUNTING]
    texts = [rule.get(key) for rule in rules for key in ("ref", "expression", "action", "enabled")]
    return UNKNOWN in (*counts, *numbers, *texts)


_COUNTING = ("period", "requestsPerPeriod", "countingExpression")


def _refuses(rule: Properties) -> bool:
    return rule.get("enabled", True) is not False and rule.get("action") in REFUSING


def _failed_logins(limit: Limit, rules: Sequence[Properties]) -> Judgement:
    """Refuse a challenge that comes too late; none at all is for the configuration: few plans can count."""
    counting = [rule for rule in rules if _refuses(rule) and _about_auth(rule) and _counts_answers(rule)]
    for rule in counting:
        requests = whole_number(rule["ratelimit"].get("requestsPerPeriod"))
        # The counter moves after the answer: the attempt after the one that is over the number is challenged.
        if requests is None or not limit.allows(requests + 1):
            return fail(f"a challenge after {'?' if requests is None else requests + 1}", limit.range)
    return PASSED if counting else NOT_APPLICABLE


def _parts(rules: Any) -> Iterator[tuple[Any, type]]:
    """Yield what a ruleset is made of, each part with the type that Cloudflare gives it."""
    yield rules, list
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, Mapping):
            yield from ((rule.get("ratelimit"), Mapping), (rule.get("action"), str))
        else:
            # None in a rule's place is of another shape too.
            yield rule if rule is not None else 0, dict


def _rule(id_: str, begins: str, limit: Limit, judge: LimitCheck) -> Rule:
    def check(ruleset: Properties) -> Judgement:
        parts = list(_parts(ruleset.get("rules")))
        if any(part is SECRET for part, _ in parts):
            return undecided("a rule")
        if not all(part is None or part is UNKNOWN or isinstance(part, kind) for part, kind in parts):
            return fail("rules of another shape", "a list of rules")
        if ruleset.get("phase") not in (PHASE, UNKNOWN):
            return NOT_APPLICABLE
        rules = ruleset.get("rules") or []
        return undecided("a rate limit") if _hidden(rules) else judge(limit, rules)

    return Rule(
        id=id_,
        title=f"{begins} {limit.range}",
        why=limit.why,
        source=limit.source,
        remedy=f"Set ratelimit.requestsPerPeriod to {limit.range}.",
        keys=(limit.key,),
        limit=limit,
        types=frozenset({"cloudflare:index/ruleset:Ruleset"}),
        check=check,
    )


RULES = (
    _rule(
        "edge-api-rate",
        "The edge lets one address send the API",
        limits.API_REQUESTS_PER_MINUTE,
        _holds(MINUTE_SECONDS, lambda rule: not _about_auth(rule) and _period(rule) >= MINUTE_SECONDS),
    ),
    _rule(
        "edge-api-burst",
        "The edge lets one address send the API",
        limits.API_BURST_REQUESTS,
        _holds(
            limits.API_BURST_WINDOW_SECONDS,
            lambda rule: not _about_auth(rule) and 0 < _period(rule) < MINUTE_SECONDS,
            required=False,
        ),
    ),
    _rule(
        "edge-auth-rate",
        "The edge lets one address send sign-in",
        limits.AUTH_REQUESTS_PER_MINUTE,
        _holds(MINUTE_SECONDS, lambda rule: _about_auth(rule) and not _counts_answers(rule), on_free=True),
    ),
    _rule("edge-failed-logins", "The edge challenges an address after", limits.FAILED_LOGINS, _failed_logins),
)
