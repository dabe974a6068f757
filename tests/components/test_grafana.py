import json
from collections.abc import Sequence

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from components.grafana.args import ContactArgs
from components.grafana.observability import Observability
from observability import Board, CloudWatch, CloudWatchMath, Prometheus, Severity, Signal, Signals, Threshold
from observability.dashboards.panels import COLOURS, HEALTHY, panel_id, steps
from observability.promql import Increase, Rate, Series
from tests.components.grafana_samples import (
    CONNECTIONS,
    OBJECTIVE,
    PAGER_KEY,
    SLOW,
    STORAGE,
    WAITING,
    WEBHOOK,
    dashboards,
    observability_args,
    panels,
    record,
)
from tests.components.recording import Secret, record_component


def requests(dimension: pulumi.Input[str]) -> Signal:
    return Signal(
        id="service-requests",
        title="Requests",
        description="Requests in a minute.",
        query=CloudWatch(
            namespace="AWS/ApplicationELB",
            metric="RequestCount",
            dimensions={"LoadBalancer": dimension},
            statistic="Sum",
        ),
        unit="short",
    )


def test_observability_makes_exactly_these_resources():
    recorded = record()
    assert recorded.inventory() == {
        ("Folder", "watch-folder"),
        ("Dashboard", "watch-database"),
        ("Dashboard", "watch-pooler"),
        ("Dashboard", "watch-telemetry"),
        ("MessageTemplate", "watch-template"),
        ("ContactPoint", "watch-page"),
        ("ContactPoint", "watch-ticket"),
        ("RuleGroup", "watch-database"),
        ("RuleGroup", "watch-pooler"),
        ("RuleGroup", "watch-observability"),
    }
    assert {it.parent for it in recorded.resources if it.custom} == {"watch"}
    assert recorded.one("Folder").inputs == {
        "uid": "shop-staging",
        "title": "Shop staging",
        "preventDestroyIfNotEmpty": True,
    }


def test_dashboards_are_canonical_and_the_same_every_time():
    first, second = record(), record()
    for made in first.of("Dashboard"):
        text = made.inputs["configJson"]
        model = json.loads(text)
        assert text == json.dumps(model, sort_keys=True, separators=(",", ":"))
        assert not {"id", "version", "iteration"} & set(model)
        assert text == second.one("Dashboard", made.name).inputs["configJson"]
    for made in first.of("RuleGroup"):
        assert made.inputs == second.one("RuleGroup", made.name).inputs


def test_every_board_has_a_dashboard_of_its_own_that_leads_to_the_others():
    found = dashboards(record(signals=[Signals(subject="Service", objectives=(OBJECTIVE,), signals=(WAITING,))]))
    assert list(found) == ["objectives", "resources", "telemetry"]
    for board, model in found.items():
        assert model["uid"] == f"shop-staging-{board}"
        assert model["tags"] == ["shop", "staging", board]
        others, runbook = model["links"]
        assert (others["type"], others["tags"]) == ("dashboards", ["shop", "staging"])
        assert runbook["url"] == "https://example.com/runbook"


def test_a_panel_stands_on_the_board_that_its_signal_names():
    moved = replace(CONNECTIONS, board=Board.ERRORS)
    found = dashboards(record(signals=[Signals(subject="Database", board=Board.DATABASE, signals=(moved,))]))
    assert [it["title"] for it in found["errors"]["panels"]] == ["Database", "Database connections"]
    assert "database" not in found


def test_every_panel_has_a_unit_a_description_its_query_and_its_runbook():
    found = panels(record())
    assert list(found) == ["Database connections", "Free storage", "Clients that wait"]
    for panel, signal in zip(found.values(), (CONNECTIONS, STORAGE, WAITING), strict=True):
        assert panel["fieldConfig"]["defaults"]["unit"] == signal.unit
        assert panel["description"] == signal.description
        assert panel["links"][0]["url"] == f"https://example.com/runbook#{signal.id}"
    assert found["Clients that wait"]["targets"] == [
        {
            "refId": "A",
            "datasource": {"type": "prometheus", "uid": "prom-uid"},
            "editorMode": "code",
            "expr": WAITING.query.promql,
            "instant": False,
            "range": True,
            "legendFormat": "Clients that wait",
        }
    ]


