"""Every backend of PostgreSQL has the shape that the rest of a stack reads."""

from components.aws.security_groups import Upstream
from components.component import Component
from components.postgres.pooler.service import Pooler
from components.postgres.rds.database import Database
from components.postgres.rds.store import RdsPostgres
from components.postgres.store import Capacity, PostgresStore
from tests.components.postgres import test_pooler, test_rds
from tests.components.recording import record_component

SHAPE = {
    *("pooled_url", "direct_url", "reader_urls", "host", "port", "capacity", "upstreams"),
    *("endpoint", "replicas", "secret_arns", "signals"),
}


def public(owner: type) -> set[str]:
    return {name for name, value in vars(owner).items() if isinstance(value, property)}


def test_rds_with_its_pooler_has_the_shape_of_every_backend():
    assert public(PostgresStore) == public(RdsPostgres) == SHAPE


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
