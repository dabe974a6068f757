import dataclasses

import pytest

from components.sentry import Sentry, SentryArgs
from tests.components.recording import Recorded, record_component

ARGS = SentryArgs(
    organization="example",
    team="platform",
    project="shop-api-staging",
    platform="python-fastapi",
    environment="staging",
    error_sample_rate=1.0,
    traces_sample_rate=0.1,
    key_rate_limit_count=1000,
    key_rate_limit_window_seconds=3600,
)
DSN = "https://public@sentry.example.com/1"


def record(**changes: object) -> Recorded[Sentry]:
    args = dataclasses.replace(ARGS, **changes)
    return record_component(lambda: Sentry("errors", args), read=lambda sentry: sentry.env)


def test_sentry_makes_one_project_and_one_limited_key():
    recorded = record()
    assert recorded.inventory() == {("SentryProject", "errors-project"), ("SentryKey", "errors-key")}
    project, key = recorded.one("SentryProject"), recorded.one("SentryKey")
    assert {project.parent, key.parent} == {"errors"}
    assert project.inputs == {
        "organization": "example",
        "teams": ["platform"],
        "name": "shop-api-staging",
        "slug": "shop-api-staging",
        "platform": "python-fastapi",
    }
    assert key.inputs == {
        "organization": "example",
        "project": "shop-api-staging",
        "name": "staging",
        "rateLimitCount": 1000,
        "rateLimitWindow": 3600,
    }
    assert "errors-project" in key.dependencies


def test_sentry_dsn_is_public_and_goes_to_the_application():
    recorded = record(traces_sample_rate=0.25)
    assert recorded.outputs == {"dsn": DSN, "project_slug": "shop-api-staging"}
    assert recorded.registered_outputs["errors"] == recorded.outputs
    assert recorded.read == {
        "SENTRY_DSN": DSN,
        "SENTRY_ENVIRONMENT": "staging",
        "SENTRY_SAMPLE_RATE": "1",
        "SENTRY_TRACES_SAMPLE_RATE": "0.25",
    }


@pytest.mark.parametrize("protect", [True, False])
def test_sentry_project_is_protected_as_asked(protect: bool):
    assert record(protect=protect).one("SentryProject").protect is protect
    assert ARGS.protect


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"error_sample_rate": 1.1}, "error_sample_rate is 1.1: a share from 0 to 1"),
        ({"traces_sample_rate": -0.1}, "traces_sample_rate is -0.1"),
        ({"key_rate_limit_count": 0}, "key_rate_limit_count is 0: at least 1"),
        ({"key_rate_limit_window_seconds": 0}, "key_rate_limit_window_seconds is 0"),
    ],
)
def test_sentry_refuses_rates_and_limits_that_are_none(changes: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(ARGS, **changes)


def test_sentry_check_ids_differ_between_projects():
    first = record().component.signals.checks
    second = record(project="shop-web-staging").component.signals.checks
    assert {check.id for check in first}.isdisjoint(check.id for check in second)