def test_a_panel_covers_what_its_alert_covers_and_else_what_its_width_asks():
    quiet = replace(STORAGE, id="quiet", title="Quiet", thresholds=())
    rate = Prometheus(expression=Rate(Series("hits_total"), by=("server",)), window_seconds=600)
    hits = replace(WAITING, id="hits", title="Hits", query=rate)
    watched = replace(hits, id="watched", title="Watched")
    unwatched = replace(hits, id="unwatched", title="Unwatched", thresholds=())
    whole = Prometheus(expression=Increase(Series("hits_total")), window_seconds=600)
    counted = replace(unwatched, id="counted", title="Counted", query=whole)
    component = Signals(subject="A", signals=(STORAGE, quiet, watched, unwatched, counted))
    found = {title: panel["targets"][0] for title, panel in panels(record(signals=[component])).items()}
    assert (found["Free storage"]["period"], found["Quiet"]["period"]) == ("60", "")
    assert found["Watched"]["expr"] == "sum by (server) (rate(hits_total[10m]))"
    assert found["Unwatched"]["expr"] == "sum by (server) (rate(hits_total[$__rate_interval]))"
    assert found["Watched"]["legendFormat"] == "{{server}}"
    assert found["Counted"]["expr"] == "sum(increase(hits_total[10m]))"


def test_lines_beside_a_signal_have_their_own_legend_and_source():
    math = CloudWatchMath(
        expression="IF(requests > 50, errors / requests, 0)",
        metrics={"requests": requests("lb").query, "errors": requests("lb").query},
    )
    signal = replace(STORAGE, extra_queries={"share": math, "waiting": WAITING.query})
    targets = panels(record(signals=[Signals(subject="A", signals=(signal,))]))["Free storage"]["targets"]
    assert [it["refId"] for it in targets] == ["A", "B0", "B1", "B", "C"]
    assert [it.get("hide", False) for it in targets] == [False, True, True, False, False]
    assert [it["id"] for it in targets[1:3]] == ["b_requests", "b_errors"]
    assert targets[3]["expression"] == "IF(b_requests > 50, b_errors / b_requests, 0)"
    assert [it.get("label") for it in targets] == ["Free storage", "", "", "share", None]
    assert (targets[4]["legendFormat"], targets[4]["datasource"]["uid"]) == ("waiting", "prom-uid")


def test_an_sql_panel_asks_the_reader_of_the_database():
    signal = replace(STORAGE, query=SLOW, thresholds=(), unit="ms")
    components = [Signals(subject="Database", board=Board.RPC, signals=(signal,))]
    panel = panels(record(signals=components, postgres_datasource_uid="pg-uid"))["Free storage"]
    source = {"type": "grafana-postgresql-datasource", "uid": "pg-uid"}
    assert panel["type"] == "table"
    assert panel["datasource"] == source
    [target] = panel["targets"]
    assert (target["rawSql"], target["format"], target["rawQuery"]) == (SLOW.text, "table", True)


def test_an_objective_shows_its_budget_its_share_and_every_window():
    components = [Signals(subject="Service", objectives=(OBJECTIVE,))]
    found = panels(record(signals=components))
    assert list(found) == ["Error budget remaining", "SLI over 30 days", "Availability: error budget burn rate"]
    burn = found["Availability: error budget burn rate"]
    # The panel that the alerts link to; shared links to the two numbers go by what their titles once were.
    assert burn["id"] == panel_id(OBJECTIVE.id)
    assert found["Error budget remaining"]["id"] == panel_id("availability Budget left")
    assert found["SLI over 30 days"]["id"] == panel_id("availability Good in 30 days")
    assert [it["legendFormat"] for it in burn["targets"]] == [
        f"{pair.name} window, alert over {pair.factor:g}" for pair in OBJECTIVE.windows
    ]
    assert burn["fieldConfig"]["defaults"]["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "orange", "value": 1},
        {"color": "orange", "value": 3},
        {"color": "red", "value": 6},
        {"color": "red", "value": 14.4},
    ]
    expressions = [it["targets"][0]["expr"] for it in found.values()]
    assert expressions[1] == (
        '1 - (sum(rate(http_requests_total{status=~"5.."}[30d])) / (sum(rate(http_requests_total[30d])) > 0)'
        " or 0 * sum(rate(http_requests_total[30d])))"
    )
    # What was recorded is asked instead, where it is there.
    recorded = panels(record(signals=components, recorded_objectives=True))
    expressions = [query["expr"] for panel in recorded.values() for query in panel["targets"]]
    assert all("slo:" in text and "30d" not in text for text in expressions)


def test_panels_draw_the_lines_of_their_signals():
    found = panels(record())
    assert found["Database connections"]["fieldConfig"]["defaults"]["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "orange", "value": 80},
        {"color": "red", "value": 95},
    ]
    assert found["Free storage"]["fieldConfig"]["defaults"]["thresholds"]["steps"] == [
        {"color": "red", "value": None},
        {"color": "green", "value": 5 * 1024**3},
    ]


