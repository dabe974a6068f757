"""What every backend of a web service offers, so that the rest of a program need not know which one it has."""

from typing import Any, Protocol, runtime_checkable

import pulumi

from observability import Signals


@runtime_checkable
class RunOnce(Protocol):
    """What every backend of a task offers that a person or a pipeline runs."""

    run_request: pulumi.Output[dict[str, Any]]
    """Request of an API that runs the task once, with what says where; it holds no secret."""
    run_command: pulumi.Output[str]
    """Command that runs the task once; it holds no secret."""

    @property
    def signals(self) -> Signals:
        """What to watch."""


class WebService(Protocol):
    """One output shape for every backend."""

    @property
    def ready(self) -> pulumi.Resource:
        """What answers requests; whoever watches it waits for it."""

    @property
    def signals(self) -> Signals:
        """What to watch."""
