import dataclasses
import json
from collections.abc import Sequence

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._signals import CloudWatch, Severity, Signal, Signals, Threshold
from components.grafana import ContactArgs, Observability
from components.grafana.dashboard import COLOURS, HEALTHY, steps
from tests.components.grafana_samples import (
    CONNECTIONS,
    PAGER_KEY,
    STORAGE,
    WAITING,
    WEBHOOK,
    dashboard,
    observability_args,
    panels,
    record,
    rules,
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
        ("Dashboard", "watch-dashboard"),
        ("ContactPoint", "watch-page"),
        ("ContactPoint", "watch-ticket"),
        ("RuleGroup", "watch-database"),
        ("RuleGroup", "watch-pooler"),
    }
    assert {it.parent for it in recorded.resources if it.custom} == {"watch"}
    assert recorded.one("Folder").inputs == {
        "uid": "shop-staging",
        "title": "Shop staging",
        "preventDestroyIfNotEmpty": True,
    }


def test_dashboard_is_canonical_and_the_same_every_time():
    first, second = record(), record()
    text = first.one("Dashboard").inputs["configJson"]
    model = json.loads(text)
    assert text == json.dumps(model, sort_keys=True, separators=(",", ":"))
    assert not {"id", "version", "iteration"} & set(model)
    assert model["uid"] == "shop-staging"
    assert model["tags"] == ["shop", "staging"]
    assert [it.inputs for it in first.of("RuleGroup")] == [it.inputs for it in second.of("RuleGroup")]
    assert text == second.one("Dashboard").inputs["configJson"]


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
            "legendFormat": "__auto",
        }
    ]


def test_panels_are_as_fine_as_they_are_wide_and_rules_as_fine_as_the_source():
    recorded = record()
    assert panels(recorded)["Free storage"]["targets"][0]["period"] == ""
    waiting = json.loads(rules(recorded)["pooler-waiting-info"]["datas"][0]["model"])
    assert (waiting["instant"], waiting["range"], waiting["expr"]) == (True, False, WAITING.query.promql)


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
    many = [dataclasses.replace(CONNECTIONS, id=f"signal-{index}") for index in range(count)]
    told = [Signals(subject="Database", signals=tuple(many)), Signals(subject="Pooler", signals=(WAITING,))]
    placed = dashboard(record(signals=told))["panels"]
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
    assert contact["slacks"] == [{"url": Secret(WEBHOOK)}]
    assert contact["pagerduties"] == [{"integrationKey": Secret(PAGER_KEY)}]
    mails = recorded.one("ContactPoint", "watch-ticket").inputs["emails"]
    assert mails == [{"addresses": ["team@example.com"], "singleEmail": True}]
    shown = repr([_shown(it.inputs) for it in recorded.resources])
    assert "canary" not in shown
    assert "team@example.com" in shown


def test_component_inputs_hold_no_signals():
    component = record().one("Observability")
    assert component.inputs["signals"] == []
    assert component.inputs["app"] == "shop"


def test_dimensions_may_be_known_only_by_the_provider():
    def build() -> Observability:
        told = [Signals(subject="Service", signals=(requests(pulumi.Output.from_input("app/lb/1")),))]
        return Observability("watch", observability_args(signals=told))

    target = panels(record_component(build))["Requests"]["targets"][0]
    assert target["dimensions"] == {"LoadBalancer": ["app/lb/1"]}
    assert record_component(build).of("RuleGroup") == []


def test_signals_of_one_subject_share_a_row_and_a_group():
    told = [Signals(subject="Database", signals=(it,)) for it in (CONNECTIONS, STORAGE)]
    recorded = record(signals=told)
    rows = [it["title"] for it in dashboard(recorded)["panels"] if it["type"] == "row"]
    assert rows == ["Database"]
    assert list(panels(recorded)) == ["Database connections", "Free storage"]
    assert [it.inputs["name"] for it in recorded.of("RuleGroup")] == ["Database"]


def test_observability_outputs_tell_where_to_look():
    recorded = record()
    assert recorded.outputs == {
        "folder_uid": "shop-staging",
        "dashboard_uid": "shop-staging",
        "dashboard_url": "https://grafana.example.com/d/made",
    }
    assert recorded.registered_outputs["watch"] == recorded.outputs


def test_a_webhook_may_be_an_output():
    def build() -> Observability:
        contact = ContactArgs(slack_webhook_url=pulumi.Output.from_input(WEBHOOK))
        return Observability("watch", observability_args(page=contact))

    contact = record_component(build).one("ContactPoint", "watch-page")
    assert contact.inputs["slacks"] == [{"url": Secret(WEBHOOK)}]


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
