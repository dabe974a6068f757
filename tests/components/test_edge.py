from collections.abc import Mapping

import pulumi
import pytest
from msgspec.structs import replace

from components.edge import values
from components.edge.args import AdoptionArgs, EdgePromises
from components.edge.zone import Edge
from edge_rules.fit import downgraded
from edge_rules.plans import CloudflarePlan
from edge_rules.rule import Phase
from edge_rules.settings import Bots, Hsts, Waf
from tests.components.recording import record_component
from tests.edge_rules.edge_samples import FAILURES, SETTINGS, RequestRate, edge_args, made, record, settings

PLANS = {plan: downgraded(replace(SETTINGS, plan=plan)) for plan in CloudflarePlan}

OTHERS = {
    "hostnames": ("www2.feed.example.com",),
    "redirect_hostnames": (),
    "api_paths": ("/v2/",),
    "api_per_minute": RequestRate(requests=60, period_seconds=60),
    "burst": RequestRate(requests=15, period_seconds=10),
    "only_uncached": True,
    "except_signed_in": True,
    "except_hostnames": ("api.feed.example.com",),
    "auth_paths": ("/login/",),
    "auth_per_minute": RequestRate(requests=5, period_seconds=60),
    "failed_logins": replace(FAILURES, statuses=(401,)),
    "extensions": ("woff2",),
    "extension_seconds": 86400,
    "fingerprinted_paths": ("/static/",),
    "fingerprinted_seconds": 86400,
    "changing_files": ("/worker.js",),
    "api_seconds": 10,
    "session_cookies": ("sid",),
    "plan": CloudflarePlan.PRO,
    "hsts": Hsts.YEAR,
    "credential_headers": ("x-account",),
    "waf": Waf.LOG,
    "owasp": True,
    "bots": Bots.EVERYWHERE,
    "leaked_passwords": False,
    "security_headers": False,
    "dnssec": False,
    "json_refusals": False,
    "probe_paths": ("/health",),
}
"""Another value for every setting."""


def test_edge_makes_exactly_these_resources():
    assert record().inventory() == {
        ("DnsRecord", "edge-feed.example.com"),
        ("DnsRecord", "edge-api.feed.example.com"),
        ("DnsRecord", "edge-www.feed.example.com"),
        *(("ZoneSetting", f"edge-{name.replace('_', '-')}") for name in values.DEFAULTS),
        ("ZoneDnssec", "edge-dnssec"),
        ("ArgoTieredCaching", "edge-tiers"),
        ("TieredCache", "edge-smart-tiers"),
        ("BotManagement", "edge-bots"),
        ("LeakedCredentialCheck", "edge-leaked-passwords"),
        *(("Ruleset", f"edge-{phase.value.replace('_', '-')}") for phase in Phase),
    }


def test_edge_is_safe_without_being_asked():
    recorded = record()
    assert all(it.inputs["proxied"] and it.inputs["ttl"] == 1 for it in recorded.of("DnsRecord"))
    found = {it.inputs["settingId"]: it.inputs["value"] for it in recorded.of("ZoneSetting")}
    del found["security_header"]
    assert found == {
        "ssl": "strict",
        "min_tls_version": "1.2",
        "tls_1_3": "on",
        "0rtt": "off",
        "always_use_https": "on",
        "http3": "on",
        "early_hints": "on",
        "cache_level": "aggressive",
        "browser_cache_ttl": 0,
    }
    assert recorded.one("ZoneDnssec").inputs["status"] == "active"
    assert recorded.one("LeakedCredentialCheck").inputs["enabled"] is True
    assert {it.parent for it in recorded.resources if it.custom} == {"edge"}


@pytest.mark.parametrize("name", OTHERS)
def test_every_edge_setting_reaches_a_resource(name: str):
    # The plan of the sample lacks some of these: `phases` makes what it is asked, and does not degrade in silence.
    changes = {"plan": CloudflarePlan.ENTERPRISE, name: OTHERS[name]}
    if name == "plan":
        changes = {"made": downgraded(settings(plan=CloudflarePlan.PRO))}
    assert made(record(**changes)) != made(record(plan=CloudflarePlan.ENTERPRISE))


def test_every_setting_has_another_value_above():
    blocks = {"api": {"paths", "per_minute"}, "auth": {"paths", "per_minute"}, "cache": set[str]()}
    known = set(SETTINGS.__struct_fields__) - set(blocks) - {"downgrades"}
    for block, shared in blocks.items():
        names = set(getattr(SETTINGS, block).__struct_fields__)
        known |= (names - shared) | {f"{block}_{name}" for name in shared & names}
    assert set(OTHERS) == known


@pytest.mark.parametrize("changes", [{"zone_id": "made-elsewhere"}, {"origin_hostname": "other.example.com"}])
def test_zone_and_origin_reach_a_resource(changes: dict[str, str]):
    assert made(record(**changes)) != made(record())


