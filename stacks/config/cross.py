"""Whether the parts of a configuration, each right by itself, fit each other."""

from collections.abc import Iterator

from components.service.routing import routing_problems
from edge_rules.plans import PLAN_CAPABILITIES, CloudflarePlan
from policies.aws_offers import NODE_TYPES
from providers.neon.plans import QUERY_WAIT_TIMEOUT_SECONDS
from stacks.config.alarms import alarm_problems
from stacks.config.base import Problem
from stacks.config.breakers import breaker_problems
from stacks.config.cache import cache_problems
from stacks.config.connections import connection_problems
from stacks.config.database import PostgresServer
from stacks.config.datadog import datadog_problems
from stacks.config.edge import EdgeConfig
from stacks.config.edge_settings import edge_problems
from stacks.config.exporting import Place, exporter_problems
from stacks.config.identity import (
    arn_problems,
    class_problems,
    govcloud_problems,
    identity_problems,
    owner_problems,
)
from stacks.config.images import registry_problems
from stacks.config.limit_exceptions import limit_exception_problems
from stacks.config.load_balancer import load_balancer_problems
from stacks.config.metric_names import metric_names
from stacks.config.metrics import metrics_problems, sends_alerts, series_estimate
from stacks.config.neon import NeonConfig
from stacks.config.network import existing_problems, image_problems, network_problems
from stacks.config.objectives import objective_problems
from stacks.config.observability import contact_problems
from stacks.config.redis import OUTSIDE, ElastiCacheConfig, redis_problems, url_variable
from stacks.config.sentry import sentry_problems
from stacks.config.service import LongRunning, WebConfig
from stacks.config.service_problems import credential_problems, service_problems
from stacks.config.stack import StackConfig
from stacks.config.storage import storage_problems
from stacks.config.variables import OWN_VARIABLES, given_variables
from stacks.naming import Names


def cross_problems(config: StackConfig) -> Iterator[Problem]:
    """Yield every way in which the parts of `config` do not fit each other: the key, and one sentence."""
    yield from image_problems(config.images, config.region)
    yield from _network_problems(config)
    yield from registry_problems(config.images, config.registry_credentials, region=config.region)
    yield from identity_problems(
        config.app, config.database_name if isinstance(config.database, PostgresServer) else "", config.region
    )
    in_use = {
        "storage": config.storage is not None,
        "edge.probe": bool(config.edge and config.edge.probe != "none"),
    }
    yield from govcloud_problems(config.region, in_use)
    yield from owner_problems(config.owners)
    yield from arn_problems(config.model_dump(), config.region)
    yield from limit_exception_problems(config.limit_exceptions, config)
    yield from connection_problems(config)
    yield from _store_problems(config)
    yield from cache_problems(config.cache)
    yield from _service_problems(config)
    yield from credential_problems(config)
    if config.edge:
        yield from _edge_problems(config, config.edge)
    yield from load_balancer_problems(config.load_balancer, edge=config.edge is not None, web=bool(config.web))
    yield from _storage_problems(config)
    yield from _alert_problems(config)
    yield from _metrics_problems(config)


def _network_problems(config: StackConfig) -> Iterator[Problem]:
    if config.network.existing:
        public = bool(config.web) and config.load_balancer.existing_listener_arn is None
        yield from existing_problems(config.network.existing, config.network.model_fields_set, public=public)
        return
    yield from network_problems(
        config.network,
        region=config.region,
        outside=_outside(config),
        authorities_url=config.own_pooler.authorities_url if config.own_pooler else "",
        images=config.images,
    )


def _outside(config: StackConfig) -> dict[str, str]:
    """Return the providers of servers on the internet, by key."""
    stores = {f"redis.{name}": it.provider for name, it in config.redis.items() if it.provider in OUTSIDE}
    own = {"database": config.database.provider} if config.database and config.own_pooler is None else {}
    return {**own, **stores}


