"""What every backend of a web service offers, so that the rest of a program need not know which one it has."""

from typing import Protocol

import pulumi

from observability import Signals


class WebService(Protocol):
    """One output shape for every backend."""

    @property
    def ready(self) -> pulumi.Resource:
        """What answers requests; whoever watches it waits for it."""

    @property
    def signals(self) -> Signals:
        """What to watch."""
