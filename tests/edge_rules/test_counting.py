"""Cloudflare's counters, simulated: fixed windows for each rule, data centre and address."""

from counting import RateLimits
from msgspec.structs import replace

from edge_rules.evaluation.traffic import Exchange, Request, Response
from edge_rules.fields import STATUS, under
from edge_rules.rule import Block, Challenge, RateLimit, Rule

REFUSE = Block(status=429, content_type="application/json", content="{}")
LIMIT = RateLimit(requests=3, period_seconds=10, then=REFUSE, mitigation_seconds=10)


def rule(ref: str = "limit", **changes: object) -> Rule:
    return Rule(ref=ref, description="", when=under("/api/"), then=replace(LIMIT, **changes))


def exchange_of(path: str = "/api/x", status: int = 200, address: str = "192.0.2.1") -> Exchange:
    return Exchange(request=Request(path=path, address=address), response=Response(status=status))


def passing(
    limits: RateLimits, times: list[float], exchange: Exchange | None = None, **where: object
) -> list[bool]:
    return [limits.refusing(exchange or exchange_of(), at_seconds=at, **where) is None for at in times]


def test_window_lets_its_number_pass_and_refuses_for_its_time():
    limits = RateLimits([rule()])
    assert passing(limits, [0, 1, 2, 9, 10, 18.9]) == [True, True, True, False, False, False]
    assert passing(limits, [19, 20, 21, 22, 23]) == [True, True, True, True, False]


def test_two_windows_meet_and_twice_the_number_pass():
    # Fixed windows, as at Cloudflare: whoever paces requests around the edge gets both allowances.
    assert all(passing(RateLimits([rule()]), [0, 9.8, 9.9, 10, 10.1, 10.2]))


def test_addresses_and_data_centres_are_counted_apart():
    limits = RateLimits([rule()])
    assert not all(passing(limits, [0, 0, 0, 0]))
    assert all(passing(limits, [1, 1, 1], exchange_of(address="192.0.2.2")))
    assert all(passing(limits, [2, 2, 2], data_centre="two"))
    assert all(passing(limits, [3, 3, 3, 3], exchange_of("/other")))


def test_counting_the_uncached_leaves_what_the_edge_answers_alone():
    limits = RateLimits([rule(only_uncached=True)])
    assert all(passing(limits, [0] * 50, cached=True))
    assert passing(limits, [1] * 4) == [True, True, True, False]


def test_counted_answers_move_the_counter_after_the_answer():
    failed = under("/api/") & STATUS.among(401)
    limits = RateLimits([rule(then=Challenge(), mitigation_seconds=0, counted=failed)])
    assert all(passing(limits, [0] * 50, exchange_of(status=200)))
    # Three allowed: the fourth failure is let through and counted, the fifth attempt is challenged.
    assert passing(limits, [1] * 6, exchange_of(status=401)) == [True] * 4 + [False] * 2
    assert passing(limits, [10, 10], exchange_of(status=401)) == [True, True]


def test_earlier_rule_refuses_before_a_later_one_counts():
    limits = RateLimits([rule("first"), rule("second", requests=4, period_seconds=600, mitigation_seconds=600)])
    refused = [limits.refusing(exchange_of(), at_seconds=at) for at in (0, 0, 0, 0, 20, 21)]
    assert [it and it.ref for it in refused] == [None, None, None, "first", None, "second"]