@pytest.mark.parametrize("plan", CloudflarePlan)
def test_edge_has_one_ruleset_a_phase_that_can_be_replaced(plan: CloudflarePlan):
    rulesets = record(made=PLANS[plan]).of("Ruleset")
    phases = [it.inputs["phase"] for it in rulesets]
    assert len(phases) == len(set(phases))
    for it in rulesets:
        assert (it.inputs["name"], it.inputs["kind"], it.delete_before_replace) == ("default", "zone", True)
        assert it.ignore_changes == ("name",)


def test_every_rule_of_the_edge_has_a_ref_of_its_own():
    rules = [rule for it in record().of("Ruleset") for rule in it.inputs["rules"]]
    refs = [rule["ref"] for rule in rules]
    assert len(refs) == len(set(refs)) == 29
    assert all(rule["enabled"] and rule["description"] for rule in rules)


SBFM = {"enableJs", "sbfmDefinitelyAutomated", "sbfmStaticResourceProtection", "sbfmVerifiedBots"}


@pytest.mark.parametrize(
    ("plan", "bots"),
    [
        (CloudflarePlan.FREE, {"enableJs", "fightMode"}),
        (CloudflarePlan.PRO, SBFM),
        (CloudflarePlan.BUSINESS, {*SBFM, "sbfmLikelyAutomated"}),
        (CloudflarePlan.ENTERPRISE, {"enableJs"}),
    ],
)
def test_bot_settings_are_only_those_of_the_plan(plan: CloudflarePlan, bots: set[str]):
    assert set(record(made=PLANS[plan]).one("BotManagement").inputs) == {"zoneId", *bots}


@pytest.mark.parametrize(
    ("plan", "bots", "challenging"),
    [
        (CloudflarePlan.FREE, Bots.OFF, {"fightMode": False}),
        (CloudflarePlan.FREE, Bots.EVERYWHERE, {"fightMode": True}),
        (CloudflarePlan.PRO, Bots.SPARE_API, {"sbfmDefinitelyAutomated": "managed_challenge"}),
        (CloudflarePlan.PRO, Bots.OFF, {"sbfmDefinitelyAutomated": "allow"}),
    ],
)
def test_bots_are_challenged_where_it_is_asked(plan: CloudflarePlan, bots: Bots, challenging: dict[str, object]):
    found = record(made=replace(PLANS[plan], bots=bots)).one("BotManagement").inputs
    assert {key: found[key] for key in challenging} == challenging


@pytest.mark.parametrize(
    ("stage", "header"),
    [
        # Browsers forget by a header, which a disabled setting does not send.
        (Hsts.OFF, (True, 0, False, False)),
        (Hsts.PROBE, (True, 300, False, False)),
        (Hsts.WEEK, (True, 604_800, False, False)),
        (Hsts.YEAR, (True, 31_536_000, True, False)),
        (Hsts.PRELOAD, (True, 63_072_000, True, True)),
    ],
)
def test_hsts_grows_in_stages_and_has_the_one_shape_that_does_not_differ(stage: Hsts, header: tuple[object, ...]):
    value = record(hsts=stage).one("ZoneSetting", "edge-security-header").inputs["value"]
    names = ("enabled", "max_age", "include_subdomains", "preload")
    assert value == {
        "strict_transport_security": {**dict(zip(names, header, strict=True)), "nosniff": False},
    }


def test_a_change_of_hsts_sends_the_whole_setting():
    """The provider's update sends the changed fields alone; replacing sends all of them, and deletes nothing."""
    options = {it.name: it.replace_on_changes for it in record().of("ZoneSetting")}
    assert options.pop("edge-security-header") == ("value",)
    assert set(options.values()) == {()}


def test_dnssec_says_what_cloudflare_answers():
    answered = ("dnssecMultiSigner", "dnssecPresigned", "dnssecUseNsec3")
    assert {key: record().one("ZoneDnssec").inputs[key] for key in answered} == dict.fromkeys(answered, False)


def test_smart_tiers_wait_for_tiers():
    assert "edge-tiers" in record().one("TieredCache").dependencies


def test_edge_outputs_tell_the_zone_its_addresses_and_the_ds_record():
    recorded = record()
    assert recorded.outputs == {
        "zone_id": "zone-1",
        "urls": ["https://feed.example.com", "https://api.feed.example.com"],
        "ds_record": "feed.example.com. 3600 IN DS 1 13 2 ABC",
    }
    assert recorded.registered_outputs["edge"] == recorded.outputs
    assert {it.inputs["zoneId"] for it in recorded.resources if it.custom} == {"zone-1"}


def test_edge_signals_name_their_zone():
    signals = record().component.signals
    assert {signal.id for signal in signals.signals} == {"edge-errors", "edge-cache-hits", "edge-rate-limited"}
    assert all('zone="feed.example.com"' in signal.query.promql for signal in signals.signals)


