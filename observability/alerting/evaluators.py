"""Who judges a record: some sources judge what only they can see, and no other evaluator is asked for it."""

from collections.abc import Iterable
from dataclasses import replace

from observability.records.queries import SentryIssues, SentryMetric
from observability.records.record import Signals

JUDGED_AT_THE_SOURCE = (SentryIssues, SentryMetric)
"""Kinds of queries that Grafana, Prometheus, CloudWatch and Datadog cannot ask."""


def prefer_cloudwatch(told: Iterable[Signals]) -> tuple[Signals, ...]:
    """What is told, each number from CloudWatch where CloudWatch has it too."""
    return tuple(
        replace(
            it,
            signals=tuple(
                replace(one, query=one.cloudwatch_query) if one.cloudwatch_query else one for one in it.signals
            ),
        )
        for it in told
    )


def without_source_evaluated(told: Iterable[Signals]) -> tuple[Signals, ...]:
    """What is told, without the signals that their own source judges."""
    return tuple(
        replace(it, signals=tuple(one for one in it.signals if not isinstance(one.query, JUDGED_AT_THE_SOURCE)))
        for it in told
    )
