import pytest
from msgspec.structs import replace

from components.postgres.fly import FlyPostgres, FlyPostgresArgs
from tests.components.inventory import inventory
from tests.components.recording import Recorded, Secret, record_component

ARGS = FlyPostgresArgs(
    cluster_name="shop-production-db",
    organization="acme",
    region="sjc",
    plan="performance",
    disk_gib=10,
    postgres_version="17",
    database_name="shop_app",
    max_connections=360,
    server_connections=300,
    client_connections=1000,
)
CREDENTIAL = "fly-machines:postgres/v1:getPostgresUsersCredential"


def record(**changes: object) -> Recorded[FlyPostgres]:
    answers = {CREDENTIAL: {"data": {"username": "shop-app", "password": "made/password"}}}
    return record_component(lambda: FlyPostgres("database", replace(ARGS, **changes)), answers=answers)


def test_cluster_has_a_database_a_user_and_nothing_else():
    cluster = {"postgresClusterId": "database-cluster-id"}
    assert inventory(record()) == {
        "Postgres/database-cluster": {
            "name": "shop-production-db",
            "orgSlug": "acme",
            "region": "sjc",
            # Its word for the largest plan begins with a capital.
            "plan": "Performance",
            "diskSizeGb": 10,
            "pgMajorVersion": "17",
            "poolMode": "transaction",
            "postgisEnabled": False,
            "protect": True,
        },
        "PostgresDatabase/database-database": {**cluster, "name": "shop_app", "protect": True},
        "PostgresUser/database-user": {**cluster, "username": "shop-app", "role": "schema_admin"},
    }


def test_both_doors_are_secrets_and_the_password_is_nowhere_else():
    recorded = record()
    login = "postgresql://shop-app:made%2Fpassword@"
    assert recorded.outputs["pooled_url"] == Secret(
        f"{login}pgbouncer.made.example.com:5432/shop_app?sslmode=require"
    )
    assert recorded.outputs["direct_url"] == Secret(
        f"{login}direct.made.example.com:5432/shop_app?sslmode=require"
    )
    assert "made/password" not in str([it.inputs for it in recorded.resources])


@pytest.mark.parametrize("plan", ["basic", "starter", "launch", "scale"])
def test_plan_has_the_word_of_the_api(plan: str):
    assert record(plan=plan).one("Postgres").inputs["plan"] == plan


def test_capacity_is_the_plans_and_nothing_at_aws_reaches_it():
    found = record_component(
        lambda: FlyPostgres("database", ARGS),
        read=lambda it: [it.capacity.client_connections, list(it.upstreams_for(pool=True, readers=["browse"]))],
        answers={CREDENTIAL: {"data": {"password": "p"}}},
    )
    assert found.read == [1000, []]
