"""The connection budget never accepts what could exceed the server or the poolers at the worst moment."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from policies import limits
from stacks.budget import Budget, Fleet, largest_pool, problems, replica_problems

HOLDS = Budget(
    max_connections=200,
    reserved_connections=5,
    direct_connections=10,
    server_connections=100,
    client_connections=1000,
    poolers=Fleet(tasks=2, minimum_percent=50, maximum_percent=100),
    service=Fleet(tasks=10, minimum_percent=100, maximum_percent=200),
    service_pool=20,
)


def keys(budget: Budget) -> list[str]:
    return [key for key, _ in problems(budget)]


def test_budget_of_the_requirements_holds() -> None:
    assert keys(HOLDS) == []


def test_deploy_surge_of_the_poolers_is_counted() -> None:
    surging = replace(HOLDS, poolers=Fleet(tasks=2, minimum_percent=50, maximum_percent=200))
    assert surging.server_side_demand == (4 + 1) * 50 + 10
    assert keys(surging) == ["database.pooler.server_connections"]


@pytest.mark.parametrize(
    ("fleet", "connected"),
    [
        (Fleet(tasks=2, minimum_percent=50, maximum_percent=100), 3),
        (Fleet(tasks=1, minimum_percent=0, maximum_percent=100), 2),
        (Fleet(tasks=2, minimum_percent=0, maximum_percent=100), 4),
        (Fleet(tasks=2, minimum_percent=100, maximum_percent=200), 4),
        (Fleet(tasks=4, minimum_percent=75, maximum_percent=100), 5),
    ],
)
def test_task_that_drains_is_counted_beside_its_successor(fleet: Fleet, connected: int) -> None:
    """https://github.com/aws/containers-roadmap/issues/2171"""
    assert fleet.connected == connected
    pool = 10 * fleet.tasks
    assert replace(HOLDS, poolers=fleet, server_connections=pool).peak_pool == 10 * connected


@pytest.mark.parametrize(("direct", "found"), [(45, []), (46, ["database.pooler.server_connections"])])
def test_server_side_boundary_is_exact(direct: int, found: list[str]) -> None:
    assert keys(replace(HOLDS, direct_connections=direct)) == found


@pytest.mark.parametrize(("connections", "found"), [(165, []), (164, ["database.pooler.server_connections"])])
def test_server_itself_has_an_exact_boundary(connections: int, found: list[str]) -> None:
    assert keys(replace(HOLDS, max_connections=connections)) == found


@pytest.mark.parametrize(("pool", "found"), [(22, []), (23, ["service.database_pool"])])
def test_client_side_boundary_is_exact(pool: int, found: list[str]) -> None:
    assert keys(replace(HOLDS, service_pool=pool)) == found


@pytest.mark.parametrize(("connections", "found"), [(55, []), (54, ["browse.connections_per_task"])])
def test_replica_has_a_place_for_each_connection_of_the_service(connections: int, found: list[str]) -> None:
    """20 tasks during a deployment with 2 each, 10 direct and 5 reserved, on a server of their own."""
    replica = replica_problems(HOLDS, key="browse", task_connections=2, max_connections=connections)
    assert [key for key, _ in replica] == found


@pytest.mark.parametrize("key", ["server_connections", "client_connections"])
def test_connections_that_poolers_cannot_share_are_refused(key: str) -> None:
    odd = replace(HOLDS, **{key: getattr(HOLDS, key) - 1})
    assert f"database.pooler.{key}" in keys(odd)


@pytest.mark.parametrize(
    ("fleet", "able"),
    [
        (Fleet(tasks=1, minimum_percent=50, maximum_percent=100), False),
        (Fleet(tasks=1, minimum_percent=0, maximum_percent=100), True),
        (Fleet(tasks=2, minimum_percent=100, maximum_percent=100), False),
        (Fleet(tasks=2, minimum_percent=50, maximum_percent=100), True),
        (Fleet(tasks=1, minimum_percent=100, maximum_percent=199), False),
        (Fleet(tasks=1, minimum_percent=100, maximum_percent=200), True),
    ],
)
def test_deployment_that_could_never_progress_is_refused(fleet: Fleet, *, able: bool) -> None:
    assert fleet.can_deploy is able
    sentences = [sentence for _, sentence in problems(replace(HOLDS, server_connections=50, poolers=fleet))]
    assert any("let ECS stop an old task or start a new one" in sentence for sentence in sentences) is not able


