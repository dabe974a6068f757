"""The application's contract: numbers that fit each other, as variables and as one document."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.config import ConfigError, parse
from stacks.config.contract import quiet_connections
from stacks.config.request_limits import ResourceLimitConfig, most_requests, resource_limit_problems
from stacks.config.timeouts import late_answers
from stacks.contract import app_contract, contract_variables

ROOT = Path(__file__).parents[2]
OPENAI = {"kind": "ai_model", "timeout_seconds": 60}
POOL = {
    "minimum": 2,
    "maximum": 10,
    "acquire_timeout_seconds": 30,
    "idle_timeout_seconds": 300,
    "lifetime_seconds": 1800,
    "keepalive_seconds": 60,
}
WHOLE = {
    "max_request_seconds": 60,
    "database_pool": POOL,
    "ready_path": "/ready",
    "rate_limit_tiers": {"anonymous": 60, "staff": {"requests_per_minute": 100, "who": "us"}},
    "resource_limits": {"upload": {"requests": 20, "window_seconds": 3600}},
    "circuit_breakers": {"openai": {"failures": 3, "timeout_ms": 60000, "fallback": "cached"}},
    "external_calls": {"openai": OPENAI},
}


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"database_pool": {"minimum": 20, "maximum": 10}},
            "database_pool.minimum: given 20, allowed up to maximum, 10",
        ),
        ({"database_pool": "many"}, "database_pool: given 'many', allowed a whole number"),
        ({"database_pool": 1001}, "database_pool: given 1001, allowed 1000 or less"),
        ({"database_pool": {"max": 10}}, "database_pool.max: unknown key"),
        (
            {"database_pool": {"maximum": 10, "idle_timeout_seconds": 600, "lifetime_seconds": 599}},
            "database_pool.lifetime_seconds: given 599, allowed idle_timeout_seconds, 600, or more",
        ),
        (
            {"database_pool": {"maximum": 10, "idle_timeout_seconds": 3600}},
            "database_pool.idle_timeout_seconds: given 3600, allowed below 3600: the load balancer before",
        ),
        (
            {"database_pool": {"maximum": 0, "acquire_timeout_seconds": 5}},
            "database_pool.acquire_timeout_seconds: given with maximum 0",
        ),
        (
            {"max_request_seconds": 50, "database_pool": {"maximum": 10, "acquire_timeout_seconds": 21}},
            "acquire_timeout_seconds: given 21, allowed up to 20 with max_request_seconds 50 and statements of",
        ),
        (
            {"statement_timeout_seconds": 31},
            "statement_timeout_seconds: given 31, allowed up to database.statement_timeout_seconds, 30",
        ),
        (
            {"max_request_seconds": 40, "keep_alive_seconds": 40},
            "keep_alive_seconds: given 40, allowed more than 40",
        ),
        ({"rate_limit_tiers": {"Pro": 5}}, "rate_limit_tiers.Pro: given 'Pro', allowed lower-case letters"),
        ({"rate_limit_tiers": {"pro": 0}}, "rate_limit_tiers.pro: given 0, allowed 1 or more"),
        (
            {
                "rate_limit_tiers": {"member": 50, "guest": 20},
                "resource_limits": {"post": {"requests": 101, "window_seconds": 120}},
            },
            "given 101 in 120 seconds, allowed up to 100: services.api.rate_limit_tiers.member lets one send 50",
        ),
        (
            {"resource_limits": {"post": {"requests": 31, "window_seconds": 1}}},
            "given 31 in 1 seconds, allowed up to 30: edge.rate_limits.api.burst_requests lets one send 30 in 10",
        ),
        (
            {"external_calls": {"openai": {**OPENAI, "in_transaction": True}}},
            "openai.in_transaction: given true, allowed false: a call of up to 60 seconds would keep one",
        ),
        (
            {"max_request_seconds": 119, "external_calls": {"openai": {**OPENAI, "retries": 1}}},
            "openai.timeout_seconds: given 60, 2 times, allowed up to 119 seconds in all with max_request",
        ),
        (
            {"external_calls": {"openai": {**OPENAI, "slowest_call_seconds": 60}}},
            "openai.timeout_seconds: given 60, allowed more than slowest_call_seconds, 60",
        ),
        (
            {
                "external_calls": {"openai": OPENAI},
                "circuit_breakers": {"openai": {"failures": 3, "timeout_ms": 59999}},
            },
            "openai.timeout_ms: given 59999, allowed 60000 or more with external_calls.openai.timeout_seconds 60",
        ),
        (
            {"environment": {"DATABASE_POOL_MAX": "9"}},
            "environment: given DATABASE_POOL_MAX, which the stack itself gives (database_pool)",
        ),
        (
            {"environment": {"HEALTH_PATH": "/up"}},
            "environment.HEALTH_PATH: given '/up', allowed left out, or '/health': health_path decides it",
        ),
    ],
)
def test_what_contradicts_is_one_sentence_with_its_key(
    values: dict[str, Any], changes: dict[str, Any], sentence: str
):
    values["services"]["api"] |= changes
    [problem] = problems(values)
    assert problem.startswith("services.api.")
    assert sentence in problem


def test_quiet_connection_outlives_the_load_balancer_that_all_services_share(values: dict[str, Any]):
    api = values["services"]["api"]
    values["services"]["exports"] = {
        **api,
        "database_pool": 0,
        "paths": ["/exports/*"],
        "max_request_seconds": 110,
    }
    api |= {"keep_alive_seconds": 110, "max_request_seconds": 60}
    assert [it.partition(",")[0] for it in problems(values)] == ["services.api.keep_alive_seconds: given 110"]
    api["keep_alive_seconds"] = 111
    variables = contract_variables(parse("test", values), "exports")
    assert (variables["KEEP_ALIVE_SECONDS"], variables["MAX_REQUEST_SECONDS"]) == ("115", "110")
    assert "DATABASE_POOL_MAX" not in variables


def test_statement_of_a_service_counts_for_its_requests_and_its_breaker(values: dict[str, Any]):
    api = values["services"]["api"]
    values["database"]["statement_timeout_seconds"] = 300
    api |= {"max_request_seconds": 120, "circuit_breakers": {"database": {"failures": 5, "timeout_ms": 10000}}}
    assert "database.statement_timeout_seconds 300" in problems(values)[0]
    api["statement_timeout_seconds"] = 10
    config = parse("test", values)
    assert list(late_answers(config)) == []
    assert contract_variables(config, "api")["DATABASE_STATEMENT_TIMEOUT_SECONDS"] == "10"
    api |= {"statement_timeout_seconds": 121, "circuit_breakers": {}}
    assert problems(values) == [
        (
            "services.api.statement_timeout_seconds: given 121, allowed up to max_request_seconds, 120: the load "
            "balancer answers 504 while the statement still runs"
        )
    ]


def test_pool_that_is_full_while_nobody_asks_has_to_fit_the_poolers(values: dict[str, Any]):
    values["services"]["api"]["database_pool"] = {"minimum": 20, "maximum": 20}
    minimum, maximum = sorted(problems(values))
    assert maximum.startswith("services.api.database_pool: given 20; all services are 2000 clients")
    assert minimum == (
        "services.api.database_pool.minimum: given 20, which 100 tasks at the worst moment make 2000 connections, "
        "all open while nobody asks, allowed 1800: lower it to 18"
    )


def test_quiet_connection_that_the_way_out_forgets_is_a_warning(values: dict[str, Any]):
    values["database"] = {"provider": "supabase", "organization": "acme", "compute": "16xlarge"}
    for idle, probed, told in ((349, 600, 0), (350, 600, 1), (350, 350, 1), (600, 349, 0)):
        pool = {"maximum": 10, "idle_timeout_seconds": idle, "keepalive_seconds": probed}
        values["services"]["api"]["database_pool"] = pool
        assert len(list(quiet_connections(parse("test", values)))) == told


def test_call_of_a_job_ends_before_the_job_and_needs_a_way_out(values: dict[str, Any]):
    job = {
        "kind": "job",
        "image": values["services"]["api"]["image"],
        "database_pool": 0,
        "schedule": "rate(1 hour)",
    }
    values["services"]["nightly"] = {**job, "timeout_seconds": 60, "external_calls": {"openai": OPENAI}}
    parse("test", values)
    values["services"]["nightly"]["timeout_seconds"] = 59 + 1
    values["services"]["nightly"]["external_calls"]["openai"] = {**OPENAI, "timeout_seconds": 61}
    assert "with timeout_seconds 60: then nobody waits" in problems(values)[0]
    values["services"]["nightly"]["external_calls"]["openai"] = OPENAI
    values["network"]["nat"] = "none"
    assert any(
        it.startswith("services.nightly.external_calls.openai: given with network.nat") for it in problems(values)
    )


def test_variables_and_document_say_the_same_and_keep_to_the_schema(values: dict[str, Any]):
    values["services"]["api"] |= WHOLE
    values["services"]["mails"] = {
        "kind": "worker",
        "image": values["services"]["api"]["image"],
        "database_pool": 1,
    }
    config = parse("test", values)
    document = json.loads(app_contract(config))
    jsonschema.validate(document, json.loads((ROOT / "docs" / "app-contract.schema.json").read_text()))
    api, variables = document["services"]["api"], contract_variables(config, "api")
    assert json.loads(variables["APP_CONTRACT"]) == {**document, "services": {"api": api}}
    assert json.loads(variables["CACHE_CONTRACT"]) == document["cache"]
    assert api["database"]["pool"] == POOL
    assert {key: variables[f"DATABASE_POOL_{name}"] for key, name in zip(POOL, ("MIN", "MAX"), strict=False)} == {
        "minimum": "2",
        "maximum": "10",
    }
    for key in ("acquire_timeout_seconds", "idle_timeout_seconds", "lifetime_seconds", "keepalive_seconds"):
        assert variables[f"DATABASE_POOL_{key.upper()}"] == str(POOL[key])
    assert api["http"] == {
        "port": 8080,
        "max_request_seconds": 60,
        "keep_alive_seconds": int(variables["KEEP_ALIVE_SECONDS"]),
        "health": {"live": variables["HEALTH_PATH"], "ready": variables["READY_PATH"]},
    }
    assert (variables["MAX_REQUEST_SECONDS"], variables["READY_PATH"]) == ("60", "/ready")
    assert json.loads(variables["RATE_LIMIT_TIERS"]) == {"anonymous": 60, "staff": 100}
    assert api["rate_limit_tiers"] == {
        "anonymous": {"requests_per_minute": 60, "counted_by": "address", "who": None},
        "staff": {"requests_per_minute": 100, "counted_by": "user", "who": "us"},
    }
    assert json.loads(variables["RESOURCE_LIMITS"]) == api["resource_limits"]
    assert json.loads(variables["EXTERNAL_CALLS"])["openai"]["timeout_seconds"] == 60
    assert document["services"]["mails"]["http"] is None
    assert "MAX_REQUEST_SECONDS" not in contract_variables(config, "mails")


def test_number_alone_is_the_maximum_of_the_pool(values: dict[str, Any]):
    values["services"]["api"]["database_pool"] = 7
    alone = parse("test", values).services["api"].database_pool
    values["services"]["api"]["database_pool"] = {"maximum": 7}
    assert alone == parse("test", values).services["api"].database_pool


@settings(max_examples=200)
@given(
    requests=st.integers(1, 5000),
    window=st.integers(1, 4000),
    rate=st.integers(1, 500),
    period=st.sampled_from([10, 60]),
)
def test_limit_is_refused_exactly_where_nobody_reaches_it(requests: int, window: int, rate: int, period: int):
    """Whoever sends all that passes at the begin of each window of the limit before sends that many."""
    reached = sum(rate for begin in range(0, window, period))
    assert most_requests(("edge", rate, period), window) == reached
    limit = ResourceLimitConfig(requests=requests, window_seconds=window)
    refused = list(resource_limit_problems("services.api", {"post": limit}, [("edge", rate, period)]))
    assert bool(refused) == (requests > reached)
    everybody = limit.model_copy(update={"per": "service"})
    assert not list(resource_limit_problems("services.api", {"post": everybody}, [("edge", rate, period)]))
