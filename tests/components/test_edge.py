import dataclasses

import pytest

from components._cloudflare.plans import CloudflarePlan
from components.edge import EdgeArgs
from tests.components.edge_samples import FREE, PRO, made, record

OTHERS = {
    "zone_id": {"zone_id": "made-elsewhere"},
    "plan": {"plan": CloudflarePlan.ENTERPRISE},
    "origin_hostname": {"origin_hostname": "other.example.com"},
    "hostnames": {"hostnames": ["api.feed.example.com"]},
    "api_paths": {"api_paths": ["/v2/"]},
    "auth_paths": {"auth_paths": ["/login/"]},
    "api_requests_per_minute": {"api_requests_per_minute": 60},
    "api_burst_requests": {"api_burst_requests": 15},
    "api_burst_window_seconds": {"api_burst_window_seconds": 20},
    "auth_requests_per_minute": {"auth_requests_per_minute": 5},
    "static_extensions": {"static_extensions": ["woff2"]},
    "static_dirs": {"static_dirs": ["/static/"]},
    "static_ttl_seconds": {"static_ttl_seconds": 86400},
    "api_cache_ttl_seconds": {"api_cache_ttl_seconds": 10},
    "session_cookies": {"session_cookies": ["sid"]},
}
"""Another value for every argument."""


def test_edge_makes_exactly_these_resources():
    assert record().inventory() == {
        ("DnsRecord", "edge-feed.example.com"),
        ("DnsRecord", "edge-www.feed.example.com"),
        ("ZoneSetting", "edge-ssl"),
        ("ZoneSetting", "edge-min-tls-version"),
        ("ZoneSetting", "edge-tls-1-3"),
        ("ZoneSetting", "edge-always-use-https"),
        ("ZoneSetting", "edge-cache-level"),
        ("ZoneSetting", "edge-browser-cache-ttl"),
        ("ArgoTieredCaching", "edge-tiers"),
        ("TieredCache", "edge-smart-tiers"),
        ("BotManagement", "edge-bots"),
        ("Ruleset", "edge-http-request-firewall-custom"),
        ("Ruleset", "edge-http-request-cache-settings"),
        ("Ruleset", "edge-http-ratelimit"),
        ("Ruleset", "edge-http-response-cache-settings"),
        ("Ruleset", "edge-http-response-compression"),
    }


def test_edge_is_safe_without_being_asked():
    recorded = record()
    assert all(it.inputs["proxied"] and it.inputs["ttl"] == 1 for it in recorded.of("DnsRecord"))
    assert {it.inputs["settingId"]: it.inputs["value"] for it in recorded.of("ZoneSetting")} == {
        "ssl": "strict",
        "min_tls_version": "1.2",
        "tls_1_3": "on",
        "always_use_https": "on",
        "cache_level": "aggressive",
        "browser_cache_ttl": 0,
    }
    assert {it.parent for it in recorded.resources if it.custom} == {"edge"}


@pytest.mark.parametrize("name", [it.name for it in dataclasses.fields(EdgeArgs) if it.name != "zone_name"])
def test_every_edge_argument_reaches_a_resource(name: str):
    """But for the zone's name, which only the signals and the check of host names need."""
    assert made(record(**OTHERS[name])) != made(record())


@pytest.mark.parametrize("changes", [{}, PRO, FREE])
def test_edge_has_one_ruleset_a_phase_that_can_be_replaced(changes: dict[str, object]):
    rulesets = record(**changes).of("Ruleset")
    phases = [it.inputs["phase"] for it in rulesets]
    assert len(phases) == len(set(phases))
    for it in rulesets:
        assert (it.inputs["name"], it.inputs["kind"], it.delete_before_replace) == ("default", "zone", True)


def test_every_rule_of_the_edge_has_a_ref_of_its_own():
    rules = [rule for it in record().of("Ruleset") for rule in it.inputs["rules"]]
    refs = [rule["ref"] for rule in rules]
    assert len(refs) == len(set(refs)) == 12
    assert all(rule["enabled"] and rule["description"] for rule in rules)


@pytest.mark.parametrize(
    ("changes", "bots"),
    [
        (FREE, {"enableJs", "fightMode"}),
        (
            PRO,
            {"enableJs", "sbfmDefinitelyAutomated", "sbfmStaticResourceProtection", "sbfmVerifiedBots"},
        ),
        (
            {},
            {
                "enableJs",
                "sbfmDefinitelyAutomated",
                "sbfmLikelyAutomated",
                "sbfmStaticResourceProtection",
                "sbfmVerifiedBots",
            },
        ),
        ({"plan": CloudflarePlan.ENTERPRISE}, {"enableJs"}),
    ],
)
def test_bot_settings_are_only_those_of_the_plan(changes: dict[str, object], bots: set[str]):
    assert set(record(**changes).one("BotManagement").inputs) == {"zoneId", *bots}


def test_smart_tiers_wait_for_tiers():
    assert "edge-tiers" in record().one("TieredCache").dependencies


def test_edge_outputs_tell_the_zone_and_its_addresses():
    recorded = record()
    assert recorded.outputs == {
        "zone_id": "zone-1",
        "urls": ["https://feed.example.com", "https://www.feed.example.com"],
    }
    assert recorded.registered_outputs["edge"] == recorded.outputs
    assert {it.inputs["zoneId"] for it in recorded.resources if it.custom} == {"zone-1"}


def test_edge_signals_name_their_zone():
    told = record().component.signals
    assert {signal.id for signal in told.signals} == {"edge-errors", "edge-cache-hits", "edge-rate-limited"}
    assert all('zone="feed.example.com"' in signal.query.expression for signal in told.signals)
