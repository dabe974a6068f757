"""compose.yaml is what Compose reads, has the stack's numbers and no password, and no committed one is stale."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from footing.cli import app
from footing.project import stack_file
from stacks.config.load import parse
from stacks.config.stack import StackConfig
from stacks.local.compose_file import compose_document, compose_file
from stacks.local.env_example import env_example, secret_names

ROOT = Path(__file__).parents[2]
# https://github.com/compose-spec/compose-spec/blob/170098ba07d9f53c383a41bfd4c5166b0a4529a6/schema/compose-spec.json
# of 2026-06-23, without its descriptions.
SCHEMA = json.loads((Path(__file__).parent / "compose_spec_2026_06_23.json").read_text())
STACKS = sorted([*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("systems/*/Pulumi.*.yaml")])
COMMITTED = sorted(ROOT.glob("systems/*/compose.yaml"))
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z0-9_]+)(:[-?][^}]*)?\}")
PASSWORDS = {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}


@cache
def config(path: Path) -> StackConfig:
    return stack_file(path.stem, path, secrets_stood_in=True).config


@pytest.mark.parametrize("path", STACKS, ids=lambda path: f"{path.parent.name}-{path.name.split('.')[1]}")
def test_file_is_valid_and_takes_every_secret_from_the_environment(path: Path):
    text = compose_file(config(path), "any")
    document = yaml.safe_load(text)
    jsonschema.Draft7Validator(SCHEMA).validate(document)
    services = document["services"]
    waited = {name for it in services.values() for name in it.get("depends_on", {})}
    assert waited <= services.keys()
    mounted = {it.partition(":")[0] for service in services.values() for it in service.get("volumes", ())}
    assert mounted == document.get("volumes", {}).keys()
    published = [port for service in services.values() for port in service.get("ports", ())]
    hosts = [tuple(it.split(":")[:2]) for it in published]
    assert len(set(hosts)) == len(hosts)
    assert {host for host, _ in hosts} == {"127.0.0.1"}
    named = {name for name, _ in VARIABLE.findall(text)}
    example = env_example(config(path), "any")
    needed = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert PASSWORDS & named <= needed
    assert {it for service in config(path).services.values() for it in service.secrets} <= needed & named
    assert needed == set(secret_names(config(path)))
    # A name and nothing behind it.
    assert re.findall(r"^\w+=.+$", example, re.MULTILINE) == []
    for name, service in services.items():
        for variable, value in service["environment"].items():
            if "PASSWORD" in variable:
                assert VARIABLE.fullmatch(value), f"{name} {variable}"
        pinned = re.search(r"@sha256:|:v?\d+\.\d+", service["image"])
        assert pinned or name in config(path).services, f"{name} names a moving image"


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.parent.name)
def test_committed_file_is_current(path: Path):
    text = path.read_text()
    stack = text.partition("`footing compose ")[2].partition("`")[0]
    found = config(path.parent / f"Pulumi.{stack}.yaml")
    again = f"run: make compose SYSTEM={path.parent.name} STACK={stack}"
    assert text == compose_file(found, stack), again
    assert path.with_name(".env.example").read_text() == env_example(found, stack), again


def test_launch_system_has_its_ports_and_limits():
    [path] = [it for it in COMMITTED if it.parent.name == "fairtradeworker"]
    services = yaml.safe_load(path.read_text())["services"]
    ports = {name: it["ports"][0].split(":")[1] for name, it in services.items() if "ports" in it}
    assert (ports["app"], ports["redis"], ports["postgres"]) == ("3000", "6379", "5432")
    assert "max_connections=200" in services["postgres"]["command"]
    assert "statement_timeout=30s" in services["postgres"]["command"]
    ini = services["pgbouncer"]["environment"]["PGBOUNCER_INI"].splitlines()
    # Of 100 connections, each of the four pairs has 25.
    assert {"pool_mode = transaction", "default_pool_size = 25", "max_db_connections = 100"} <= set(ini)
    assert "max_client_conn = 12000" in ini


def servers(values: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = compose_document(parse("test", values))
    return document["services"]


def test_numbers_follow_the_stack_file(values: dict[str, Any]):
    values["database"] |= {"statement_timeout_seconds": 20, "postgres_version": "18.4"}
    values["database"]["pooler"] |= {"tasks": 2, "server_connections": 60, "query_wait_timeout_seconds": 10}
    values["redis"]["queue"] = {"provider": "elasticache", "role": "queue", "node_type": "cache.t4g.small"}
    made = servers(values)
    assert made["postgres"]["image"].endswith("/postgres:18.4-alpine")
    assert made["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]
    assert {"max_connections=200", "statement_timeout=20s"} <= set(made["postgres"]["command"])
    ini = made["pgbouncer"]["environment"]["PGBOUNCER_INI"]
    assert "default_pool_size = 60\n" in ini
    assert "query_wait_timeout = 10\n" in ini
    assert "tls" not in ini
    queue, cache_ = made["redis-queue"]["command"], made["redis"]["command"]
    assert queue[1:5] == ["--maxmemory", "1471026299", "--maxmemory-policy", "noeviction"]
    assert queue[5:7] == ["--appendonly", "yes"]
    assert cache_[cache_.index("--maxmemory-policy") + 1] == "allkeys-lru"
    assert made["redis-queue"]["ports"] == ["127.0.0.1:6380:6379"]
    # The application is the role that production gives it, which may not change the schema.
    assert made["pgbouncer"]["environment"]["DATABASE_USER"] == "feed_app"
    assert "CREATE ROLE" in made["database-role"]["command"][0]


def test_dollars_of_the_application_are_its_own(values: dict[str, Any]):
    values["services"]["api"]["environment"] = {"PRICE": "$5 ${NOT_OURS}"}
    assert servers(values)["api"]["environment"]["PRICE"] == "$$5 $${NOT_OURS}"


def test_command_overwrites_its_own_files_alone(tmp_path: Path):
    arguments = ["compose", "staging", "--output", str(tmp_path)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert CliRunner().invoke(app, arguments).exit_code == 0
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    done = CliRunner().invoke(app, arguments)
    assert "is there already and not of this command" in str(done.exception)
    assert (tmp_path / "compose.yaml").read_text() == "services: {}\n"