fleets = st.builds(
    Fleet,
    tasks=st.integers(1, 12),
    minimum_percent=st.integers(0, 99),
    maximum_percent=st.sampled_from([100, 100, 100, 120, 150, 200]),
)


@st.composite
def budget_strategy(draw: st.DrawFn) -> Budget:
    """Numbers around the edge of what fits, shared equally by the poolers."""
    poolers = draw(fleets)
    return Budget(
        max_connections=draw(st.integers(50, 400)),
        reserved_connections=draw(st.integers(0, 10)),
        direct_connections=draw(st.integers(0, 60)),
        server_connections=poolers.tasks * draw(st.integers(1, 20)),
        client_connections=poolers.tasks * draw(st.integers(1, 300)),
        poolers=poolers,
        service=draw(fleets),
        service_pool=draw(st.integers(1, 30)),
    )


budgets = budget_strategy()

SERVER_SIDE = "database.pooler.server_connections"


@settings(max_examples=400)
@given(budgets)
def test_accepted_budget_never_exceeds_the_server(budget: Budget) -> None:
    if keys(budget):
        return
    each = budget.server_connections / budget.poolers.tasks
    holding, calling = (
        math.floor(it.tasks * it.maximum_percent / 100) + it.tasks - math.ceil(it.tasks * it.minimum_percent / 100)
        for it in (budget.poolers, budget.service)
    )
    assert holding * each + budget.direct_connections + budget.reserved_connections <= budget.max_connections
    clients = calling * budget.service_pool
    meanwhile = max(1, math.ceil(budget.poolers.tasks * budget.poolers.minimum_percent / 100))
    slots = meanwhile * budget.client_connections / budget.poolers.tasks
    assert clients <= slots * limits.CLIENT_CONNECTION_HEADROOM


@given(budgets)
def test_largest_pool_fits_and_the_next_one_does_not(budget: Budget) -> None:
    largest = largest_pool(budget)
    assert largest % budget.poolers.tasks == 0
    above = replace(budget, server_connections=largest + budget.poolers.tasks)
    assert SERVER_SIDE in keys(above)
    if largest:
        assert SERVER_SIDE not in keys(replace(budget, server_connections=largest))


@given(budgets)
def test_refused_pool_is_told_the_largest_that_fits(budget: Budget) -> None:
    above = replace(budget, server_connections=largest_pool(budget) + budget.poolers.tasks)
    sentences = [sentence for key, sentence in problems(above) if key == SERVER_SIDE]
    assert f"lower it to {largest_pool(budget)}, or" in sentences[0]


@given(budgets, st.integers(1, 100))
def test_more_surge_never_makes_a_budget_fit(budget: Budget, more: int) -> None:
    surging = replace(
        budget, poolers=replace(budget.poolers, maximum_percent=budget.poolers.maximum_percent + more)
    )
    assert surging.server_side_demand >= budget.server_side_demand
    assert (SERVER_SIDE in keys(budget)) <= (SERVER_SIDE in keys(surging))


@given(budgets, st.integers(1, 3))
def test_what_a_provider_reserves_is_never_given_away(budget: Budget, more: int) -> None:
    poorer = replace(budget, reserved_connections=budget.reserved_connections + more)
    assert largest_pool(poorer) <= largest_pool(budget)
    assert (SERVER_SIDE in keys(budget)) <= (SERVER_SIDE in keys(poorer))


@given(budgets, st.integers(1, 50))
def test_more_direct_clients_never_make_a_budget_fit(budget: Budget, more: int) -> None:
    worse = replace(budget, direct_connections=budget.direct_connections + more)
    assert set(keys(budget)) <= set(keys(worse))
