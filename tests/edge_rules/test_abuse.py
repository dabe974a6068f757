"""The documented abuse cases against the rules of production, simulated."""

from functools import cache
from pathlib import Path

import pytest
from abuse_cases import (
    MOST_PEOPLE,
    OFFICE_PEOPLE,
    OFFICE_REQUESTS_PER_MINUTE,
    cases,
    counting_uncached,
    largest_office,
    office,
)
from crowd import Crowd, CrowdResult, run

from edge_rules.rule import Phase, RateLimit
from footing.markdown import table
from policies import limits
from stacks.config.load import from_file
from stacks.edge import edge_rules

ROOT = Path(__file__).parents[2]
CONFIG = from_file(ROOT / "Pulumi.production.yaml").config
PHASES = edge_rules(CONFIG)
CROWDS = {crowd.title: crowd for crowd in cases(CONFIG.edge)}
LIMITS = {rule.ref: rule.then for rule in PHASES[Phase.RATE_LIMIT]}


@cache
def of(title: str) -> CrowdResult:
    return run(PHASES, CROWDS[title])


def test_hundred_logins_a_second_end_at_the_documented_twenty_a_minute():
    assert of("100 good logins a second").passed_in_fullest_minute == limits.AUTH_REQUESTS_PER_MINUTE.maximum


def test_guessing_ends_with_the_fifth_wrong_password():
    guessed = of("100 wrong passwords a second")
    assert guessed.passed == CONFIG.edge.rate_limits.auth.failed_logins
    assert set(guessed.refused) == {"auth-failed-logins"}


@pytest.mark.parametrize("title", ["200 feed requests a second from one address", "50 posts a second"])
def test_flood_of_the_api_gets_a_burst_and_no_more_than_two_windows_of_a_minute(title: str):
    flood = of(title)
    limit = LIMITS["api-per-minute"]
    assert isinstance(limit, RateLimit)
    assert flood.passed_in_fullest_minute <= 2 * limit.requests
    assert flood.passed <= limit.requests * (180 / 60)
    assert flood.refused["api-burst"] > 0 < flood.refused["api-per-minute"]


def test_feed_of_many_is_answered_by_the_edge_beyond_the_documented_share():
    many = of("200 feed requests a second from 400 addresses")
    assert not many.refused
    assert many.hit_ratio > 0.7


def test_posts_are_never_answered_by_the_edge():
    assert of("50 posts a second").hit_ratio == 0


def test_office_behind_one_address_fits_up_to_its_number():
    largest = largest_office(PHASES, CONFIG.edge)
    assert 1 < largest < OFFICE_PEOPLE
    assert not run(PHASES, office(CONFIG.edge, largest)).refused
    assert run(PHASES, office(CONFIG.edge, largest + 1)).refused


def test_counting_the_uncached_helps_readers_and_nobody_who_is_signed_in():
    uncached = edge_rules(counting_uncached(CONFIG))
    readers = [largest_office(phases, CONFIG.edge, signed_in=False) for phases in (PHASES, uncached)]
    signed_in = [largest_office(phases, CONFIG.edge) for phases in (PHASES, uncached)]
    assert readers[0] == signed_in[0] == signed_in[1]
    assert readers[1] == MOST_PEOPLE
    login = next(crowd for crowd in cases(CONFIG.edge) if "good logins" in crowd.title)
    assert run(uncached, login).passed == run(PHASES, login).passed


def test_page_on_abuse_has_the_numbers_of_the_simulation():
    text = " ".join((ROOT / "docs" / "abuse.md").read_text().split())
    rows = []
    for crowd in cases(CONFIG.edge):
        outcome = of(crowd.title)
        refused = ", ".join(f"`{ref}` {count}" for ref, count in sorted(outcome.refused.items())) or "nobody"
        passed = outcome.sent, outcome.passed, outcome.passed_in_fullest_minute
        origin = f"{outcome.origin_requests} ({outcome.hit_ratio:.0%} from the edge)"
        rows.append((f"{crowd.title}, for {crowd.seconds} s", *passed, refused, origin))
    headers = ("case", "sent", "passed", "most in a minute", "refused by", "the origin saw")
    assert " ".join(table(headers, rows).split()) in text
    largest, uncached = largest_office(PHASES, CONFIG.edge), edge_rules(counting_uncached(CONFIG))
    people = of(office(CONFIG.edge, OFFICE_PEOPLE).title)
    refused_share = people.refused.total() / people.sent
    readers = [largest_office(phases, CONFIG.edge, signed_in=False) for phases in (PHASES, uncached)]
    for sentence in (
        f"(on the plan {CONFIG.edge.plan})",
        f"At {OFFICE_REQUESTS_PER_MINUTE:g} requests a minute each",
        f"**{largest}** people are served without a refusal; with {OFFICE_PEOPLE},",
        f"the share of refused requests is {refused_share:.0%}.",
        f"{readers[0]} are served behind one address, and then {readers[1]} (the search ends at {MOST_PEOPLE})",
        f"Of signed-in people it serves {largest_office(uncached, CONFIG.edge)},",
    ):
        assert sentence in text


def test_fullest_minute_is_found_between_any_two_requests():
    outcome = CrowdResult(passed_at_seconds=[0, 50, 59.9, 60, 70, 109, 200])
    assert outcome.passed_in_fullest_minute == 5


def test_one_thing_is_fetched_once_in_its_life_however_many_ask():
    # Kept for 30 seconds and 30 more while it is fetched again: asked of the origin every 30 seconds.
    feed = Crowd(
        title="", path="/rest/feed", host="feed.example", requests_per_second=1, seconds=120, addresses=60
    )
    assert run(PHASES, feed).origin_requests == 4
