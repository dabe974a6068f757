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
