"""Every backend of PostgreSQL has the shape that the rest of a stack reads."""

from typing import Any

from msgspec.structs import replace

from components.aws.security_groups import Upstream
from components.component import Component
from components.postgres.pooler.service import Pooler
from components.postgres.rds.database import Database
from components.postgres.rds.store import RdsPostgres
from components.postgres.store import Capacity, PostgresStore
from tests.components.postgres import test_pooler, test_rds
from tests.components.recording import Secret, record_component

SHAPE = {
    *("pooled_url", "direct_url", "reader_urls", "host", "port", "capacity", "upstreams"),
    *("endpoint", "secret_arns", "signals"),
}


def public(owner: type) -> set[str]:
    return {name for name, value in vars(owner).items() if isinstance(value, property)}


def test_rds_with_its_pooler_has_the_shape_of_every_backend():
    assert public(PostgresStore) == public(RdsPostgres) == SHAPE


def test_readers_are_the_applications_role_over_verified_tls_behind_a_group_of_their_own():
    """The role is made on the primary and replicated; the owner's password would write, past the pooler."""
    read: dict[str, Any] = {}

    def build() -> Component:
        database = Database("db", replace(test_rds.ARGS, replicas=[test_rds.REPLICA]))
        pooler = Pooler("pool", test_pooler.ARGS)
        store = RdsPostgres(database=database, pooler=pooler)
        read["urls"], read["upstreams"] = store.reader_urls, store.upstreams
        return pooler

    recorded = record_component(build, read=lambda _: read["urls"]["analytics"])
    url = "postgresql://shop_app:generated-password@db.internal:5432/shop?sslmode=verify-full"
    assert (list(read["urls"]), recorded.read) == (["analytics"], Secret(url))
    pool, replica = read["upstreams"]
    assert (pool.role, replica.role, replica.port) == ("pooler", "replica-analytics", 5432)
    [instance] = [it for it in recorded.of("aws:rds/instance:Instance") if it.name == "db-analytics"]
    assert replica.ready.pulumi_resource_name == instance.name
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
            "upstreams": [it.security_group_id for it in store.upstreams],
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
    assert isinstance(store.upstreams[0], Upstream)
