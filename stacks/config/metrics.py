"""Configuration of metrics: where series are kept, for how long, and who collects them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from components.grafana_plans import PLANS
from stacks.config.base import KeyArn, Model, Problem, VariableName
from stacks.config.images import SecretArn
from stacks.config.on_demand import OnDemand
from stacks.config.pooler import PSQL_IMAGE
from stacks.config.task import TaskConfig

RETENTION_DAYS = 30
"""How long series are kept where we decide it, in days. Source: S4-45."""

FREE_RETENTION_DAYS = PLANS["free"].retention_days
"""How long Grafana Cloud's free plan keeps series, in days. Source: S3-48."""

FREE_SERIES = PLANS["free"].series
"""Active series that Grafana Cloud's free plan takes. Source: S3-48."""

EXPORTER_CONNECTIONS = 3
"""Connections to PostgreSQL that its exporter's role may have: one for the server, one for the database, and one
that PostgreSQL still counts after it was lost."""

SERIES_OF_POOLER, SERIES_OF_POSTGRES, SERIES_OF_REDIS, SERIES_OF_ZONE, SERIES_OF_COLLECTOR = (
    400,
    1500,
    400,
    1000,
    50,
)
"""Series of one PgBouncer, one PostgreSQL, one Redis, one zone and one collector: rounded up, for an estimate.

PostgreSQL's grow with its tables and statements, a zone's with its countries.
"""

Exporter = Literal["postgres", "redis", "cloudflare"]
"""What needs an exporter, for it has no Prometheus endpoint of its own."""

RetentionDays = Annotated[
    Annotated[int, Field(ge=1, le=1095)],
    Field(description="How long series are kept, in days; at least objectives.period_days."),
]
"""How long series are kept, where a stack may say so."""

ImageName = Annotated[str, Field(pattern=r"^\S+$")]
"""Reference to a container image."""


class ExternalStore(Model):
    """A Prometheus of somebody else; without an address nothing is collected here."""

    provider: Literal["external"]
    remote_write_url: Annotated[str, Field(pattern=r"^https://[^\s:/@]+(/\S*)?$")] | None = Field(
        default=None,
        description="Address of its remote write, https on its own port: it must admit the network unasked.",
    )
    retention_days: RetentionDays = RETENTION_DAYS


class AmpStore(Model):
    """Amazon Managed Service for Prometheus."""

    provider: Literal["amp"]
    alerts: bool = Field(
        default=False,
        description="Let the store evaluate the alerts as well, and send them to the topics of cloudwatch_alarms.",
    )
    retention_days: RetentionDays = RETENTION_DAYS
    kms_key_arn: KeyArn | None = Field(
        default=None, description="Key that encrypts the series, for their whole life; AWS's own when left out."
    )
    protect: bool = Field(default=True, description="Refuse to delete the series.")


class GrafanaCloudStore(Model):
    """The hosted Prometheus of a stack at Grafana Cloud."""

    provider: Literal["grafana_cloud"]
    slug: str = Field(
        pattern=r"^[a-z][a-z0-9]{0,28}$", description="Subdomain of the stack at grafana.net; it cannot change."
    )
    cloud_region: str = Field(
        pattern=r"^[a-z0-9-]+$", description="Grafana's name of the region, which cannot change: prod-us-east-0."
    )
    plan: Literal["free", "paid"] = Field(
        default="free", description="The free plan takes 10,000 series and keeps them for 14 days."
    )
    retention_days: Annotated[int, Field(ge=1, le=1095)] = Field(
        default=FREE_RETENTION_DAYS, description="How long the plan keeps series, in days; it cannot be set here."
    )
    access_policy_token_secret: VariableName = Field(
        description="Key under `secrets` of a token of the organization that may make stacks and access policies."
    )
    token_days: Annotated[int, Field(ge=2, le=365)] = Field(
        default=90,
        description="Life of the token that writes, in days; a deployment in its second half replaces it.",
    )
    protect: bool = Field(default=True, description="Refuse to delete the stack at Grafana Cloud.")


