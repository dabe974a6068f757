"""The key contract: what is refused, and the document that the application gets."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from stacks.config import ConfigError, parse
from stacks.config.cache import CacheConfig
from stacks.contract import cache_contract

FEED = {"pattern": "feed:{version}:{user}:{lane}:{cursor}", "ttl_seconds": 30, "version_key": "feed"}
PROFILE = {"pattern": "profile:{version}:{userId}", "ttl_seconds": 300, "version_key": "profiles"}
SESSION_OF_USER = {"pattern": "session:{user_id}", "ttl_seconds": 3600}
SESSION = {"pattern": "session:{session_id}", "ttl_seconds": 3600}


def key(pattern: str, **changes: Any) -> dict[str, Any]:
    return {"pattern": pattern, "ttl_seconds": 60, **changes}


def problems(values: dict[str, Any], *keys: dict[str, Any], version_keys: list[str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", {**values, "cache": {"keys": list(keys), "version_keys": version_keys or []}})
    return list(caught.value.problems)


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_committed_stacks_hold_the_keys_of_the_application(stack: str):
    from footing.cli import app

    done = CliRunner().invoke(app, ["contract", stack])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["cache"] == {
        "schema": "footing/cache-contract/1",
        "separator": ":",
        "keys": [
            {
                "pattern": "feed:{version}:{user}:{lane}:{cursor}",
                "prefix": "feed",
                "placeholders": ["version", "user", "lane", "cursor"],
                "ttl_seconds": 30,
                "version_key": "version:feed",
                "invalidated_on": [],
            },
            {
                "pattern": "profile:{version}:{userId}",
                "prefix": "profile",
                "placeholders": ["version", "userId"],
                "ttl_seconds": 300,
                "version_key": "version:profiles",
                "invalidated_on": [],
            },
        ],
        "version_keys": [
            {"name": "feed", "key": "version:feed"},
            {"name": "profiles", "key": "version:profiles"},
        ],
    }


def test_keys_of_sessions_answers_and_dashboards_fit_one_contract(values: dict[str, Any]):
    keys = [
        SESSION,
        {"pattern": "api:{cache_key}", "ttl_seconds": 300},
        {"pattern": "dashboard:{query}", "ttl_seconds": 60},
        {"pattern": "user:{user_id}", "ttl_seconds": 3600, "invalidated_on": ["user"]},
        {"pattern": "user-settings:{user_id}", "ttl_seconds": 3600},
    ]
    contract = json.loads(cache_contract(parse("test", {**values, "cache": {"keys": keys}}).cache))
    assert {key["prefix"]: key["ttl_seconds"] for key in contract["keys"]} == {
        "session": 3600,
        "api": 300,
        "dashboard": 60,
        "user": 3600,
        "user-settings": 3600,
    }
    assert [key["invalidated_on"] for key in contract["keys"]] == [[], [], [], ["user"], []]


def test_clashing_prefixes_are_refused_by_both_names(values: dict[str, Any]):
    [problem] = problems(values, SESSION_OF_USER, SESSION)
    assert problem == (
        "cache.keys.1.pattern: given session:{session_id}, allowed another beginning: session:{user_id} begins "
        "with session: too, so one could be read as the other"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user:{id}", "user:{id}"),
        ("user:{id}", "user:{id}:friends"),
        ("user:{id}", "user:profile:{id}"),
        ("user:profile:{id}", "user:{id}"),
        ("user:summary", "user:summary:{id}"),
    ],
)
def test_prefix_that_begins_another_clashes_in_either_order(values: dict[str, Any], one: str, other: str):
    [problem] = problems(values, key(one), key(other))
    assert one in problem
    assert other in problem


def test_prefixes_that_only_look_alike_do_not_clash():
    keys = [key(pattern) for pattern in ("user:{id}", "users:{id}", "team:user:{id}", "team:list:{id}")]
    from stacks.config.cache import cache_problems

    assert list(cache_problems(CacheConfig.model_validate({"keys": keys}))) == []


@pytest.mark.parametrize(
    "pattern",
    [
        "{user}",
        "{user}:feed",
        "feed",
        "feed:",
        ":feed",
        "feed::{x}",
        "feed:{}",
        "feed:{a b}",
        "Feed:{x}",
        "feed:{x}y",
    ],
)
def test_pattern_outside_the_grammar_is_refused(values: dict[str, Any], pattern: str):
    [problem] = problems(values, key(pattern))
    assert problem.startswith(f"cache.keys.0.pattern: given '{pattern}', allowed parts joined by colons")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (key("feed:{x}", ttl_seconds=0), "cache.keys.0.ttl_seconds: given 0, allowed 1 or more"),
        (key("feed:{x}:{x}"), "cache.keys.0.pattern: given feed:{x}:{x}, allowed each placeholder once"),
        (
            key("version:{x}"),
            (
                "cache.keys.0.pattern: given version:{x}, allowed any first part but version: version keys begin "
                "with it"
            ),
        ),
        (
            key("feed:{version}"),
            (
                "cache.keys.0.version_key: missing; allowed one of version_keys, none so far: feed:{version} has "
                "{version}"
            ),
        ),
        (
            key("feed:{version}", version_key="feed"),
            (
                "cache.keys.0.version_key: given feed; allowed one of version_keys, none so far: feed:{version} "
                "has {version}"
            ),
        ),
    ],
)
def test_key_that_could_not_be_kept_right_is_refused(values: dict[str, Any], given: dict[str, Any], message: str):
    assert problems(values, given) == [message]


def test_version_keys_and_placeholders_need_each_other(values: dict[str, Any]):
    assert problems(values, key("feed:{x}", version_key="feed"), version_keys=["feed"]) == [
        "cache.keys.0.version_key: given feed, allowed only with {version} in the pattern, feed:{x}"
    ]
    assert problems(values, FEED, version_keys=["feed", "profiles"]) == [
        "cache.version_keys: given profiles, allowed what a key names as its version_key"
    ]
    assert problems(values, FEED, version_keys=["feed", "feed"]) == [
        "cache.version_keys: given feed, feed, allowed each once"
    ]


def test_contract_is_the_same_text_for_the_same_configuration():
    cache = CacheConfig.model_validate({"keys": [FEED, PROFILE], "version_keys": ["feed", "profiles"]})
    assert cache_contract(cache) == cache_contract(cache.model_copy(deep=True))
    assert "\n" not in cache_contract(cache)
