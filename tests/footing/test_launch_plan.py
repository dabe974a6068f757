"""`footing launch-plan`: dates, gates, numbers; tests/test_docs_commands.py judges its commands."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from footing.cli import app
from readiness.profiles import PROFILES

ROOT = Path(__file__).parents[2]
AT = ["--at", "2027-01-15T09:00Z"]


def plan(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["launch-plan", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_steps_have_their_days_and_the_profile_that_gates_each():
    text = plan("production", *AT, "--system", "fairtradeworker")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == [
        "T-7d, Friday 2027-01-08 09:00 UTC",
        "T-3d, Tuesday 2027-01-12 09:00 UTC",
        "T-2d, Wednesday 2027-01-13 09:00 UTC",
        "T-1d, Thursday 2027-01-14 09:00 UTC",
        "T-12h, Thursday 2027-01-14 21:00 UTC",
        "T-1h, Friday 2027-01-15 08:00 UTC",
        "T-0, Friday 2027-01-15 09:00 UTC",
        "T+1h, Friday 2027-01-15 10:00 UTC",
        "T+6h, Friday 2027-01-15 15:00 UTC",
    ]
    gates = re.findall(r"^footing ready production --system fairtradeworker --profile (\S+)$", text, re.MULTILINE)
    assert gates == list(PROFILES)


@pytest.mark.parametrize(
    "said",
    [
        "Pool: 100 connections to PostgreSQL, which accepts 200; 12,000 clients.",
        "Read replicas: browse, analytics.",
        "app: 8 to 50 tasks, scaled by step.",
        "Circuit breaker storage of app: opens after 5 failures in a row",
        "day-one: 2,000 virtual users for 900 s, 1 s between two requests; they stand for 20,000 people.",
        "footing load production --system fairtradeworker day-one --against-production",
        "page: the 95th percentile is at most 1,500 ms.",
        "At most 1 % of calls fail.",
        "On call: platform, in #launch-war-room.",
        "Support of supabase: https://supabase.com/support.",
        "A month may cost 8,500 US dollars.",
        "--min-capacity 50 --max-capacity 50",
        "--min-capacity 8 --max-capacity 50",
        "Expected: 20,000 people at the same moment, 2,000 requests a second.",
        "20,000 people at the same moment were served within what is promised.",
        "jobs: 1,500 a day can be made, or were.",
        "No data was lost",
        "No incident of security",
    ],
)
def test_plan_has_the_numbers_of_the_stack(said: str):
    assert said in plan("production", *AT, "--system", "fairtradeworker")


def test_breakers_are_opened_where_nobody_is_harmed():
    week = plan("production", *AT, "--system", "fairtradeworker").partition("## T-3d")[0]
    commands = week.partition("```sh")[2].partition("```")[0].splitlines()
    assert commands.index("docker compose stop pgbouncer") < commands.index("docker compose start pgbouncer")
    opened = re.findall(r"^- \[ \] Circuit breaker (\w+) of app was opened once", week, re.MULTILINE)
    assert opened == ["database", "openai", "stripe", "twilio", "sendgrid", "storage"]
    assert "after 5 failures it gave its fallback, read replica" in week


def test_register_of_a_stack_is_in_its_plan(tmp_path: Path):
    values: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
    values["config"] |= {
        "footing:deferred": [{"name": "websockets", "owner": "platform", "trigger": {"users": 100000}}],
        "footing:oncall": {"primary": "ada", "secondary": "bob", "escalation_minutes": 10, "rollback": "Page 7."},
    }
    file = tmp_path / "Pulumi.production.yaml"
    file.write_text(yaml.safe_dump(values))
    text = plan("production", "--config-file", str(file))
    assert "Not built yet: websockets, until users 100000; platform looks." in text
    assert "After 10 minutes without an answer: bob." in text
    assert "Way back: Page 7." in text
    # Without a day the steps have their names alone.
    assert "\n## T-7d\n" in text
    assert f"footing ready production --config-file {file} --profile t-7d" in text


def test_calendar_has_an_event_for_each_step_within_its_lines():
    arguments = ["launch-plan", "production", "--at", "2027-01-15T10:00+01:00", "--format", "ics"]
    text = CliRunner().invoke(app, arguments).stdout_bytes.decode()
    lines = text.split("\r\n")
    assert next(it for it in lines if it.startswith("DTSTART:")) == "DTSTART:20270108T090000Z"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(PROFILES)
    assert max(len(it.encode()) for it in lines) <= 75
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:Launch of feed\\, production: T-1h" in unfolded


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--at", "2027-01-15T09:00"], "allowed a time with its zone"),
        (["--at", "tomorrow"], "given 'tomorrow'"),
        (["--format", "ics"], "missing --at"),
    ],
)
def test_wrong_time_is_one_sentence(arguments: list[str], said: str):
    done = CliRunner().invoke(app, ["launch-plan", "production", *arguments])
    assert (done.exit_code, said in done.output) == (2, True)
