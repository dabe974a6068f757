"""The configuration of one stack: everything that differs between environments, and nothing else."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from components.service.scaling import most_tasks
from edge_rules.plans import PLAN_CAPABILITIES, CloudflarePlan
from policies import limits
from stacks import budget
from stacks.budget import Budget, ConnectionThresholds, Fleet
from stacks.config.alarms import CloudWatchAlarmsConfig, alarm_problems
from stacks.config.base import KeyArn, Model, Name, Problem
from stacks.config.cache import CacheConfig, cache_problems
from stacks.config.database import DatabaseConfig, database_problems
from stacks.config.datadog import DatadogConfig, datadog_problems
from stacks.config.edge import EdgeConfig
from stacks.config.edge_settings import edge_problems
from stacks.config.exporting import Place, exporter_problems
from stacks.config.identity import arn_problems, identity_problems, owner_problems
from stacks.config.images import RegistryHost, SecretArn, registry_problems
from stacks.config.logs import LogsConfig
from stacks.config.metric_names import metric_names
from stacks.config.metrics import MetricsConfig, metrics_problems, sends_alerts, series_estimate
from stacks.config.network import NetworkConfig, image_problems, network_problems
from stacks.config.objectives import ObjectivesConfig, objective_problems
from stacks.config.observability import AlertsConfig, GrafanaConfig, contact_problems
from stacks.config.redis import RedisConfig, redis_problems
from stacks.config.rollout import rollout_args
from stacks.config.scaling import scaling_args
from stacks.config.sentry import SentryConfig, sentry_problems
from stacks.config.service import ServiceConfig, VariableName, credential_problems, service_problems
from stacks.config.storage import StorageConfig, storage_problems
from stacks.naming import Names


class StackConfig(Model):
    """All of a stack's configuration, checked. Holds no secret value."""

    app: Name = Field(description="The application's name; part of every physical name.")
    environment: Name = Field(description="Label for names and tags; nothing in the program depends on it.")
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="AWS region.")
    aws_account_id: Annotated[str, Field(pattern=r"^\d{12}$")] | None = Field(
        default=None, description="The only AWS account this stack may touch."
    )
    owners: dict[str, str] = Field(description="Who to ask: written to every resource as tags.", min_length=1)
    network: NetworkConfig
    database: DatabaseConfig
    redis: RedisConfig
    cache: CacheConfig = CacheConfig()
    service: ServiceConfig
    edge: EdgeConfig
    storage: StorageConfig | None = Field(default=None, description="Files of the application, if any.")
    sentry: SentryConfig
    metrics: MetricsConfig = MetricsConfig()
    grafana: GrafanaConfig
    logs: LogsConfig = LogsConfig()
    alerts: AlertsConfig = AlertsConfig()
    objectives: ObjectivesConfig = ObjectivesConfig()
    cloudwatch_alarms: CloudWatchAlarmsConfig | None = Field(
        default=None, description="A second way to be told, over AWS alone, if wanted."
    )
    datadog: DatadogConfig | None = Field(default=None, description="Datadog too, if wanted; an extra.")
    registry_credentials: dict[RegistryHost, SecretArn] = Field(
        default={},
        description="Secrets with username and password that log in to registries, by host: docs/network.md.",
    )
    secret_key_arns: list[KeyArn] = Field(
        default=[],
        description="KMS keys of the secrets that the stack names by ARN, where they are not AWS's own.",
    )
    secrets: frozenset[VariableName] = Field(
        default=frozenset(), description="Names of the encrypted values under `footing:secrets`."
    )

    @property
    def images(self) -> dict[str, str]:
        """Every container image, by its key."""
        pooler = self.database.pooler
        return {
            "service.image": self.service.image,
            "database.pooler.image": pooler.image,
            "database.pooler.prepare_image": pooler.prepare_image,
            "database.pooler.psql_image": pooler.psql_image,
            "database.pooler.exporter_image": pooler.exporter_image,
            **self.metrics.images(),
        }

    @property
    def connection_budget(self) -> Budget:
        """Every number that decides whether the connections fit."""
        database, pooler, service = self.database, self.database.pooler, self.service
        least, most = rollout_args(service.deployment).running_percents
        return Budget(
            max_connections=database.max_connections,
            reserved_connections=limits.SUPERUSER_RESERVED_CONNECTIONS + limits.RDS_RESERVED_CONNECTIONS,
            direct_connections=database.direct_connections + self.metrics.postgres_connections,
            server_connections=pooler.server_connections,
            client_connections=pooler.client_connections,
            poolers=Fleet(
                tasks=pooler.tasks,
                minimum_percent=pooler.deployment.minimum_percent,
                maximum_percent=pooler.deployment.maximum_percent,
            ),
            service=Fleet(
                tasks=most_tasks(scaling_args(service.scaling)), minimum_percent=least, maximum_percent=most
            ),
            service_pool=service.database_pool,
        )

    @property
    def connection_thresholds(self) -> ConnectionThresholds:
        """Open connections to PostgreSQL above which people are told."""
        alert = self.alerts.database_connections
        return budget.connection_thresholds(self.connection_budget, warning=alert.warning, critical=alert.critical)

    @property
    def missing_secrets(self) -> list[str]:
        """Names of the encrypted values that the stack needs and its file does not hold."""
        needed = {name for name, source in self.service.secrets.items() if source == "config"}
        needed.update(self.grafana.contacts.secrets, self.metrics.secrets)
        if self.cloudwatch_alarms and self.cloudwatch_alarms.pager_url_secret:
            needed.add(self.cloudwatch_alarms.pager_url_secret)
        return sorted(needed - self.secrets)


