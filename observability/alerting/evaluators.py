"""Who evaluates a record: some sources evaluate what only they can see, and no other evaluator is asked for it."""

from collections.abc import Iterable

from msgspec.structs import replace

from observability.records.queries import CloudWatch, CloudWatchMath, SentryIssues, SentryMetric
from observability.records.record import Signals

EVALUATED_AT_THE_SOURCE = (SentryIssues, SentryMetric)
"""Kinds of queries that Grafana, Prometheus, CloudWatch and Datadog cannot run."""


def prefer_cloudwatch(components: Iterable[Signals]) -> tuple[Signals, ...]:
    """Return `components` with each number from CloudWatch where CloudWatch has it too."""
    return tuple(
        replace(
            component,
            signals=tuple(
                replace(signal, query=signal.cloudwatch_query) if signal.cloudwatch_query else signal
                for signal in component.signals
            ),
        )
        for component in components
    )


def without_source_evaluated(components: Iterable[Signals]) -> tuple[Signals, ...]:
    """Return `components` without the signals that their own source evaluates."""
    return tuple(
        replace(
            component,
            signals=tuple(it for it in component.signals if not isinstance(it.query, EVALUATED_AT_THE_SOURCE)),
        )
        for component in components
    )


def without_cloudwatch(components: Iterable[Signals]) -> tuple[Signals, ...]:
    """Return `components` without the signals, and the further lines of signals, that CloudWatch alone answers."""
    kinds = (CloudWatch, CloudWatchMath)
    return tuple(
        replace(
            component,
            signals=tuple(
                replace(
                    it, extra_queries={key: q for key, q in it.extra_queries.items() if not isinstance(q, kinds)}
                )
                for it in component.signals
                if not isinstance(it.query, kinds)
            ),
        )
        for component in components
    )
