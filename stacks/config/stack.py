"""The configuration of one stack: everything that differs between environments, and nothing else."""

from typing import Annotated

from pydantic import AfterValidator, Field

from components.service.routing import RoutingArgs, answering, routing_args
from components.service.scaling import most_tasks
from policies import limits
from providers.neon.plans import CLIENT_CONNECTIONS, RESERVED_CONNECTIONS
from stacks.budget import Budget, Client, Fleet, ProviderPool
from stacks.config.adopt import AdoptConfig
from stacks.config.alarms import CloudWatchAlarmsConfig
from stacks.config.base import KeyArn, Model, Name, VariableName
from stacks.config.cache import CacheConfig
from stacks.config.database import DatabaseConfig, PostgresServer
from stacks.config.datadog import DatadogConfig
from stacks.config.edge import EdgeConfig
from stacks.config.images import RegistryHost, SecretArn
from stacks.config.limit_exceptions import LimitExceptionConfig, unique_keys
from stacks.config.load_balancer import ClusterConfig, LoadBalancerConfig
from stacks.config.logs import LogsConfig
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.metrics import MetricsConfig
from stacks.config.neon import NeonConfig
from stacks.config.network import NetworkConfig, zones_of
from stacks.config.objectives import ObjectivesConfig
from stacks.config.observability import AlertsConfig, GrafanaConfig
from stacks.config.pooler import PoolerConfig
from stacks.config.redis import ElastiCacheConfig, RedisConfig, ServerlessConfig
from stacks.config.rollout import rollout_args
from stacks.config.scaling import QueueConfig, scaling_args
from stacks.config.sentry import SentryConfig
from stacks.config.service import LongRunning, ServiceConfig, WebConfig, logs_in_as_owner
from stacks.config.storage import StorageConfig
from stacks.connection_thresholds import ConnectionThresholds, connection_thresholds
from stacks.naming import FIRST, Names