class SelfHostedStore(Model):
    """Prometheus and Grafana on one EC2 instance of the stack, with a disk that outlives it."""

    provider: Literal["self_hosted"]
    retention_days: RetentionDays = RETENTION_DAYS
    instance_type: Annotated[str, Field(pattern=r"^[a-z0-9]+\.[a-z0-9]+$")] = Field(
        default="t3.small", description="Type of the EC2 instance, x86_64: Fargate has no disk that lasts."
    )
    storage_gib: int = Field(default=50, ge=10, le=16384, description="Size of the disk, GiB.")
    kms_key_arn: KeyArn | None = Field(
        default=None, description="Key that encrypts the disk, for its whole life; AWS's own when left out."
    )
    prometheus_image: ImageName = Field(
        default="quay.io/prometheus/prometheus:v3.5.0"
        "@sha256:63805ebb8d2b3920190daf1cb14a60871b16fd38bed42b857a3182bc621f4996",
        description="Image with Prometheus 2.25 or later and a shell.",
    )
    grafana_image: ImageName = Field(
        default="docker.io/grafana/grafana:12.1.1"
        "@sha256:a1701c2180249361737a99a01bc770db39381640e4d631825d38ff4535efa47d",
        description="Image with Grafana and a shell.",
    )
    protect: bool = Field(default=True, description="Refuse to delete the disk.")


StoreConfig = Annotated[ExternalStore | AmpStore | GrafanaCloudStore | SelfHostedStore, OnDemand("provider")]
"""The store of series by provider."""


def sends_alerts(store: StoreConfig) -> bool:
    """Return whether the store evaluates the alerts as well."""
    return isinstance(store, AmpStore) and store.alerts


class CollectorConfig(Model):
    """Grafana Alloy beside the tasks, and the task of the exporters."""

    image: ImageName = Field(
        default="docker.io/grafana/alloy:v1.18.1"
        "@sha256:0f4434c92b3e6cdac38bb129b344e1790c246f7b6e2eaffcc16a5fa363240e33",
        description="Image with Alloy 1.5+.",
    )
    postgres_exporter_image: ImageName = Field(
        default="quay.io/prometheuscommunity/postgres-exporter:v0.19.1"
        "@sha256:e96064f876226d94bb6ce48a4c4b3dd76edba91168ec1ab024e5c4b959310b0f",
        description="Image with postgres_exporter.",
    )
    postgres_client_image: ImageName = Field(
        default=PSQL_IMAGE, description="Image with psql 15+: makes the role."
    )
    redis_exporter_image: ImageName = Field(
        default="ghcr.io/oliver006/redis_exporter:v1.69.0", description="Image with redis_exporter."
    )
    cloudflare_exporter_image: ImageName = Field(
        default="ghcr.io/lablabs/cloudflare_exporter:0.0.16", description="Image with cloudflare_exporter."
    )
    task: TaskConfig = Field(
        default=TaskConfig(cpu=256, memory_mib=512), description="Size of the task of the exporters."
    )


