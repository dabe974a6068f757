"""The vendors' own documents bound what is sent to them; what nobody judges is listed with its reason."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from simulated_provider import provider_over

from footing.project import plan, stack_file
from simulator import published
from simulator.judges import UNJUDGED, judge
from simulator.published import DOCUMENTS, facts_of, reduced

FOLDER = "grafana:oss/folder:Folder"
RULES = "grafana:alerting/ruleGroup:RuleGroup"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
RULESET = "cloudflare:index/ruleset:Ruleset"
SETTING = "cloudflare:index/zoneSetting:ZoneSetting"
BOTS = "cloudflare:index/botManagement:BotManagement"
REDIS = "upstash:index/redisDatabase:RedisDatabase"
CACHE = {"databaseName": "cache", "region": "global"}
QUERY = {"refId": "A", "datasourceUid": "u", "model": "{}", "relativeTimeRange": {"from": 60, "to": 0}}
RULE = {"name": "up", "condition": "A", "datas": [QUERY]}
GROUP = {"name": "g", "folderUid": "f", "intervalSeconds": 60, "rules": [RULE]}
ADDRESS = {"zoneId": "z", "type": "A", "name": "a.example.com", "content": "192.0.2.1", "ttl": 1}
PHASE = {"zoneId": "z", "name": "n", "kind": "zone", "phase": "http_ratelimit"}


def rule(**changes: object) -> dict[str, Any]:
    return {**GROUP, "rules": [{**RULE, **changes}]}


@pytest.mark.parametrize(
    ("token", "bad", "good", "path"),
    [
        (RULES, rule(noDataState="Silent"), rule(noDataState="NoData"), "rules[0].noDataState"),
        (RULES, rule(execErrState="NoData"), rule(execErrState="Error"), "rules[0].execErrState"),
        (RULES, rule(execErrState="Keep"), rule(execErrState="KeepLast"), "rules[0].execErrState"),
        (RULES, rule(name="n" * 191), rule(name="n" * 190), "rules[0].name"),
        (RULES, rule(uid="a b"), rule(uid="a-b"), "rules[0].uid"),
        (RULES, rule(uid="u" * 41), rule(uid="u" * 40), "rules[0].uid"),
        (REDIS, {**CACHE, "primaryRegion": "mars-1"}, {**CACHE, "primaryRegion": "us-east-1"}, "primaryRegion"),
        (REDIS, {**CACHE, "readRegions": ["us-east-9"]}, {**CACHE, "readRegions": []}, "readRegions[0]"),
        (RECORD, {**ADDRESS, "type": "WWW"}, ADDRESS, "type"),
        (RECORD, {**ADDRESS, "ttl": 7}, {**ADDRESS, "ttl": 300}, "ttl"),
        (RECORD, {**ADDRESS, "type": "TXT", "proxied": True}, {**ADDRESS, "proxied": True}, "proxied"),
        (RULESET, {**PHASE, "phase": "http_limits"}, PHASE, "phase"),
        (
            RULESET,
            {**PHASE, "rules": [{"action": "refuse", "expression": "true"}]},
            {**PHASE, "rules": [{"action": "block", "expression": "true"}]},
            "rules[0].action",
        ),
        (BOTS, {"zoneId": "z", "sbfmVerifiedBots": "greet"}, {"zoneId": "z", "sbfmVerifiedBots": "allow"},
         "sbfmVerifiedBots"),
        (BOTS, {"zoneId": "z", "aiBotsProtection": "never"},
         {"zoneId": "z", "aiBotsProtection": "only_on_ad_pages"}, "aiBotsProtection"),
        (SETTING, {"zoneId": "z", "settingId": "ssl", "value": "on"},
         {"zoneId": "z", "settingId": "ssl", "value": "strict"}, "value"),
        (SETTING, {"zoneId": "z", "settingId": "min_tls_version", "value": "2"},
         {"zoneId": "z", "settingId": "browser_cache_ttl", "value": 0}, "value"),
        (SETTING, {"zoneId": "z", "settingId": "security_header", "value": {"max_age": 1}},
         {"zoneId": "z", "settingId": "security_header", "value": {"strict_transport_security": {"max_age": 0}}},
         "value"),
    ],
)  # fmt: skip
def test_a_preview_refuses_what_the_vendor_does_not_publish(
    tmp_path: Path, token: str, bad: dict[str, Any], good: dict[str, Any], path: str
) -> None:
    with provider_over(tmp_path, token.split(":", maxsplit=1)[0]) as provider:
        refusals = provider.failures(token, bad)
        assert list(refusals) == [path]
        assert "allowed" in refusals[path]
        assert provider.failures(token, good) == {}


def test_a_document_is_reduced_to_facts() -> None:
    tree = {"description": "A.", "properties": {"in": {"$ref": "#/x/Tree"}, "b": {"allOf": [{"maxLength": 2}]}}}
    schemas = {"Tree": {"type": "object", "required": ["b"], "example": 1, **tree}}
    facts = reduced({"$ref": "#/x/Tree"}, schemas)
    assert facts == {
        "type": "object",
        "required": ["b"],
        "properties": {"in": {}, "b": {"maxLength": 2, "properties": {}}},
    }


def test_renewing_from_a_file_writes_dated_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = {"openapi": "3.0.0", "components": {"schemas": {"CreateDatabaseRequest": {
        "properties": {"database_name": {"type": "string", "maxLength": 3, "description": "Its name."}},
    }}}}  # fmt: skip
    (tmp_path / "api.json").write_text(json.dumps(document))
    monkeypatch.setattr(published, "DATA", tmp_path / "published.json")
    monkeypatch.setattr(sys, "argv", ["published", "renew", "--file", f"upstash={tmp_path / 'api.json'}"])
    assert published.main() == 0
    kept = json.loads((tmp_path / "published.json").read_text())
    assert kept["upstash"]["types"] == {
        REDIS: {"properties": {"database_name": {"type": "string", "maxLength": 3}}}
    }
    (tmp_path / "api.json").write_text("{}")
    assert published.main() == 2


def test_what_is_kept_has_a_date_a_source_and_no_prose() -> None:
    text = published.DATA.read_text()
    kept = json.loads(text)
    assert {package: set(it["types"]) for package, it in kept.items()} == {
        package: set(types) for package, (_, types) in DOCUMENTS.items()
    }
    assert all(it["source"].startswith("https://") and it["read"] for it in kept.values())
    assert "description" not in {name for it in kept["upstash"]["types"].values() for name in it}
    with pytest.raises(KeyError):
        facts_of('{"definitions": {}}', "grafana", source="")


def test_exactly_what_nobody_judges_is_listed_with_a_reason() -> None:
    types = {
        it.type
        for stack in ("staging", "production")
        for it in plan(stack, stack_file(stack, None)).resources
        if not it.type.startswith(("footing:", "footing-", "pulumi:"))
    }
    assert {token for token in types if judge(token) is None} == set(UNJUDGED)
    assert all(UNJUDGED.values())
