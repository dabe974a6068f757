"""`footing trace` on the committed stacks: what a person is told about a request."""

import json
import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"
TOKEN = "Bearer eyJhbGciOi"


def trace(*arguments: str) -> subprocess.CompletedProcess[str]:
    plain = {**os.environ, "COLUMNS": "60", "NO_COLOR": "1"}
    return subprocess.run(
        [FOOTING, "trace", *arguments], cwd=ROOT, env=plain, capture_output=True, text=True, check=False
    )


def outcome(*arguments: str) -> list[str]:
    done = trace(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    sentences: list[str] = json.loads(done.stdout)["outcome"]
    return sentences


def test_feed_is_kept_for_everybody_and_for_nobody_in_particular():
    anonymous = outcome("production", "GET", "/rest/feed?cursor=1")
    assert anonymous[0] == "It counts towards api-burst, api-per-minute."
    assert anonymous[1].startswith("The edge caches the answer for 30 seconds, then ")
    for header in (f"Authorization: {TOKEN}", "Cookie: theme=dark; session=1"):
        assert "The edge does not cache the answer: bypass-authenticated." in outcome(
            "production", "GET", "/rest/feed", "--header", header
        )


def test_every_rule_has_its_line_however_narrow_the_window():
    done = trace("production", "get", "https://feed.example/assets/app.1f2e.js")
    lines = done.stdout.splitlines()
    assert lines[0] == "GET https://feed.example/assets/app.1f2e.js from 192.0.2.1"
    [row] = [line for line in lines if "static-directories" in line]
    assert row.split() == ["match", "static-directories", "eligible", "for", "cache", "for", "31536000", "seconds"]
    assert "max-age=31536000" in lines[-1]


def test_what_the_plan_lacks_and_a_strange_host_are_told():
    notes = trace("staging", "GET", "https://elsewhere.example/").stdout
    assert "Note: elsewhere.example is not served by this stack" in notes
    assert "Note: The Cloudflare plan 'free' lacks" in notes


def test_a_name_of_a_wildcard_is_served(tmp_path: Path):
    text = (ROOT / "Pulumi.staging.yaml").read_text()
    file = tmp_path / "Pulumi.staging.yaml"
    file.write_text(text.replace("api.feed-staging.example]", '"*.feed-staging.example"]'))
    notes = trace("staging", "GET", "https://shop.feed-staging.example/", "--config-file", str(file)).stdout
    assert "'free' lacks" in notes
    assert "is not served" not in notes


def test_token_of_a_request_is_not_repeated():
    done = trace("production", "GET", "/rest/me", "--header", f"Authorization: {TOKEN}")
    assert done.returncode == 0
    assert TOKEN.split()[1] not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["GE T", "/"], "METHOD: given 'GE T', allowed a word such as GET"),
        (["GET", "rest/feed"], "PATH: given 'rest/feed', allowed a path such as /rest/feed?cursor=1"),
        (["GET", "/", "--ip", "10.0.0"], "--ip: given '10.0.0', allowed an IPv4 or IPv6 address"),
        (["GET", "/", "--status", "99"], "--status: given 99, allowed 100 to 599"),
        (["GET", "/", "--header", TOKEN], "--header: number 1 is no header, allowed 'Name: value'"),
    ],
)
def test_wrong_request_ends_with_a_sentence_and_code_2(arguments, sentence):
    done = trace("production", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"footing trace: {sentence}" in done.stderr
    assert "Traceback" not in done.stderr
    assert TOKEN.split()[1] not in done.stderr
