"""Services of every kind, several stores, and what exists already: what is refused, and what each one gets."""

from collections.abc import Callable
from typing import Any

import pytest
from test_config import problems, put

from stacks.config import StackConfig, parse
from stacks.config.variables import given_variables

IMAGE = f"registry.example.com/feed/api@sha256:{'0' * 64}"
ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:feed/cache-AbCdEf"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b"
WORKER = {"kind": "worker", "image": IMAGE, "database_pool": 0}
JOB = {"kind": "job", "image": IMAGE, "database_pool": 0, "schedule": "rate(1 hour)"}
WEB = {"kind": "web", "image": IMAGE, "database_pool": 0, "paths": ["/checkout/*"]}
QUEUE = {"provider": "elasticache", "role": "queue"}
BY_LIST = {
    "mode": "queue",
    "minimum_tasks": 1,
    "maximum_tasks": 4,
    "messages_per_task": 30,
    "redis_store": "queue",
    "redis_list": "mails",
}
NETWORK = {
    "vpc_id": "vpc-0123456789abcdef0",
    "private_subnet_ids": ["subnet-01234567", "subnet-11234567"],
    "public_subnet_ids": ["subnet-21234567", "subnet-31234567"],
}
POSTGRES = {
    "provider": "existing",
    "host": "db.example.com",
    "database_name": "feed",
    "username": "feed",
    "password_secret_arn": ARN,
    "security_group_id": "sg-0123456789abcdef0",
}


@pytest.fixture
def several(values: dict[str, Any]) -> dict[str, Any]:
    """Production with a service of each kind, a queue beside its cache."""
    values["redis"]["queue"] = dict(QUEUE)
    values["services"]["api"]["database_pool"] = 16
    values["services"] |= {
        "checkout": dict(WEB),
        "mails": {**WORKER, "scaling": dict(BY_LIST)},
        "nightly": dict(JOB),
        "migrate": {"kind": "task", "image": IMAGE, "database_pool": 1},
    }
    return values