def test_zone_without_an_exporter_is_watched_by_nobody():
    signals = record(exporter=False).component.signals
    assert signals.signals == ()
    assert signals.checks


def test_zone_keeps_the_promises_that_no_service_counts():
    assert record(exporter=True).component.signals.objectives == ()
    promises = EdgePromises(hit_share=0.5, availability=0.999, success=0.98, failed_statuses=["5..", "409"])
    found = record(exporter=True, promises=promises).component.signals
    [hits] = [it for it in found.signals if it.id == "edge-cache-hits"]
    assert [it.value for it in hits.thresholds] == [0.5]
    asked = {it.id: (it.target, str(it.indicator.bad), str(it.indicator.all)) for it in found.objectives}
    counted = 'cloudflare_zone_requests_status{job="cloudflare",zone="feed.example.com",status!="429"}'
    bad = 'cloudflare_zone_requests_status{{job="cloudflare",zone="feed.example.com",status=~"{}"}}'
    assert asked == {
        "edge-availability": (0.999, bad.format("5.."), counted),
        "edge-success": (0.98, bad.format("5..|409"), counted),
    }
    assert record(exporter=False, promises=promises).component.signals.objectives == ()


def test_second_owner_of_a_zone_is_refused_while_it_is_built():
    def two() -> Edge:
        Edge("first", edge_args())
        return Edge("second", edge_args())

    with pytest.raises(ValueError, match=r"'first' and 'second' both own the zone 'feed\.example\.com'"):
        record_component(two)
    # The next program may own it again.
    assert record().component is not None


def test_two_zones_have_two_owners():
    other = edge_args(zone_name="shop.example.com", hostnames=("shop.example.com",), redirect_hostnames=())

    def two() -> Edge:
        Edge("first", edge_args())
        return Edge("second", other)

    assert len(record_component(two).of("ZoneDnssec")) == 2


@pytest.mark.parametrize("field", ["hostnames", "redirect_hostnames"])
def test_wildcard_where_visitors_are_sent_from_or_to_is_refused(field: str):
    with pytest.raises(ValueError, match="is a wildcard, where a single name is needed"):
        edge_args(**{field: ("*.feed.example.com",)})


@pytest.mark.parametrize("field", ["hostnames", "redirect_hostnames"])
@pytest.mark.parametrize("hostname", ["feed.example.org", "evilfeed.example.com"])
def test_host_outside_the_zone_is_refused(field: str, hostname: str):
    with pytest.raises(ValueError, match=f"hostname '{hostname}' is not in the zone 'feed.example.com'"):
        edge_args(**{field: (hostname,)})


def test_what_the_plan_lacks_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch):
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda sentence, **_: warnings.append(sentence))
    record()
    assert warnings == []
    degraded = PLANS[CloudflarePlan.FREE]
    record(made=degraded)
    [said] = warnings
    assert said.startswith(f"The Cloudflare plan 'free' lacks {len(degraded.downgrades)} settings: ")


ADOPTED = AdoptionArgs(zone_id="0" * 32, rulesets={Phase.CACHE: "a" * 32})


def imported(**changes: object) -> Mapping[str, str]:
    return {it.name: it.import_id for it in record(**changes).resources if it.import_id}


def test_existing_rule_sets_and_settings_are_adopted_by_their_ids():
    assert imported() == {}
    assert imported(adopt=ADOPTED) == {"edge-http-request-cache-settings": f"zones/{'0' * 32}/{'a' * 32}"}
    found = imported(adopt=replace(ADOPTED, settings=True))
    assert found["edge-ssl"] == f"{'0' * 32}/ssl"
    for name in ("edge-dnssec", "edge-bots", "edge-tiers"):
        assert found[name] == "0" * 32
    # A zone that never had it has nothing to read: Cloudflare answers 404, and the import fails.
    assert "edge-smart-tiers" not in found


def test_every_value_that_a_destroy_would_leave_has_a_default_to_go_back_to():
    assert set(values.zone_settings(SETTINGS)) == set(values.DEFAULTS)
    known = {key for plan in values.BOTS.values() for key in plan}
    assert set(values.IDLE) <= known
    recorded = record(reset=True)
    assert {it.inputs["settingId"]: it.inputs["value"] for it in recorded.of("ZoneSetting")} == values.DEFAULTS
    assert recorded.one("BotManagement").inputs["sbfmDefinitelyAutomated"] == "allow"
    assert recorded.one("LeakedCredentialCheck").inputs["enabled"] is False
    assert recorded.one("ArgoTieredCaching").inputs["value"] == "off"


def test_neither_a_destroy_nor_a_reset_ends_the_signatures():
    assert record().one("ZoneDnssec").retain_on_delete
    assert record(reset=True).one("ZoneDnssec").inputs["status"] == "active"
    assert record(dnssec=False).one("ZoneDnssec").inputs["status"] == "disabled"
