"""Settings of the zone that must be so, written by hand: a changed literal of the component fails here."""

from tests.components.recording import Recorded
from tests.edge_rules.edge_samples import record

DNS_RECORD = {"type": "CNAME", "content": "lb.internal.example.com", "proxied": True, "ttl": 1}
RULESETS = {
    "http_request_dynamic_redirect": {"redirect-hostnames": "redirect"},
    "http_request_firewall_custom": {
        "api-no-challenge": "skip",
        "hidden-files": "block",
        "leaked-password": "managed_challenge",
    },
    "http_ratelimit": {
        "auth-failed-logins": "managed_challenge",
        "auth-per-minute": "block",
        "api-burst": "block",
        "api-per-minute": "block",
    },
    "http_request_firewall_managed": {"managed": "execute"},
    "http_request_cache_settings": dict.fromkeys(
        (
            *("other-files", "static-extensions", "static-directories", "changing-files", "api-anonymous"),
            *("bypass-sign-in", "bypass-negotiated", "bypass-authenticated"),
        ),
        "set_cache_settings",
    ),
    "http_response_cache_settings": dict.fromkeys(
        (
            *("static-immutable", "static-extensions-age", "api-stale-while-revalidate"),
            *("origin-no-store", "pages-no-store", "cookies-no-store", "personal-no-store", "errors-no-store"),
        ),
        "set_cache_control",
    ),
    "http_response_headers_transform": dict.fromkeys(
        ("no-sniffing", "referrer-policy", "frame-ancestors"), "rewrite"
    ),
    "http_response_compression": {"compress-text": "compress_response"},
}
"""Actions by ref, in Cloudflare's order, by phase."""


def rule(recorded: Recorded, phase: str, ref: str) -> dict:
    [ruleset] = [it.inputs for it in recorded.of("Ruleset") if it.inputs["phase"] == phase]
    return next(it for it in ruleset["rules"] if it["ref"] == ref)


def test_every_name_is_proxied_to_the_origin():
    names = {"feed.example.com", "api.feed.example.com", "www.feed.example.com"}
    assert {it.inputs["name"]: it.inputs for it in record().of("DnsRecord")} == {
        name: {**DNS_RECORD, "name": name, "zoneId": "zone-1"} for name in names
    }


def test_every_phase_has_its_rules_in_this_order_and_all_are_on():
    rulesets = {it.inputs["phase"]: it.inputs for it in record().of("Ruleset")}
    assert {
        phase: {it["ref"]: it["action"] for it in ruleset["rules"]} for phase, ruleset in rulesets.items()
    } == RULESETS
    for phase, ruleset in rulesets.items():
        assert [it["ref"] for it in ruleset["rules"]] == list(RULESETS[phase])
        assert (ruleset["kind"], ruleset["name"], ruleset["zoneId"]) == ("zone", "default", "zone-1")
        assert {it["enabled"] for it in ruleset["rules"]} == {True}


def test_cache_and_redirect_keep_their_parameters():
    recorded = record()
    cache = rule(recorded, "http_request_cache_settings", "static-directories")["actionParameters"]
    assert cache == {
        "cache": True,
        "edgeTtl": {"mode": "override_origin", "default": 31_536_000},
        "browserTtl": {"mode": "respect_origin"},
        "cacheKey": {"cacheDeceptionArmor": True, "ignoreQueryStringsOrder": True},
        "respectStrongEtags": True,
        "vary": {
            "default": {"action": "bypass"},
            "headers": {
                "accept-encoding": {"action": "normalize"},
                **{
                    name: {"action": "passthrough"}
                    for name in ("accept", "accept-language", "accept-profile", "origin", "prefer", "range")
                },
            },
        },
    }
    other = rule(recorded, "http_request_cache_settings", "other-files")["actionParameters"]
    assert other["edgeTtl"] == {"mode": "respect_origin"}
    bypass = rule(recorded, "http_request_cache_settings", "bypass-authenticated")["actionParameters"]
    assert bypass == {"cache": False}
    origin = rule(recorded, "http_request_cache_settings", "changing-files")["actionParameters"]
    assert origin["edgeTtl"] == {"mode": "bypass_by_default"}
    redirect = rule(recorded, "http_request_dynamic_redirect", "redirect-hostnames")["actionParameters"]
    assert redirect["fromValue"] == {
        "targetUrl": {"expression": 'concat("https://feed.example.com", http.request.uri.path)'},
        "statusCode": 301,
        "preserveQueryString": True,
    }
    year = rule(recorded, "http_response_cache_settings", "static-immutable")["actionParameters"]
    assert year == {
        "maxAge": {"operation": "set", "value": 31_536_000, "cloudflareOnly": False},
        "immutable": {"operation": "set", "cloudflareOnly": False},
        "public": {"operation": "set", "cloudflareOnly": False},
    }
    waf = rule(recorded, "http_request_firewall_managed", "managed")["actionParameters"]
    assert waf == {"id": "efb7b8c949ac4650a09736fc376e9aee"}


def test_detections_tiers_and_signatures_are_on():
    recorded = record()
    assert recorded.one("BotManagement").inputs == {
        "zoneId": "zone-1",
        "enableJs": True,
        "sbfmDefinitelyAutomated": "managed_challenge",
        "sbfmLikelyAutomated": "managed_challenge",
        "sbfmStaticResourceProtection": False,
        "sbfmVerifiedBots": "allow",
    }
    assert recorded.one("LeakedCredentialCheck").inputs["enabled"] is True
    assert recorded.one("ArgoTieredCaching").inputs["value"] == "on"
    assert recorded.one("TieredCache").inputs["value"] == "on"
    assert recorded.one("ZoneDnssec").inputs["status"] == "active"
