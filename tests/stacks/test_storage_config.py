"""What the configuration of files refuses."""

from typing import Any

import pytest

from stacks.config import ConfigError, parse


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


def test_stack_needs_no_files(values: dict[str, Any]):
    del values["storage"]
    assert parse("test", values).storage is None


@pytest.mark.parametrize(
    ("hostname", "message"),
    [
        ("feed.example", "allowed one level below feed.example"),
        ("a.static.feed.example", "allowed one level below feed.example"),
        ("static.other.example", "allowed one level below feed.example"),
        ("api.feed.example", "allowed a name that is not one of edge.hostnames"),
    ],
)
def test_name_of_the_files_is_one_that_the_certificate_covers_and_nobody_has(
    values: dict[str, Any], hostname: str, message: str
):
    values["storage"]["hostname"] = hostname
    [problem] = problems(values)
    assert problem.startswith(f"storage.hostname: given {hostname}")
    assert message in problem


@pytest.mark.parametrize(
    ("key", "bad", "good"),
    [("cache_seconds", -1, 0), ("stale_seconds", 31536001, 31536000), ("noncurrent_days", 0, 1)],
)
def test_range_of_the_files_holds_on_both_sides(values: dict[str, Any], key: str, bad: int, good: int):
    values["storage"][key] = good
    parse("test", values)
    values["storage"][key] = bad
    [problem] = problems(values)
    assert problem.startswith(f"storage.{key}: given {bad}, allowed ")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"replicate_to": "us-east-1"}, "given us-east-1, the stack's own region, allowed another one"),
        (
            {"replicate_to": "us-west-3"},
            "given 'us-west-3', allowed a region of the partition aws; did you mean us-west-2?",
        ),
        ({"replicate_to": "us-gov-west-1"}, "given 'us-gov-west-1', allowed a region of the partition aws"),
    ],
)
def test_copy_lies_in_another_region_of_the_same_partition(
    values: dict[str, Any], given: dict[str, Any], message: str
):
    values["storage"] |= given
    assert problems(values) == [f"storage.replicate_to: {message}"]


def test_choice_about_deletions_and_a_fallback_need_a_copy(values: dict[str, Any]):
    breaker = {"failures": 5, "timeout_ms": 15000, "fallback": "multi_region"}
    values["services"]["api"]["circuit_breakers"] = {"storage": breaker}
    values["storage"]["replicate_deletions"] = False
    assert problems(values) == [
        "storage.replicate_deletions: given false, allowed with storage.replicate_to",
        (
            "services.api.circuit_breakers.storage.fallback: given multi_region, allowed with "
            "storage.replicate_to: there is no copy to fall back to"
        ),
    ]
    values["storage"]["replicate_to"] = "us-west-2"
    parse("test", values)
