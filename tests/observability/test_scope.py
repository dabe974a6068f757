"""Records are add_matchers to their environment in compose, wherever a series hides in them."""

from msgspec.structs import replace
from promql_parser import parse

from observability import (
    Failures,
    MinimumTraffic,
    Objective,
    Prometheus,
    Severity,
    Signal,
    Signals,
    Slowness,
    Threshold,
)
from observability.alerting.alerts import AbsenceCondition, alerts, queried_series
from observability.alerting.burn import burn_rate_promql
from observability.promql import (
    Difference,
    Expression,
    Increase,
    Level,
    Match,
    Quantile,
    Rate,
    Ratio,
    Scaled,
    Series,
    Sum,
)
from observability.records.scope import add_matchers

HERE = Match("environment", "staging")


def counter(name: str) -> Series:
    return Series(name, (Match("job", "service"),))


EVERY_KIND: tuple[Expression, ...] = (
    Level(counter("level")),
    Rate(counter("rate"), by=("route",)),
    Increase(counter("increase")),
    Quantile(0.95, counter("duration_bucket")),
    Sum((Rate(counter("first")), Rate(counter("second")))),
    Difference(Rate(counter("whole")), Rate(counter("part"))),
    Ratio(Scaled(Rate(counter("of")), 60), Rate(counter("all"))),
)

SIGNALS = Signals(
    subject="Service",
    signals=tuple(
        Signal(
            id=f"signal-{number}",
            title="A number",
            description="What it means.",
            query=Prometheus(expression=expression),
            unit="short",
            thresholds=(Threshold(severity=Severity.PAGE, value=1),),
            minimum_traffic=MinimumTraffic(expression=Rate(counter("floor")), value=1),
            extra_queries={"other": Prometheus(expression=Rate(counter("beside")))},
            runbook="Look.",
        )
        for number, expression in enumerate(EVERY_KIND)
    ),
    objectives=(
        Objective(
            id="availability",
            title="Availability",
            description="What it means.",
            target=0.999,
            indicator=Failures(bad=counter("bad"), all=counter("all")),
            runbook="Look.",
        ),
        Objective(
            id="latency",
            title="Latency",
            description="What it means.",
            target=0.95,
            indicator=Slowness(histogram="duration", edge="0.25", edges=("0.25", "1.0")),
            runbook="Look.",
        ),
    ),
)


def test_every_series_of_every_kind_of_record_is_scoped():
    kinds = {type(expression) for expression in EVERY_KIND} | {Scaled}
    assert kinds == set(Expression.__subclasses__())
    series = queried_series([add_matchers(SIGNALS, HERE)])
    assert len(series) == len(queried_series([SIGNALS]))
    assert [str(it) for it in series if HERE not in it.matches] == []


def test_alerts_ask_for_their_own_environment_alone():
    for alert in alerts([add_matchers(SIGNALS, HERE)]):
        match alert.condition:
            case AbsenceCondition(source=source):
                assert HERE in source.matches
            case burning if hasattr(burning, "window"):
                text = burn_rate_promql(burning.objective, burning.window)
                assert parse(text)
                assert text.count('environment="staging"') == text.count("[")
            case crossed:
                assert 'environment="staging"' in crossed.signal.query.promql


def test_scope_changes_nothing_else():
    scoped = add_matchers(SIGNALS, HERE)
    assert add_matchers(SIGNALS) == SIGNALS
    assert [plain(it) for it in scoped.signals] == [plain(it) for it in SIGNALS.signals]


def plain(signal: Signal) -> Signal:
    return replace(signal, query=SIGNALS.signals[0].query, extra_queries={}, minimum_traffic=None)
