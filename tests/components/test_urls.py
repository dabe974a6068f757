"""A password comes back whole from every URL that it is put into, whatever characters it has."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from components.component import Component
from components.postgres.pooler.service import Pooler
from components.postgres.rds.database import Database
from components.redis.elasticache import Redis
from components.redis.serverless import ServerlessRedis
from components.redis.upstash import UpstashRedis
from tests.components import test_redis, test_redis_serverless, test_redis_upstash
from tests.components.postgres import test_pooler, test_rds
from tests.components.recording import MADE, Recorded, record_component

HOSTILE = "p@ss:w/rd?#[]%41 +&=\"'\\é"
PASSWORDS = {
    "random:index/randomPassword:RandomPassword": "result",
    "upstash:index/redisDatabase:RedisDatabase": "password",
}


def record(build: Callable[[], Component]) -> Recorded[Any]:
    hostile = {type_: {**MADE[type_], key: HOSTILE} for type_, key in PASSWORDS.items()}
    return record_component(build, made={**MADE, **hostile})


def password_of(url: str) -> str:
    found = urlsplit(url).password
    assert found is not None
    return unquote(found)


@pytest.mark.parametrize(
    ("build", "outputs", "host"),
    [
        (lambda: Database("db", test_rds.ARGS), ("direct_url",), "db.internal"),
        (lambda: Pooler("pool", test_pooler.ARGS), ("pooled_url",), "lb.internal"),
        (lambda: Redis("redis", test_redis.ARGS), ("url",), "redis.internal"),
        (
            lambda: ServerlessRedis("redis", test_redis_serverless.ARGS),
            ("url", "reader_url"),
            "serverless.internal",
        ),
        (
            lambda: UpstashRedis("redis", test_redis_upstash.ARGS),
            ("url", "reader_url"),
            "made.upstash.example.com",
        ),
    ],
    ids=["rds", "pooler", "elasticache", "serverless", "upstash"],
)
def test_password_comes_back_whole_from_the_url(
    build: Callable[[], Component], outputs: tuple[str, ...], host: str
):
    recorded = record(build)
    for name in outputs:
        url = recorded.outputs[name].value
        assert (password_of(url), urlsplit(url).hostname) == (HOSTILE, host)


def test_exporter_of_the_pooler_logs_in_with_the_stored_password():
    recorded = record(lambda: Pooler("pool", test_pooler.ARGS))
    stored = json.loads(recorded.one("SecretVersion").inputs["secretString"].value)
    assert password_of(stored["exporter_url"]) == stored["stats_password"] == HOSTILE