@pytest.mark.parametrize("count", [1, 3, 4, 10])
def test_panels_stand_beside_each_other_and_keep_their_number(count: int):
    many = [replace(CONNECTIONS, id=f"signal-{index}") for index in range(count)]
    components = [Signals(subject="Database", signals=tuple(many)), Signals(subject="Pooler", signals=(WAITING,))]
    placed = dashboards(record(signals=components))["resources"]["panels"]
    cells = [
        (it["gridPos"]["x"] + x, it["gridPos"]["y"] + y)
        for it in placed
        for x in range(it["gridPos"]["w"])
        for y in range(it["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    numbers = {it["title"]: it["id"] for it in placed}
    assert len({it["id"] for it in placed}) == len(placed) == count + 3
    assert numbers["Clients that wait"] == panels(record())["Clients that wait"]["id"]


def test_contacts_hold_what_was_given_and_hide_what_is_secret():
    page = ContactArgs(slack_webhook_url=WEBHOOK, pagerduty_integration_key=PAGER_KEY)
    info = ContactArgs(slack_webhook_url=f"{WEBHOOK}/info")
    recorded = record(page=page, info=info, may_page=True)
    contact = recorded.one("ContactPoint", "watch-page").inputs
    templates = {"title": '{{ template "shop-staging.title" . }}', "text": '{{ template "shop-staging.text" . }}'}
    assert contact["slacks"] == [{"url": Secret(WEBHOOK), **templates}]
    assert contact["pagerduties"] == [
        {
            "integrationKey": Secret(PAGER_KEY),
            "summary": templates["title"],
            "details": {"text": templates["text"]},
        }
    ]
    [mail] = recorded.one("ContactPoint", "watch-ticket").inputs["emails"]
    assert (mail["addresses"], mail["singleEmail"]) == (["team@example.com"], True)
    assert (mail["subject"], mail["message"]) == (templates["title"], templates["text"])
    shown = repr([_shown(it.inputs) for it in recorded.resources])
    assert "canary" not in shown
    assert "team@example.com" in shown


def test_component_inputs_hold_no_signals():
    component = record().one("Observability")
    assert component.inputs["signals"] == []
    assert component.inputs["app"] == "shop"


def test_dimensions_may_be_known_only_by_the_provider():
    def build() -> Observability:
        components = [Signals(subject="Service", signals=(requests(pulumi.Output.from_input("app/lb/1")),))]
        return Observability("watch", observability_args(signals=components))

    target = panels(record_component(build))["Requests"]["targets"][0]
    assert target["dimensions"] == {"LoadBalancer": ["app/lb/1"]}
    assert [it.name for it in record_component(build).of("RuleGroup")] == ["watch-observability"]


def test_signals_of_one_subject_share_a_row_and_a_group():
    components = [Signals(subject="Database", signals=(it,)) for it in (CONNECTIONS, STORAGE)]
    recorded = record(signals=components)
    rows = [it["title"] for it in dashboards(recorded)["resources"]["panels"] if it["type"] == "row"]
    assert rows == ["Database"]
    assert list(panels(recorded)) == ["Database connections", "Free storage"]
    assert sorted(it.inputs["name"] for it in recorded.of("RuleGroup")) == ["Database", "Observability"]


def test_observability_outputs_tell_where_to_look():
    recorded = record()
    assert recorded.outputs == {
        "folder_uid": "shop-staging",
        "dashboard_uid": "shop-staging-database",
        "dashboard_url": "https://grafana.example.com/d/made",
        "dashboard_urls": dict.fromkeys(("database", "pooler", "telemetry"), "https://grafana.example.com/d/made"),
    }
    assert recorded.registered_outputs["watch"] == recorded.outputs


def test_a_webhook_may_be_an_output():
    def build() -> Observability:
        contact = ContactArgs(slack_webhook_url=pulumi.Output.from_input(WEBHOOK))
        return Observability("watch", observability_args(page=contact))

    contact = record_component(build).one("ContactPoint", "watch-page")
    assert contact.inputs["slacks"][0]["url"] == Secret(WEBHOOK)


thresholds = st.lists(
    st.builds(
        Threshold,
        severity=st.sampled_from(list(Severity)),
        value=st.integers(-5, 5).map(float),
        below=st.booleans(),
    ),
    max_size=5,
)


@given(found=thresholds, value=st.integers(-7, 6).map(lambda it: it + 0.5))
def test_a_value_has_the_colour_of_the_worst_threshold_it_crosses(found: Sequence[Threshold], value: float):
    crossed = [it.severity for it in found if (value < it.value if it.below else value > it.value)]
    expected = next((colour for severity, colour in COLOURS.items() if severity in crossed), HEALTHY)
    drawn = [step["color"] for step in steps(found) if step["value"] is None or step["value"] <= value]
    assert drawn[-1] == expected


def _shown(value: object) -> object:
    """`value` as a person may see it."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list) else value
