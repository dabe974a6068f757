"""What every dashboard keeps to, those of the committed stacks and one with every kind of panel."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
from msgspec.structs import replace
from promql_parser import parse

from components.grafana.args import ContactArgs
from footing.project import observed, stack_file
from observability import Board, CloudWatchMath, Prometheus, Shape, Signal, Signals, Sql, Unit, UpstashStatistic
from observability.alerting.evaluators import without_source_evaluated
from observability.dashboards.boards import models as board_models
from observability.files.artefacts import ARTEFACTS, grants
from observability.files.artefacts import dashboards as dashboard_files
from observability.promql import Rate, Series
from observability.records import rpc
from stacks.replace_outputs import UNKNOWN
from tests.components.grafana_samples import (
    CONNECTIONS,
    OBJECTIVE,
    PAGER_KEY,
    STORAGE,
    WAITING,
    WEBHOOK,
    dashboards,
    record,
)

STACKS = ("production", "staging")
RAW_RATE = re.compile(r"\b(?:rate|increase)\([^()]*\[([^\]\[]+)\]\)")


UIDS = {"postgres_datasource_uid": "pg-uid", "upstash_datasource_uid": "up-uid"}


def every_kind() -> list[Signals]:
    """Signals with every kind of query, line, threshold and panel."""
    math = CloudWatchMath(expression="a / b", metrics={"a": CONNECTIONS.query, "b": STORAGE.query})
    computed = Signal(
        id="computed",
        title="Computed",
        description="A.",
        query=math,
        unit=Unit.SHARE,
        extra_queries={"b": STORAGE.query},
    )
    rated = Prometheus(expression=Rate(Series("hits_total"), by=("server",)))
    free = Signal(id="free", title="Free", description="A.", query=rated, unit=Unit.OPERATIONS_PER_SECOND)
    curve = Sql(text="SELECT 1 LIMIT 1", shape=Shape.TIME_SERIES)
    drawn = Signal(id="drawn", title="Drawn", description="A.", query=curve, unit=Unit.NUMBER)
    query = UpstashStatistic(address="https://api.example.com/stats/1", statistic="hits")
    counted = Signal(id="counted", title="Counted", description="A.", query=query, unit=Unit.NUMBER)
    return [
        Signals(
            subject="Service",
            board=Board.ERRORS,
            signals=(CONNECTIONS, STORAGE, WAITING, computed, free, drawn, counted, *rpc.signals()),
            objectives=(OBJECTIVE, replace(OBJECTIVE, id="second", title="Second")),
        )
    ]


@cache
def models(stack: str) -> dict[str, dict[str, Any]]:
    """Dashboards of a committed stack, or of `every_kind`, by board."""
    if stack not in STACKS:
        return dashboards(
            record(
                signals=every_kind(),
                **UIDS,
            )
        )
    seen = observed(stack, stack_file(stack, None))
    found = board_models(seen.signals, seen.panels)
    return {board.value: model for board, model in found.items()}


def boards() -> list[Any]:
    return [pytest.param(stack, id=stack) for stack in (*STACKS, "every-kind")]


def all_panels(stack: str) -> list[dict[str, Any]]:
    return [panel for model in models(stack).values() for panel in model["panels"]]


def data_panels(stack: str) -> list[dict[str, Any]]:
    return [panel for panel in all_panels(stack) if panel["type"] != "row"]


def promql(stack: str) -> Iterator[str]:
    for panel in data_panels(stack):
        yield from (target["expr"] for target in panel["targets"] if "expr" in target)


@pytest.mark.parametrize("stack", boards())
def test_dashboard_comes_back_from_grafanas_own_types_unchanged(stack: str):
    register_default_plugins()
    for model in models(stack).values():
        there = json.dumps(model)
        back = JSONEncoder(sort_keys=True).encode(Dashboard.from_json(json.loads(there)))
        assert json.loads(back) == json.loads(there)


def test_a_field_that_grafana_does_not_know_is_found():
    register_default_plugins()
    model = json.loads(json.dumps(models("every-kind")["errors"]))
    spoilt = next(panel for panel in model["panels"] if panel["type"] == "timeseries")
    spoilt["fieldConfig"]["defaults"]["units"] = "s"
    assert json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(model))) != model


@pytest.mark.parametrize("stack", boards())
def test_every_panel_says_what_it_shows_and_in_what(stack: str):
    for panel in data_panels(stack):
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert defaults["unit"] in set(Unit)
        assert panel["targets"]
        assert all(target["datasource"]["uid"] for target in panel["targets"])
        assert panel["datasource"] in [target["datasource"] for target in panel["targets"]]
        letters = [target["refId"] for target in panel["targets"]]
        assert len(set(letters)) == len(letters)
        coloured = len(defaults["thresholds"]["steps"]) > 1
        if panel["type"] == "timeseries":
            assert (defaults["custom"]["thresholdsStyle"]["mode"] != "off") is coloured


@pytest.mark.parametrize("stack", boards())
def test_panels_of_a_stack_have_a_number_each_and_do_not_overlap(stack: str):
    numbers = [panel["id"] for panel in data_panels(stack)]
    assert len(set(numbers)) == len(numbers)
    for model in models(stack).values():
        here = [panel["id"] for panel in model["panels"]]
        assert len(set(here)) == len(here)
        places = [panel["gridPos"] for panel in model["panels"]]
        cells = [
            (place["x"] + x, place["y"] + y)
            for place in places
            for x in range(place["w"])
            for y in range(place["h"])
        ]
        assert len(set(cells)) == len(cells)
        assert max(x for x, _ in cells) < 24
    uids = [model["uid"] for model in models(stack).values()]
    assert len(set(uids)) == len(uids)


@pytest.mark.parametrize("stack", boards())
def test_every_expression_is_promql_over_a_window_that_fits(stack: str):
    found = list(promql(stack))
    assert found
    for text in found:
        parse(text.replace("$__rate_interval", "5m"))
        for window in RAW_RATE.findall(text):
            assert window == "$__rate_interval" or re.fullmatch(r"\d+[smhd]", window)
        # `== 0` filters what it is asked of: the healthy series vanish, and so does the alert when all are.
        assert not re.search(r"==\s*(?!bool)", text)


@pytest.mark.parametrize("stack", boards())
def test_sql_reads_the_time_of_the_dashboard_and_ends(stack: str):
    texts = [it["rawSql"] for panel in data_panels(stack) for it in panel["targets"] if "rawSql" in it]
    queries = [text for text in texts if "rpc_observations" in text]
    assert len(queries) == len(rpc.signals())
    assert [text for text in queries if "$__timeFilter(created_at)" not in text] == []
    assert [text for text in texts if not re.search(r" LIMIT \d+$", text)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_record_of_a_stack_is_on_its_board(stack: str):
    components = without_source_evaluated(observed(stack, stack_file(stack, None)).signals)
    wanted = {record.title for it in components for record in it.signals}
    wanted |= {f"{record.title}: error budget burn rate" for it in components for record in it.objectives}
    assert {panel["title"] for panel in data_panels(stack)} >= wanted
    assert list(models(stack)) == [board.value for board in Board if board.value in models(stack)]


@pytest.mark.parametrize("stack", boards())
def test_dashboards_are_small(stack: str):
    for model in models(stack).values():
        assert len(json.dumps(model)) < 200_000


def test_no_dashboard_and_no_rule_holds_a_secret():
    pager = ContactArgs(slack_webhook_url=WEBHOOK, pagerduty_integration_key=PAGER_KEY)
    recorded = record(
        signals=every_kind(),
        **UIDS,
        page=pager,
        may_page=True,
    )
    for made in (*recorded.of("Dashboard"), *recorded.of("RuleGroup"), *recorded.of("MessageTemplate")):
        assert "canary" not in repr(made.inputs)
        assert "Secret(" not in repr(made.inputs)


def test_dashboards_and_what_they_need_are_written_as_files():
    seen = observed("production", stack_file("production", None))
    written = {name: json.loads(text) for name, text in dashboard_files(seen).items()}
    assert written == {f"{board}.json": model for board, model in models("production").items()}
    assert ARTEFACTS["grants.sql"](seen) == rpc.grants("feed")
    without = replace(seen, granted_database=None)
    assert grants(without).startswith("-- ")
    assert "CREATE" not in grants(without)


def test_what_only_the_provider_knows_is_marked_in_the_files():
    [panel] = [it for it in data_panels("production") if it["title"] == "HTTP 5xx responses of the load balancer"]
    assert panel["targets"][0]["dimensions"] == {"LoadBalancer": [UNKNOWN]}
