"""The one shape of a front end, whatever builds and serves it."""

from collections.abc import Sequence
from typing import Protocol

import pulumi

from observability import Signals


class Frontend(Protocol):
    """What a stack knows of a front end."""

    url: pulumi.Output[str]
    """Address for people, `https://` first."""
    hostnames: pulumi.Output[Sequence[str]]
    """Host names that it answers; the first is that of `url`."""
    project_id: pulumi.Output[str]
    """Id at the vendor, for a pipeline that deploys."""
    origin_hostname: pulumi.Output[str]
    """Host that a proxy in front of it asks, with the visitor's host name."""

    @property
    def signals(self) -> Signals:
        """What to watch and to check."""
