"""Arguments of the Datadog component."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from observability import Severity, Signals


class DatadogArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Datadog`."""

    app: str
    """Name of the application; the tag `service` of everything. Source: S3-68."""
    environment: str
    """Name of the environment; the tag `env` of everything. Source: S3-68."""
    owner: str
    """Owner of every record that names none; the tag `team`."""
    signals: Sequence[Signals]
    """Records of the stack's components."""
    runbook_url: str
    """Page with a section for each record, its id the anchor."""
    handles: Mapping[Severity, Sequence[str]]
    """Handles that Datadog notifies by severity, as in a message: `@slack-feed`, `@pagerduty-feed`."""

    reads_cloudwatch: bool = True
    """Whether Datadog's integration reads this account's metrics."""
    scraped_jobs: Sequence[str] | None = None
    """Labels `job` of the metrics that agents read; all of them when left out."""

    def __post_init__(self) -> None:
        """Refuse messages that reach nobody.

        Raises:
            ValueError: a severity has no handle.

        """
        missing = [severity.value for severity in Severity if not self.handles.get(severity)]
        if missing:
            raise ValueError(f"no handle is notified of {', '.join(missing)}: each severity needs one")

    @property
    def tags(self) -> list[str]:
        """Tags of everything, in Datadog's order: its own come back sorted."""
        return sorted(
            (f"service:{self.app}", f"env:{self.environment}", f"team:{self.owner}", "managed-by:footing")
        )