class StackConfig(Model):
    """All of a stack's configuration, checked. Holds no secret value. What a block is left out for is not made."""

    app: Name = Field(description="The application's name; part of every physical name.")
    environment: Name = Field(description="Label for names and tags; nothing in the program depends on it.")
    region: str = Field(pattern=r"^[a-z]{2,4}(-[a-z]+)+-\d$", description="AWS region.")
    aws_account_id: Annotated[str, Field(pattern=r"^\d{12}$")] | None = Field(
        default=None, description="The only AWS account this stack may touch."
    )
    owners: dict[str, str] = Field(description="Who to ask: written to every resource as tags.", min_length=1)
    network: NetworkConfig = NetworkConfig()
    cluster: ClusterConfig = ClusterConfig()
    load_balancer: LoadBalancerConfig = LoadBalancerConfig()
    database: DatabaseConfig | None = Field(default=None, description="PostgreSQL and its pooler, if any.")
    redis: dict[Name, RedisConfig] = Field(
        default={}, description="Stores of Redis by name, each with its role: a cache and a queue are two."
    )
    cache: CacheConfig = CacheConfig()
    services: dict[Name, ServiceConfig] = Field(
        default={}, description="What runs the application, by name: web services, workers, jobs, tasks."
    )
    edge: EdgeConfig | None = Field(default=None, description="The zone at Cloudflare, if any.")
    storage: StorageConfig | None = Field(default=None, description="Files of the application, if any.")
    sentry: SentryConfig | None = Field(default=None, description="Error tracking at Sentry, if any.")
    metrics: MetricsConfig = MetricsConfig()
    grafana: GrafanaConfig | None = Field(default=None, description="Dashboards and alerts at Grafana, if any.")
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
    limit_exceptions: Annotated[list[LimitExceptionConfig], AfterValidator(unique_keys)] = Field(
        default=[],
        description="Documented limits in whose place another number is right here: docs/policies.md.",
    )
    adopt: AdoptConfig = Field(
        default={},
        description="Import ids of what runs already, by the resource's name in `footing plan`: docs/adopt.md.",
    )
    secrets: frozenset[VariableName] = Field(
        default=frozenset(), description="Names of the encrypted values under `footing:secrets`."
    )

    @property
    def zones(self) -> list[str]:
        """Availability zones of the stack's own VPC."""
        return zones_of(self.network, self.region)

    @property
    def database_name(self) -> str:
        """Name of the database inside the server."""
        database = self.database
        given = getattr(database, "database_name", None)
        return given or Names(self.app, self.environment).database

    @property
    def web(self) -> dict[str, WebConfig]:
        """The web services, by name."""
        return {name: it for name, it in self.services.items() if isinstance(it, WebConfig)}

    @property
    def long_running(self) -> dict[str, LongRunning]:
        """Web services and workers, by name."""
        return {name: it for name, it in self.services.items() if isinstance(it, LongRunning)}

    @property
    def main_web(self) -> str | None:
        """Name of the web service that answers what no other does; else the first; None without any."""
        catch_all = [name for name, it in self.web.items() if not it.hostnames and not it.paths]
        return next(iter([*catch_all, *(it for it in self.web if it == FIRST["service"]), *self.web]), None)

    @property
    def routes(self) -> dict[str, RoutingArgs]:
        """Rule of each web service at the load balancer, by name."""
        return {name: routing_args(name, it.hostnames, it.paths, it.priority) for name, it in self.web.items()}

    @property
    def probed_web(self) -> str | None:
        """Name of the web service that answers its health_path at the first of `edge.hostnames`; None without."""
        hostname, routes = self.edge.hostnames[0] if self.edge else "", self.routes
        paths = {it.health_path for it in self.web.values()}
        answering_at = {path: answering(routes, hostname, path) for path in paths}
        found = (name for name, it in self.web.items() if answering_at[it.health_path] == name)
        return min(found, key=lambda name: routes[name].priority, default=None)

    @property
    def exported_store(self) -> str | None:
        """Name of the store that the exporter of Redis reads: the one that asks for it, or the first it can."""
        nodes = {n: it for n, it in self.redis.items() if isinstance(it, ElastiCacheConfig | ServerlessConfig)}
        asking = [name for name, it in nodes.items() if it.metrics == "redis_exporter"]
        return next(iter([*asking, *(it for it in nodes if it == FIRST["redis"]), *nodes]), None)

    @property
    def nat_gateways(self) -> int:
        """How many addresses the stack's own NAT gateways have; none in a network that exists already."""
        own = self.in_network and not self.network.existing
        return {"none": 0, "single": 1, "per_zone": len(self.zones)}[self.network.nat] if own else 0

    @property
    def in_network(self) -> bool:
        """Whether anything of the stack runs in a VPC."""
        inside = any(isinstance(it, ElastiCacheConfig | ServerlessConfig) for it in self.redis.values())
        return self.in_cluster or inside or self.metrics.store.provider == "self_hosted"

    @property
    def in_cluster(self) -> bool:
        """Whether the stack runs tasks."""
        return bool(self.own_pooler or self.services or (self.metrics.collects and self.metrics.exporters))

    @property
    def own_pooler(self) -> PoolerConfig | None:
        """PgBouncer, where the stack runs it; None where the database's provider has a pool."""
        return self.database.pooler if isinstance(self.database, PostgresServer) else None

    @property
    def images(self) -> dict[str, str]:
        """Every container image, by its key."""
        found = {}
        for name, service in self.services.items():
            found[f"services.{name}.image"] = service.image
            if isinstance(scaling := getattr(service, "scaling", None), QueueConfig) and scaling.redis_list:
                found[f"services.{name}.scaling.redis_image"] = scaling.redis_image
            found |= {f"services.{name}.sidecars.{it}.image": car.image for it, car in service.sidecars.items()}
        if pooler := self.own_pooler:
            images = ("image", "prepare_image", "psql_image", "exporter_image")
            found |= {f"database.pooler.{key}": getattr(pooler, key) for key in images}
        return {**found, **self.metrics.images()}

    @property
    def connection_budget(self) -> Budget | None:
        """Every number that decides whether the connections fit; None without a database."""
        database = self.database
        if database is None:
            return None
        clients = tuple(_client(name, it) for name, it in self.services.items())
        if isinstance(database, SupabaseConfig):
            return Budget(
                max_connections=database.max_connections,
                reserved_connections=limits.SUPERUSER_RESERVED_CONNECTIONS + database.platform_connections,
                direct_connections=database.direct_connections,
                server_connections=database.pooler.server_connections,
                client_connections=database.client_connections,
                poolers=ProviderPool(poolers=2 if database.pooler.dedicated else 1),
                clients=clients,
            )
        if isinstance(database, NeonConfig):
            return Budget(
                max_connections=database.max_connections,
                reserved_connections=RESERVED_CONNECTIONS,
                direct_connections=database.direct_connections,
                server_connections=database.server_connections,
                client_connections=CLIENT_CONNECTIONS,
                poolers=ProviderPool(size_key="database.min_cu", settable=False),
                clients=clients,
            )
        pooler = database.pooler
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
            clients=clients,
        )

    @property
    def connection_thresholds(self) -> ConnectionThresholds | None:
        """Open connections to PostgreSQL above which people are told; None without a database."""
        alert, held = self.alerts.database_connections, self.connection_budget
        if held is None:
            return None
        return connection_thresholds(held, warning=alert.warning, critical=alert.critical)

    @property
    def missing_secrets(self) -> list[str]:
        """Names of the encrypted values that the stack needs and its file does not hold."""
        needed = {
            name
            for service in self.services.values()
            for name, source in service.secrets.items()
            if source == "config"
        }
        needed.update(self.database.secret_names if isinstance(self.database, SupabaseConfig) else ())
        backups = (getattr(it, "backup_path_secret", None) for it in self.redis.values())
        needed.update(it for it in backups if it)
        needed.update(self.grafana.contacts.secrets if self.grafana else (), self.metrics.secrets)
        if self.cloudwatch_alarms and self.cloudwatch_alarms.pager_url_secret:
            needed.add(self.cloudwatch_alarms.pager_url_secret)
        return sorted(needed - self.secrets)


def _client(name: str, service: ServiceConfig) -> Client:
    """Return the service called `name` as its connections count."""
    fleet = None
    if isinstance(service, LongRunning):
        least, most = rollout_args(service.deployment).running_percents
        tasks = most_tasks(scaling_args(service.scaling))
        fleet = Fleet(tasks=tasks, minimum_percent=least, maximum_percent=most)
    pool = 0 if logs_in_as_owner(service) else service.database_pool
    return Client(name=name, fleet=fleet, pool=pool, readers=service.reader_pools)
