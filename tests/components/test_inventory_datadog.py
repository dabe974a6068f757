"""Settings of Datadog's monitors that must be so, written by hand: a changed literal fails here."""

from tests.components.test_datadog import record

MONITORS = {
    "connections-page": ("query alert", 900, "resolve"),
    "storage-page-below": ("query alert", 900, "show_and_notify_no_data"),
    "waiting-ticket": ("query alert", 0, "resolve"),
    "available-burn-1h": ("slo alert", None, None),
}
"""Type, delay in seconds and what missing data does: AWS is crawled late, and what must not get low must exist."""


def test_monitors_wait_for_aws_and_say_when_something_is_gone():
    monitors = {it.name.removeprefix("datadog-"): it.inputs for it in record().of("Monitor")}
    for name, expected in MONITORS.items():
        found = monitors[name]
        assert (found["type"], found.get("evaluationDelay"), found.get("onMissingData")) == expected
        if found["type"] == "query alert":
            assert (found["requireFullWindow"], found["includeTags"]) == (False, True)


def test_objectives_are_by_count_over_thirty_days():
    targets = {it.name: it.inputs for it in record().of("ServiceLevelObjective")}
    assert {name: (it["type"], it["thresholds"]) for name, it in targets.items()} == {
        "datadog-available": ("metric", [{"timeframe": "30d", "target": 99.9}]),
        "datadog-fast": ("metric", [{"timeframe": "30d", "target": 95}]),
    }