class MetricsConfig(Model):
    """Where series are kept, and who collects them."""

    store: StoreConfig = Field(
        default=ExternalStore(provider="external"), description="Where series are kept: docs/metrics-store.md."
    )
    scrape_interval_seconds: Literal[15, 30] = Field(
        default=30, description="Time between two readings, in seconds; half as often costs half as much."
    )
    exporters: list[Exporter] = Field(
        default=[], description="What is measured by an exporter: postgres takes 3 direct connections."
    )
    cloudflare_token_secret: VariableName | None = Field(
        default=None, description="Key under `secrets` of a token that may read the zone: docs/metrics-store.md."
    )
    cloudflare_token_secret_arn: SecretArn | None = Field(
        default=None, description="ARN of a secret in Secrets Manager that holds that token alone, instead."
    )
    collector: CollectorConfig = CollectorConfig()

    @property
    def collects(self) -> bool:
        """Whether collectors run at all."""
        return not isinstance(self.store, ExternalStore) or self.store.remote_write_url is not None

    @property
    def records(self) -> bool:
        """Whether the store is given the recording rules of the objectives."""
        return isinstance(self.store, AmpStore | SelfHostedStore)

    @property
    def postgres_connections(self) -> int:
        """Direct connections to PostgreSQL that measuring takes."""
        return EXPORTER_CONNECTIONS if "postgres" in self.exporters else 0

    @property
    def secrets(self) -> list[str]:
        """Names of the secrets that the store and the exporters need."""
        cloud = [self.store.access_policy_token_secret] if isinstance(self.store, GrafanaCloudStore) else []
        zone = [self.cloudflare_token_secret] if self.cloudflare_token_secret else []
        return [*cloud, *zone]

    def images(self) -> dict[str, str]:
        """Return every container image that is used, by its key."""
        if not self.collects:
            return {}
        collector = self.collector
        used = {"metrics.collector.image": collector.image}
        if "postgres" in self.exporters:
            used["metrics.collector.postgres_exporter_image"] = collector.postgres_exporter_image
            used["metrics.collector.postgres_client_image"] = collector.postgres_client_image
        if "redis" in self.exporters:
            used["metrics.collector.redis_exporter_image"] = collector.redis_exporter_image
        if "cloudflare" in self.exporters:
            used["metrics.collector.cloudflare_exporter_image"] = collector.cloudflare_exporter_image
        if isinstance(self.store, SelfHostedStore):
            used["metrics.store.prometheus_image"] = self.store.prometheus_image
            used["metrics.store.grafana_image"] = self.store.grafana_image
        return used


def metrics_problems(metrics: MetricsConfig, *, nat: str, endpoints: list[str], series: int) -> Iterator[Problem]:
    """Yield key and sentence for each way in which `metrics` does not fit itself or the stack.

    Args:
        metrics: the block itself.
        nat: `network.nat`.
        endpoints: `network.endpoints`.
        series: the stack's estimate, from `series_estimate`.

    """
    store = metrics.store
    if nat == "none":
        if store.provider == "amp" and "aps-workspaces" not in endpoints:
            problem = "missing aps-workspaces; with nat: none nothing else reaches metrics.store amp"
            yield "network.endpoints", problem
        if store.provider in ("grafana_cloud", "self_hosted"):
            allowed = "allowed amp or external with network.nat: none: it needs the internet"
            yield "metrics.store.provider", f"given {store.provider!r}, {allowed}"
        if "cloudflare" in metrics.exporters:
            yield "metrics.exporters", "given cloudflare, allowed without it with network.nat: none"
    if isinstance(store, GrafanaCloudStore) and store.retention_days > (most := PLANS["paid"].retention_days):
        yield "metrics.store.retention_days", f"given {store.retention_days}, allowed up to {most}, 13 months"
    if isinstance(store, GrafanaCloudStore) and store.plan == "free":
        if store.retention_days != FREE_RETENTION_DAYS and store.retention_days <= PLANS["paid"].retention_days:
            problem = f"given {store.retention_days}, allowed {FREE_RETENTION_DAYS} with plan: free"
            yield "metrics.store.retention_days", problem
        if series > FREE_SERIES:
            yield (
                "metrics.store.plan",
                f"given 'free' for about {series} series, allowed up to {FREE_SERIES}: take plan: paid, or less",
            )


def series_estimate(
    metrics: MetricsConfig, *, poolers: int, services: Mapping[str, int], series: Mapping[str, int]
) -> int:
    """Return the active series of the stack at the worst moment, roughly.

    Args:
        metrics: the block itself.
        poolers: PgBouncer's tasks.
        services: most tasks of each service that has metrics of its own, by name.
        series: series of one task of each, by name.

    """
    if not metrics.collects:
        return 0
    of = {"postgres": SERIES_OF_POSTGRES, "redis": SERIES_OF_REDIS, "cloudflare": SERIES_OF_ZONE}
    collectors = poolers + sum(services.values()) + bool(metrics.exporters)
    exporters = sum(of[exporter] for exporter in metrics.exporters)
    own = poolers * SERIES_OF_POOLER + sum(tasks * series[name] for name, tasks in services.items())
    return own + exporters + collectors * SERIES_OF_COLLECTOR
