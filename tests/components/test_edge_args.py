import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._cloudflare.plans import PERIODS_SECONDS, PLAN_CAPABILITIES, CloudflarePlan, refusals
from tests.components.edge_samples import FREE, PRO, edge_args


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"plan": CloudflarePlan.PRO},
            "3 rate limits .* 'pro', which holds 2: leave 1 out or take the plan 'business'",
        ),
        ({"plan": CloudflarePlan.FREE}, "3 rate limits .* 'free', which holds 1: leave 2 out .* 'business'"),
        (
            {**FREE, "auth_requests_per_minute": 20, "api_burst_requests": None},
            "over 60 seconds .* the plan 'pro'",
        ),
        (
            {**PRO, "api_burst_requests": 30, "auth_requests_per_minute": None, "api_burst_window_seconds": 90},
            "over 90 seconds .* the plan 'business'",
        ),
        ({**FREE, "static_ttl_seconds": 3600}, "kept for 3600 seconds .* the plan 'pro'"),
        ({"static_ttl_seconds": 0}, "no plan allows"),
        ({"api_burst_window_seconds": 7}, "over 7 seconds .* no plan allows"),
    ],
)
def test_edge_refuses_what_the_plan_cannot_hold_and_names_the_one_that_can(changes: dict, message: str):
    with pytest.raises(ValueError, match=message):
        edge_args(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hostnames": []}, "hostnames is empty"),
        ({"hostnames": ["feed.example.org"]}, "'feed.example.org' is not in the zone 'feed.example.com'"),
        ({"hostnames": ["evilfeed.example.com"]}, "not in the zone"),
        ({"api_paths": ["/rest/*"]}, r"api_paths '/rest/\*' is no path prefix"),
        ({"api_paths": ["/rest"]}, "api_paths '/rest' is no path prefix"),
        ({"auth_paths": ['/a") or true or ("/']}, "is no path prefix"),
        ({"static_dirs": ["assets/"]}, "static_dirs 'assets/' is no path prefix"),
        ({"static_extensions": [".css"]}, "'.css' is no file ending"),
        ({"session_cookies": [" "]}, "would match every visitor"),
        ({"api_paths": []}, "api_paths is empty"),
        ({"auth_paths": []}, "auth_paths is empty"),
        ({"api_burst_requests": 0}, "api_burst_requests is 0: at least 1"),
        ({"api_cache_ttl_seconds": 0}, "api_cache_ttl_seconds is 0"),
    ],
)
def test_edge_refuses_names_paths_and_numbers_that_are_none(changes: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        edge_args(**changes)


def test_edge_tells_every_reason_at_once():
    with pytest.raises(ValueError, match=r"hostnames is empty.*session cookie.*rate limits"):
        edge_args(hostnames=[], session_cookies=[""], plan=CloudflarePlan.FREE)


@given(
    api=st.none() | st.integers(1, 1000),
    burst=st.none() | st.integers(1, 1000),
    auth=st.none() | st.integers(1, 1000),
    window=st.sampled_from(PERIODS_SECONDS) | st.integers(1, 100_000),
    ttl=st.integers(0, 40_000),
)
def test_a_larger_plan_never_refuses_more(
    api: int | None, burst: int | None, auth: int | None, window: int, ttl: int
):
    found = [
        refusals(
            plan,
            api_requests_per_minute=api,
            api_burst_requests=burst,
            api_burst_window_seconds=window,
            auth_requests_per_minute=auth,
            static_ttl_seconds=ttl,
        )
        for plan in PLAN_CAPABILITIES
    ]
    assert [len(reasons) for reasons in found] == sorted((len(reasons) for reasons in found), reverse=True)
    for plan, reasons in zip(PLAN_CAPABILITIES, found, strict=True):
        named = [re.search(r"take the plan '(\w+)'", reason) for reason in reasons]
        larger = list(CloudflarePlan)[list(CloudflarePlan).index(plan) + 1 :]
        assert all(CloudflarePlan(match[1]) in larger for match in named if match)
