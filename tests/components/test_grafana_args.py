import pytest
from msgspec.structs import replace

from components.grafana.args import ContactArgs, TicketHoursArgs
from observability import Signals
from tests.components.grafana_samples import (
    OBJECTIVE,
    PAGER_KEY,
    SLOW,
    WAITING,
    observability_args,
)

PAGER = ContactArgs(pagerduty_integration_key=PAGER_KEY)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"page": PAGER}, "page rings a pager, which staging may not"),
        ({"ticket": PAGER}, "ticket rings a pager"),
        ({"info": PAGER}, "info rings a pager"),
        ({"ticket": PAGER, "may_page": True}, "ticket rings a pager, which only page may"),
        ({"info": PAGER, "may_page": True}, "info rings a pager, which only page may"),
        ({"environment": "x" * 36}, "is no uid for Grafana"),
        ({"environment": "eu west"}, "is no uid for Grafana"),
        ({"signals": [Signals(subject="A", signals=(WAITING, WAITING))]}, "2 records are called 'pooler-waiting'"),
        ({"cloudwatch_datasource_uid": None}, "'database-connections' has no data source: set cloudwatch_"),
        ({"prometheus_datasource_uid": None}, "'pooler-waiting' has no data source: set prometheus_"),
        (
            {"signals": [Signals(subject="A", signals=(replace(WAITING, extra_queries={"sql": SLOW}),))]},
            "'pooler-waiting' has no data source: set postgres_",
        ),
        (
            {"signals": [Signals(subject="A", objectives=(OBJECTIVE,))], "prometheus_datasource_uid": None},
            "objective 'availability' has no data source: set prometheus_",
        ),
        ({"evaluation_interval_seconds": 45}, "evaluation_interval_seconds is 45: a multiple of 10"),
        ({"evaluation_interval_seconds": 0}, "evaluation_interval_seconds is 0"),
        ({"evaluation_interval_seconds": 70}, "waits 300 seconds, no multiple of .* 70"),
        (
            {
                "signals": [
                    Signals(
                        subject="A",
                        signals=(replace(WAITING, thresholds=WAITING.thresholds * 2),),
                    )
                ]
            },
            "2 alerts are called 'pooler-waiting-info'",
        ),
    ],
)
def test_observability_refuses_alerts_that_would_go_wrong(changes: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        observability_args(**changes)


@pytest.mark.parametrize("hours", [(8, 8), (18, 8), (-1, 8), (8, 25)])
def test_ticket_hours_lie_within_a_day(hours: tuple[int, int]):
    with pytest.raises(ValueError, match="within 0 to 24"):
        TicketHoursArgs(first_hour=hours[0], last_hour=hours[1])


def test_a_contact_that_reaches_nobody_is_refused():
    with pytest.raises(ValueError, match="reaches nobody"):
        ContactArgs()
