"""What the network's configuration refuses: a stack that could not start, or could not reach what it needs."""

from typing import Any

import pytest

from stacks.config import ConfigError, parse
from stacks.config.network import TASK_ENDPOINTS

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


def isolated(values: dict[str, Any]) -> dict[str, Any]:
    """The stack without a way to the internet, and with all that it needs instead."""
    values["network"] |= {"nat": "none", "endpoints": list(TASK_ENDPOINTS)}
    values["services"]["api"]["image"] = f"{ECR}/feed@sha256:{'0' * 64}"
    values["database"]["pooler"] |= {
        "image": f"{ECR}/pgbouncer:1",
        "prepare_image": f"{ECR}/curl:1",
        "psql_image": f"{ECR}/psql:1",
        "exporter_image": f"{ECR}/exporter:1",
        "authorities_url": "file:///authorities.pem",
    }
    return values


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


def test_stack_without_nat_is_accepted_with_all_that_its_tasks_need(values: dict[str, Any]):
    assert parse("test", isolated(values)).network.nat == "none"


@pytest.mark.parametrize("missing", TASK_ENDPOINTS)
def test_endpoint_that_a_task_needs_is_required_only_without_nat(values: dict[str, Any], missing: str):
    isolated(values)["network"]["endpoints"].remove(missing)
    [problem] = problems(values)
    assert problem.startswith(f"network.endpoints: missing {missing}, required with network.nat: none")
    values["network"]["nat"] = "single"
    assert missing not in parse("test", values).network.endpoints


@pytest.mark.parametrize(
    ("block", "key", "bad", "where"),
    [
        ("service", "image", "registry.example.com/feed@sha256:1", "services.api.image"),
        ("service", "image", "public.ecr.aws/feed/feed@sha256:1", "services.api.image"),
        ("service", "image", f"{ECR.replace('us-east-1', 'eu-west-1')}/feed@sha256:1", "services.api.image"),
        ("pooler", "image", "docker.io/pgbouncer:1", "database.pooler.image"),
        ("pooler", "prepare_image", "docker.io/curl:1", "database.pooler.prepare_image"),
        ("pooler", "psql_image", "docker.io/psql:1", "database.pooler.psql_image"),
        ("pooler", "exporter_image", "docker.io/exporter:1", "database.pooler.exporter_image"),
        ("pooler", "authorities_url", None, "database.pooler.authorities_url"),
    ],
)
def test_what_lies_on_the_internet_is_refused_without_nat(
    values: dict[str, Any], block: str, key: str, bad: str | None, where: str
):
    isolated(values)
    (values["services"]["api"] if block == "service" else values["database"]["pooler"])[key] = bad
    [problem] = problems(values)
    assert problem.startswith(f"{where}: ")
    values["network"]["nat"] = "single"
    assert parse("test", values).network.nat == "single"


def test_redis_at_upstash_is_refused_without_nat(values: dict[str, Any]):
    isolated(values)["redis"]["cache"] = {
        "provider": "upstash",
        "role": "cache",
        "primary_region": "us-east-1",
        "budget_usd": 20,
    }
    [problem] = problems(values)
    assert problem.startswith("redis.cache.provider: given 'upstash', allowed a Redis inside the VPC")


@pytest.mark.parametrize(
    ("endpoints", "message"),
    [
        (["logs", "logs"], "network.endpoints: given logs, logs, allowed each once"),
        (["s3"], "network.endpoints.0: given 's3', allowed 'aps-workspaces'"),
    ],
)
def test_endpoint_is_a_known_service_and_named_once(values: dict[str, Any], endpoints: list[str], message: str):
    values["network"]["endpoints"] = endpoints
    [problem] = problems(values)
    assert problem.startswith(message)
