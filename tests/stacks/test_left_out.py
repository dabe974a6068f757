"""Stacks without one block, and of one block alone: each parses, plans offline and breaks no rule."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_compose import ROOT, plan_of_file

from policies import planned
from policies.judgement import Verdict
from policies.resource import Stack
from policies.rule import Level
from policies.rules import CATALOGUE

BALANCER = {
    "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b",
    "ingress_cidrs": ["203.0.113.0/24"],
    "protect": False,
}
ELSEWHERE = {"origin_hostname": "origin.example.net", "origin_pull": "present"}
"""What an edge needs where no web service of the stack answers."""
BLOCKS = ("database", "redis", "services", "edge", "storage", "sentry", "grafana")
COMPONENTS = {
    "database": {"database", "pooler"},
    "redis": {"redis"},
    "services": {"service", "load-balancer"},
    "edge": {"edge", "domain", "origin-pull"},
    "storage": {"storage"},
    "sentry": {"sentry"},
    "grafana": {"observability"},
}
"""Names of the components that exist for the sake of one block."""


def staging() -> dict[str, Any]:
    declared = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text())["config"]
    return {key.removeprefix("footing:"): value for key, value in declared.items()}


def kept(blocks: set[str]) -> dict[str, Any]:
    """Staging with these of its blocks alone, and what they then need."""
    values = {key: it for key, it in staging().items() if key not in {*BLOCKS, "load_balancer"} - blocks}
    if "database" not in blocks and "services" in blocks:
        del values["services"]["api"]["database_pool"]
    if "edge" in blocks and "services" not in blocks:
        values["edge"] |= ELSEWHERE
    if "services" in blocks and "edge" not in blocks:
        values["load_balancer"] = BALANCER
    return values


@pytest.mark.parametrize(
    "blocks",
    [*({*BLOCKS} - {it} for it in BLOCKS), *({it} for it in BLOCKS), set()],
    ids=[*(f"without-{it}" for it in BLOCKS), *(f"{it}-alone" for it in BLOCKS), "nothing"],
)
def test_what_is_left_out_is_neither_composed_nor_asked_for(tmp_path: Path, blocks: set[str]):
    path = tmp_path / "Pulumi.staging.yaml"
    path.write_text(yaml.safe_dump({"config": {f"footing:{key}": it for key, it in kept(blocks).items()}}))
    plan = plan_of_file(path)
    made = {it.name for it in plan.resources if it.type.startswith("footing:")}
    of_blocks = set[str]().union(*COMPONENTS.values())
    assert made & of_blocks == set[str]().union(*(COMPONENTS[it] for it in blocks))
    in_network, in_cluster = bool(blocks & {"database", "services"}), bool(blocks & {"database", "services"})
    assert ("network" in made, "cluster" in made) == (in_network, in_cluster)
    resources = planned.resources(json.loads(plan.to_json()))
    broken = {
        (it.rule.id, it.resource.name if it.resource else "")
        for it in CATALOGUE.of_all(Stack(environment="staging", resources=resources))
        if it.judgement.verdict is Verdict.BROKEN
        or (it.judgement.verdict is Verdict.FAIL and it.level is Level.MANDATORY)
    }
    assert broken == set()