def cross_problems(config: StackConfig) -> Iterator[Problem]:
    """Yield every way in which the parts of `config`, each right by itself, do not fit each other."""
    pooler = config.database.pooler
    yield from image_problems(config.images)
    yield from network_problems(
        config.network,
        region=config.region,
        redis_provider=config.redis.provider,
        authorities_url=pooler.authorities_url,
        images=config.images,
    )
    yield from registry_problems(config.images, config.registry_credentials, region=config.region)
    yield from identity_problems(config.app, Names(config.app, config.environment).database, config.region)
    yield from owner_problems(config.owners)
    yield from arn_problems(config.model_dump(), config.region)
    yield from database_problems(config.database)
    yield from budget.problems(config.connection_budget)
    for number, replica in enumerate(config.database.replicas):
        yield from budget.replica_problems(
            config.connection_budget,
            key=f"database.replicas.{number}",
            task_connections=replica.connections_per_task,
            max_connections=replica.max_connections or config.database.max_connections,
        )
    drain_seconds = pooler.query_wait_timeout_seconds + config.database.statement_timeout_seconds
    yield from budget.threshold_problems(config.connection_budget, config.connection_thresholds, drain_seconds)
    yield from redis_problems(config.redis)
    yield from cache_problems(config.cache)
    yield from service_problems(config.service, config.database.replicas)
    yield from credential_problems(config)
    yield from _request_problems(config)
    yield from edge_problems(config.edge, config.service.rate_limit_tiers)
    yield from storage_problems(
        config.storage,
        region=config.region,
        zone=config.edge.zone,
        hostnames=[*config.edge.hostnames, *config.edge.redirect_hostnames],
    )
    yield from contact_problems(config.grafana.contacts)
    names = metric_names(config.service.metrics) if config.service.metrics else None
    yield from objective_problems(config.objectives, names)
    may_page = config.grafana.contacts.may_page
    yield from sentry_problems(config.sentry)
    yield from alarm_problems(config.cloudwatch_alarms, may_page=may_page)
    yield from datadog_problems(config.datadog, may_page=may_page, period_days=config.objectives.period_days)
    yield from _metrics_problems(config)


def _request_problems(config: StackConfig) -> Iterator[Problem]:
    """Yield where somebody on the way of a request waits longer than the one before."""
    longest = PLAN_CAPABILITIES[CloudflarePlan(config.edge.plan)].longest_request_seconds
    if config.service.max_request_seconds > longest:
        problem = (
            f"given {config.service.max_request_seconds}, allowed up to {longest} with edge.plan "
            f"{config.edge.plan}: then the edge answers 524, whatever the load balancer waits"
        )
        yield "service.max_request_seconds", problem
    waiting = config.database.pooler.query_wait_timeout_seconds
    if waiting > config.service.max_request_seconds:
        problem = (
            f"given {waiting}, allowed up to service.max_request_seconds, {config.service.max_request_seconds}: "
            "whoever waits longer for a connection has nobody left to answer"
        )
        yield "database.pooler.query_wait_timeout_seconds", problem


def late_answers(config: StackConfig) -> Iterator[str]:
    """Yield a sentence where the database may still answer when nobody waits any more. Source: C-22."""
    waiting, running = config.database.pooler.query_wait_timeout_seconds, config.database.statement_timeout_seconds
    if config.service.max_request_seconds < waiting + running:
        yield (
            f"service.max_request_seconds: {config.service.max_request_seconds}, and one statement may take "
            f"{waiting + running} (database.pooler.query_wait_timeout_seconds {waiting}, "
            f"database.statement_timeout_seconds {running}): the load balancer then answers 504 while it still "
            "runs. Lower either, or let the application set a shorter statement_timeout for its requests"
        )


def _metrics_problems(config: StackConfig) -> Iterator[Problem]:
    budget, service = config.connection_budget, config.service
    series = series_estimate(
        config.metrics,
        poolers=budget.poolers.peak,
        services=budget.service.peak,
        series_of_service=service.metrics.series if service.metrics else 0,
    )
    if sends_alerts(config.metrics.store) and config.cloudwatch_alarms is None:
        yield "metrics.store.alerts", "given, allowed with cloudwatch_alarms, whose topics the alerts are sent to"
    yield from exporter_problems(
        config.metrics,
        {
            "database": config.database.metrics,
            "redis": getattr(config.redis, "metrics", "cloudwatch"),
            "edge": config.edge.metrics,
        },
        redis_provider=config.redis.provider,
        edge_plan=config.edge.plan,
        place=Place(region=config.region, account=config.aws_account_id),
    )
    yield from metrics_problems(
        config.metrics, nat=config.network.nat, endpoints=list(config.network.endpoints), series=series
    )
