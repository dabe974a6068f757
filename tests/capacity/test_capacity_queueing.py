"""Erlang's C against what is known of it, and against discrete events."""

import math

import pytest

from capacity.queueing import Queue, agrees, servers_needed
from capacity.simulation import simulate


def queue(servers: int, busy: float, service_seconds: float = 1.0) -> Queue:
    return Queue(arrivals_per_second=busy / service_seconds, service_seconds=service_seconds, servers=servers)


@pytest.mark.parametrize(
    ("servers", "busy", "waiting"),
    # One server: its utilisation. Two with one erlang: 1/3 by hand. The others: tables of Erlang's C.
    [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (10, 8.0, 0.4092), (5, 4.0, 0.5541)],
)
def test_erlang_c_is_that_of_the_tables(servers: int, busy: float, waiting: float) -> None:
    asked = queue(servers, busy)
    assert asked.busy == busy
    assert asked.wait_probability == pytest.approx(waiting, abs=1e-4)
    assert asked.mean_wait_seconds == pytest.approx(waiting / (servers - busy), abs=1e-3)


def test_the_wait_of_one_server_is_exponential() -> None:
    asked = queue(1, 0.8, service_seconds=0.01)
    # P(wait > t) = 0.8 exp(-t (1 - 0.8) / 0.01), of which 5 % are left.
    assert asked.wait_seconds(95) == pytest.approx(math.log(0.8 / 0.05) * 0.01 / 0.2)
    assert asked.wait_seconds(10) == 0


def test_a_pool_that_is_asked_for_more_than_it_has_waits_without_end() -> None:
    asked = queue(25, 30)
    assert (asked.wait_probability, asked.mean_wait_seconds, asked.wait_seconds(95)) == (1, math.inf, math.inf)
    with pytest.raises(ValueError, match=r"30\.0 busy of 25 connections"):
        simulate(asked)


def test_a_thousand_connections_neither_overflow_nor_cancel() -> None:
    assert 0 < queue(1000, 950).wait_probability < queue(1000, 990).wait_probability < 1


@pytest.mark.parametrize(("busy", "percent", "servers"), [(30, 70, 43), (7, 70, 10), (0, 70, 1), (0.7 * 3, 70, 3)])
def test_connections_needed(busy: float, percent: float, servers: int) -> None:
    assert servers_needed(busy, percent) == servers


@pytest.mark.parametrize(("servers", "busy"), [(25, 17.5), (5, 4.0)])
def test_erlang_c_and_discrete_events_agree_within_the_stated_error(servers: int, busy: float) -> None:
    asked = queue(servers, busy, service_seconds=0.005)
    run = simulate(asked, seed=17, queries=12_000)
    assert run.queries == 12_000
    assert run.wait_probability > 0.01
    assert agrees(asked, run.wait_probability, run.mean_wait_seconds)
    assert not agrees(asked, run.wait_probability + 0.06, run.mean_wait_seconds)
    assert not agrees(
        queue(servers, busy * 1.1, service_seconds=0.005), run.wait_probability, run.mean_wait_seconds
    )
    assert simulate(asked, seed=17, queries=100) == simulate(asked, seed=17, queries=100)
