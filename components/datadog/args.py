"""What is made at Datadog, from what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from observability import Severity, Signals


@dataclass(frozen=True, kw_only=True)
class DatadogArgs:
    """What `Datadog` is made from."""

    app: str
    """Name of the application; the tag `service` of everything. Source: S3-68."""
    environment: str
    """Name of the environment; the tag `env` of everything. Source: S3-68."""
    owner: str
    """Who answers where a record names nobody; the tag `team`."""
    signals: Sequence[Signals]
    """What the components of the stack tell."""
    runbook_url: str
    """Page with a section for each record, its id the anchor."""
    handles: Mapping[Severity, Sequence[str]]
    """Whom Datadog tells by severity, each as it writes them in a message: `@slack-feed`, `@pagerduty-feed`."""

    def __post_init__(self) -> None:
        """Refuse messages that reach nobody.

        Raises:
            ValueError: a severity has no handle.

        """
        deaf = [severity.value for severity in Severity if not self.handles.get(severity)]
        if deaf:
            raise ValueError(f"no handle is told of {', '.join(deaf)}: each severity needs one")

    @property
    def tags(self) -> list[str]:
        """Tags of everything, in Datadog's order: its own come back sorted."""
        return sorted(
            (f"service:{self.app}", f"env:{self.environment}", f"team:{self.owner}", "managed-by:footing")
        )
