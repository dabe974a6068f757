"""Limit exceptions: the numbers of C-31 pass with one, in the configuration, the gate and the pack alike."""

import json
import os
import subprocess
import sysconfig
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_rules import PARAMETERS, RULESET, TASK, limit, parameter_group, pooler, ruleset

from footing.testing import Diagnostic, Resource, judged, judged_by_engine, wire
from footing.testing.runners import client_of, named
from policies import limit_exceptions
from policies.analyzer.servicer import EXCEPTIONS_KEY, PackServicer
from policies.rules import CATALOGUE
from policies.waivers import LONGEST_DAYS
from stacks.config import ConfigError, from_file

ROOT = Path(__file__).parents[2]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"
TODAY = date(2026, 11, 26)
CONNECTIONS = "database.max_connections"
POOL = "database.pooler.server_connections"
RATE = "edge.rate_limits.api.requests_per_minute"
BURST = "edge.rate_limits.api.burst_requests"
SIGN_IN = "edge.rate_limits.auth.requests_per_minute"
RULES = (
    "database-max-connections",
    "pooler-server-connections",
    "edge-api-rate",
    "edge-api-burst",
    "edge-auth-rate",
)


def excepted(key: str, allowed: Any, **more: Any) -> dict[str, Any]:
    reason = "The plan of the server accepts no more."
    return {"key": key, "allowed": allowed, "reason": reason, "owner": "platform", "expires": "2027-05-31", **more}


def stack_file(directory: Path, given: dict[str, Any], *exceptions: Any) -> Path:
    """Production with other numbers, and with exceptions."""
    document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
    config = document["config"]
    del config["footing:alerts"]["database_connections"]
    for key, value in given.items():
        first, *blocks, last = key.split(".")
        block = config.setdefault(f"footing:{first}", {})
        for name in blocks:
            block = block.setdefault(name, {})
        block[last] = value
    if exceptions:
        config["footing:limit_exceptions"] = list(exceptions)
    path = directory / "Pulumi.other.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def refusals(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        from_file(path)
    return list(caught.value.problems)


def replicas(connections: int) -> list[dict[str, Any]]:
    return [{"purpose": it, "max_connections": connections} for it in ("browse", "analytics")]


SUPABASE_MICRO = {
    CONNECTIONS: 60,
    POOL: 25,
    "database.pooler.tasks": 5,
    "database.replicas": replicas(200),
    RATE: 500,
}
SUPABASE_SMALL = {CONNECTIONS: 90, POOL: 48, "database.replicas": replicas(150), BURST: 60}


