"""The provider `footing-rediscloud` on the real engine, against the fake of Redis Cloud's API."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Engine, Project

from simulator.vendors.fake import TOKEN, running
from simulator.vendors.rediscloud import RedisCloud

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
PROGRAM = """\
    import pulumi
    from providers.rediscloud import resources as rediscloud

    config = pulumi.Config()
    subscription = rediscloud.EssentialsSubscription(
        "subscription",
        name=config.get("name") or "shop-staging",
        plan_id=config.get_int("plan") or 34858,
        payment_method=config.get("payment") or "credit-card",
    )
    database = rediscloud.EssentialsDatabase(
        "cache",
        subscription_id=subscription.subscription_id,
        name="shop-cache",
        protocol=config.get("protocol") or "redis",
        data_persistence="aof-every-1-second",
        data_eviction_policy=config.get("eviction") or "noeviction",
        replication=True,
        enable_tls=True,
        source_ips=config.get_object("ranges") or ["203.0.113.0/24", "198.51.100.7/32"],
        alerts={"datasets-size": 80, "latency": 5},
        periodic_backup_path="abs://:battery-key@backups/cache",
        opts=pulumi.ResourceOptions(protect=False),
    )
    pulumi.export("door", pulumi.Output.format("{0}:{1}", database.host, database.port))
    pulumi.export("password", database.password)
