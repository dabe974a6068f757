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
    "serverless": {
        "provider": "elasticache_serverless",
        "role": "cache",
        "storage_max_gb": 10,
        "ecpu_max_per_second": 5000,
    },
}
"""Backends of Redis that production does not use, with what they need."""


def whole(redis: dict[str, Any] | None = None) -> dict[str, Any]:
    """Production with every default written out."""
    values = from_file(ROOT / "Pulumi.production.yaml").config.model_dump()
    if redis:
        values["redis"] = parse("test", {**values, "redis": redis}).redis.model_dump()
    return values


def numbers(node: dict[str, Any], value: Any, path: str = "") -> Iterator[tuple[str, str, int | float]]:
    """Each bounded number: its path, `minimum` or `maximum`, and the bound."""
    if "$ref" in node:
        node = SCHEMA["$defs"][node["$ref"].rpartition("/")[2]]
    if "discriminator" in node:
        node = {"$ref": node["discriminator"]["mapping"][value["provider"]]}
        yield from numbers(node, value, path)
        return
    for option in node.get("anyOf", []):
        yield from numbers(option, value, path)
    for bound in ("minimum", "maximum"):
        if bound in node:
            yield path, bound, node[bound]
    if isinstance(value, dict):
        for key, below in node.get("properties", {}).items():
            yield from numbers(below, value.get(key), f"{path}.{key}".lstrip("."))


def cases() -> Iterator[Any]:
    """Every number of production, and those of the other backends of Redis."""
    for backend, redis in [("production", None), *OTHER_REDIS.items()]:
        for path, bound, number in numbers(SCHEMA, whole(redis)):
            if redis is None or path.startswith("redis."):
                yield pytest.param(redis, path, bound, number, id=f"{backend}-{path}-{bound}")


def put(values: dict[str, Any], path: str, number: float) -> dict[str, Any]:
    *blocks, last = path.split(".")
    block = values
    for name in blocks:
        block = block[name]
    block[last] = number
    return values


@pytest.mark.parametrize(("redis", "path", "bound", "number"), list(cases()))
def test_number_is_refused_one_step_beyond_its_bound(
    redis: dict[str, Any] | None, path: str, bound: str, number: float
):
    beyond = number + (1 if bound == "maximum" else -1)
    with pytest.raises(ConfigError) as caught:
        parse("test", put(whole(redis), path, beyond))
    assert any(problem.startswith(f"{path}: given {beyond}, allowed ") for problem in caught.value.problems)


@pytest.mark.parametrize(("redis", "path", "bound", "number"), list(cases()))
def test_number_at_its_bound_is_within_the_range(
    redis: dict[str, Any] | None, path: str, bound: str, number: float
):
    """The model takes it; whether it fits the other numbers is for the checks across blocks."""
    block: Any = StackConfig.model_validate(put(whole(redis), path, number))
    for name in path.split("."):
        block = getattr(block, name)
    assert block == number


def test_bounds_are_really_found():
    found = {case.values[1] for case in cases()}
    assert {"database.pooler.server_connections", "redis.budget_usd", "service.scaling.maximum_tasks"} <= found
    assert len(found) > 30