@pytest.mark.parametrize("given", [SUPABASE_MICRO, SUPABASE_SMALL], ids=["micro", "small"])
def test_number_of_a_smaller_plan_passes_with_an_exception_and_with_none_is_refused(
    given: dict[str, Any], tmp_path: Path
):
    numbers = {key: given[key] for key in (CONNECTIONS, POOL, RATE, BURST) if key in given}
    refused = {it.partition(",")[0] for it in refusals(stack_file(tmp_path, given))}
    assert refused == {f"{key}: given {value}" for key, value in numbers.items()}
    last_day = (date.today() + timedelta(days=LONGEST_DAYS)).isoformat()
    exceptions = [excepted(key, value, expires=last_day) for key, value in numbers.items()]
    path = stack_file(tmp_path, given, *exceptions)
    done = subprocess.run(
        [FOOTING, "check", "production", "--config-file", path, "--json"],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    waived = [it for it in json.loads(done.stdout)["findings"] if it["status"] == "waived"]
    assert {it["rule"] for it in waived} == {
        rule.id for rule in CATALOGUE if rule.limit and rule.limit.key in numbers and "supabase" not in rule.id
    }
    assert all(it["exception"]["owner"] == "platform" for it in waived)


@pytest.mark.parametrize(
    ("given", "exceptions", "expected"),
    [
        (
            {},
            [excepted(CONNECTIONS, 90)],
            "0.allowed: given 90, allowed where database.max_connections is the same",
        ),
        ({CONNECTIONS: 60}, [excepted(CONNECTIONS, 90)], "200 connections, or 90 by limit_exceptions"),
        ({BURST: None}, [excepted(BURST, 60)], f"{BURST} is the same, which is not there"),
        ({}, [excepted(POOL, 60)], "0.allowed: given 60, allowed what the limit does not allow, 50 to 100"),
        ({SIGN_IN: 30}, [excepted(SIGN_IN, 30)], "that limit takes none, for passwords could be guessed at speed"),
        ({SIGN_IN: 30}, [excepted(SIGN_IN, 30)], f"{SIGN_IN}: given 30, allowed 1 to 20"),
        (
            {"logs.retention_days": 14},
            [excepted("logs.retention_days", 14)],
            f"allowed one of {POOL}, {CONNECTIONS}",
        ),
        ({}, [excepted("database.port", 90)], f"allowed one of {POOL}, {CONNECTIONS}"),
        ({RATE: 500}, [excepted(RATE, 500)] * 2, f"each key once: {RATE} is there twice"),
        ({RATE: 500}, [excepted(RATE, 500, expires="2027-02-30")], "0.expires: given '2027-02-30', allowed a day"),
        ({RATE: 500}, [excepted(RATE, 500, reason="why not")], "0.reason: given 'why not', allowed 20 characters"),
        ({RATE: 500}, [excepted(RATE, 500, owner=" ")], "0.owner: given ' ', allowed a text that is not empty"),
        ({RATE: 500}, [excepted(RATE, "500")], "0.allowed: given '500', allowed a whole number"),
        ({RATE: 500}, [RATE], "limit_exceptions.0: given"),
    ],
)
def test_exception_that_fits_nothing_is_refused(
    given: dict[str, Any], exceptions: list[Any], expected: str, tmp_path: Path
):
    assert expected in "\n".join(refusals(stack_file(tmp_path, given, *exceptions)))


Runner = Callable[..., list[Diagnostic]]
RUNNERS = pytest.mark.parametrize("runner", [judged, judged_by_engine])


def group(connections: int, **more: Any) -> Resource:
    return Resource(type=PARAMETERS, properties=parameter_group(str(connections)) | more)


def rates(*requests: int) -> Resource:
    limits = [limit("/rest/", it, 60) for it in requests]
    return Resource(type=RULESET, properties=ruleset(*limits, limit("/auth/", 20, 60)))


def said(runner: Runner, resource: Resource, *exceptions: Any, today: date = TODAY) -> list[tuple[bool, str]]:
    """What stops or is told of the limits' own rules: whether it stops, and the message."""
    rules = [CATALOGUE.by_id[it] for it in RULES]
    found = runner(rules, [resource], exceptions=exceptions, today=today)
    return [(it.stops, it.message) for it in found]


@RUNNERS
@pytest.mark.parametrize(
    ("resource", "exception"),
    [
        (group(90), excepted(CONNECTIONS, 90)),
        (group(150, tags={"footing:replica": "browse"}), excepted(CONNECTIONS, 90)),
        (group(300), excepted(CONNECTIONS, 300)),
        (Resource(type=TASK, properties=pooler("25", "5")), excepted(POOL, 25)),
        (rates(500, 500), excepted(RATE, 500)),
        (rates(100, 500), excepted(RATE, 500)),
    ],
)
def test_measured_number_is_excused_where_it_is_the_allowed_one(
    runner: Runner, resource: Resource, exception: dict[str, Any]
):
    [(stops, message)] = said(runner, resource, exception)
    assert not stops
    assert message.startswith("excepted until 2027-05-31 by platform (The plan of the server accepts no more.): ")
    # On the last day still; a day later the number stops the change, with the reason.
    assert [it for it, _ in said(runner, resource, exception, today=date(2027, 5, 31))] == [False]
    expired = said(runner, resource, exception, today=date(2027, 6, 1))
    assert [it for it, _ in expired] == [True, True]
    assert "expired on 2027-05-31: end the violation" in "".join(message for _, message in expired)


@RUNNERS
@pytest.mark.parametrize(
    ("resource", "exceptions", "expected"),
    [
        (group(60), [excepted(CONNECTIONS, 90)], "is not used: nothing has 90; remove it."),
        (group(200), [excepted(CONNECTIONS, 90)], "is not used: nothing has 90; remove it."),
        (group(150), [excepted(CONNECTIONS, 90)], "observed max_connections 150"),
        (
            group(80, tags={"footing:replica": "browse"}),
            [excepted(CONNECTIONS, 90)],
            "observed max_connections 80",
        ),
        # One that is excused hides no other.
        (rates(500, 1000), [excepted(RATE, 500)], "observed 500 requests in 60 seconds"),
        (Resource(type=TASK, properties=pooler("25", "10")), [excepted(POOL, 25)], "does not divide"),
        (Resource(type=TASK, properties=pooler("25", "25", 40)), [excepted(POOL, 25)], "that differ"),
        (group(90), [excepted(CONNECTIONS, 90, expires="2027-11-28")], "366 days from today are the most"),
        (group(90), [], "in the stack's file, or add an entry to limit_exceptions."),
        # The pack reads what the program has not checked.
        (group(200), [excepted(SIGN_IN, 30)], f"entry 1: no exception is accepted for '{SIGN_IN}'"),
        (group(90), [excepted(CONNECTIONS, "90")], "entry 1: allowed must be a whole number"),
        (group(200), [excepted(CONNECTIONS, 200)], "entry 1: the limit itself allows 200: 200 connections."),
        (group(90), [excepted(CONNECTIONS, 90), excepted(CONNECTIONS, 60)], "entry 2: another entry is about"),
        (group(90), [excepted(CONNECTIONS, 90, reason="")], "entry 1: no reason."),
        (group(90), ["database"], "limit_exceptions must be a list of blocks."),
    ],
)
def test_whatever_is_wrong_with_an_exception_stops(
    runner: Runner, resource: Resource, exceptions: list[Any], expected: str
):
    stopping = [message for stops, message in said(runner, resource, *exceptions) if stops]
    assert expected in "\n".join(stopping)


@RUNNERS
def test_exception_for_what_the_stack_does_not_make_is_left_alone(runner: Runner):
    assert said(runner, rates(100), excepted(CONNECTIONS, 90)) == []


def test_text_that_is_no_block_is_a_fault():
    for text in ("{", "1", '"x"', "{}", "[" * 100_000):
        assert limit_exceptions.from_json(text).problems


def test_analysis_of_the_state_reads_the_exceptions_in_the_stack_file(tmp_path: Path):
    entry = excepted(CONNECTIONS, 90)
    (tmp_path / "policies").mkdir()
    (tmp_path / "Pulumi.test.yaml").write_text(yaml.safe_dump({"config": {EXCEPTIONS_KEY: [entry]}}))
    servicer = PackServicer(CATALOGUE, tmp_path / "policies", lambda: TODAY)
    with client_of(servicer) as client:
        [resource] = named([group(90, tags={"team": "x"})])
        found = {it.policyName: it.message for it in client.Analyze(wire.request(resource)).diagnostics}
    assert found["database-max-connections"].startswith("excepted until 2027-05-31 by platform")
