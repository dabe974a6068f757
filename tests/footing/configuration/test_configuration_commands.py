"""`footing explain`, `footing show` and `footing rules RULE`: what a person sees, and the code."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from footing.cli import app
from footing.configuration.explain import all_keys, explain
from footing.configuration.keys import dotted
from footing.configuration.text import text

ROOT = Path(__file__).parents[3]
STAGING = (ROOT / "Pulumi.staging.yaml").read_text().splitlines()


@pytest.fixture(autouse=True)
def project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "110")


def footing(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_explain_tells_of_a_key():
    lines = footing("explain", "database.pooler.tasks").output.splitlines()
    assert lines[:6] == [
        "database.pooler.tasks",
        "",
        "With database.provider: rds, existing:",
        "PgBouncer tasks at rest, 1 to 10.",
        "allowed     a whole number, 1 to 10",
        "default     2",
    ]
    assert any(it.startswith("rules       ") for it in lines)
    assert any("PoolSize.tasks" in it for it in lines)


def test_explain_groups_the_keys_of_a_union_by_what_chooses_them():
    lines = footing("explain", "redis.NAME").output.splitlines()
    upstash = lines[lines.index("  With redis.NAME.provider: upstash:") :]
    assert any(it.split()[:1] == ["budget_usd"] for it in upstash)
    assert not any(it.split()[:1] == ["budget_usd"] for it in lines[: -len(upstash)])
    lines = footing("explain", "redis.NAME.node_type").output.splitlines()
    assert lines[2] == "With redis.NAME.provider: elasticache:"


def test_explain_of_every_key_fits_into_the_terminal_and_is_json():
    for path in all_keys().fields:
        key = dotted(path)
        told = text(explain(key))
        assert told.startswith(f"{key}\n\n")
        assert all(len(it) <= 110 or " " not in it[12:].strip() for it in told.splitlines()), told
    document = json.loads(footing("explain", "redis.NAME.node_type", "--json").output)
    assert document["key"] == "redis.NAME.node_type"
    assert document["meanings"][0]["chosen"] == ["redis.NAME.provider: elasticache"]


def test_explain_alone_lists_the_top_level():
    lines = footing("explain").output.splitlines()
    blocks = [dotted(it) for it in all_keys().fields if len(it) == 1]
    assert [it.split()[0] for it in lines if it and it[0] not in " `"] == blocks
    assert set(json.loads(footing("explain", "--json").output)) == set(blocks)


def test_unknown_key_and_rule_are_one_sentence_and_wrong_usage():
    key, rule = footing("explain", "database.poler.tasks"), footing("rules", "redis-snapshot")
    assert (key.exit_code, key.output) == (
        2,
        "database.poler.tasks: unknown key; did you mean database.pooler.tasks?\n",
    )
    assert (rule.exit_code, rule.output) == (2, "redis-snapshot: unknown rule; did you mean redis-snapshots?\n")


def test_rule_is_told_with_its_reason_and_its_keys():
    told = footing("rules", "redis-snapshots").output
    assert told.startswith("redis-snapshots: Redis is saved every day.\nWhy: ")
    assert "redis.NAME.snapshot_retention_days" in told
    assert [it["id"] for it in json.loads(footing("rules", "redis-snapshots", "--json").output)["rules"]] == [
        "redis-snapshots"
    ]


def test_show_prints_yaml_with_comments_plain_yaml_or_json():
    commented, plain = footing("show", "staging"), footing("show", "staging", "--yaml")
    assert commented.exit_code == plain.exit_code == 0
    assert "# default" in commented.output
    assert "#" not in plain.output
    assert yaml.safe_load(commented.output) == yaml.safe_load(plain.output)
    flat = json.loads(footing("show", "staging", "--json").output)
    assert flat["redis.cache.provider"] == {
        "value": "upstash",
        "origin": f"line {STAGING.index('      provider: upstash') + 1}",
    }
    assert flat["database.slow_statement_ms"]["origin"] == "default"
