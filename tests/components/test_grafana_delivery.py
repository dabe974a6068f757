"""Who is told, when, and in which words."""

import pytest

from components.grafana.args import ContactArgs, TicketHoursArgs
from components.grafana.messages import template
from tests.components.grafana_samples import record, rules

PAGE, TICKET, INFO = "pooler-page", "pooler-ticket", "pooler-info"


def test_a_message_says_what_since_when_and_where_to_read_on():
    recorded = record()
    made = recorded.one("MessageTemplate").inputs
    text = made["template"]
    assert made["name"] == "shop-staging"
    assert text == template("shop-staging")
    fields = ("Annotations.summary", ".StartsAt", "Annotations.description", "Annotations.runbook_url", "PanelURL")
    assert [it for it in fields if it not in text] == []
    # Every block is closed: Grafana refuses a template that is not.
    opened = sum(text.count(f"{{{{ {word} ") for word in ("define", "if", "range", "with"))
    assert text.count("{{ end }}") == opened
    used = [it for contact in recorded.of("ContactPoint") for it in contact.inputs["emails"]]
    assert {it["subject"] for it in used} == {'{{ template "shop-staging.title" . }}'}
    assert all(f'define "{name}"' in text for name in ("shop-staging.title", "shop-staging.text"))
    assert all("watch-template" in contact.dependencies for contact in recorded.of("ContactPoint"))


def test_the_tree_of_policies_is_left_alone_unless_asked_for():
    recorded = record()
    assert recorded.of("NotificationPolicy") == []
    assert recorded.of("MuteTiming") == []
    assert {rule["notificationSettings"].get("muteTimings") for rule in rules(recorded).values()} == {None}


def test_an_owned_tree_routes_by_severity_and_drops_nothing():
    recorded = record(owns_notification_policy=True, info=ContactArgs(email_addresses=["digest@example.com"]))
    assert all("notificationSettings" not in rule for rule in rules(recorded).values())
    tree = recorded.one("NotificationPolicy").inputs
    # What no branch wants is not lost.
    assert tree["contactPoint"] == "shop-staging-ticket"
    routes = {
        {it["label"]: it["value"] for it in branch["matchers"]}["severity"]: branch for branch in tree["policies"]
    }
    assert {severity: branch["contactPoint"] for severity, branch in routes.items()} == {
        "page": "shop-staging-page",
        "ticket": "shop-staging-ticket",
        "info": "shop-staging-info",
    }
    for branch in routes.values():
        wanted = {it["label"]: it["value"] for it in branch["matchers"]}
        # Another environment's page never rings this one's pager.
        assert (wanted["service"], wanted["environment"]) == ("shop", "staging")
        assert branch.get("continue", False) is False
    assert [branch["repeatInterval"] for branch in routes.values()] == ["1h", "4h", "1d"]


def test_page_silences_the_ticket_of_its_own_record_alone_where_asked():
    assert record().of("NotificationsInhibitionRule") == []
    rule = record(pages_inhibit=True).one("NotificationsInhibitionRule").inputs["spec"]
    matchers = {
        key: {it["label"]: (it["type"], it["value"]) for it in rule[key]}
        for key in ("sourceMatchers", "targetMatchers")
    }
    here = {"service": ("=", "shop"), "environment": ("=", "staging")}
    assert matchers["sourceMatchers"] == here | {"severity": ("=", "page"), "record": ("=~", ".+")}
    assert matchers["targetMatchers"] == here | {"severity": ("=~", "ticket|info")}
    assert rule["equals"] == ["service", "environment", "record"]


@pytest.mark.parametrize("owned", [False, True])
def test_tickets_wait_for_the_morning_and_pages_never(owned: bool):
    hours = TicketHoursArgs(first_hour=9, last_hour=17, timezone="Europe/Amsterdam")
    recorded = record(ticket_hours=hours, owns_notification_policy=owned)
    timing = recorded.one("MuteTiming").inputs
    workdays, weekend = timing["intervals"]
    assert workdays["times"] == [{"start": "00:00", "end": "09:00"}, {"start": "17:00", "end": "24:00"}]
    assert (workdays["weekdays"], weekend["weekdays"]) == (["monday:friday"], ["saturday", "sunday"])
    assert "times" not in weekend
    assert {it["location"] for it in timing["intervals"]} == {"Europe/Amsterdam"}
    assert muted(recorded, owned=owned) == {"page": None, "ticket": [timing["name"]], "info": [timing["name"]]}


def muted(recorded, *, owned: bool) -> dict[str, list[str] | None]:
    """Names of the times at which messages wait, by severity."""
    if owned:
        branches = recorded.one("NotificationPolicy").inputs["policies"]
        return {branch["matchers"][0]["value"]: branch.get("muteTimings") or None for branch in branches}
    return {
        rule["labels"]["severity"]: rule["notificationSettings"].get("muteTimings")
        for rule in rules(recorded).values()
    }


def test_whole_days_of_tickets_wait_at_the_week_end_only():
    recorded = record(ticket_hours=TicketHoursArgs(first_hour=0, last_hour=24))
    [weekend] = recorded.one("MuteTiming").inputs["intervals"]
    assert weekend["weekdays"] == ["saturday", "sunday"]
