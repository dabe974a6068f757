"""What a plan lacks, and the nearest it can do."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_rules.fit import downgraded, unsupported
from edge_rules.phases import phases
from edge_rules.plans import PERIODS_SECONDS, PLAN_CAPABILITIES, CloudflarePlan
from edge_rules.rule import Phase, RateLimit
from edge_rules.settings import Bots, EdgeSettings, FailedLogins, RequestRate, Waf
from tests.edge_rules.edge_samples import FAILURES, SETTINGS, edge_args, settings

FREE, PRO, BUSINESS, ENTERPRISE = CloudflarePlan
ALONE = {"burst": None, "failed_logins": None}
BARE = {**ALONE, "api_per_minute": None, "bots": Bots.OFF, "api_seconds": None, "json_refusals": False}
"""What the free plan almost holds."""
TEN_SECONDS = RequestRate(requests=3, period_seconds=10)


def lacking(**changes: object) -> list[tuple[str, CloudflarePlan | None]]:
    return [(feature.key, feature.smallest) for feature in unsupported(settings(**changes))]


API, AUTH = "edge.rate_limits.api", "edge.rate_limits.auth"
UNCOUNTED = {"plan": FREE, **BARE, "auth_per_minute": None}


@pytest.mark.parametrize(
    ("changes", "key", "smallest"),
    [
        ({"plan": PRO, "burst": None, "api_seconds": None}, f"{AUTH}.failed_logins", BUSINESS),
        ({"plan": PRO, "failed_logins": None, "api_seconds": None}, f"{API}.burst_requests", BUSINESS),
        ({"plan": PRO, **ALONE, "api_seconds": 3599}, "edge.cache.api_seconds", BUSINESS),
        ({"plan": FREE, **BARE}, f"{AUTH}.requests_per_minute", PRO),
        ({**UNCOUNTED, "auth_per_minute": TEN_SECONDS, "json_refusals": True}, "edge.plan", PRO),
        ({**UNCOUNTED, "bots": Bots.SPARE_API}, "edge.bots", PRO),
        ({**UNCOUNTED, "owasp": True}, "edge.owasp", PRO),
        ({**UNCOUNTED, "extension_seconds": 3600}, "edge.cache.extension_seconds", PRO),
        ({**UNCOUNTED, "fingerprinted_seconds": 60}, "edge.cache.static_seconds", BUSINESS),
        ({**UNCOUNTED, "except_hostnames": ("a.example.com",)}, f"{API}.except_hostnames", PRO),
        ({"except_signed_in": True}, f"{API}.except_signed_in", ENTERPRISE),
        ({"waf": Waf.LOG}, "edge.waf", ENTERPRISE),
        ({"burst": RequestRate(requests=30, period_seconds=7)}, f"{API}.burst_requests", None),
        (
            {"failed_logins": replace(FAILURES, window_seconds=900)},
            *(f"{AUTH}.failed_logins", ENTERPRISE),
        ),
    ],
)
def test_what_a_plan_lacks_names_its_key_and_the_smallest_plan_that_can(
    changes: dict[str, object], key: str, smallest: CloudflarePlan | None
):
    assert lacking(**changes) == [(key, smallest)]
    with pytest.raises(ValueError, match=f"{key}: .* does not fit the Cloudflare plan"):
        edge_args(**changes)


@pytest.mark.parametrize("plan", [BUSINESS, ENTERPRISE])
def test_larger_plans_hold_everything(plan: CloudflarePlan):
    assert lacking(plan=plan) == []
    assert downgraded(settings(plan=plan)) == settings(plan=plan)


def test_free_plan_keeps_sign_in_and_leaves_the_api_to_the_application():
    nearest = downgraded(settings(plan=FREE))
    assert nearest.rates == {"auth-per-minute": RequestRate(requests=3, period_seconds=10)}
    assert (nearest.cache.api_seconds, nearest.bots, nearest.json_refusals) == (None, Bots.OFF, False)
    assert [sentence.partition("(edge")[2].partition(")")[0] for sentence in nearest.downgrades] == [
        ".rate_limits.auth.failed_logins",
        ".rate_limits.api.burst_requests",
        ".rate_limits.api.requests_per_minute",
        ".rate_limits.auth.requests_per_minute",
        ".plan",
        ".cache.api_seconds",
        ".bots",
    ]
    assert "20 in 60 seconds become 3 in 10; the plan 'pro' can." in nearest.downgrades[3]
    assert {rule.ref for rule in phases(nearest)[Phase.MANAGED_FIREWALL]} == {"managed-free"}


def test_refusal_on_the_free_plan_has_no_answer_of_our_own():
    """Custom answers are for pro and above; the free plan's API would refuse the rule."""
    made = phases(downgraded(settings(plan=FREE)))
    blocks = [rule.then for rule in made[Phase.FIREWALL] if rule.ref == "hidden-files"]
    blocks += [rule.then.then for rule in made[Phase.RATE_LIMIT] if isinstance(rule.then, RateLimit)]
    assert len(blocks) == 2
    assert all(block.content == "" for block in blocks)


