"""The configuration of one stack: everything that differs between environments, and nothing else."""

from typing import Annotated

from pydantic import AfterValidator, Field

from components.service.routing import RoutingArgs, answering, routing_args
from policies import limits
from stacks.budget import Budget, Fleet
from stacks.config.adopt import AdoptConfig
from stacks.config.alarms import CloudWatchAlarmsConfig
from stacks.config.base import EntryName, KeyArn, Model, Name, VariableName
from stacks.config.bastion import BastionConfig
from stacks.config.cache import CacheConfig
from stacks.config.capacity import CapacityModelConfig
from stacks.config.clerk import ClerkConfig
from stacks.config.clients import client_of
from stacks.config.database import DatabaseConfig, PostgresServer
from stacks.config.datadog import DatadogConfig
from stacks.config.edge import EdgeConfig
from stacks.config.fly import NO_FLY_REGION, FlyConfig
from stacks.config.fly_postgres import FlyPostgresConfig
from stacks.config.frontends import FrontendConfig
from stacks.config.github import GitHubConfig
from stacks.config.growth import LoadTestConfig, PhaseConfig
from stacks.config.images import RegistryHost, SecretArn, images_of
from stacks.config.limit_exceptions import LimitExceptionConfig, unique_keys
from stacks.config.load_balancer import ClusterConfig, LoadBalancerConfig
from stacks.config.load_generator import LoadGeneratorConfig, workers_of
from stacks.config.logs import LogsConfig
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.metrics import MetricsConfig
from stacks.config.neon import NeonConfig
from stacks.config.network import NetworkConfig, zones_of
from stacks.config.objectives import ObjectivesConfig
from stacks.config.observability import AlertsConfig, GrafanaConfig
from stacks.config.on_demand import OnDemand
from stacks.config.operations import BudgetConfig, DeferredConfig, OncallConfig, Tools
from stacks.config.pooler import PoolerConfig
from stacks.config.redis import ElastiCacheConfig, RedisConfig, ServerlessConfig
from stacks.config.registry import RegistryConfig
from stacks.config.sentry import SentryConfig
from stacks.config.service import LongRunning, ServiceConfig, WebConfig
from stacks.config.storage import StorageConfig
from stacks.connection_thresholds import ConnectionThresholds, connection_thresholds
from stacks.naming import FIRST, Names


