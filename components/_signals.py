"""What a component tells about itself, as plain data: a measured number, its limits, and what to do about it.

One record is a dashboard panel, its threshold lines, its alerts and its runbook section, so none of them can exist
without the others. Nothing here imports Pulumi.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How soon a person has to act; decides where an alert is sent."""

    PAGE = "page"
    """Now: somebody is woken."""
    TICKET = "ticket"
    """This working day."""
    INFO = "info"
    """Worth knowing, nothing to do."""


@dataclass(frozen=True, kw_only=True)
class CloudWatch:
    """One CloudWatch metric."""

    namespace: str
    """For example `AWS/RDS`."""
    metric: str
    """For example `DatabaseConnections`."""
    dimensions: Mapping[str, Any]
    """Dimension name to value; a value may be a Pulumi Output."""
    statistic: str = "Average"
    """`Average`, `Sum`, `Maximum`, `Minimum` or a percentile such as `p95`."""


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """One PromQL expression that yields a single number per series."""

    expression: str
    """The expression, without a comparison: thresholds are applied beside it."""


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A value at which a person is told."""

    severity: Severity
    """Decides the route of the alert."""
    value: float
    """In the unit of the signal."""
    below: bool = False
    """Fire under the value instead of over it."""


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One measured number of a component."""

    id: str
    """Kebab case, unique in a stack; also the anchor of the runbook section."""
    title: str
    """Panel title, up to 60 characters."""
    description: str
    """What the number means and why it matters, one or two sentences."""
    query: CloudWatch | Prometheus
    """Where the number comes from."""
    unit: str
    """Grafana unit id: `short`, `percent`, `percentunit`, `bytes`, `s`, `ms`, `reqps`."""
    thresholds: tuple[Threshold, ...] = ()
    """None means a panel without an alert."""
    for_seconds: int = 300
    """How long the threshold must be crossed before the alert fires, in seconds; a multiple of 60."""
    runbook: str = ""
    """What to look at and what to do, in Markdown. Required where there is a threshold."""

    def __post_init__(self) -> None:
        """Refuse an alert that nobody could act on.

        Raises:
            ValueError: a threshold stands without a runbook.

        """
        if self.thresholds and not self.runbook:
            raise ValueError(f"signal {self.id}: a threshold needs a runbook")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the readiness checklist: a fact about the live system that somebody can verify."""

    id: str
    """Kebab case, unique in a stack."""
    title: str
    """The fact, as a statement."""
    probe: str
    """What is asked, in the words of the tool that asks: `SHOW POOLS`, `PING`, `GET /health`."""
    fix: str
    """What to do when it does not hold."""


@dataclass(frozen=True, kw_only=True)
class Signals:
    """All that one component tells about itself."""

    subject: str
    """What is watched, for headings: `Database`, `Pooler`."""
    signals: tuple[Signal, ...] = ()
    """Panels and alerts."""
    checks: tuple[Check, ...] = field(default=())
    """Lines of the readiness checklist."""
