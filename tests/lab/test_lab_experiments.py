"""The data tier's limits on the real servers. Counts and errors only: how fast it went is for `make lab`."""

import pytest

from lab.experiments import (
    direct_load,
    exporters,
    held_lock,
    pooled_load,
    prepared_statements,
    redis_memory,
    rolling_restart,
    service_deployment,
)
from lab.production import CLIENTS
from lab.result import Result
from lab.stage import Stage

pytestmark = pytest.mark.lab


def broken(result: Result) -> list[str]:
    """What is not as expected, in words."""
    return [
        f"{it.what}: {it.observed}, expected {it.expected}"
        for it in result.findings
        if not it.holds and not it.depends_on_speed
    ]


def observed(result: Result, what: str) -> str:
    [found] = [it.observed for it in result.findings if what in it.what]
    return found


def test_a_thousand_clients_share_the_pool_without_an_error(stage: Stage):
    result = pooled_load.run(stage, seconds=4)
    assert broken(result) == []
    assert observed(result, "clients connected at once") == str(CLIENTS)
    assert observed(result, "PostgreSQL's log") == str(stage.production.server_connections)


def test_the_same_load_without_the_poolers_exhausts_postgresql(stage: Stage):
    result = direct_load.run(stage, seconds=2)
    assert broken(result) == []
    assert int(observed(result, "clients refused")) >= CLIENTS - stage.production.max_connections


def test_a_rolling_restart_stays_within_what_the_budget_counts(stage: Stage):
    result = rolling_restart.run(stage)
    assert broken(result) == []
    assert observed(result, "counter-example") == str(2 * stage.production.server_connections)


def test_a_deployment_of_one_of_three_services_stays_within_its_share_and_the_pool(stage: Stage):
    assert broken(service_deployment.run(stage)) == []


def test_a_held_lock_ends_in_an_error_and_not_in_a_hang(stage: Stage):
    assert broken(held_lock.run(stage)) == []


def test_prepared_statements_in_transaction_mode_need_tracking_or_a_driver_without_them(stage: Stage):
    assert broken(prepared_statements.run(stage)) == []


def test_full_memory_drops_keys_of_a_cache_and_refuses_writes_of_a_queue(stage: Stage):
    result = redis_memory.run(stage)
    assert broken(result) == []
    assert observed(result, "queue (`noeviction`): keys lost") == "0"


def test_exporters_answer_with_the_servers_numbers(stage: Stage):
    assert broken(exporters.run(stage)) == []