"""
RANGES = ["203.0.113.0/24", "198.51.100.7/32"]


@pytest.fixture
def fake() -> RedisCloud:
    return RedisCloud()


@pytest.fixture
def stack(engine: Engine, project: Project, fake: RedisCloud) -> Iterator[Engine]:
    project.program(
        "name: small\n"
        "runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
        f"plugins: {{providers: [{{name: footing-rediscloud, path: {ROOT / 'providers/rediscloud'}}}]}}\n",
        "Pulumi.yaml",
    )
    project.program(PROGRAM)
    with running(fake) as address:
        engine.environment.update({RedisCloud.endpoint_variable: address, **RedisCloud.environment})
        yield engine


def asked(fake: RedisCloud) -> list[str]:
    """What was written since the last time, in its order."""
    found = [name for name, _ in fake.requests if not name.startswith("GET")]
    fake.requests.clear()
    return found


def test_subscription_and_database_live_their_whole_life(stack: Engine, fake: RedisCloud):
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    [(id_, made)] = fake.state["subscriptions"].items()
    assert (made["name"], made["planId"], made["paymentMethodType"]) == ("shop-staging", 34858, "credit-card")
    [(number, database)] = made["databases"].items()
    assert (database["enableTls"], database["sourceIps"], database["replication"]) == (True, RANGES, True)
    assert database["alerts"] == [{"name": "datasets-size", "value": 80}, {"name": "latency", "value": 5}]
    assert database["periodicBackupPath"] == "abs://:battery-key@backups/cache"
    outputs = json.loads(stack.ok("stack", "output", "--json", "--show-secrets"))
    door = f"redis-12345.c{number}.us-east-1-1.ec2.cloud.redislabs.com:12345"
    assert outputs == {"door": door, "password": database["password"]}
    state = stack.ok("stack", "export")
    assert "battery" not in printed.stdout + state
    assert TOKEN not in re.sub(r"simulated[-_]", "", state)

    asked(fake)
    stack.ok("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert asked(fake) == []

    database |= {"enableTls": False, "sourceIps": ["0.0.0.0/0"], "alerts": []}
    printed = stack.ok("refresh", "--yes", "--skip-preview", "--diff")
    for seen in ("enableTls", '"0.0.0.0/0"', "datasets-size"):
        assert seen in printed
    stack.ok("up", "--yes", "--skip-preview")
    assert (database["enableTls"], database["sourceIps"], len(database["alerts"])) == (True, RANGES, 2)

    for key, value in {"name": "shop", "plan": "98181", "eviction": "allkeys-lru"}.items():
        stack.ok("config", "set", key, value)
    asked(fake)
    stack.ok("up", "--yes", "--skip-preview")
    assert sorted(asked(fake)) == [
        "PUT /fixed/subscriptions/{subscriptionId}",
        "PUT /fixed/subscriptions/{subscriptionId}/databases/{databaseId}",
    ]
    assert (made["name"], made["planId"], database["dataEvictionPolicy"]) == ("shop", 98181, "allkeys-lru")
    assert (database["enableTls"], database["sourceIps"]) == (True, RANGES)

    stack.ok("config", "set", "protocol", "stack")
    previewed = stack.ok("preview", "--diff")
    assert "replace" in previewed
    assert '"redis" => "stack"' in previewed
    stack.ok("config", "rm", "protocol")
    stack.ok("config", "set", "--path", "ranges[0]", "everybody")
    assert "given 'everybody', allowed an address or a range" in stack.run("preview").stdout
    stack.ok("config", "rm", "ranges")

    stack.ok(
        *("import", "footing-rediscloud:index:EssentialsDatabase", "found", f"{id_}/{number}"),
        *("--yes", "--generate-code=false", "--protect=false"),
    )
    assert "battery" not in stack.ok("stack", "export")
    stack.ok("state", "delete", "--yes", next(it for it in stack.urns() if it.endswith("::found")))

    fake.state["subscriptions"].clear()
    assert "2 deleted" in re.sub(r"\s+", " ", stack.ok("refresh", "--yes", "--skip-preview"))
    stack.ok("up", "--yes", "--skip-preview")
    assert len(fake.state["subscriptions"]) == 1
    stack.ok("destroy", "--yes", "--skip-preview")
    assert fake.state["subscriptions"] == {}


def test_failures_leave_no_twin_and_no_secret(stack: Engine, fake: RedisCloud):
    stack.environment["REDISCLOUD_SECRET_KEY"] = "wrong-horse"
    refused = stack.up()
    assert refused.returncode != 0
    tokens = "REDISCLOUD_ACCESS_KEY, REDISCLOUD_SECRET_KEY"
    assert f"answers 401: Unauthorized (the token comes from {tokens})" in refused.stdout
    del stack.environment["REDISCLOUD_SECRET_KEY"]
    assert "REDISCLOUD_SECRET_KEY is not set: the token of Redis Cloud's API" in stack.up().stdout
    stack.environment["REDISCLOUD_SECRET_KEY"] = TOKEN

    fake.state["failing"] = ["fixedSubscriptionCreateRequest"]
    failed = stack.up()
    assert "fixedSubscriptionCreateRequest failed: 409 CONFLICT: NOT_POSSIBLE: it is refused" in failed.stdout
    assert fake.state["subscriptions"] == {}
    fake.state["failing"] = []

    # The answer is lost; the database is made, and cannot be asked for.
    fake.fail("POST /fixed/subscriptions", 500, carried_out=True)
    fake.fail("GET /fixed/subscriptions/{subscriptionId}/databases/{databaseId}", 400)
    half = stack.up()
    assert half.returncode != 0
    assert "answers 400" in half.stdout
    [made] = fake.state["subscriptions"].values()
    assert len(made["databases"]) == 1
    fake.fail(
        "PUT /fixed/subscriptions/{subscriptionId}/databases/{databaseId}", 429, headers={"Retry-After": "1"}
    )
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    assert [len(it["databases"]) for it in fake.state["subscriptions"].values()] == [1]
    [database] = made["databases"].values()
    assert (database["enableTls"], database["sourceIps"]) == (True, RANGES)
    told = refused.stdout + failed.stdout + half.stdout + printed.stdout + stack.ok("stack", "export")
    assert "battery" not in told

    # A task that nobody can ask for did its work all the same.
    del made["databases"][str(database["databaseId"])]
    stack.ok("refresh", "--yes", "--skip-preview")
    fake.fail("GET /tasks/{taskId}", 400)
    stack.ok("up", "--yes", "--skip-preview")
    assert len(made["databases"]) == 1

    # What Redis Cloud will not delete is not gone.
    fake.state["failing"] = ["fixedDatabaseDeleteRequest"]
    kept = stack.run("destroy", "--yes", "--skip-preview")
    assert "fixedDatabaseDeleteRequest failed: 409 CONFLICT" in kept.stdout
    assert any(it.endswith("EssentialsDatabase::cache") for it in stack.urns())
    fake.state["failing"] = []
    stack.ok("destroy", "--yes", "--skip-preview")
    assert fake.state["subscriptions"] == {}
