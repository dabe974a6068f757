"""The record: a measured number with its limits, and what to do about it.

One record is a panel, its threshold lines, its alerts on every evaluator and its section of the runbook, so none
of them can exist without the others.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from observability.promql import Expression, Increase, Rate
from observability.records.check import Check
from observability.records.objective import Objective
from observability.records.procedure import Procedure
from observability.records.queries import CloudWatch, Query, Sql, UpstashStatistic

HOLD_SECONDS = 300
"""How long a threshold must be crossed before its alert fires where nothing else is said, in seconds."""


class Severity(StrEnum):
    """How soon a person has to act; decides where an alert is sent."""

    PAGE = "page"
    """Now: somebody is woken."""
    TICKET = "ticket"
    """This working day."""
    INFO = "info"
    """Worth knowing, nothing to do."""


class Board(StrEnum):
    """The dashboards, in the order in which somebody on call opens them."""

    OBJECTIVES = "objectives"
    ERRORS = "errors"
    LATENCY = "latency"
    TRAFFIC = "traffic"
    DATABASE = "database"
    POOLER = "pooler"
    CACHE = "cache"
    EDGE = "edge"
    RPC = "rpc"
    RESOURCES = "resources"
    BUSINESS = "business"
    TELEMETRY = "telemetry"


class Unit(StrEnum):
    """Grafana's names of units, those that are used here."""

    NUMBER = "short"
    PERCENT = "percent"
    SHARE = "percentunit"
    BYTES = "bytes"
    SECONDS = "s"
    MILLISECONDS = "ms"
    REQUESTS_PER_SECOND = "reqps"
    OPERATIONS_PER_SECOND = "ops"
    PER_MINUTE = "opm"


class Threshold(Struct, frozen=True, kw_only=True):
    """Value of a signal at which an alert fires."""

    severity: Severity
    """Decides the route of the alert."""
    value: float
    """In the unit of the signal."""
    below: bool = False
    """Fire under the value instead of over it."""
    for_seconds: int | None = None
    """How long it must be crossed, in seconds; the signal's own time when left out."""


class MinimumTraffic(Struct, frozen=True, kw_only=True):
    """Traffic under which a share means nothing: one failure of two requests is no outage."""

    expression: Expression
    """Traffic that is counted, with the labels that the signal keeps."""
    value: float
    """Value that the expression has to exceed before the alert may fire."""

    @property
    def counted(self) -> str:
        """Name of what is counted, with its unit: `` `http_requests_total` per second``."""
        metrics = " + ".join(
            f"`{it}`" for it in dict.fromkeys(series.metric for series in self.expression.series())
        )
        kinds = {type(part) for part in self.expression.parts()}
        return metrics + (" in the window" if Increase in kinds else " per second" if Rate in kinds else "")


class Signal(Struct, frozen=True, kw_only=True):
    """One measured number of a component, with its thresholds and its section of the runbook."""

    id: str
    """Kebab case, unique in a stack; also the anchor of the runbook section."""
    title: str
    """Panel title, up to 60 characters."""
    description: str
    """Meaning of the number and why it matters, one or two sentences."""
    query: Query
    """Query that measures it."""
    unit: str
    """A member of `Unit`."""
    cloudwatch_query: CloudWatch | None = None
    """Query of the same number in CloudWatch, for alarms that AWS evaluates by itself."""
    thresholds: tuple[Threshold, ...] = ()
    """Thresholds, each an alert; empty for a panel without an alert."""
    for_seconds: int = HOLD_SECONDS
    """How long the threshold must be crossed before the alert fires, in seconds; a multiple of 60."""
    minimum_traffic: MinimumTraffic | None = None
    """Traffic without which the thresholds are not applied; for Prometheus only."""
    alert_on_absence: bool = False
    """Whether its series going missing is an alert of its own, a ticket; for Prometheus only."""
    sparse: bool = False
    """Whether its series may be missing while all is well: nothing to measure yet, or none of the kind."""
    after_first: bool = False
    """Whether a count under 1 is a fault only once something was counted: before, nothing is late."""
    extra_queries: Mapping[str, Query] = field(default_factory=dict)
    """Further lines of the same panel by their legend, in the same unit; thresholds do not apply to them."""
    board: Board | None = None
    """Dashboard of the panel; that of the component's signals when left out."""
    runbook: str = ""
    """Steps to take, in Markdown. Required where there is a threshold."""
    owner: str | None = None
    """Owner; that of the stack when left out."""

    def __post_init__(self) -> None:
        """Refuse an alert that nobody could act on, or that nothing could evaluate.

        Raises:
            ValueError: a threshold stands without a runbook or on SQL, or the unit is not known.

        """
        if self.thresholds and not self.runbook:
            raise ValueError(f"signal {self.id}: a threshold needs a runbook")
        if self.thresholds and isinstance(self.query, Sql | UpstashStatistic):
            raise ValueError(
                f"signal {self.id}: SQL and statistics of Upstash are for panels; an alert needs a metric"
            )
        if self.unit not in set(Unit):
            raise ValueError(f"signal {self.id}: the unit is {self.unit!r}, allowed: {', '.join(Unit)}")


class Signals(Struct, frozen=True, kw_only=True):
    """Records of one component."""

    subject: str
    """Name of the component for headings and groups: `Database`, `Pooler`."""
    board: Board = Board.RESOURCES
    """Dashboard of the panels that name none."""
    signals: tuple[Signal, ...] = ()
    """Panels and alerts."""
    objectives: tuple[Objective, ...] = ()
    """Service level objectives, each with an error budget."""
    checks: tuple[Check, ...] = ()
    """Lines of the readiness checklist."""
    procedures: tuple[Procedure, ...] = ()
    """What people do by hand when it is in trouble."""