class StackConfig(Model):
    """All of a stack's configuration, checked. Holds no secret value. What a block is left out for is not made."""

    app: Name = Field(description="The application's name; part of every physical name.")
    environment: Name = Field(description="Label for names and tags; nothing in the program depends on it.")
    region: Annotated[str, NO_FLY_REGION] = Field(
        pattern=r"^[a-z]{2,4}(-[a-z]+)+-\d$",
        description="AWS region; where nothing runs at AWS, the one next to the services.",
    )
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
    frontends: dict[Name, Annotated[FrontendConfig, OnDemand()]] = Field(
        default={}, description="Front ends by name: what browsers load, built and served by a vendor."
    )
    clerk: Annotated[ClerkConfig, OnDemand()] | None = Field(default=None, description="Sign-in by Clerk, if any.")
    fly: Annotated[FlyConfig, OnDemand()] | None = Field(default=None, description="Fly.io, if used; an extra.")
    bastion: Annotated[BastionConfig, OnDemand()] | None = Field(None, description="Way in for people, if any.")
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
    datadog: Annotated[DatadogConfig, OnDemand()] | None = Field(None, description="Datadog, if used; an extra.")
    github: Annotated[GitHubConfig, OnDemand()] | None = Field(None, description="Repository at GitHub; an extra.")
    registry: Annotated[RegistryConfig, OnDemand()] | None = Field(None, description="Own images, in ECR, if any.")
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
    phases: list[PhaseConfig] = Field(
        default=[], max_length=20, description="Phases of growth, the earlier first: docs/registers.md."
    )
    phase: EntryName | None = Field(default=None, description="Phase in force; the first when left out.")
    load_tests: list[LoadTestConfig] = Field(default=[], max_length=50, description="Load tests, and for whom.")
    load_generator: Annotated[LoadGeneratorConfig, OnDemand()] | None = Field(None, description="Of load tests.")
    deferred: list[DeferredConfig] = Field([], max_length=100, description="What waits, and what brings it.")
    budget: BudgetConfig | None = Field(default=None, description="What a month may cost, if anybody says.")
    capacity: CapacityModelConfig = CapacityModelConfig()
    oncall: OncallConfig | None = Field(default=None, description="Who answers at night, if anybody.")
    tools: Tools = Field(default={})
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
        given = getattr(self.database, "database_name", None)
        return given or Names(self.app, self.environment).database

    @property
    def web(self) -> dict[str, WebConfig]:
        """The web services, by name."""
        return {name: it for name, it in self.services.items() if isinstance(it, WebConfig)}

    @property
    def on_fly(self) -> dict[str, ServiceConfig]:
        """What runs at Fly.io, by name."""
        return {name: it for name, it in self.services.items() if it.provider == "fly"}

    @property
    def on_fargate(self) -> dict[str, ServiceConfig]:
        """What runs on Fargate, in the network, by name."""
        return {name: it for name, it in self.services.items() if it.provider == "fargate"}

    @property
    def balanced(self) -> dict[str, WebConfig]:
        """The web services behind the load balancer, by name."""
        return {name: it for name, it in self.web.items() if it.provider == "fargate"}

    @property
    def long_running(self) -> dict[str, LongRunning]:
        """Web services and workers, by name."""
        return {name: it for name, it in self.services.items() if isinstance(it, LongRunning)}

    @property
    def main_web(self) -> str | None:
        """Name of the web service that answers what no other does; else the first; None without any."""
        web = self.balanced or self.web
        catch_all = [name for name, it in web.items() if not it.hostnames and not it.paths]
        return next(iter([*catch_all, *(it for it in web if it == FIRST["service"]), *web]), None)

    @property
    def routes(self) -> dict[str, RoutingArgs]:
        """Rule of each web service at the load balancer, by name."""
        return {
            name: routing_args(name, it.hostnames, it.paths, it.priority) for name, it in self.balanced.items()
        }

    @property
    def probed_web(self) -> str | None:
        """Name of the web service that answers its health_path at the first of `edge.hostnames`; None without."""
        if self.web and not self.balanced:
            return self.main_web
        hostname, routes = self.edge.hostnames[0] if self.edge else "", self.routes
        paths = {it.health_path for it in self.balanced.values()}
        answering_at = {path: answering(routes, hostname, path) for path in paths}
        found = (name for name, it in self.balanced.items() if answering_at[it.health_path] == name)
        return min(found, key=lambda name: routes[name].priority, default=None)

    @property
    def exported_store(self) -> str | None:
        """Name of the store that the exporter of Redis reads: the one that asks for it, or the first it can."""
        nodes = {n: it for n, it in self.redis.items() if isinstance(it, ElastiCacheConfig | ServerlessConfig)}
        asking = [name for name, it in nodes.items() if it.metrics == "redis_exporter"]
        return next(iter([*asking, *(it for it in nodes if it == FIRST["redis"]), *nodes]), None)

    @property
    def own_addresses(self) -> int:
        """How many addresses the stack's own NAT gateways and apps at Fly.io call from."""
        own = self.in_network and not self.network.existing
        gateways = {"none": 0, "single": 1, "per_zone": len(self.zones)}[self.network.nat] if own else 0
        apps = sum(len(it.fly.regions or self.fly.regions) for it in self.on_fly.values()) if self.fly else 0
        return gateways + (apps if self.fly and self.fly.egress_addresses else 0)

    @property
    def in_network(self) -> bool:
        """Whether anything of the stack runs in a VPC."""
        inside = any(isinstance(it, ElastiCacheConfig | ServerlessConfig) for it in self.redis.values())
        return self.in_cluster or inside or self.metrics.store.provider == "self_hosted"

    @property
    def at_aws(self) -> bool:
        """Whether anything of the stack is made at AWS; without, nobody needs its credentials."""
        parts = (self.storage, self.edge, self.cloudwatch_alarms, self.registry)
        return self.in_network or self.metrics.store.provider == "amp" or any(it is not None for it in parts)

    @property
    def in_cluster(self) -> bool:
        """Whether the stack runs tasks."""
        tasks = self.own_pooler or self.on_fargate or workers_of(self.load_generator)
        return bool(tasks or (self.metrics.collects and self.metrics.exporters))

    @property
    def deploy_role(self) -> bool:
        """Whether workflows at GitHub have a role at AWS."""
        return self.github is not None and bool(self.long_running or self.github.permissions or self.registry)

    @property
    def own_pooler(self) -> PoolerConfig | None:
        """PgBouncer, where the stack runs it; None where the database's provider has a pool."""
        return self.database.pooler if isinstance(self.database, PostgresServer) else None

    @property
    def images(self) -> dict[str, str]:
        """Every container image that a task pulls, by its key."""
        return images_of(self)

    @property
    def connection_budget(self) -> Budget | None:
        """Every number that decides whether the connections fit; None without a database."""
        database = self.database
        if database is None:
            return None
        regions = self.fly.regions if self.fly else []
        clients = tuple(client_of(n, it, len(it.fly.regions or regions)) for n, it in self.services.items())
        if isinstance(database, SupabaseConfig | NeonConfig | FlyPostgresConfig):
            return database.budget(clients)
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
        return connection_thresholds(held, warning=alert.warning, critical=alert.critical, unit=alert.unit)

    @property
    def missing_secrets(self) -> list[str]:
        """Names of the encrypted values that the stack needs and its file does not hold."""
        sources = [pair for service in self.services.values() for pair in service.secrets.items()]
        needed = {name for name, source in sources if source == "config"}
        needed.update(self.database.secret_names if isinstance(self.database, SupabaseConfig) else ())
        needed.update(name for it in self.frontends.values() for name in it.secret_names)
        needed.update(self.clerk.secret_names if self.clerk else ())
        backups = (getattr(it, "backup_path_secret", None) for it in self.redis.values())
        needed.update(it for it in backups if it)
        needed.update(self.grafana.contacts.secrets if self.grafana else (), self.metrics.secrets)
        needed.update([self.fly.metrics_token_secret] if self.fly and self.fly.metrics_token_secret else ())
        needed.update(self.datadog.secrets if self.datadog else (), self.github.secrets if self.github else ())
        if self.cloudwatch_alarms and self.cloudwatch_alarms.pager_url_secret:
            needed.add(self.cloudwatch_alarms.pager_url_secret)
        return sorted(needed - self.secrets)
