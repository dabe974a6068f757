"""PostgreSQL as the rest of a program sees it: one output shape, whatever the backend."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import pulumi
from msgspec import Struct

from components.aws.endpoints import DatabaseEndpoint
from components.aws.security_groups import Upstream
from observability import Signals


class Capacity(Struct, frozen=True, kw_only=True):
    """Connections that the server and its pool accept; known before anything exists."""

    max_connections: int
    """`max_connections` of the primary."""
    server_connections: int
    """Connections that the pool opens to the primary, over all pooler processes."""
    client_connections: int
    """Clients that the pool accepts, over all pooler processes."""


class PostgresStore(Protocol):
    """One output shape for every backend."""

    @property
    def pooled_url(self) -> pulumi.Output[str]:
        """Secret. URL of the pool in transaction mode, for all application queries."""

    @property
    def direct_url(self) -> pulumi.Output[str] | None:
        """Secret. URL of the primary itself: migrations, LISTEN/NOTIFY; None where it is not known."""

    @property
    def reader_urls(self) -> Mapping[str, pulumi.Output[str]]:
        """Secrets. URL of each read replica by its purpose, as a role that only reads; empty without replicas."""

    @property
    def host(self) -> pulumi.Output[str]:
        """Host name of the pool."""

    @property
    def port(self) -> pulumi.Output[int]:
        """TCP port of the pool."""

    @property
    def capacity(self) -> Capacity:
        """Connections of server and pool."""

    def upstreams_for(self, *, pool: bool, readers: Collection[str]) -> Sequence[Upstream]:
        """Return the ports in the network that a service opens: the pool's, and the replicas' that it reads."""

    @property
    def endpoint(self) -> DatabaseEndpoint | None:
        """The primary as an exporter in the network reaches it; None for a backend outside."""

    @property
    def secret_arns(self) -> Mapping[str, pulumi.Output[str]]:
        """Secrets in AWS Secrets Manager, by the name of the stack output that tells their ARN."""

    @property
    def signals(self) -> Sequence[Signals]:
        """Alerts, panels and checks, one entry a dashboard."""
