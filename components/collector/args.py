"""What the collector is made from."""

from dataclasses import dataclass, field

import pulumi

from components.alloy.sidecar import CollectingArgs
from components.aws.fargate import TaskArgs
from components.aws.security_groups import Upstream


@dataclass(frozen=True, kw_only=True)
class PostgresExporterArgs:
    """postgres_exporter: it bypasses the pooler, for a pool shows it another session each time."""

    image: str
    """Image with postgres_exporter. Source: config `metrics.collector.postgres_exporter_image`."""
    client_image: str
    """Image with `psql` 14 or later and a shell: makes the exporter's role."""
    prepare_image: str
    """Image with `curl` and a shell, for the certificate authorities."""
    authorities_url: str | None = None
    """Where `curl` finds Amazon's authorities; Amazon's own page on the internet when left out."""
    connections: int
    """Connections that its role may have at once; counted by the connection budget."""
    host: pulumi.Input[str]
    """Source: `Database.address`."""
    port: int
    """TCP port of PostgreSQL."""
    database_name: str
    """Database whose tables and statements are measured."""
    owner: str
    """User that makes the exporter's role; the exporter itself never has its password."""
    owner_secret_arn: pulumi.Input[str]
    """Secret with the key `password` of the owner. Source: `Database.secret_arn`."""
    owner_secret_version_id: pulumi.Input[str]
    """Source: `Database.secret_version_id`."""
    upstream: Upstream
    """Door of the server."""


@dataclass(frozen=True, kw_only=True)
class RedisExporterArgs:
    """redis_exporter."""

    image: str
    """Image with redis_exporter."""
    url: pulumi.Input[str]
    """Secret. Source: `RedisStore.url`."""
    upstreams: list[Upstream] = field(default_factory=list)
    """Source: `RedisStore.upstreams`."""


@dataclass(frozen=True, kw_only=True)
class CloudflareExporterArgs:
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


@dataclass(frozen=True, kw_only=True)
class CollectorArgs:
    """What `Collector` is made from."""

    service_name: str
    """Physical name of the ECS service, for metrics."""
    collecting: CollectingArgs
    """How numbers are read, and where they go."""
    task: TaskArgs
    """Size of the task."""
    postgres: PostgresExporterArgs | None = None
    """PostgreSQL's numbers; none when left out."""
    redis: RedisExporterArgs | None = None
    """Redis' numbers; none when left out."""
    cloudflare: CloudflareExporterArgs | None = None
    """The zone's numbers; none when left out."""
    cluster_arn: pulumi.Input[str]
    """Source: `Cluster.arn`."""
    cluster_name: str
    """Physical name of the cluster, for metrics."""
    region: str
    """Region, for the log driver."""
    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets. Source: `Network.private_subnet_ids`."""
    upstreams: list[Upstream] = field(default_factory=list)
    """What else the task calls inside the network. Source: `Network.upstreams`."""

    @property
    def every_upstream(self) -> list[Upstream]:
        """Everything that the task connects to."""
        postgres = [self.postgres.upstream] if self.postgres else []
        redis = self.redis.upstreams if self.redis else []
        return [*postgres, *redis, *self.collecting.store.upstreams, *self.upstreams]

    def __post_init__(self) -> None:
        """Refuse a collector that has nothing to read.

        Raises:
            ValueError: no exporter is given, or the role of PostgreSQL's may have no connection.

        """
        if self.postgres is None and self.redis is None and self.cloudflare is None:
            raise ValueError("a collector without an exporter reads nothing: give postgres, redis or cloudflare")
        if self.postgres and self.postgres.connections < 1:
            raise ValueError(f"postgres.connections is {self.postgres.connections}: the exporter needs 1 at least")
