"""Whether the parts of a configuration, each right by itself, fit each other."""

from collections.abc import Iterator

from components.service.routing import routing_problems
from edge_rules.plans import PLAN_CAPABILITIES, CloudflarePlan
from policies.aws_offers import NODE_TYPES
from stacks.config.alarms import alarm_problems
from stacks.config.base import Problem, repeated_problems
from stacks.config.bastion import bastion_problems
from stacks.config.cache import cache_problems
from stacks.config.clerk import SECRET_KEY, clerk_problems
from stacks.config.connections import connection_problems
from stacks.config.contract import contract_problems
from stacks.config.cross_metrics import cross_metrics_problems
from stacks.config.database import PostgresServer
from stacks.config.datadog import datadog_problems
from stacks.config.edge import EdgeConfig
from stacks.config.edge_settings import edge_problems
from stacks.config.fly_problems import fly_problems
from stacks.config.frontend_problems import frontend_problems, origin_problems
from stacks.config.github import github_problems
from stacks.config.identity import (
    arn_problems,
    class_problems,
    database_name_problems,
    govcloud_problems,
    owner_problems,
    region_problems,
)
from stacks.config.images import registry_problems
from stacks.config.limit_exceptions import limit_exception_problems
from stacks.config.load_balancer import load_balancer_problems
from stacks.config.load_generator import load_generator_problems
from stacks.config.metric_names import metric_names
from stacks.config.neon import NeonConfig
from stacks.config.network import existing_problems, image_problems, network_problems
from stacks.config.objectives import objective_problems
from stacks.config.observability import contact_problems
from stacks.config.redis import OUTSIDE, ElastiCacheConfig, redis_problems, url_variable
from stacks.config.registers import register_problems
from stacks.config.sentry import sentry_problems
from stacks.config.service import WebConfig
from stacks.config.service_problems import credential_problems, service_problems, web_problems
from stacks.config.stack import StackConfig
from stacks.config.storage import bucket_problems, replication_problems, storage_problems
from stacks.config.variables import OWN_VARIABLES, given_variables
from stacks.naming import Names


def cross_problems(config: StackConfig) -> Iterator[Problem]:
    """Yield every way in which the parts of `config` do not fit each other: the key, and one sentence."""
    yield from image_problems(config.images, config.region)
    yield from _network_problems(config)
    yield from fly_problems(config)
    yield from registry_problems(config.images, config.registry_credentials, region=config.region)
    if isinstance(config.database, PostgresServer | NeonConfig):
        keys = {f"database.{key}": getattr(config.database, key) for key in ("database_name", "username")}
        given = {key: name for key, name in keys.items() if name}
        named = given if "database.database_name" in given else {"app": config.database_name, **given}
        yield from database_name_problems(config.app, named, config.database.provider)
    yield from region_problems(config.region)
    in_use = {
        "storage": config.storage is not None,
        "edge.probe": bool(config.edge and config.edge.probe != "none"),
    }
    yield from govcloud_problems(config.region, in_use)
    yield from owner_problems(config.owners)
    dumped = config.model_dump()
    yield from arn_problems(dumped, config.region)
    yield from repeated_problems(dumped)
    yield from limit_exception_problems(config.limit_exceptions, config)
    yield from connection_problems(config)
    yield from _store_problems(config)
    yield from cache_problems(config.cache)
    yield from _service_problems(config)
    yield from frontend_problems(config)
    yield from clerk_problems(config.clerk)
    yield from credential_problems(config)
    if config.edge:
        yield from _edge_problems(config, config.edge)
    yield from github_problems(config.github, account=config.aws_account_id, has_role=config.deploy_role)
    yield from load_balancer_problems(
        config.load_balancer, edge=config.edge is not None, web=bool(config.balanced)
    )
    yield from bucket_problems(config.storage)
    yield from _storage_problems(config)
    yield from _alert_problems(config)
    yield from cross_metrics_problems(config)
    yield from load_generator_problems(
        config.load_generator, nat=config.network.nat, existing=config.network.existing is not None
    )
    yield from register_problems(config, cross_problems)


def _network_problems(config: StackConfig) -> Iterator[Problem]:
    stores = [f"redis.{name}" for name, it in config.redis.items() if it.provider not in OUTSIDE]
    inside = [*(["database"] if config.own_pooler else []), *stores]
    yield from bastion_problems(config.bastion, inside=inside, network=config.network)
    if config.network.existing:
        public = bool(config.balanced) and config.load_balancer.existing_listener_arn is None
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
        yield from redis_problems(name, store, identifier, config.own_addresses)
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
        for name, it in config.balanced.items():
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
        yield from contract_problems(config, name, service)
        if config.clerk is None:
            for variable in (it for it, source in service.secrets.items() if source == SECRET_KEY):
                yield f"services.{name}.secrets.{variable}", f"given {SECRET_KEY}, allowed with the block clerk"
        if isinstance(service, WebConfig):
            yield from web_problems(f"services.{name}", service)
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


def _edge_problems(config: StackConfig, edge: EdgeConfig) -> Iterator[Problem]:
    yield from edge_problems(edge, config.web)
    if not config.web and edge.origin_hostname is None and edge.origin_frontend is None:
        problem = "missing, as is edge.origin_frontend; one is required where no service of kind web answers"
        yield "edge.origin_hostname", problem
    yield from origin_problems(config, edge)
    if config.web and edge.origin_hostname is not None:
        yield (
            "edge.origin_hostname",
            "given, allowed left out with services of kind web: the load balancer answers",
        )
    elsewhere = {
        "edge.origin_hostname": edge.origin_hostname is not None,
        "edge.origin_frontend": edge.origin_frontend is not None,
        "load_balancer.existing_listener_arn": config.load_balancer.existing_listener_arn is not None,
        f"services.{config.main_web}.provider fly": bool(config.web) and not config.balanced,
    }
    whose = next((key for key, given in elsewhere.items() if given), None)
    if whose and edge.origin_pull == "verify":
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
    if storage:
        yield from replication_problems(storage, config.region)
    for name, service in config.services.items():
        for breaker, it in service.circuit_breakers.items():
            if it.fallback == "multi_region" and not (storage and storage.replicate_to):
                key = f"services.{name}.circuit_breakers.{breaker}.fallback"
                yield (
                    key,
                    "given multi_region, allowed with storage.replicate_to: there is no copy to fall back to",
                )
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
    yield from datadog_problems(
        config.datadog,
        may_page=may_page,
        period_days=config.objectives.period_days,
        account=config.aws_account_id,
        reached=not config.on_fargate or config.network.existing is not None or config.network.nat != "none",
        on_fly=any(name in config.long_running for name in config.on_fly),
    )
