"""Settings of Grafana that must be so, written by hand: a changed literal of the component fails here."""

import json

import pytest

from components.grafana.args import ContactArgs, TicketHoursArgs
from tests.components.grafana_samples import PAGER_KEY, WEBHOOK, dashboards, record, rules
from tests.components.recording import Secret

STATES = {
    "database-connections-ticket": ("OK", "OK"),
    "database-connections-page": ("OK", "KeepLast"),
    "database-storage-page-below": ("Alerting", "KeepLast"),
    "pooler-waiting-info": ("Alerting", "OK"),
}
"""No-data and error state of each rule: what must not get low alerts when it is gone, an error wakes nobody."""
GROUPING = {"groupBies": ["grafana_folder", "alertname", "service"], "groupWait": "30s", "groupInterval": "5m"}
REPEAT = {"page": "1h", "ticket": "4h", "info": "1d"}


def test_every_rule_has_its_states_and_holds_on_for_a_while():
    found = rules(record())
    assert {name: (it["noDataState"], it["execErrState"]) for name, it in found.items()} == STATES
    for rule in found.values():
        assert (rule["keepFiringFor"], rule["missingSeriesEvalsToResolve"], rule["condition"]) == ("5m", 2, "C")
        [query, reduce, threshold] = [json.loads(it["model"]) for it in rule["datas"]]
        assert rule["datas"][0]["relativeTimeRange"] == {"from": 600, "to": 0}
        assert (query["intervalMs"], query["maxDataPoints"]) == (1000, 43200)
        assert (reduce["type"], reduce["reducer"], reduce["settings"]) == ("reduce", "last", {"mode": "dropNN"})
        assert threshold["type"] == "threshold"
        assert rule["notificationSettings"] == {
            **GROUPING,
            "contactPoint": "shop-staging-page" if "page" in rule["name"] else "shop-staging-ticket",
            "repeatInterval": REPEAT[rule["labels"]["severity"]],
        }


def test_owned_policy_groups_and_repeats_by_severity():
    policy = record(owns_notification_policy=True).one("NotificationPolicy").inputs
    assert {key: policy[key] for key in ("contactPoint", *GROUPING, "repeatInterval")} == {
        "contactPoint": "shop-staging-ticket",
        **GROUPING,
        "repeatInterval": "4h",
    }
    for severity, branch in zip(REPEAT, policy["policies"], strict=True):
        assert {key: branch[key] for key in GROUPING} == GROUPING
        assert branch["repeatInterval"] == REPEAT[severity]
        assert [(it["label"], it["match"], it["value"]) for it in branch["matchers"]] == [
            ("severity", "=", severity),
            ("service", "=", "shop"),
            ("environment", "=", "staging"),
        ]


def test_contact_points_hold_secrets_and_mail_all_at_once():
    page = ContactArgs(slack_webhook_url=WEBHOOK, pagerduty_integration_key=PAGER_KEY, email_addresses=["a@b.c"])
    contact = record(page=page, may_page=True).one("ContactPoint", "watch-page").inputs
    [slack], [pager], [mail] = contact["slacks"], contact["pagerduties"], contact["emails"]
    assert (slack["url"], pager["integrationKey"]) == (Secret(WEBHOOK), Secret(PAGER_KEY))
    assert (mail["addresses"], mail["singleEmail"]) == (["a@b.c"], True)


def test_nights_and_weekends_are_muted_for_tickets():
    timing = record(ticket_hours=TicketHoursArgs()).one("MuteTiming").inputs["intervals"]
    assert [it["weekdays"] for it in timing] == [["monday:friday"], ["saturday", "sunday"]]
    assert timing[0]["times"] == [{"start": "00:00", "end": "08:00"}, {"start": "18:00", "end": "24:00"}]
    assert {it["location"] for it in timing} == {"UTC"}


@pytest.mark.parametrize("board", ["database", "pooler"])
def test_dashboards_refresh_link_on_and_are_not_editable(board: str):
    model = dashboards(record())[board]
    assert (model["editable"], model["refresh"], model["time"]) == (False, "1m", {"from": "now-6h", "to": "now"})
    assert [it["title"] for it in model["links"]] == ["Dashboards", "Runbook"]
    assert record().one("Folder").inputs["preventDestroyIfNotEmpty"] is True
