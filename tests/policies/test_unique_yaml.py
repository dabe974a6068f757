"""YAML as the engine reads it: each value was read by `pulumi config --json` of v3.230.0, once."""

from typing import Any

import pytest
import yaml

from policies import unique_yaml

SCALARS: dict[str, Any] = {
    **{
        text: text
        for text in ("yes", "no", "on", "off", "y", "n", "Yes", "NO", "nUll", "tRue", "=", "+", "..", "_1")
    },
    **{text: text for text in ("1:20", "1:20:30", "12:30:45", "0xZ", "0x", "1.2.3", "1e", "e1", "10.20.0.0/16")},
    "0o17": 15,
    "0O17": 15,
    "-0o17": -15,
    "0x1F": 31,
    "0X1f": 31,
    "+0x1f": 31,
    "0b101": 5,
    "0B11": 3,
    "00": 0,
    "0": 0,
    "-0": 0,
    "+5": 5,
    "1_000": 1000,
    "1__0": 10,
    "1_": 1,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "1e3": 1000,
    "12e03": 12000,
    "7.0": 7,
    "1.": 1,
    "0.5": 0.5,
    ".5": 0.5,
    "-.5": -0.5,
    "+.5e3": 500,
    "1e-7": 1e-07,
    "1234e56": 1.234e59,
    "'010'": "010",
    "!!str 010": "010",
    '"2027-01-01"': "2027-01-01",
}
REFUSED = (
    *(
        "010",
        "08",
        "012345678901",
        "0777",
        "0_7",
        "1_0.5",
        "1.5_0",
        "0b12",
        "0o8",
        "1e400",
        ".inf",
        "-.INF",
        ".nan",
    ),
    *("123456789012345678901234", "9223372036854775807", "-9007199254740993"),
    *("2027-01-01", "2027-1-2", "2027-02-31", "2027-01-01T10:00:00Z", "2027-01-01 10:00:00"),
    *("!!int 3", "!!timestamp x", "!!bool x", "!!float x", "!!binary é", "!own x", "!!python/name:os.system"),
)


@pytest.mark.parametrize("text", SCALARS)
def test_scalar_is_read_as_the_engine_reads_it(text: str) -> None:
    read = unique_yaml.parse(f"key: {text}", days=False)["key"]
    assert (read, type(read)) == (SCALARS[text], type(SCALARS[text]))


@pytest.mark.parametrize("text", REFUSED)
def test_scalar_that_readers_differ_on_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match="quote") as refused:
        unique_yaml.parse(f"key:\n  - {text}", days=False)
    assert getattr(refused.value, "problem_mark").line == 1  # noqa: B009  YAMLError has none


@pytest.mark.parametrize("text", ["2027-01-01", "2027-02-31"])
def test_day_of_a_reviewed_list_is_a_text(text: str) -> None:
    assert unique_yaml.parse(f"expires: {text}") == {"expires": text}


def test_aliases_that_stay_small_are_read() -> None:
    assert unique_yaml.parse("a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: [*a, *a]") == {
        "a": {"x": 1}, "b": {"x": 1, "y": 2}, "c": [{"x": 1}, {"x": 1}],
    }  # fmt: skip
