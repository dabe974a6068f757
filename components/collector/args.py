"""Arguments of the collector."""

import pulumi
from msgspec import Struct, field

from components.alloy.sidecar import CollectingArgs
from components.aws.endpoints import DatabaseEndpoint
from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.aws.security_groups import Upstream


class PostgresExporterImages(Struct, frozen=True, kw_only=True):
    """Images of the containers that measure PostgreSQL."""

    exporter: str
    """Image with postgres_exporter. Source: config `metrics.collector.postgres_exporter_image`."""
    psql: str
    """Image with `psql` 14 or later and a shell: makes the exporter's role."""
    curl: str
    """Image with `curl` and a shell, for the certificate authorities."""


class PostgresExporterArgs(Struct, frozen=True, kw_only=True):
    """postgres_exporter: it bypasses the pooler, for a pool shows it another session each time."""

    database: DatabaseEndpoint
    """The server, and the database whose tables and statements are measured.

    Its owner makes the exporter's role; the exporter itself never has the owner's password.
    """
    connections: int
    """Connections that the exporter's role may have at once, 1 or more; counted by the connection budget."""
    images: PostgresExporterImages
    """Images of the containers."""
    authorities_url: str | None = None
    """Where `curl` finds Amazon's authorities; Amazon's own page on the internet when left out."""

    def __post_init__(self) -> None:
        """Refuse a role that cannot log in.

        Raises:
            ValueError: `connections` is below 1.

        """
        if self.connections < 1:
            raise ValueError(f"postgres.connections is {self.connections}: the exporter needs 1 at least")


class RedisExporterArgs(Struct, frozen=True, kw_only=True):
    """redis_exporter."""

    image: str
    """Image with redis_exporter."""
    url: pulumi.Input[str]
    """Secret. Source: `RedisStore.url`."""
    upstreams: list[Upstream] = field(default_factory=list)
    """Source: `RedisStore.upstreams`."""


class CloudflareExporterArgs(Struct, frozen=True, kw_only=True):
    """cloudflare_exporter: it asks Cloudflare's GraphQL for the zone's traffic."""

    image: str
    """Image with cloudflare_exporter."""
    token: pulumi.Input[str] | None = None
    """Secret. API token that may read the zone, and nothing else: docs/metrics-store.md."""
    token_secret_arn: pulumi.Input[str] | None = None
    """Secret of Secrets Manager that holds that token alone, as text; instead of `token`."""
    zone_id: pulumi.Input[str]
    """Source: `Domain.zone_id`."""

    def __post_init__(self) -> None:
        """Refuse an exporter that cannot log in.

        Raises:
            ValueError: neither, or both, of the two ways to its token are given.

        """
        if (self.token is None) is (self.token_secret_arn is None):
            raise ValueError("the exporter of the zone takes token or token_secret_arn: give one of the two")


class CollectorArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Collector`."""

    service_name: str
    """Physical name of the ECS service, the dimension `ServiceName` of CloudWatch."""
    collecting: CollectingArgs
    """How numbers are read, and where they go."""
    task: TaskArgs
    """Size of the task."""
    cluster: ClusterRef
    """The cluster that runs the task."""
    placement: NetworkPlacement
    """Private subnets."""
    region: str
    """Region, for the log driver."""
    postgres: PostgresExporterArgs | None = None
    """Exporter of PostgreSQL; none when left out."""
    redis: RedisExporterArgs | None = None
    """Exporter of Redis; none when left out."""
    cloudflare: CloudflareExporterArgs | None = None
    """Exporter of the zone; none when left out."""
    upstreams: list[Upstream] = field(default_factory=list)
    """Further servers in the network that the task calls. Source: `Network.upstreams`."""

    @property
    def every_upstream(self) -> list[Upstream]:
        """Everything that the task connects to."""
        postgres = [self.postgres.database.upstream] if self.postgres else []
        redis = self.redis.upstreams if self.redis else []
        return [*postgres, *redis, *self.collecting.store.upstreams, *self.upstreams]

    def __post_init__(self) -> None:
        """Refuse a collector that has nothing to read.

        Raises:
            ValueError: no exporter is given.

        """
        if self.postgres is None and self.redis is None and self.cloudflare is None:
            raise ValueError("a collector without an exporter reads nothing: give postgres, redis or cloudflare")
