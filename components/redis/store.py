"""Redis as the rest of a program sees it: one output shape, whatever the backend."""

from collections.abc import Sequence
from typing import Any, Protocol

import pulumi

from components.aws.security_groups import Upstream
from components.aws.urls import escaped
from observability import Signals

USER = "default"
"""The user that a client without a user name logs in as; every backend knows it."""


class RedisStore(Protocol):
    """One output shape for every backend."""

    @property
    def url(self) -> pulumi.Output[str] | None:
        """Secret. `rediss://` URL with user and password; None where it is not known here."""

    @property
    def url_reference(self) -> str | None:
        """ARN of the secret that holds the URL, where it is not known here."""

    @property
    def reader_url(self) -> pulumi.Output[str] | None:
        """Secret. The same, for reads that may be a moment late."""

    @property
    def host(self) -> pulumi.Output[str] | None:
        """Host name that takes writes; None where it is not known here."""

    @property
    def port(self) -> pulumi.Output[int]:
        """TCP port, TLS only."""

    @property
    def upstreams(self) -> Sequence[Upstream]:
        """Ports that clients open, in the network or outside."""

    @property
    def signals(self) -> Signals:
        """Alerts, panels and checks."""


def url(password: pulumi.Output[str], host: pulumi.Input[str], port: pulumi.Input[Any]) -> pulumi.Output[str]:
    """Return a connection URL over TLS, a secret."""
    return pulumi.Output.secret(
        pulumi.Output.format("rediss://{0}:{1}@{2}:{3}", USER, escaped(password), host, port)
    )
