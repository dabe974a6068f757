"""One stack from its configuration: the only place where one component's output meets another's args."""

from typing import Any

import pulumi
from msgspec import Struct

from components.service.standalone import StandaloneTask
from observability import Signals
from stacks.compose.adopt import begin_adoption
from stacks.compose.data import make_postgres, postgres_outputs
from stacks.compose.load_balancer import make_load_balancer
from stacks.compose.metrics import make_collector, make_store, metrics_outputs
from stacks.compose.network import make_cluster, make_network
from stacks.compose.observability import observe_components
from stacks.compose.redis import make_stores, store_outputs, stores_signals
from stacks.compose.sentry import make_sentry, make_sentry_frontend
from stacks.compose.service import make_services, ready_service, service_outputs, service_signals
from stacks.compose.stack import Secrets, start
from stacks.compose.storage import make_storage, storage_outputs
from stacks.compose.surroundings import Surroundings
from stacks.compose.web import edge_outputs, make_domain, make_edge, make_origin_pull, make_probe
from stacks.config.stack import StackConfig
from stacks.contract import cache_contract


class ComposedStack(Struct, frozen=True, kw_only=True):
    """Outputs and signals of a stack."""

    outputs: dict[str, pulumi.Input[Any]]
    """The stack's outputs."""
    signals: tuple[Signals, ...]
    """Signals of its components."""


def compose(config: StackConfig, secrets: Secrets) -> ComposedStack:
    """Make everything that `config` describes, in the order of dependency, and return its outputs."""
    stack, check_adoption = start(config, secrets), begin_adoption(config.adopt)
    network = make_network(stack)
    cluster = make_cluster(stack)
    store = make_store(stack, network)
    stores = make_stores(stack, network)
    postgres = make_postgres(stack, network, cluster, stores, store.collecting)
    domain = make_domain(stack)
    origin_pull = make_origin_pull(stack, domain)
    storage = make_storage(stack, domain)
    sentry, sentry_frontend = make_sentry(stack), make_sentry_frontend(stack)
    balancer = make_load_balancer(stack, network, cluster, domain, origin_pull)
    around = Surroundings(
        network=network,
        cluster=cluster,
        postgres=postgres,
        stores=stores,
        storage=storage,
        sentry=sentry,
        collecting=store.collecting,
    )
    services = make_services(stack, around, balancer)
    edge = make_edge(stack, domain, balancer.hostname if balancer else None)
    probe = make_probe(stack, edge, ready_service(stack, services))
    collector = make_collector(stack, network, cluster, postgres, stores, domain, store)
    watched = (
        *(balancer.component if balancer else None, domain, edge, probe, sentry),
        *(sentry_frontend, origin_pull, storage, collector, store.host),
    )
    signals = [
        *(postgres.signals if postgres else ()),
        *stores_signals(stores),
        *service_signals(stack, services),
        *(component.signals for component in watched if component is not None),
    ]
    # A service waits for its pooler, database, replicas and Redis: who waits for it waits for them.
    running = [service.ready for service in services.values() if not isinstance(service, StandaloneTask)]
    needed = [*running, *filter(None, (collector and collector.ready, probe))]
    observability = observe_components(stack, store, signals, needed)
    check_adoption()
    outputs = {
        **edge_outputs(edge, domain),
        **(postgres_outputs(postgres) if postgres else {}),
        **store_outputs(stores),
        **({"cache_contract": cache_contract(config.cache)} if stores else {}),
        **service_outputs(services, balancer),
        **({"sentry_dsn": sentry.dsn} if sentry else {}),
        **({"sentry_frontend_dsn": sentry_frontend.dsn} if sentry_frontend else {}),
        **metrics_outputs(store),
        **storage_outputs(storage),
        **observability.outputs,
    }
    return ComposedStack(outputs=outputs, signals=observability.signals)
