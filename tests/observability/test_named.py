from observability import ByHand, CloudWatch, Failures, Group, Objective, Signal, Signals
from observability.promql import Series
from observability.records.limits import over
from observability.records.named import named
from observability.records.record import Check

SIGNALS = Signals(
    subject="Service",
    signals=(
        Signal(
            id="service-at-maximum",
            title="Running tasks at the autoscaling maximum of this service",
            description="As services.api.scaling says.",
            query=CloudWatch(namespace="A", metric="B", dimensions={"ServiceName": "shop"}),
            unit="short",
            thresholds=over(page=1),
            runbook="Raise `services.api.scaling.maximum_tasks`, see `service-availability`; `services.apis.x`.",
        ),
    ),
    objectives=(
        Objective(
            id="service-availability",
            title="Availability",
            description="Failures.",
            target=0.99,
            indicator=Failures(bad=Series("bad"), all=Series("all")),
            runbook="See `service-at-maximum` and `database-cpu`.",
        ),
    ),
    checks=(
        Check(
            id="service-health",
            group=Group.SERVICE,
            title="It answers",
            question=ByHand("services.api.health_path"),
            fix="Look.",
        ),
    ),
)


def test_records_of_the_default_keep_their_ids_for_they_are_state():
    assert named(SIGNALS, concept="services", default="api", name="api") is SIGNALS


def test_records_of_another_have_ids_titles_and_keys_of_their_own():
    other = named(SIGNALS, concept="services", default="api", name="checkout")
    [signal], [objective], [check] = other.signals, other.objectives, other.checks
    assert other.subject == "Service checkout"
    assert [signal.id, objective.id, check.id] == [
        "service-checkout-at-maximum",
        "service-checkout-availability",
        "service-checkout-health",
    ]
    assert signal.title == "Running tasks at the autoscaling maximum of this (checkout)"
    assert (objective.title, check.title) == ("Availability (checkout)", "It answers (checkout)")
    assert signal.description == "As services.checkout.scaling says."
    assert signal.runbook == (
        "Raise `services.checkout.scaling.maximum_tasks`, see `service-checkout-availability`; `services.apis.x`."
    )
    assert objective.runbook == "See `service-checkout-at-maximum` and `database-cpu`."
    assert check.question == ByHand("services.checkout.health_path")
    assert (signal.query, signal.thresholds) == (SIGNALS.signals[0].query, SIGNALS.signals[0].thresholds)
