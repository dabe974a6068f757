"""Circuit breakers: none gives up before what it guards, or after whoever waits for it. Source: C-22."""

import json
from typing import Any

import pytest

from stacks.config import ConfigError, parse
from stacks.contract import contract_variables


def problems(values: dict[str, Any], **breakers: dict[str, Any]) -> list[str]:
    values["services"]["api"]["circuit_breakers"] = breakers
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


def test_numbers_of_the_documents_are_refused_with_what_would_fit(values: dict[str, Any]):
    values["database"]["statement_timeout_seconds"] = 30
    assert problems(values, database={"failures": 5, "timeout_ms": 10000, "fallback": "read_replica"}) == [
        (
            "services.api.circuit_breakers.database.timeout_ms: given 10000, allowed 30000 or more with "
            "database.statement_timeout_seconds 30: a breaker that gives up first leaves the query running; raise "
            "it, or lower that to 10"
        )
    ]
    openai = {"failures": 3, "timeout_ms": 30000, "slowest_call_ms": 30000}
    assert problems(values, openai=openai) == [
        (
            "services.api.circuit_breakers.openai.timeout_ms: given 30000, allowed more than slowest_call_ms, "
            "30000: calls that are as they should be would open it"
        )
    ]


def test_breaker_ends_before_the_request_and_falls_back_to_what_there_is(values: dict[str, Any]):
    values["services"]["api"]["max_request_seconds"] = 60
    del values["database"]["replicas"]
    found = problems(values, stripe={"failures": 5, "timeout_ms": 60001, "fallback": "read_replica"})
    assert found == [
        (
            "services.api.circuit_breakers.stripe.timeout_ms: given 60001, allowed up to 60000 with "
            "max_request_seconds 60: then nobody waits for the answer any more"
        ),
        (
            "services.api.circuit_breakers.stripe.fallback: given read_replica, allowed with an entry in "
            "database.replicas"
        ),
    ]


def test_application_finds_its_breakers_in_one_variable(values: dict[str, Any]):
    assert "CIRCUIT_BREAKERS" not in contract_variables(parse("test", values), "api")
    breakers = {"openai": {"failures": 3, "timeout_ms": 30000, "fallback": "cached"}}
    values["services"]["api"]["circuit_breakers"] = breakers
    found = contract_variables(parse("test", values), "api")
    assert json.loads(found["CIRCUIT_BREAKERS"]) == breakers
