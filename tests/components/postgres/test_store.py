"""Every backend of PostgreSQL has the shape that the rest of a stack reads."""

from types import FunctionType
from typing import Any

import pytest
from msgspec.structs import replace

from components.component import Component
from components.postgres.existing import ExistingPostgres
from components.postgres.pooler.service import Pooler
from components.postgres.rds.database import Database
from components.postgres.rds.store import RdsPostgres
from components.postgres.store import Capacity, PostgresStore
from tests.components.postgres import test_pooler, test_rds
from tests.components.recording import Secret, record_component

SHAPE = {
    *("pooled_url", "direct_url", "reader_urls", "host", "port", "capacity", "endpoint"),
    *("upstreams_for", "secret_arns", "signals"),
}


def public(owner: type) -> set[str]:
    """Return what a class offers: its properties and methods, without its fields."""
    offered = property | FunctionType
    own = [part for part in owner.__mro__ if part.__module__.startswith("components.")]
    members = [(name, it) for part in own for name, it in vars(part).items()]
    return {name for name, it in members if isinstance(it, offered) and not name.startswith("_")}


@pytest.mark.parametrize("backend", [RdsPostgres, ExistingPostgres])
def test_backend_has_the_shape_that_a_stack_reads(backend: type):
    assert public(PostgresStore) == public(backend) == SHAPE


def test_readers_are_a_role_of_their_own_over_verified_tls_behind_a_group_of_their_own():
    """The role is made on the primary and replicated; the owner's password would write, past the pooler."""
    read: dict[str, Any] = {}

    def build() -> Component:
        database = Database("db", replace(test_rds.ARGS, replicas=[test_rds.REPLICA]))
        with pytest.raises(ValueError, match="no reader_role, by which the replicas"):
            RdsPostgres(database=database, pooler=Pooler("other", test_pooler.ARGS))
        pooler = Pooler("pool", replace(test_pooler.ARGS, reader_role="shop_reader"))
        store = RdsPostgres(database=database, pooler=pooler)
        read["urls"] = store.reader_urls
        read["upstreams"] = store.upstreams_for(pool=True, readers=["analytics"])
        [read["alone"]] = store.upstreams_for(pool=False, readers=["analytics"])
        read["others"] = store.upstreams_for(pool=False, readers=["browse"])
        return pooler

    recorded = record_component(build, read=lambda _: read["urls"]["analytics"])
    url = "postgresql://shop_reader:generated-password@db.internal:5432/shop?sslmode=verify-full"
    assert (list(read["urls"]), recorded.read) == (["analytics"], Secret(url))
    pool, replica = read["upstreams"]
    # A service without a pool, or that reads from no replica, gets no way to it.
    assert read["others"] == []
    assert (pool.role, replica.role, replica.port) == ("pooler", "replica-analytics", 5432)
    [instance] = [it for it in recorded.of("aws:rds/instance:Instance") if it.name == "db-analytics"]
    # The poolers make the role: who reads waits for them, whether or not it uses the pool.
    for waiting in (replica, read["alone"]):
        assert [it.pulumi_resource_name for it in waiting.ready] == [instance.name, "pool-service"]
    assert instance.inputs["vpcSecurityGroupIds"] == ["db-db-id", "db-analytics-db-id"]
    [primary] = [it for it in recorded.of("aws:rds/instance:Instance") if it.name == "db-primary"]
    assert primary.inputs["vpcSecurityGroupIds"] == ["db-db-id"]


def test_applications_get_the_pool_and_exporters_the_server():
    made: list[RdsPostgres] = []

    def build() -> Component:
        database, pooler = Database("db", test_rds.ARGS), Pooler("pool", test_pooler.ARGS)
        made.append(RdsPostgres(database=database, pooler=pooler))
        return pooler

    def read(_: Component) -> dict[str, object]:
        [store] = made
        assert store.endpoint.user == "shop"
        return {
            "host": store.host,
            "port": store.port,
            "server": store.endpoint.host,
            "upstreams": [it.security_group_id for it in store.upstreams_for(pool=True, readers=[])],
            "secrets": dict(store.secret_arns),
        }

    recorded = record_component(build, read=read)
    assert recorded.read == {
        "host": "lb.internal",
        "port": 6432,
        "server": "db.internal",
        "upstreams": ["pool-front-id"],
        "secrets": {"database_secret_arn": "arn:aws:made:::secret", "pooler_secret_arn": "arn:aws:made:::secret"},
    }
    [store] = made
    assert store.capacity == Capacity(max_connections=200, server_connections=80, client_connections=1000)
    assert [it.subject for it in store.signals] == ["Database", "Pooler"]