@pytest.mark.parametrize(
    ("path", "bad", "good", "sentence"),
    [
        ("services.mails.redis", ["cache"], ["queue"], "services.mails.scaling.redis_store: given queue, allowed"),
        (
            "services.mails.redis",
            ["queue", "quue"],
            None,
            "services.mails.redis: given quue, allowed what is under",
        ),
        ("services.mails.scaling.redis_list", None, "m", "services.mails.scaling: given a block of keys, allowed"),
        ("services.mails.paths", ["/a"], ..., "services.mails.paths: unknown key with worker"),
        (
            "services.pooler",
            WORKER,
            ...,
            "services.pooler: given pooler, allowed a name that the stack's own parts",
        ),
        ("services.redis-queue", WORKER, ..., "services.redis-queue: given redis-queue, allowed a name that"),
        (
            "services.nightly.schedule",
            "cron(0 3 * * * *)",
            "cron(0 3 * * ? *)",
            "services.nightly.schedule: given",
        ),
        ("services.nightly.schedule", "rate(1 hours)", "rate(2 hours)", "services.nightly.schedule: given"),
        ("services.nightly.timezone", "Berlin", "Europe/Berlin", "services.nightly.timezone: given 'Berlin'"),
        ("services.nightly.kind", "cron", "job", "services.nightly.kind: given 'cron', allowed 'web', 'worker'"),
        ("services.checkout.paths", [], ["/b"], "services.checkout"),
        (
            "services.checkout.hostnames",
            ["x.example"],
            ["api.feed.example"],
            "services.checkout.hostnames: given x",
        ),
        ("services.mails.sidecars", {"mails": {"image": IMAGE}}, {"log": {"image": IMAGE}}, "services.mails.sid"),
        (
            "services.mails.permissions",
            [{"actions": ["*"], "resources": ["*"]}],
            [{"actions": ["ses:SendEmail"], "resources": ["*"]}],
            "services.mails.permissions.0.actions.0: given '*', allowed",
        ),
        ("services.mails.secrets", {"KEY": "arn:aws:s3:::x"}, {"KEY": ARN}, "services.mails.secrets.KEY: given"),
        ("services.mails.secrets", {"KEY": f"{ARN}:user"}, {"KEY": f"{ARN}:user::"}, "services.mails.secrets.KEY"),
        (
            "services.mails.secrets",
            {"KEY": "arn:aws:ssm:us-east-1:123456789012:document/x"},
            {"KEY": "arn:aws:ssm:us-east-1:123456789012:parameter/feed/key"},
            "services.mails.secrets.KEY: given",
        ),
        (
            "services.migrate.reader_pools",
            {"brwse": 1},
            {"browse": 1},
            "services.migrate.reader_pools: given brwse",
        ),
        (
            "redis.queue.variable",
            "REDIS_URL",
            "QUEUE_URL",
            "redis.queue.variable: given REDIS_URL, which redis.cac",
        ),
        (
            "redis.queue.variable",
            "READER_URL_BROWSE",
            "READER_URL",
            "redis.queue.variable: given READER_URL_BROWSE, which the stack itself",
        ),
        (
            "redis.queue.identifier",
            "feed-production-redis",
            "feed-queue",
            "redis.queue.identifier: given feed-production-redis, which redis.cache has",
        ),
        (
            "services.mails.sidecars",
            {"queue-depth": {"image": IMAGE}},
            {"depth": {"image": IMAGE}},
            "services.mails.sidecars.queue-depth: given the name of",
        ),
        (
            "services.nightly.environment",
            {"SCHEDULED_TIME": "now"},
            {"SCHEDULED": "now"},
            "services.nightly.environment: given SCHEDULED_TIME, which the stack itself",
        ),
        (
            "services.api.hostnames",
            ["api.feed.example"],
            ["feed.example"],
            "edge.probe: given 'route53', allowed with a service of kind web that answers",
        ),
        ("load_balancer.ingress_cidrs", [], ["203.0.113.0/24"], "load_balancer.ingress_cidrs: given"),
        (
            "load_balancer.certificate_arn",
            CERTIFICATE.replace("us-east-1", "us-east-2"),
            CERTIFICATE,
            "load_balancer.certificate_arn: given a certificate in us-east-2, allowed one in us-east-1",
        ),
        (
            "network",
            {"existing": NETWORK, "nat": "none"},
            {"existing": NETWORK},
            "network.nat: given together with",
        ),
        (
            "network.existing",
            {**NETWORK, "vpc_id": None},
            NETWORK,
            "network.existing.vpc_id: missing; give it, or",
        ),
        (
            "network.existing",
            {**NETWORK, "private_subnet_ids": ["subnet-01234567"]},
            {**NETWORK, "private_subnet_ids": [], "private_subnet_tags": {"tier": "private"}},
            "network.existing.private_subnet_ids: given one subnet, allowed two",
        ),
        (
            "network.existing",
            {**NETWORK, "public_subnet_ids": []},
            NETWORK,
            "network.existing.public_subnet_ids: missing; give it, or public_subnet_tags",
        ),
        ("database", {**POSTGRES, "username": "feed_app"}, POSTGRES, "database.username: given feed_app, allowed"),
        ("database", {**POSTGRES, "host": "DB"}, POSTGRES, "database.host: given 'DB', allowed a host name"),
        (
            "redis.queue",
            {"provider": "existing", "role": "queue"},
            {"provider": "existing", "role": "queue", "url_secret_arn": ARN},
            "redis.queue.url_secret_arn: missing",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence_with_its_key(
    several: dict[str, Any], path: str, bad: Any, good: Any, sentence: str
):
    del several["network"]
    if path.startswith("network"):
        several["network"] = {"existing": NETWORK}
    if path == "database":
        several["services"]["migrate"]["database_pool"] = 1
        several.pop("alerts", None)
        several.pop("grafana")
        several.pop("cloudwatch_alarms")
    if good is not ...:
        put(several, path, good)
    parse("test", several)
    put(several, path, bad)
    [problem] = problems(several)
    assert problem.startswith(sentence)


def test_database_and_its_owner_have_names_of_their_own(values: dict[str, Any]):
    assert parse("test", values).database_name == "feed"
    values["database"] |= {"database_name": "shop_main", "username": "shop_owner"}
    config = parse("test", values)
    assert (config.database_name, getattr(config.database, "username", None)) == ("shop_main", "shop_owner")


def test_web_service_without_an_edge_says_who_may_call_it(several: dict[str, Any]):
    del several["edge"]
    del several["storage"]
    assert [it.partition(":")[0] for it in problems(several)] == [
        *("load_balancer.certificate_arn", "load_balancer.ingress_cidrs"),
    ]
    several["load_balancer"] = {
        "certificate_arn": CERTIFICATE,
        "ingress_cidrs": ["203.0.113.0/24"],
    }
    assert parse("test", several).edge is None


@pytest.mark.parametrize(
    ("hostnames", "asked"), [(["feed.example"], "checkout"), (["api.feed.example"], "api"), ([], "api")]
)
def test_probe_asks_the_service_that_answers_the_first_host_name(
    several: dict[str, Any], hostnames: list[str], asked: str
):
    several["services"]["checkout"] |= {"hostnames": hostnames, "paths": [] if hostnames else ["/checkout/*"]}
    assert parse("test", several).probed_web == asked


def test_disk_of_our_own_store_is_in_no_subnet_of_unknown_zone(several: dict[str, Any]):
    several["metrics"] = {"store": {"provider": "self_hosted"}}
    several["database"]["metrics"], several["edge"]["metrics"] = "cloudwatch", "none"
    parse("test", several)
    several["network"] = {"existing": NETWORK}
    assert [it.partition(":")[0] for it in problems(several)] == ["metrics.store.provider"]


def given(config: StackConfig, name: str) -> set[str]:
    return set(given_variables(config.services[name], config.redis, database=config.database is not None))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda it: None, {"REDIS_URL", "REDIS_URL_QUEUE"}),
        (lambda it: it.update(redis=["queue"]), {"REDIS_URL_QUEUE"}),
        (lambda it: it.update(redis=[], scaling={"mode": "fixed", "tasks": 1}), set()),
        (
            lambda it: it.update(database_pool=1, redis=["queue"]),
            {"REDIS_URL_QUEUE", "DATABASE_URL", "DATABASE_POOL_MAX"},
        ),
        (
            lambda it: it.update(reader_pools={"browse": 1}, redis=["queue"]),
            {"REDIS_URL_QUEUE", "READER_URL_BROWSE", "READER_POOL_MAX_BROWSE"},
        ),
    ],
)
def test_service_gets_the_variables_of_what_it_reaches_and_no_others(
    several: dict[str, Any], change: Callable[[dict[str, Any]], None], expected: set[str]
):
    several["services"]["api"]["database_pool"] = 16
    change(several["services"]["mails"])
    config = parse("test", several)
    assert given(config, "mails") == expected
    assert given(config, "checkout") == {"PORT", "REDIS_URL", "REDIS_URL_QUEUE"}
    several["redis"]["queue"]["variable"] = "CELERY_BROKER_URL"
    renamed = {"CELERY_BROKER_URL" if it == "REDIS_URL_QUEUE" else it for it in expected}
    assert given(parse("test", several), "mails") == renamed
