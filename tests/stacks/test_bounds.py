"""Every number of the configuration, at both ends of its range and one step beyond: found in the model itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stacks.config import ConfigError, StackConfig, from_file, parse

ROOT = Path(__file__).parents[2]
SCHEMA = StackConfig.model_json_schema()
OTHER_REDIS: dict[str, dict[str, Any]] = {
    "upstash": {"provider": "upstash", "role": "cache", "primary_region": "us-east-1", "budget_usd": 20},
    "redis-cloud": {"provider": "redis_cloud", "role": "cache", "plan_id": 34858, "size": "1GB"},
    "serverless": {
        "provider": "elasticache_serverless",
        "role": "cache",
        "storage_max_gb": 10,
        "ecpu_max_per_second": 5000,
    },
}
"""Backends of Redis that production does not use, with what they need."""


IMAGE = f"registry.example.com/feed/api@sha256:{'0' * 64}"
OTHER_SERVICE: dict[str, dict[str, Any]] = {
    "worker": {
        "kind": "worker",
        "image": IMAGE,
        "database_pool": 0,
        "sidecars": {"agent": {"image": IMAGE, "memory_mib": 64}},
        "scaling": {
            "mode": "queue",
            "minimum_tasks": 1,
            "maximum_tasks": 4,
            "messages_per_task": 30,
            "sqs_queue": "mails",
        },
    },
    "job": {"kind": "job", "image": IMAGE, "database_pool": 0, "schedule": "rate(1 hour)"},
    "task": {"kind": "task", "image": IMAGE, "database_pool": 0},
    "target": {"scaling": {"mode": "target", "minimum_tasks": 8, "maximum_tasks": 50, "memory_percent": 80}},
    "fixed": {"scaling": {"mode": "fixed", "tasks": 8}},
    "blue-green": {"deployment": {"strategy": "blue_green"}},
    "canary": {"deployment": {"strategy": "canary"}},
    "linear": {"deployment": {"strategy": "linear"}},
}
"""Ways to scale and to deploy that production does not use."""

OTHER_FRONTEND: dict[str, dict[str, Any]] = {
    "vercel": {"provider": "vercel", "team": "acme", "function_timeout_seconds": 60}
}
"""Front ends, of which production has none."""

OTHER_STORE: dict[str, dict[str, Any]] = {
    "external": {"store": {"provider": "external"}, "exporters": [], "cloudflare_token_secret_arn": None},
    "self-hosted": {"store": {"provider": "self_hosted"}},
    "grafana-cloud": {
        "store": {
            "provider": "grafana_cloud",
            "slug": "feed",
            "cloud_region": "prod-us-east-0",
            "plan": "paid",
            "access_policy_token_secret": "CLOUD_TOKEN",
        }
    },
}
"""Stores of metrics that production does not use."""


def whole(block: str = "", changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """Production with every default written out, with `changes` in one block."""
    values = from_file(ROOT / "Pulumi.production.yaml").config.model_dump()
    # Not every Redis has an exporter.
    values["metrics"]["exporters"].remove("redis")
    values["secrets"] = frozenset({"CLOUD_TOKEN"})
    if changes:
        *above, last = block.split(".")
        holder: Any = values
        for name in above:
            holder = holder[name]
        whole_block = {"provider", "kind"} & set(changes)
        holder[last] = changes if whole_block else {**holder[last], **changes}
        made: Any = parse("test", values).model_dump()
        for name in block.split("."):
            made = made[name]
        holder[last] = made
    return values


def numbers(node: dict[str, Any], value: Any, path: str = "") -> Iterator[tuple[str, str, int | float]]:
    """Each bounded number: its path, `minimum` or `maximum`, and the bound."""
    if "$ref" in node:
        node = SCHEMA["$defs"][node["$ref"].rpartition("/")[2]]
    if "discriminator" in node:
        by = node["discriminator"]
        node = {"$ref": by["mapping"][value[by["propertyName"]]]}
        yield from numbers(node, value, path)
        return
    for option in node.get("anyOf", []):
        yield from numbers(option, value, path)
    for bound in ("minimum", "maximum"):
        if bound in node:
            yield path, bound, node[bound]
    if isinstance(value, dict):
        of_names = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
        named = dict.fromkeys(value, of_names[0]) if of_names[0] else {}
        for key, below in {**named, **node.get("properties", {})}.items():
            yield from numbers(below, value.get(key), f"{path}.{key}".lstrip("."))


def cases() -> Iterator[Any]:
    """Every number of production, and those of the choices that it does not make."""
    chosen: list[tuple[str, str, dict[str, Any] | None]] = [("production", "", None)]
    chosen += [(name, "redis.cache", changes) for name, changes in OTHER_REDIS.items()]
    chosen += [
        (name, "services.other" if "kind" in changes else "services.api", changes)
        for name, changes in OTHER_SERVICE.items()
    ]
    chosen += [(name, "frontends.web", changes) for name, changes in OTHER_FRONTEND.items()]
    chosen += [(name, "metrics", changes) for name, changes in OTHER_STORE.items()]
    for name, block, changes in chosen:
        within = "" if changes is None or {"provider", "kind"} & set(changes) else f".{next(iter(changes))}"
        for path, bound, number in numbers(SCHEMA, whole(block, changes)):
            if path.startswith(f"{block}{within}.") or not block:
                yield pytest.param((block, changes), path, bound, number, id=f"{name}-{path}-{bound}")


def put(values: dict[str, Any], path: str, number: float) -> dict[str, Any]:
    *blocks, last = path.split(".")
    block = values
    for name in blocks:
        block = block[name]
    block[last] = number
    return values


@pytest.mark.parametrize(("chosen", "path", "bound", "number"), list(cases()))
def test_number_is_refused_one_step_beyond_its_bound(
    chosen: tuple[str, dict[str, Any] | None], path: str, bound: str, number: float
):
    beyond = number + (1 if bound == "maximum" else -1)
    with pytest.raises(ConfigError) as caught:
        parse("test", put(whole(*chosen), path, beyond))
    assert any(problem.startswith(f"{path}: given {beyond}, allowed ") for problem in caught.value.problems)


@pytest.mark.parametrize(("chosen", "path", "bound", "number"), list(cases()))
def test_number_at_its_bound_is_within_the_range(
    chosen: tuple[str, dict[str, Any] | None], path: str, bound: str, number: float
):
    """The model takes it; whether it fits the other numbers is for the checks across blocks."""
    block: Any = StackConfig.model_validate(put(whole(*chosen), path, number))
    for name in path.split("."):
        block = block[name] if isinstance(block, dict) else getattr(block, name)
    # A number may stand for a block of which it is one key.
    assert block == number or number in block.model_dump().values()


def test_bounds_are_really_found():
    found = {case.values[1] for case in cases()}
    assert {
        *("database.pooler.client_connections", "redis.cache.budget_usd", "services.api.scaling.maximum_tasks"),
        *(
            "services.api.scaling.memory_percent",
            "services.api.scaling.tasks",
            "services.api.deployment.bake_minutes",
        ),
        *("metrics.store.token_days", "metrics.store.storage_gib"),
        *(
            "services.other.sidecars.agent.memory_mib",
            "services.other.retries",
            "services.other.scaling.messages_per_task",
        ),
    } <= found
    assert len(found) > 30