def _store_problems(config: StackConfig) -> Iterator[Problem]:
    names = Names(config.app, config.environment)
    taken: dict[str, str] = {}
    identifiers: dict[tuple[str, str], str] = {}
    for name, store in config.redis.items():
        identifier = getattr(store, "identifier", None) or names.store(name)
        yield from redis_problems(name, store, identifier, config.nat_gateways)
        if isinstance(store, ElastiCacheConfig):
            yield from class_problems({f"redis.{name}.node_type": store.node_type}, NODE_TYPES, config.region)
        if store.provider != "existing":
            other = identifiers.setdefault((store.provider, identifier), name)
            if other != name:
                yield f"redis.{name}.identifier", f"given {identifier}, which redis.{other} has, allowed another"
        variable = url_variable(name, store)
        if OWN_VARIABLES.fullmatch(variable):
            yield (
                f"redis.{name}.variable",
                f"given {variable}, which the stack itself gives to services, allowed another",
            )
        if variable in taken:
            yield f"redis.{name}.variable", f"given {variable}, which redis.{taken[variable]} has, allowed another"
        taken[variable] = name
    measured = [name for name, store in config.redis.items() if getattr(store, "metrics", "") == "redis_exporter"]
    for name in measured[1:]:
        problem = (
            f"given redis_exporter, which redis.{measured[0]} has, allowed for one store: the others cloudwatch"
        )
        yield f"redis.{name}.metrics", problem


def _service_problems(config: StackConfig) -> Iterator[Problem]:
    yield from routing_problems(config.routes)
    if config.load_balancer.existing_listener_arn is not None:
        for name, it in config.web.items():
            if not (it.hostnames or it.paths or it.priority):
                problem = (
                    "missing; required with load_balancer.existing_listener_arn, or paths, or priority: it would "
                    "take every request that no other rule of that listener has"
                )
                yield f"services.{name}.hostnames", problem
    for name, service in config.services.items():
        yield from service_problems(
            name,
            service,
            given=given_variables(service, config.redis, database=config.database is not None),
            stores=list(config.redis),
            replicas=[replica.purpose for replica in config.database.replicas] if config.database else [],
        )
        yield from breaker_problems(
            f"services.{name}.circuit_breakers",
            service.circuit_breakers,
            statement_timeout_seconds=config.database.statement_timeout_seconds if config.database else None,
            max_request_seconds=service.max_request_seconds if isinstance(service, WebConfig) else None,
            replicas=bool(config.database and config.database.replicas),
        )
        if isinstance(service, WebConfig):
            yield from _request_problems(config, name, service)


def _request_problems(config: StackConfig, name: str, service: WebConfig) -> Iterator[Problem]:
    """Yield where somebody on the way of a request waits longer than the one before, or the name is not served."""
    if config.edge:
        longest = PLAN_CAPABILITIES[CloudflarePlan(config.edge.plan)].longest_request_seconds
        if service.max_request_seconds > longest:
            problem = (
                f"given {service.max_request_seconds}, allowed up to {longest} with edge.plan "
                f"{config.edge.plan}: then the edge answers 524, whatever the load balancer waits"
            )
            yield f"services.{name}.max_request_seconds", problem
        served = {*config.edge.hostnames}
        if unknown := [it for it in service.hostnames if not {it, f"*.{it.partition('.')[2]}"} & served]:
            problem = (
                f"given {', '.join(unknown)}, allowed some of edge.hostnames: {', '.join(config.edge.hostnames)}"
            )
            yield f"services.{name}.hostnames", problem
    waiting = config.own_pooler.query_wait_timeout_seconds if config.own_pooler else 0
    if service.database_pool and waiting > service.max_request_seconds:
        problem = (
            f"given {waiting}, allowed up to services.{name}.max_request_seconds, {service.max_request_seconds}: "
            "whoever waits longer for a connection has nobody left to answer"
        )
        yield "database.pooler.query_wait_timeout_seconds", problem


def late_answers(config: StackConfig) -> Iterator[str]:
    """Yield a sentence where the database may still answer when nobody waits any more. Source: C-22."""
    if config.database is None:
        return
    waiting = config.own_pooler.query_wait_timeout_seconds if config.own_pooler else 0
    lower = "either"
    if isinstance(config.database, NeonConfig):
        waiting, lower = QUERY_WAIT_TIMEOUT_SECONDS, "the second, for Neon fixes the first"
    running = config.database.statement_timeout_seconds
    for name, service in config.web.items():
        if service.database_pool and service.max_request_seconds < waiting + running:
            yield (
                f"services.{name}.max_request_seconds: {service.max_request_seconds}, and one statement may take "
                f"{waiting + running} (database.pooler.query_wait_timeout_seconds {waiting}, "
                f"database.statement_timeout_seconds {running}): the load balancer then answers 504 while it "
                f"still runs. Lower {lower}, or let the application set a shorter statement_timeout for requests"
            )


