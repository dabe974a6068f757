"""What the model says of the systems, number by number, and of stacks that are spoilt for it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from capacity.limits import MOST_USERS, Limit, limits_of, most_users
from capacity.quotas import QUOTAS
from capacity.report import PhaseCapacity, Report, as_json, report
from capacity.traffic import Crowd, crowd, crowds
from capacity.usage import monthly_usage
from stacks.autoscaling import LAUNCH_DAY
from stacks.config import from_file, parse
from stacks.config.capacity import AssumptionsConfig, assumed, assumption_sources
from stacks.config.stack import StackConfig

ROOT = Path(__file__).parents[2]


def values_of(system: str) -> dict[str, Any]:
    text = (ROOT / "systems" / system / "Pulumi.production.yaml").read_text()
    return {key.removeprefix("footing:"): it for key, it in yaml.safe_load(text)["config"].items()}


def stack(system: str, **changes: Any) -> StackConfig:
    """The production stack of a system, with other values by dotted path, `__` for the dot."""
    values = deepcopy(values_of(system))
    values.pop("secrets", None)
    for path, value in changes.items():
        *blocks, last = path.split("__")
        block: Any = values
        for part in blocks:
            block = block[int(part)] if isinstance(block, list) else block.setdefault(part, {})
        block[last] = value
    return parse("test", values, secrets_stood_in=True)


@pytest.fixture(scope="module")
def market() -> StackConfig:
    return stack("fairtradeworker")


@pytest.fixture(scope="module")
def made(market: StackConfig) -> Report:
    return report(market, market.capacity.assumptions, with_sweep=True)


def limit(phase: PhaseCapacity, name: str) -> Limit:
    return next(it for it in phase.limits if it.id == name)


PHASES = {
    # users, daily, at once, requests a second, tasks that are needed, whether it holds
    "launch": (400_000, 160_000, 20_000, 2000, 43, True),
    "stabilize": (500_000, 200_000, 25_000, 2500, 54, False),
    "growth": (750_000, 300_000, 37_500, 3750, 81, False),
    "scale": (1_000_000, 400_000, 50_000, 5000, 108, False),
}


def test_each_phase_of_the_market_is_asked_for_what_its_users_make(made: Report) -> None:
    found = {
        it.people.phase: (
            it.people.users,
            it.people.daily_users,
            it.people.concurrent_users,
            it.warm.edge_requests,
            it.tasks["app"].needed,
            it.holds,
        )
        for it in made.phases
    }
    assert found == PHASES
    assert {it.first for it in made.phases} == {"tasks"}
    # 23,333 at once ask for 700 requests a second at the origin, which 50 tasks of 14 each take.
    assert limit(made.phases[0], "tasks").breaks_above_concurrent_users == 23_333
    # 1,500 jobs, 7,500 bids and 15,000 messages a day, three tenths of the peak on average; later as many each.
    assert made.phases[0].writes_per_second == pytest.approx(24_000 / 86_400 / 0.3)
    assert made.phases[3].people.daily_writes == {"jobs": 3750, "bids": 18_750, "messages": 37_500}


def test_the_pool_of_each_pair_is_too_small_while_caches_are_empty(made: Report) -> None:
    finding = next(it for it in made.findings if it.id == "pool-of-each-pair")
    cold = limit(made.phases[0], "pool-cold")
    # 20,000 users in 10 seconds, 3 queries, 5 ms: 30 busy, and 43 that are busy to seven tenths.
    assert made.phases[0].pool_cold is not None
    assert made.phases[0].pool_cold.busy == pytest.approx(30)
    assert (cold.demand, cold.supply, cold.breaks_above_concurrent_users) == (43, 25, 11_666)
    assert finding.level == "warning"
    assert {"C-1", "S1-44"} <= set(finding.sources)
    assert "25 connections for each of 4 pairs" in finding.sentence
    assert finding.change is not None
    assert str(finding.change).startswith("database.pooler.user_database_pairs: 4 -> 2 ")


def test_the_clients_alone_fix_the_size_of_the_server(made: Report) -> None:
    finding = next(it for it in made.findings if it.id == "clients-fix-the-size")
    assert "10,040 clients" in finding.sentence
    assert "16xlarge" in finding.sentence
    assert "C-30" in finding.sources
    held = made.phases[0].connections
    assert held is not None
    assert (held.clients_at_rest, held.clients_worst, held.clients_allowed) == (860, 10_040, 10_800)
    assert (held.server_at_rest, held.server_worst, held.server_allowed) == (110, 110, 167)


def test_a_change_makes_its_limit_hold(market: StackConfig) -> None:
    people = crowd(market, market.capacity.assumptions, "stabilize")
    changed = stack(
        "fairtradeworker",
        services__app__scaling__maximum_tasks=54,
        services__app__database_pool__maximum=99,
        database__pooler__user_database_pairs=1,
    )
    assert all(it.holds for it in limits_of(changed, market.capacity.assumptions, people) if it.kind == "limit")
    broken = {it.id: it for it in limits_of(market, market.capacity.assumptions, people) if not it.holds}
    assert str(broken["tasks"].change).startswith(
        "services.app.scaling.maximum_tasks: 50 -> 54 (and services.app."
    )
    assert "database_pool.maximum: 100 -> 99" in str(broken["tasks"].change)


def test_the_launch_overloads_the_tasks_unless_they_are_there_before(made: Report) -> None:
    by_title = {it.title: it for it in made.launches}
    assert by_title["as configured: step"].overloaded_minutes == 7
    assert by_title["step, and a schedule"].overloaded_minutes == 0
    assert by_title["step, one task at a time"].overloaded_minutes > 60
    assert next(it for it in made.findings if it.id == "launch").change is not None


def test_a_new_account_of_aws_has_too_few_vcpus(market: StackConfig, made: Report) -> None:
    finding = next(it for it in made.findings if it.id == "quota-fargate_vcpus")
    # 100 tasks of one vCPU and 8 of a half, while all deploy.
    assert (finding.level, limit(made.phases[0], "quota-fargate_vcpus").demand) == ("warning", 104)
    raised = stack("fairtradeworker", capacity__quotas={"fargate_vcpus": 104})
    people = crowd(raised, raised.capacity.assumptions)
    held = next(it for it in limits_of(raised, raised.capacity.assumptions, people) if it.id == finding.id)
    assert (held.kind, held.holds, held.supply) == ("account", True, 104)
    stated = stack("fairtradeworker", capacity__quotas={"fargate_vcpus": 103})
    assert report(stated, stated.capacity.assumptions).exceeded


def test_every_quota_has_a_page(made: Report) -> None:
    assert all(it.source.startswith("https://docs.aws.amazon.com/") for it in QUOTAS.values())
    assert {it.id for it in made.quotas} >= {"fargate_vcpus", "elastic_ips", "nat_connections", "subnet_addresses"}


def test_the_sweep_ends_one_of_each_kind(made: Report) -> None:
    assert made.sweep is not None
    ends = {it.id: it.ends_above_users for it in made.sweep.ceilings}
    assert set(ends) == {"primary", "connections", "redis", "service", "region"}
    # 16,000 commands a second of Upstash's largest plan, 4.5 for each thousand users.
    assert ends["redis"] == 3_555_555
    assert made.sweep.rows[-1].users == 100_000_000
    assert set(made.sweep.rows[-1].ended) == set(ends)
    assert made.sweep.rows[0].ended == ()
    assert all(it.next for it in made.sweep.ceilings)


def test_load_tests_stand_for_whoever_sends_as_much(made: Report) -> None:
    stands = {it.name: it.stands_for_users for it in made.load_tests}
    assert stands == {"smoke": 10, "load": 100, "stress": 500, "day-one": 20_000}


def test_the_feed_keeps_six_connections_busy_without_caches() -> None:
    feed = stack("feed")
    phase = report(feed, feed.capacity.assumptions).phases[0]
    # F-A: 200 requests a second with 3 queries of 10 ms.
    assert phase.pool_cold is not None
    assert phase.pool_cold.busy == pytest.approx(6)
    assert phase.holds


@pytest.mark.parametrize("system", ["nexod", "synckairos"])
def test_a_stack_without_phases_is_judged_by_its_assumptions(system: str) -> None:
    config = stack(system)
    few = report(config, config.capacity.assumptions)
    assert [it.people.phase for it in few.phases] == ["now"]
    assert not few.exceeded
    many = report(config, assumed(config.capacity.assumptions, {"concurrent_users": 1_000_000}))
    assert many.exceeded
    assert all(it.change for it in many.phases[0].limits if not it.holds)


def test_a_limit_that_assumed_users_break_is_a_warning() -> None:
    staging = from_file(ROOT / "systems" / "nexod" / "Pulumi.staging.yaml", secrets_stood_in=True).config
    found = {it.id: it.level for it in report(staging, staging.capacity.assumptions).findings}
    assert found["tasks"] == "warning"
    given = assumed(staging.capacity.assumptions, {"concurrent_users": 1000})
    assert {it.id: it.level for it in report(staging, given).findings}["tasks"] == "exceeded"


def test_a_phase_is_judged_with_the_keys_that_it_scales() -> None:
    scaled = {"services.app.scaling.maximum_tasks": 54, "services.app.database_pool.maximum": 90}
    config = stack("fairtradeworker", phases__1__scale=scaled)
    phases = report(config, config.capacity.assumptions, phase="stabilize").phases
    assert [it.holds for it in phases] == [True, True, False, False]
    assert phases[1].tasks["app"].most == 54
    assert monthly_usage(config, "stabilize").tasks["app"].peak == 54
    assert phases[0].tasks["app"].most == 50


def test_assumptions_decide_and_each_has_a_source(market: StackConfig, made: Report) -> None:
    slow = assumed(market.capacity.assumptions, {"request_cpu_ms": 100})
    assert slow.query_ms == 5
    assert report(market, slow).exceeded
    assert set(assumption_sources()) == set(AssumptionsConfig.model_fields)
    assert {it.key for it in made.assumptions if it.given} == {"query_ms"}
    # The simulation of docs/scaling.md takes the same for granted.
    default = AssumptionsConfig()
    same = ("think_time_seconds", "seconds_between_requests"), ("edge_hit_percent", "edge_percent")
    same += ("request_cpu_ms", "request_cpu_ms"), ("ramp_minutes", "ramp_minutes")
    same += (("start_up_seconds", "start_up_seconds"),)
    assert all(getattr(default, ours) == getattr(LAUNCH_DAY, theirs) for ours, theirs in same)


def test_more_users_never_need_less(market: StackConfig) -> None:
    people = crowds(market, market.capacity.assumptions)[0]

    def demands() -> Iterator[dict[str, float]]:
        for users in (1_000, 400_000, 3_000_000):
            found = limits_of(market, market.capacity.assumptions, people.grown(users))
            yield {it.id: it.demand for it in found}

    few, some, many = demands()
    assert all(few[it] <= some[it] <= many[it] for it in few)


@pytest.mark.parametrize(("most", "found"), [(0, 0), (1, 1), (23_333, 23_333), (MOST_USERS, None)])
def test_the_most_users_are_found_to_the_last(most: int, found: int | None) -> None:
    assert most_users(lambda users: users <= most) == found


def test_a_month_uses_what_its_phase_asks_for(market: StackConfig) -> None:
    launch, scale = monthly_usage(market), monthly_usage(market, "scale")
    # 2,000 a second, three tenths on average, 730 hours.
    assert launch.requests_edge == pytest.approx(2000 * 0.3 * 730 * 3600)
    assert launch.requests_origin == pytest.approx(launch.requests_edge * 0.3)
    assert launch.postgres_transactions == pytest.approx(launch.requests_origin * 3 * 0.4)
    assert launch.redis_commands["cache"] == pytest.approx(launch.requests_origin * 3)
    assert launch.gb_out["edge"] == pytest.approx(launch.requests_edge * 20e-6)
    assert launch.gb_out["cross_zone"] == 0
    assert (launch.tasks["app"].average, launch.tasks["app"].peak, scale.tasks["app"].peak) == (13, 43, 50)
    assert scale.requests_edge == pytest.approx(2.5 * launch.requests_edge)


def test_a_phase_without_users_has_those_of_its_requests() -> None:
    config = stack(
        "feed", phases=[{"name": "launch", "first_month": 0, "requests_per_second": 400}], load_tests=[]
    )
    people = crowd(config, config.capacity.assumptions)
    assert isinstance(people, Crowd)
    assert (people.concurrent_users, people.users, people.requests_per_second) == (3200, 64_000, 400)


def test_the_document_has_a_version_and_no_infinity(made: Report) -> None:
    document = json.loads(as_json(made), parse_constant=pytest.fail)
    assert document["schema"] == "footing/capacity/1"
    assert document["phases"][0]["pool_cold"]["wait_p95_ms"] is None
