"""One stack from its configuration: the only place where one component's output meets another's args."""

from typing import Any

import pulumi
from msgspec import Struct

from components.aws.placement import ClusterRef, NetworkRef
from components.domain import Domain
from components.service.web_service import RunOnce
from observability import Signals
from stacks.compose.adopt import begin_adoption
from stacks.compose.bastion import make_bastion
from stacks.compose.clerk import clerk_outputs, make_clerk
from stacks.compose.data import make_postgres, postgres_outputs
from stacks.compose.datadog import make_datadog_access
from stacks.compose.fly import (
    app_ranges,
    app_ranges_v6,
    fly_hostname,
    fly_outputs,
    make_apps,
    make_fly_collector,
    make_fly_datadog_agent,
)
from stacks.compose.frontends import frontend_outputs, frontend_signals, make_frontends, origin_of
from stacks.compose.github import make_github
from stacks.compose.load_balancer import make_load_balancer
from stacks.compose.load_generator import make_load_generator
from stacks.compose.metrics import MetricsStore, make_collector, make_store, metrics_outputs
from stacks.compose.network import make_cluster, make_network, own_ranges
from stacks.compose.observability import observe_components
from stacks.compose.redis import make_stores, store_outputs, stores_signals
from stacks.compose.registry import make_registry
from stacks.compose.restore_test import make_restore_test
from stacks.compose.sentry import make_sentry, make_sentry_frontend, sentry_outputs
from stacks.compose.service import make_services, ready_service, service_outputs, service_signals
from stacks.compose.stack import Secrets, Stack, start
from stacks.compose.storage import make_storage, storage_outputs
from stacks.compose.surroundings import Surroundings
from stacks.compose.web import edge_outputs, make_domain, make_edge, make_origin_pull, make_probe
from stacks.config.stack import StackConfig
from stacks.contract import app_contract, cache_contract
from stacks.registers import registers_document


class ComposedStack(Struct, frozen=True, kw_only=True):
    """Outputs and signals of a stack."""

    outputs: dict[str, pulumi.Input[Any]]
    """The stack's outputs."""
    signals: tuple[Signals, ...]
    """Signals of its components."""


def compose(config: StackConfig, secrets: Secrets) -> ComposedStack:
    """Make everything that `config` describes, in the order of dependency, and return its outputs."""
    stack, check_adoption = start(config, secrets), begin_adoption(config.adopt)
    registry = make_registry(stack)
    network = make_network(stack)
    cluster = make_cluster(stack)
    store = make_store(stack, network)
    domain = make_domain(stack)
    around = _surroundings(stack, network, cluster, store, domain)
    apps, stores, postgres, storage = around.apps, around.stores, around.postgres, around.storage
    sentry, sentry_frontend, clerk = around.sentry, around.sentry_frontend, around.clerk
    origin_pull = make_origin_pull(stack, domain)
    balancer = make_load_balancer(stack, network, cluster, domain, origin_pull)
    services = make_services(stack, around, balancer)
    frontends = make_frontends(stack, around, domain)
    elsewhere = fly_hostname(stack, apps) or origin_of(stack, frontends)
    edge = make_edge(stack, domain, balancer.hostname if balancer else elsewhere)
    probe = make_probe(stack, edge, ready_service(stack, services))
    collector = make_collector(stack, network, cluster, postgres, stores, domain, store)
    fly_collector, fly_agent = make_fly_collector(stack, store), make_fly_datadog_agent(stack, services)
    make_load_generator(stack, network, cluster)
    restore_test = make_restore_test(stack, network, postgres)
    watched = (
        *(balancer.component if balancer else None, domain, edge, probe, sentry, restore_test),
        *(sentry_frontend, clerk, origin_pull, storage, collector, fly_collector, fly_agent, store.host),
    )
    signals = [
        *(postgres.signals if postgres else ()),
        *stores_signals(stores),
        *service_signals(stack, services),
        *frontend_signals(frontends),
        *(component.signals for component in watched if component is not None),
    ]
    # A service waits for its pooler, database, replicas and Redis: who waits for it waits for them.
    running = [service.ready for service in services.values() if not isinstance(service, RunOnce)]
    needed = [*running, *filter(None, (collector and collector.ready, fly_collector, probe))]
    observability = observe_components(stack, store, signals, needed, restore_test)
    check_adoption()
    outputs = {
        **edge_outputs(edge, domain),
        **(postgres_outputs(postgres) if postgres else {}),
        **({"restore_testing_plan_arn": restore_test.plan_arn} if restore_test else {}),
        **store_outputs(stores),
        **make_bastion(stack, around),
        **({"cache_contract": cache_contract(config.cache)} if stores else {}),
        **({"registers": registers} if (registers := registers_document(config)) else {}),
        **({"app_contract": app_contract(config)} if services or stores else {}),
        **service_outputs(services, balancer),
        **frontend_outputs(frontends),
        **fly_outputs(apps),
        **sentry_outputs(sentry, sentry_frontend),
        **clerk_outputs(clerk),
        **metrics_outputs(store),
        **storage_outputs(storage),
        **({"registry_url": registry.url} if registry else {}),
        **make_github(stack, sentry_frontend, registry),
        **observability.outputs,
    }
    return ComposedStack(outputs=outputs, signals=observability.signals)


def _surroundings(
    stack: Stack,
    network: NetworkRef | None,
    cluster: ClusterRef | None,
    store: MetricsStore,
    domain: Domain | None,
) -> Surroundings:
    """Make what the services ask: stores, database, files, error tracking, sign-in."""
    apps = make_apps(stack)
    ranges = [*own_ranges(network), *app_ranges(apps)]
    stores = make_stores(stack, network, ranges)
    return Surroundings(
        network=network,
        cluster=cluster,
        postgres=make_postgres(stack, network, cluster, stores, store.collecting, [*ranges, *app_ranges_v6(apps)]),
        stores=stores,
        apps=apps,
        storage=make_storage(stack, domain),
        sentry=make_sentry(stack),
        sentry_frontend=make_sentry_frontend(stack),
        clerk=make_clerk(stack),
        collecting=store.collecting,
        datadog_key=make_datadog_access(stack),
    )
