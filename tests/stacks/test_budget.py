"""The connection budget never accepts what could exceed the server or the poolers at the worst moment."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from policies import limits
from stacks.budget import Budget, Client, Fleet, largest_pool, problems, replica_problems

HOLDS = Budget(
    max_connections=200,
    reserved_connections=5,
    direct_connections=10,
    server_connections=100,
    client_connections=1000,
    poolers=Fleet(tasks=2, minimum_percent=50, maximum_percent=100),
    clients=(
        Client(name="api", fleet=Fleet(tasks=10, minimum_percent=100, maximum_percent=200), pool=20),
        Client(name="nightly", fleet=None, pool=0, readers={"browse": 1}),
    ),
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


@pytest.mark.parametrize(("pool", "found"), [(22, []), (23, ["services.api.database_pool"])])
def test_client_side_boundary_is_exact(pool: int, found: list[str]) -> None:
    api, *others = HOLDS.clients
    assert keys(replace(HOLDS, clients=(replace(api, pool=pool), *others))) == found


def test_every_service_has_its_share_and_the_largest_is_named():
    api, _ = HOLDS.clients
    mails = Client(name="mails", fleet=Fleet(tasks=4, minimum_percent=0, maximum_percent=100), pool=6)
    nightly = Client(name="nightly", fleet=None, pool=3)
    [(key, sentence)] = problems(replace(HOLDS, clients=(nightly, mails, api)))
    assert key == "services.api.database_pool"
    # 20 tasks of 20; 4 that start while 4 drain, of 6; one run of a job.
    assert (
        "451 clients at the worst moment (while all deploy: api 400, mails 48, nightly 3; api has 20" in sentence
    )


@pytest.mark.parametrize("clients", [(), HOLDS.clients[:1]], ids=["no-service", "no-reader"])
def test_replica_that_no_service_reads_is_refused_by_its_own_key(clients: tuple[Client, ...]):
    nobody = replace(HOLDS, clients=clients)
    found = replica_problems(nobody, purpose="browse", key="database.replicas.0", max_connections=10)
    assert [key for key, _ in found] == ["database.replicas.0.max_connections"]


@pytest.mark.parametrize(("connections", "found"), [(56, []), (55, ["services.api.reader_pools.browse"])])
def test_replica_has_a_place_for_each_connection_of_the_services(connections: int, found: list[str]) -> None:
    """20 tasks during a deployment with 2 each, a job with 1, 10 direct and 5 reserved, on its own server."""
    api, *others = HOLDS.clients
    reading = replace(HOLDS, clients=(replace(api, readers={"browse": 2}), *others))
    replica = replica_problems(reading, purpose="browse", key="database.replicas.0", max_connections=connections)
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


clients = st.builds(
    Client,
    name=st.sampled_from(["api", "admin", "mails", "nightly", "migrate", "search"]),
    fleet=st.none() | fleets,
    pool=st.integers(0, 30),
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
        clients=tuple(draw(st.lists(clients, max_size=6, unique_by=lambda it: it.name))),
    )


budgets = budget_strategy()

SERVER_SIDE = "database.pooler.server_connections"


@settings(max_examples=400)
@given(budgets)
def test_accepted_budget_never_exceeds_the_server(budget: Budget) -> None:
    if keys(budget):
        return
    each = budget.server_connections / budget.poolers.tasks

    def most(fleet: Fleet | None) -> int:
        if fleet is None:
            return 1
        kept = math.ceil(fleet.tasks * fleet.minimum_percent / 100)
        return math.floor(fleet.tasks * fleet.maximum_percent / 100) + fleet.tasks - kept

    assert (
        most(budget.poolers) * each + budget.direct_connections + budget.reserved_connections
        <= budget.max_connections
    )
    wanted = sum(most(it.fleet) * it.pool for it in budget.clients)
    meanwhile = max(1, math.ceil(budget.poolers.tasks * budget.poolers.minimum_percent / 100))
    slots = meanwhile * budget.client_connections / budget.poolers.tasks
    assert wanted <= slots * limits.CLIENT_CONNECTION_HEADROOM


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