def test_pro_plan_keeps_a_limit_a_minute_for_sign_in_and_api():
    assert set(downgraded(settings(plan=PRO)).rates) == {"auth-per-minute", "api-per-minute"}


RATES = st.none() | st.builds(
    RequestRate, requests=st.integers(1, 1000), period_seconds=st.sampled_from(PERIODS_SECONDS)
)
FAILED = st.none() | st.builds(
    FailedLogins,
    failures=st.integers(2, 10),
    window_seconds=st.sampled_from(PERIODS_SECONDS),
    statuses=st.just((401,)),
)
ANY = st.builds(
    settings,
    plan=st.sampled_from(CloudflarePlan),
    api_per_minute=RATES,
    burst=RATES,
    auth_per_minute=RATES,
    failed_logins=FAILED,
    except_signed_in=st.booleans(),
    except_hostnames=st.sampled_from([(), ("api.feed.example.com",)]),
    api_seconds=st.none() | st.integers(1, 10_000),
    extension_seconds=st.integers(1, 10_000),
    fingerprinted_seconds=st.integers(1, 10_000),
    waf=st.sampled_from(Waf),
    owasp=st.booleans(),
    bots=st.sampled_from(Bots),
)


@given(ANY)
def test_nearest_settings_always_fit_and_say_every_loss(requested: EdgeSettings):
    nearest = downgraded(requested)
    assert unsupported(nearest) == []
    assert len(nearest.downgrades) == len(unsupported(requested))
    assert (nearest == requested) == (nearest.downgrades == ())
    for rule in phases(nearest).get(Phase.RATE_LIMIT, ()):
        if rule.ref != "auth-failed-logins":
            before, after = requested.rates[rule.ref], nearest.rates[rule.ref]
            # Never more than asked for, but that a limit lets at least one request pass.
            assert after.requests == 1 or after.per_minute <= before.per_minute


@given(ANY)
def test_a_larger_plan_never_lacks_more(requested: EdgeSettings):
    found = [{feature.key for feature in unsupported(replace(requested, plan=plan))} for plan in PLAN_CAPABILITIES]
    for smaller, larger in itertools.pairwise(found):
        assert larger <= smaller
    for plan in CloudflarePlan:
        order = list(CloudflarePlan)
        for feature in unsupported(replace(requested, plan=plan)):
            assert feature.smallest is None or order.index(feature.smallest) > order.index(plan)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hostnames": ()}, "hostnames is empty"),
        ({"redirect_hostnames": ("feed.example.com",)}, "sent round in a circle"),
        ({"api_paths": ("/rest/*",)}, r"api.paths '/rest/\*' is no path"),
        ({"api_paths": ("rest",)}, "api.paths 'rest' is no path"),
        ({"auth_paths": ('/a") or true or ("/',)}, "is no path"),
        ({"credential_headers": ("x y",)}, "credential_headers 'x y' is no name of a header"),
        ({"auth_paths": ("/ASSETS/login",)}, "'/assets/' and '/ASSETS/login' overlap"),
        ({"fingerprinted_paths": ("assets/",)}, "fingerprinted_paths 'assets/' is no path prefix"),
        ({"fingerprinted_paths": ("/rest/files/",)}, "'/rest/files/' and '/rest/' overlap"),
        ({"fingerprinted_paths": ("/",)}, "'/' and '/rest/' overlap"),
        ({"changing_files": ("sw.js",)}, "changing_files 'sw.js' is no path of a file"),
        ({"extensions": (".css",)}, "'.css' is no file ending"),
        ({"session_cookies": (" ",)}, "would match every visitor"),
        ({"api_paths": ()}, "api.paths is empty"),
        ({"auth_paths": ()}, "auth.paths is empty"),
        ({"burst": RequestRate(requests=0, period_seconds=10)}, "api-burst lets 0 requests pass"),
        ({"failed_logins": replace(FAILURES, failures=1)}, "auth-failed-logins lets 0 requests pass"),
        ({"failed_logins": replace(FAILURES, statuses=())}, "nothing would ever be counted"),
        ({"api_seconds": -1}, "api_seconds is -1: at least 0"),
    ],
)
def test_settings_that_would_make_a_wrong_rule_are_refused(changes: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        settings(**changes)


def test_every_reason_is_told_at_once():
    cache = replace(SETTINGS.cache, session_cookies=("",), api_seconds=-1)
    with pytest.raises(ValueError, match=r"hostnames is empty.*session cookie.*api_seconds is -1"):
        replace(SETTINGS, hostnames=(), cache=cache)
