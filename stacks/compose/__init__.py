"""One stack from its configuration: the only place where one component's output meets another's args."""

from typing import Any

import pulumi
from msgspec import Struct

from components.cluster import Cluster, ClusterArgs
from observability import Signals
from stacks.compose.data import database_urls, make_postgres
from stacks.compose.datadog import datadog_variables
from stacks.compose.metrics import make_collector, make_store, metrics_outputs
from stacks.compose.observability import observe_components
from stacks.compose.redis import make_redis
from stacks.compose.sentry import make_sentry, make_sentry_frontend
from stacks.compose.service import ServiceInputs, make_service
from stacks.compose.stack import Secrets, start
from stacks.compose.storage import make_storage, storage_outputs, storage_variables
from stacks.compose.web import (
    client_trust_store_arn,
    make_domain,
    make_edge,
    make_network,
    make_origin_pull,
    make_probe,
)
from stacks.config.service import REDIS_VARIABLE, pool_variables
from stacks.config.stack import StackConfig
from stacks.contract import CONTRACT_VARIABLE, cache_contract
from stacks.edge import rate_limit_tiers


class ComposedStack(Struct, frozen=True, kw_only=True):
    """Outputs and signals of a stack."""

    outputs: dict[str, pulumi.Input[Any]]
    """The stack's outputs."""
    signals: tuple[Signals, ...]
    """Signals of its components."""


def compose(config: StackConfig, secrets: Secrets) -> ComposedStack:
    """Make everything that `config` describes, in the order of dependency, and return its outputs."""
    stack = start(config, secrets)
    network = make_network(stack)
    cluster = Cluster("cluster", ClusterArgs(cluster_name=stack.names.prefix), stack.opts)
    store = make_store(stack, network)
    postgres = make_postgres(stack, network, cluster, store.collecting)
    redis = make_redis(stack, network)
    contract = cache_contract(config.cache)
    domain = make_domain(stack)
    origin_pull = make_origin_pull(stack, domain)
    storage = make_storage(stack, domain)
    sentry, sentry_frontend = make_sentry(stack), make_sentry_frontend(stack)
    service = make_service(
        stack,
        network,
        cluster,
        domain,
        ServiceInputs(
            environment={
                **sentry.env,
                **datadog_variables(config),
                **storage_variables(storage),
                **rate_limit_tiers(config),
                **pool_variables(config.service, config.database.replicas),
                CONTRACT_VARIABLE: contract,
            },
            secrets={**database_urls(postgres), REDIS_VARIABLE: redis.url},
            upstreams=[*postgres.upstreams, *redis.upstreams, *network.upstreams],
            trust_store_arn=client_trust_store_arn(stack, origin_pull),
            task_policy=storage.write_policy if storage else None,
            collecting=store.collecting,
        ),
    )
    edge = make_edge(stack, domain, service)
    probe = make_probe(stack, edge, service)
    collector = make_collector(stack, network, cluster, postgres, redis, domain, store)
    watched = (redis, service, domain, edge, probe, sentry, sentry_frontend, origin_pull, storage, collector)
    signals = [*postgres.signals, *(component.signals for component in (*watched, store.host) if component)]
    # The service waits for its pooler, database, replicas and Redis: who waits for it waits for them.
    needed = [service.ready, *filter(None, (collector and collector.ready, probe))]
    observability = observe_components(stack, store, signals, needed)
    outputs = {
        "urls": edge.urls,
        "name_servers": domain.name_servers,
        "ds_record": edge.ds_record,
        "direct_url": postgres.direct_url,
        "pooled_url": postgres.pooled_url,
        "reader_urls": postgres.reader_urls,
        **postgres.secret_arns,
        "redis_url": redis.url,
        "redis_reader_url": redis.reader_url,
        "cache_contract": contract,
        "sentry_dsn": sentry.dsn,
        **({"sentry_frontend_dsn": sentry_frontend.dsn} if sentry_frontend else {}),
        **metrics_outputs(store),
        **storage_outputs(storage),
        **observability.outputs,
    }
    return ComposedStack(outputs=outputs, signals=observability.signals)
