"""The probe from outside: it asks as a visitor does, is let through the edge, and pages."""

import pytest

from components.probe import CHECKER_REGIONS, Probe, ProbeArgs
from edge_rules.evaluation.traffic import Exchange, Request
from edge_rules.firewall import custom
from edge_rules.plans import CloudflarePlan
from edge_rules.settings import Bots
from footing.project import plan, stack_file
from tests.components.recording import Recorded, record_component
from tests.edge_rules.edge_samples import settings


def record() -> Recorded[Probe]:
    args = ProbeArgs(probe_name="shop-production", hostname="shop.example", path="/health")
    return record_component(lambda: Probe("probe", args))


def test_checkers_ask_for_the_health_path_as_a_visitor_does():
    made = record().one("HealthCheck").inputs
    assert (made["type"], made["fqdn"], made["port"]) == ("HTTPS", "shop.example", 443)
    assert (made["resourcePath"], made["enableSni"]) == ("/health", True)
    assert (made["requestInterval"], made["failureThreshold"]) == (30, 3)
    # Fewer than three Route 53 refuses; each further one is more requests.
    assert made["regions"] == list(CHECKER_REGIONS)
    assert len(CHECKER_REGIONS) == 3


def test_somebody_is_paged_when_nobody_gets_an_answer():
    [signal] = record().component.signals.signals
    query = signal.query
    assert (query.namespace, query.metric, query.region) == ("AWS/Route53", "HealthCheckStatus", "us-east-1")
    assert [(it.severity.value, it.value, it.below) for it in signal.thresholds] == [("page", 1, True)]
    assert signal.sparse


def test_production_is_probed_after_what_answers_and_alarmed():
    found = {it.name: it for it in plan("production", stack_file("production", None)).resources}
    check, alarm = found["probe-check"], found["alarms-probe-status-page-below"]
    assert (check.inputs["fqdn"], check.inputs["resourcePath"]) == ("feed.example", "/health")
    assert alarm.inputs["treatMissingData"] == "missing"
    assert "probe-check" not in {it.name for it in plan("staging", stack_file("staging", None)).resources}


@pytest.mark.parametrize(
    ("plan_", "bots", "spared"),
    [
        (CloudflarePlan.BUSINESS, Bots.SPARE_API, True),
        (CloudflarePlan.BUSINESS, Bots.EVERYWHERE, True),
        (CloudflarePlan.BUSINESS, Bots.OFF, False),
    ],
)
def test_edge_does_not_challenge_the_checkers(plan_: CloudflarePlan, bots: Bots, *, spared: bool):
    [rule] = [
        it
        for it in custom(settings(plan=plan_, bots=bots, probe_paths=("/health",)))
        if it.ref == "api-no-challenge"
    ]
    of = {path: rule.when.holds(Exchange(request=Request(path=path))) for path in ("/health", "/healthy", "/")}
    assert of == {"/health": spared, "/healthy": False, "/": False}
