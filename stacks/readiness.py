"""The readiness checks of a stack: those of its components, of its registers, and of what it has at AWS."""

from collections.abc import Iterable, Iterator
from typing import Final

from observability import (
    Check,
    Comparison,
    Group,
    OutputQuestion,
    ProgramQuestion,
    Signals,
    SqlQuestion,
    Vendor,
    VendorQuestion,
    Wanted,
)
from stacks.config.metrics import SelfHostedStore
from stacks.config.redis_cloud import RedisCloudConfig
from stacks.config.stack import StackConfig
from stacks.config.upstash import UpstashConfig
from stacks.naming import FIRST
from stacks.readiness_aws import Planned, aws_checks
from stacks.readiness_database import database_checks
from stacks.readiness_redis import redis_checks
from stacks.readiness_web import web_checks

SOMETHING: Final = Wanted(Comparison.PRESENT)
GIB: Final = 1024**3
FULL_SHARE: Final = 0.8
"""Share of the metrics' disk from which on it counts as full."""
OPEN_DATABASES: Final = ("neon", "supabase")
"""Providers whose database is reached from outside the stack's network."""


def stack_checks(
    config: StackConfig, signals: Iterable[Signals], resources: Iterable[Planned]
) -> tuple[Check, ...]:
    """Return every check of a stack, each id once.

    Args:
        config: the stack.
        signals: records of its components.
        resources: what it makes.

    """
    found = [
        *_programs(config),
        *(check for component in signals for check in component.checks),
        *(database_checks(config.database) if config.database else ()),
        *(check for name, store in config.redis.items() for check in redis_checks(name, store)),
        *aws_checks(resources),
        *_metrics_disk(config),
        *web_checks(config),
        *_launch(config),
    ]
    return tuple({it.id: it for it in found}.values())


def open_outputs(config: StackConfig) -> frozenset[str]:
    """Return the outputs with the address of a server that a person reaches without a tunnel."""
    stores = {
        f"redis{'' if name == FIRST['redis'] else '_' + name.replace('-', '_')}_url"
        for name, store in config.redis.items()
        if isinstance(store, UpstashConfig | RedisCloudConfig)
    }
    is_open = config.database and config.database.provider in OPEN_DATABASES
    return frozenset(stores | ({"direct_url", "pooled_url"} if is_open else set()))


def _metrics_disk(config: StackConfig) -> Iterator[Check]:
    store, grafana = config.metrics.store, config.grafana
    if isinstance(store, SelfHostedStore) and grafana is not None and grafana.prometheus_datasource_uid:
        query = f"{grafana.url}/api/datasources/proxy/uid/{grafana.prometheus_datasource_uid}/api/v1/query"
        used = int(store.storage_gib * GIB * FULL_SHARE)
        yield Check(
            id="metrics-disk-free",
            group=Group.OBSERVABILITY,
            title="Prometheus has free disk space",
            question=VendorQuestion(
                vendor=Vendor.GRAFANA,
                url=f"{query}?query=max(prometheus_tsdb_storage_blocks_bytes)",
                path="data.result[0].value[1]",
                wanted=Wanted(Comparison.AT_MOST, used),
            ),
            fix="Raise metrics.store.storage_gib; xfs_growfs on the machine then makes the new room usable.",
        )


def _programs(config: StackConfig) -> Iterator[Check]:
    for name, major in config.tools.items():
        yield Check(
            id=f"tool-{name}",
            group=Group.PREREQUISITES,
            title=f"{name} {major} or newer is on this machine",
            question=ProgramQuestion(program=name, wanted=Wanted(Comparison.AT_LEAST, major)),
            fix=f"Install it; tools.{name} is the major version that the application needs.",
        )


def _launch(config: StackConfig) -> Iterator[Check]:
    for service, it in config.services.items():
        for breaker, given in it.circuit_breakers.items():
            yield Check(
                id=f"breaker-{service}-{breaker}",
                group=Group.SERVICE,
                title=f"The contract of {service} has the circuit breaker {breaker}",
                question=OutputQuestion(
                    output="app_contract",
                    path=f'services."{service}".circuit_breakers."{breaker}".failures',
                    wanted=Wanted(Comparison.IS, given.failures),
                ),
                fix=f"footing up: services.{service}.circuit_breakers.{breaker} is newer than what runs.",
            )
    for item in config.deferred:
        if item.trigger.query:
            yield Check(
                id=f"deferred-{item.name.replace('_', '-')}",
                group=Group.LAUNCH,
                title=f"The time of {item.name} has not come",
                question=SqlQuestion(
                    sql=item.trigger.query, wanted=Wanted(Comparison.AT_MOST, item.trigger.above)
                ),
                fix=f"Its trigger is reached: {item.owner} decides; deferred has the entry.",
            )
    if config.oncall is not None:
        for key, title in (("primary", "Somebody is on call"), ("rollback", "The way back is written")):
            yield Check(
                id=f"oncall-{key}",
                group=Group.LAUNCH,
                title=title,
                question=OutputQuestion(output="registers", path=f"oncall.{key}", wanted=SOMETHING),
                fix=f"Set oncall.{key}, then footing up.",
            )
