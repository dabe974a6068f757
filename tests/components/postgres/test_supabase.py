import pytest
from msgspec.structs import replace

from components.postgres.rds.args import ConnectionAlertArgs
from components.postgres.supabase import (
    SupabasePoolArgs,
    SupabasePostgres,
    SupabasePostgresArgs,
    SupabaseReplicaArgs,
)
from observability import Prometheus
from tests.components.inventory import inventory
from tests.components.recording import Recorded, Secret, record_component

ARGS = SupabasePostgresArgs(
    project_name="feed-production",
    organization="acme",
    region="us-west-1",
    postgres_engine="17",
    compute="xlarge",
    pool=SupabasePoolArgs(server_connections=100, default_pool_size=25),
    max_connections=200,
    statement_timeout_seconds=30,
    allowed_cidrs=["203.0.113.0/24"],
    auth_settings={"rate_limit_token_refresh": 120},
    auth_secrets={"security_captcha_secret": "captcha"},
    api_max_rows=500,
    addons=["pitr_7", "ipv4_default"],
    function_secrets={"REDIS_URL": "rediss://h:6379"},
    replicas=[SupabaseReplicaArgs(purpose="browse", region="us-east-1")],
)
SETTINGS = {"max_connections": 200, "statement_timeout": "30s"}


def record(**changes: object) -> Recorded[SupabasePostgres]:
    return record_component(lambda: SupabasePostgres("database", replace(ARGS, **changes)))


def test_project_is_made_with_every_setting_and_nothing_else():
    made = inventory(record())
    ref = {"projectRef": "madeproject"}
    assert made.pop("RandomPassword/database-password")["special"] is False
    assert made == {
        "Project/database-project": {
            "name": "feed-production",
            "organizationSlug": "acme",
            "region": "us-west-1",
            "postgresEngine": "17",
            "compute": "xlarge",
            "databasePassword": Secret("generated-password"),
            "protect": True,
        },
        "Pooler/database-pooler": {**ref, "poolMode": "transaction", "defaultPoolSize": 25},
        "PostgresSettings/database-settings": {**ref, "settings": SETTINGS},
        "TlsEnforcement/database-tls": {**ref, "enforced": True},
        "NetworkRestrictions/database-networks": {**ref, "cidrs": ["203.0.113.0/24"]},
        "ApiSettings/database-api": {**ref, "maxRows": 500},
        "AuthSettings/database-auth": {
            **ref,
            "settings": {"rate_limit_token_refresh": 120},
            "secrets": Secret({"security_captcha_secret": "captcha"}),
        },
        "Addon/database-pitr": {**ref, "variant": "pitr_7"},
        "Addon/database-ipv4": {**ref, "variant": "ipv4_default"},
        "FunctionSecrets/database-functions": {**ref, "secrets": Secret({"REDIS_URL": "rediss://h:6379"})},
        "ReadReplica/database-browse": {**ref, "region": "us-east-1", "protect": True},
    }


def test_doors_are_secret_urls_over_verified_tls():
    recorded = record()
    outputs = recorded.outputs
    assert outputs["pooled_url"] == Secret(
        "postgresql://postgres.madeproject:generated-password@pool.example.com:6543/postgres?sslmode=verify-full"
    )
    assert outputs["direct_url"] == Secret(
        "postgresql://postgres:generated-password@db.madeproject.example.com:5432/postgres?sslmode=verify-full"
    )
    assert outputs["api_url"] == "https://madeproject.supabase.co"
    assert outputs["anon_key"] == ""
    asked = record(public_key=True)
    assert asked.outputs["anon_key"] == "made-public-key"
    assert asked.one("PublicKey").inputs == {"projectRef": "madeproject"}
    assert (outputs["host"], outputs["port"]) == ("pool.example.com", 6543)


def test_reader_has_a_door_of_its_own_and_tasks_reach_the_port():
    def read(component: SupabasePostgres) -> object:
        return component.reader_urls["browse"]

    recorded = record_component(lambda: SupabasePostgres("database", ARGS), read=read)
    assert recorded.read == Secret(
        "postgresql://postgres.madeproject-rr:generated-password@replica.example.com:6543/postgres?sslmode=verify-full"
    )
    ports = record_component(
        lambda: SupabasePostgres("database", ARGS),
        read=lambda it: [(up.port, up.security_group_id) for up in it.upstreams_for(pool=True, readers=())],
    )
    assert ports.read == [(6543, None)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"compute": "large"}, "max_connections is 200: large has fewer connections"),
        ({"compute": "huge"}, "compute is 'huge': one of nano, micro"),
    ],
)
def test_what_supabase_cannot_do_is_refused(changes: dict[str, object], sentence: str):
    with pytest.raises(ValueError, match=sentence):
        replace(ARGS, **changes)


def test_project_is_watched_where_somebody_scrapes_its_endpoint():
    assert record().component.signals[0].signals == ()
    alerts = ConnectionAlertArgs(warning=80, critical=95)
    [found] = record(connection_alerts=alerts, rpc_observations=True).component.signals
    signals = {it.id: it for it in found.signals}
    asked = {it.id: it.query.expression.promql("5m") for it in found.signals if isinstance(it.query, Prometheus)}
    limits = {id_: [it.value for it in signals[id_].thresholds] for id_ in asked}
    assert limits["database-connections"] == [80, 95]
    assert [limits[f"database-{it}"] for it in ("cpu", "memory", "disk")] == [[70, 90], [75, 90], [80, 95]]
    assert asked["database-connections-share"].startswith(
        "0.005 * (sum by (instance) (pg_stat_database_num_backends{"
    )
    assert 'node_cpu_seconds_total{job="postgres",mode!="idle"}' in asked["database-cpu"]
    assert 'node_filesystem_avail_bytes{job="postgres",mountpoint="/data"}' in asked["database-disk"]
    assert {"database-statements", "database-transactions", "rpc-calls"} <= signals.keys()
