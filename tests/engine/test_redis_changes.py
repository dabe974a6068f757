"""What the real engine would do to a running Redis when one thing of its configuration changes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from footing.pulumi_cli.session import Session
from footing.pulumi_cli.tryout import try_out

pytestmark = pytest.mark.engine

RUNTIME = "runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"

PROGRAM = """\
import json
from pathlib import Path

from lazy_sdk.hook import install
install()
import pulumi
import pulumi_aws as aws
from components.aws.placement import NetworkPlacement
from components.redis.auth import AuthArgs, AuthMode
from components.redis.elasticache import Redis, RedisArgs
from components.redis.roles import Role
from components.redis.serverless import ServerlessRedis, ServerlessRedisArgs

given = json.loads(Path("redis.json").read_text())
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
subnets = [
    aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=f"us-east-1{zone}")
    for number, zone in enumerate("ab")
]
placement = NetworkPlacement(vpc_id=vpc.id, subnet_ids=[subnet.id for subnet in subnets])
settings = {**given["settings"], "role": Role(given["settings"]["role"]), "placement": placement}
login = settings.pop("auth")
if given["backend"] == "serverless":
    args = ServerlessRedisArgs(**settings, cache_name="shop-redis", credentials=login["credentials"])
    store = ServerlessRedis("redis", args)
else:
    auth = AuthArgs(mode=AuthMode(login["mode"]), credentials=login["credentials"])
    store = Redis("redis", RedisArgs(**settings, replication_group_id="shop-redis", auth=auth))
pulumi.export("url", store.url)
"""

NODES = {
    "role": "primary_store",
    "engine": "valkey",
    "engine_version": "7.2",
    "node_type": "cache.t4g.small",
    "replicas": 1,
    "log_retention_days": 30,
    "auth": {"mode": "user_group", "credentials": [1]},
}
OLDER = {
    **NODES,
    "engine": "redis",
    "engine_version": "7.1",
    "auth": {"mode": "token", "credentials": [1]},
}
SERVERLESS = {
    "role": "session",
    "engine": "valkey",
    "major_version": "7",
    "storage_max_gb": 5,
    "ecpu_max_per_second": 5000,
    "auth": {"mode": "user_group", "credentials": [1]},
}


STREAMED = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
"""Makes `preview --json` tell every step in its order; the plain form joins the steps of a replacement."""

Step = tuple[str, str]
"""An operation of the engine and the name of its resource."""

PARAMETERS_FIRST: list[Step] = [
    ("create-replacement", "redis-parameters"),
    ("replace", "redis-parameters"),
    ("update", "redis-store"),
    ("delete-replaced", "redis-parameters"),
]
"""The new parameter group is there before the store moves to it, and the old one goes last."""


@dataclass(frozen=True)
class Running:
    """A Redis on the simulated cloud, and the engine that may change it."""

    session: Session
    backend: str
    settings: dict[str, Any]

    def up(self, **changes: Any) -> "Running":
        changed = replace(self, settings={**self.settings, **changes})
        changed._write()
        self.session.read("up", "--yes", "--skip-preview", *self.session.options)
        return changed

    def steps(self, **changes: Any) -> list[Step]:
        """Each step that the engine would take for `changes`, in order."""
        replace(self, settings={**self.settings, **changes})._write()
        preview = self.session.read("preview", "--json", *self.session.options)
        events = [json.loads(line) for line in preview.splitlines()]
        planned = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
        return [
            (step["op"], step["urn"].rpartition("::")[2])
            for step in planned
            if step["op"] != "same" and not step["type"].startswith("footing:")
        ]

    def url(self) -> str:
        outputs: dict[str, str] = json.loads(self.session.read("stack", "output", "--json", "--show-secrets"))
        return outputs["url"]

    def _write(self) -> None:
        text = json.dumps({"backend": self.backend, "settings": self.settings})
        (self.session.root / "redis.json").write_text(text)


@contextmanager
def running(root: Path, backend: str, settings: dict[str, Any]) -> Iterator[Running]:
    (root / "Pulumi.yaml").write_text(f"name: shop\n{RUNTIME}")
    (root / "Pulumi.staging.yaml").write_text("config: {aws:region: us-east-1}\n")
    (root / "__main__.py").write_text(PROGRAM)
    with try_out("staging", root=root, directory=root / ".footing") as session:
        streaming = replace(session, environment={**session.environment, **STREAMED})
        yield Running(streaming, backend, settings).up()


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("nodes"), "elasticache", NODES) as store:
        yield store


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("older"), "elasticache", OLDER) as store:
        yield store


@pytest.fixture(scope="module")
def serverless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("serverless"), "serverless", SERVERLESS) as store:
        yield store


@pytest.mark.parametrize(
    "changes",
    [
        {"replicas": 2},
        {"node_type": "cache.r7g.large"},
        {"snapshot_retention_days": 14},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_redis_takes_a_change_in_place(nodes: Running, changes: dict[str, Any]):
    assert nodes.steps(**changes) == [("update", "redis-store")]


def test_major_upgrade_is_not_blocked_by_the_parameter_group(nodes: Running):
    assert nodes.steps(engine_version="8.0") == PARAMETERS_FIRST


def test_redis_becomes_valkey_in_place(older: Running):
    assert older.steps(engine="valkey", engine_version="8.0") == PARAMETERS_FIRST


def test_token_gives_way_to_a_user_group_in_place(older: Running):
    steps = older.steps(auth={"mode": "user_group", "credentials": [1]})
    assert steps == [("create", "redis-user"), ("create", "redis-users"), ("update", "redis-store")]


@pytest.mark.parametrize(
    ("backend", "settings", "where"),
    [
        ("elasticache", NODES, "redis-user"),
        ("elasticache", OLDER, "redis-store"),
        ("serverless", SERVERLESS, "redis-user"),
    ],
    ids=["user_group", "token", "serverless"],
)
def test_password_is_changed_in_two_steps_that_replace_nothing(
    tmp_path: Path, backend: str, settings: dict[str, Any], where: str
):
    mode = settings["auth"]["mode"]
    both, new = ({"mode": mode, "credentials": numbers} for numbers in ([1, 2], [2]))
    with running(tmp_path, backend, settings) as store:
        old_url = store.url()
        assert store.steps(auth=both) == [("create", "redis-password-2"), ("update", where)]
        rotating = store.up(auth=both)
        new_url = rotating.url()
        assert new_url != old_url
        assert rotating.steps(auth=new) == [("update", where), ("delete", "redis-password-1")]
        done = rotating.up(auth=new)
        assert done.url() == new_url
        assert done.steps() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"storage_max_gb": 10},
        {"ecpu_max_per_second": 10_000},
        {"major_version": "8"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_serverless_redis_takes_a_change_in_place(serverless: Running, changes: dict[str, Any]):
    assert serverless.steps(**changes) == [("update", "redis-store")]
