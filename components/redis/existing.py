"""A store of Redis that exists already: nothing of it is made, changed or watched here."""

from collections.abc import Sequence

import pulumi
from msgspec import Struct

from components.aws.security_groups import Upstream
from observability import Board, Signals


class ExistingRedis(Struct, frozen=True, kw_only=True):
    """A `RedisStore` that services reach by the secret which holds its URL."""

    url_reference: str
    """ARN of the secret or the parameter with its URL. Source: config `redis.NAME.url_secret_arn`."""
    tcp_port: int
    """TCP port, for the rules of security groups. Source: config `redis.NAME.port`."""
    role: str
    """One word for the rules' names: `redis-queue`."""
    security_group_id: str | None
    """Group in front of it; None outside the network."""

    @property
    def url(self) -> None:
        """None: it stays in its secret."""

    @property
    def reader_url(self) -> None:
        """None: it stays in its secret."""

    @property
    def host(self) -> None:
        """None: it stays in its secret."""

    @property
    def port(self) -> pulumi.Output[int]:
        """TCP port."""
        return pulumi.Output.from_input(self.tcp_port)

    @property
    def upstreams(self) -> Sequence[Upstream]:
        """Its port, where it has a group."""
        if self.security_group_id is None:
            return []
        return [Upstream(role=self.role, security_group_id=self.security_group_id, port=self.tcp_port)]

    @property
    def signals(self) -> Signals:
        """None: whoever made it watches it."""
        return Signals(subject="Redis", board=Board.CACHE)