def _edge_problems(config: StackConfig, edge: EdgeConfig) -> Iterator[Problem]:
    tiers = {name: it.rate_limit_tiers for name, it in config.web.items() if it.rate_limit_tiers}
    yield from edge_problems(edge, tiers)
    if not config.web and edge.origin_hostname is None:
        yield "edge.origin_hostname", "missing; required where no service of kind web answers"
    if config.web and edge.origin_hostname is not None:
        yield (
            "edge.origin_hostname",
            "given, allowed left out with services of kind web: the load balancer answers",
        )
    elsewhere = edge.origin_hostname is not None or config.load_balancer.existing_listener_arn is not None
    if elsewhere and edge.origin_pull == "verify":
        whose = "edge.origin_hostname" if edge.origin_hostname else "load_balancer.existing_listener_arn"
        yield "edge.origin_pull", f"given 'verify', allowed none or present with {whose}: it is not made here"
    if edge.probe != "none" and config.probed_web is None:
        problem = (
            f"given {edge.probe!r}, allowed with a service of kind web that answers its health_path at "
            f"{edge.hostnames[0]}, which the probe asks"
        )
        yield "edge.probe", problem


def _storage_problems(config: StackConfig) -> Iterator[Problem]:
    edge, storage = config.edge, config.storage
    if storage and storage.hostname and edge is None:
        yield "storage.hostname", f"given {storage.hostname}, allowed with the block edge, whose zone it is in"
    if edge:
        hostnames = [*edge.hostnames, *edge.redirect_hostnames]
        yield from storage_problems(storage, zone=edge.zone, hostnames=hostnames)


def _alert_problems(config: StackConfig) -> Iterator[Problem]:
    may_page = config.alerts.may_page
    if config.grafana:
        yield from contact_problems(config.grafana.contacts, may_page=may_page)
    evaluators = [it for it in ("grafana", "datadog") if getattr(config, it)]
    if evaluators and config.alerts.runbook_url is None:
        yield "alerts.runbook_url", f"missing; required with the block {evaluators[0]}, whose messages link to it"
    for service in config.web.values():
        yield from objective_problems(
            config.objectives, metric_names(service.metrics) if service.metrics else None
        )
    if config.sentry:
        yield from sentry_problems(config.sentry, may_page=may_page)
    yield from alarm_problems(config.cloudwatch_alarms, may_page=may_page)
    yield from datadog_problems(config.datadog, may_page=may_page, period_days=config.objectives.period_days)


def _metrics_problems(config: StackConfig) -> Iterator[Problem]:
    held = config.connection_budget
    fleets = {it.name: it.fleet.peak for it in (held.clients if held else ()) if it.fleet}
    own = {
        name: it.metrics.series
        for name, it in config.services.items()
        if isinstance(it, LongRunning) and it.metrics
    }
    series = series_estimate(
        config.metrics,
        poolers=held.poolers.peak if held else 0,
        services={name: fleets.get(name, 1) for name in own},
        series=own,
    )
    if sends_alerts(config.metrics.store) and config.cloudwatch_alarms is None:
        yield "metrics.store.alerts", "given, allowed with cloudwatch_alarms, whose topics the alerts are sent to"
    if sends_alerts(config.metrics.store) and config.grafana is None:
        yield "metrics.store.alerts", "given, allowed with grafana, whose address the messages link to"
    sources = {f"redis.{name}": getattr(it, "metrics", "cloudwatch") for name, it in config.redis.items()}
    yield from exporter_problems(
        config.metrics,
        {
            **({"database": config.database.metrics} if config.database else {}),
            **sources,
            **({"edge": config.edge.metrics} if config.edge else {}),
        },
        exported_store=config.exported_store,
        edge_plan=config.edge.plan if config.edge else "",
        place=Place(region=config.region, account=config.aws_account_id),
    )
    # `network.existing` has a way out of its own, of which its file says nothing.
    yield from metrics_problems(
        config.metrics, nat=config.network.nat, endpoints=[*config.network.endpoints], series=series
    )
    if config.network.existing and config.metrics.store.provider == "self_hosted":
        allowed = "allowed amp, grafana_cloud or external with network.existing: its disk lies in one known zone"
        yield "metrics.store.provider", f"given 'self_hosted', {allowed}"
