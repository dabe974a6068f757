"""This project's own stacks on the real engine and the simulated cloud."""

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from footing.project import observed, stack_file
from observability.alerting.alerts import queried_series
from observability.records.names import Job
from tests.components.alloy_reader import read

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"
ALLOY = "ALLOY_CONFIG"
"""Variable of a collector's container with its configuration."""
TREE = ("Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.production.yaml", "__main__.py", "policies")

FORCED = """\
from msgspec.structs import replace

from stacks import compose
from stacks.compose import data, web
from stacks.config import from_pulumi

{change}
compose.compose(*from_pulumi())
"""
"""The program with one number forced past its configuration, where only the policy pack can see it."""

OVERRIDES = """\
import pulumi


def closer(args):
    if args.name != "database-primary":
        return None
    return pulumi.ResourceTransformResult({**args.props, **CHANGES}, args.opts)


pulumi.runtime.register_resource_transform(closer)
"""
"""The user's own file, with what it changes of the database."""

POOL_OF_120 = """\
made = data.PoolSize
data.PoolSize = lambda **given: made(**{**given, "server_connections": 120})
"""
CONNECTIONS_201 = """\
made = data.ParameterArgs
data.ParameterArgs = lambda **given: made(**{**given, "max_connections": 201})
"""
FORCED_RATE = """\
made = web.edge_settings
def forced(config):
    settings = made(config)
    block = settings.{block}
    rate = replace(block.per_minute, requests={requests})
    return replace(settings, {block}=replace(block, per_minute=rate))
web.edge_settings = forced
"""
API_RATE_101 = FORCED_RATE.format(block="api", requests=101)
AUTH_RATE_21 = FORCED_RATE.format(block="auth", requests=21)
FAILED_LOGINS_6 = """\
made = web.edge_settings
def forced(config):
    auth = made(config).auth
    return replace(made(config), auth=replace(auth, failed_logins=replace(auth.failed_logins, failures=6)))
web.edge_settings = forced
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what a deployment reads, so that try-outs of parallel tests do not meet."""
    for name in TREE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    return tmp_path


def footing(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [FOOTING, *arguments, "--simulated"],
        cwd=tree,
        env={**os.environ, "FOOTING_ROOT": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def applied_twice(tree: Path, stack: str) -> None:
    done = footing(tree, "up", stack)
    assert done.returncode == 0, done.stdout
    assert "pooled_url: [secret]" in done.stdout
    assert "postgresql://" not in done.stdout
    assert "resources by component" in done.stdout
    assert "The cloud is simulated" in done.stdout
    warnings = [line for line in done.stdout.splitlines() if "warning" in line]
    # A plan's losses are said; nothing else is to be warned of.
    assert bool(warnings) is (stack == "staging")
    assert all("The Cloudflare plan 'free' lacks " in line for line in warnings)


def test_staging_is_applied_twice_without_a_change_and_can_be_destroyed(tree: Path):
    applied_twice(tree, "staging")
    assert footing(tree, "destroy", "staging").returncode == 0


def test_production_is_applied_twice_without_a_change_and_refuses_to_be_destroyed(tree: Path):
    applied_twice(tree, "production")
    refused = footing(tree, "destroy", "production")
    assert refused.returncode == 1
    assert "Nothing was destroyed: 13 resources of 'production' are protected." in refused.stdout
    # An alert on what nobody scrapes is mute, or its ticket stands for ever.
    assert jobs_queried("production") == jobs_scraped(tree, "production") - {Job.COLLECTOR, Job.REDIS}


def test_stack_that_collects_nothing_queries_no_job():
    assert jobs_queried("staging") == set()


def jobs_queried(stack: str) -> set[str]:
    series = queried_series(observed(stack, stack_file(stack, ROOT / f"Pulumi.{stack}.yaml")).signals)
    return {match.value for it in series for match in it.matches if match.label == "job"}


def jobs_scraped(tree: Path, stack: str) -> set[str]:
    """Return the jobs that the collectors of the stack scrape, as its state has them."""
    state = json.loads((tree / f".footing/{stack}/state/.pulumi/stacks/footing/{stack}.json").read_text())
    made = state["checkpoint"]["latest"]["resources"]
    tasks = [it["inputs"] for it in made if it["type"] == "aws:ecs/taskDefinition:TaskDefinition"]
    containers = [container for task in tasks for container in json.loads(task["containerDefinitions"])]
    texts = [it["value"] for container in containers for it in container["environment"] if it["name"] == ALLOY]
    blocks = [block for text in texts for block in read(text).blocks if block.name == "prometheus.scrape"]
    return {block.attributes["job_name"] for block in blocks}


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_preview_of_a_committed_stack_passes_the_policy_pack(tree: Path, stack: str):
    done = footing(tree, "preview", stack)
    assert done.returncode == 0, done.stdout
    assert "footing" in done.stdout.partition("Policies:")[2], done.stdout


@pytest.mark.parametrize(
    ("change", "rule", "observed"),
    [
        (POOL_OF_120, "pooler-server-connections", "observed a pool of 120; required 50 to 100 connections"),
        (CONNECTIONS_201, "database-max-connections", "observed max_connections 201; required 200 connections"),
        (API_RATE_101, "edge-api-rate", "observed 101 requests in 60 seconds; required 1 to 100 requests"),
        (AUTH_RATE_21, "edge-auth-rate", "observed 21 requests in 60 seconds; required 1 to 20 requests"),
        (FAILED_LOGINS_6, "edge-failed-logins", "observed a challenge after 6; required 2 to 5 failed logins"),
    ],
)
def test_number_forced_past_the_configuration_is_stopped_by_the_policy_pack(
    tree: Path, change: str, rule: str, observed: str
):
    (tree / "__main__.py").write_text(FORCED.format(change=change))
    done = footing(tree, "preview", "production")
    assert done.returncode == 1, done.stdout
    assert rule in done.stdout
    assert observed in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("changes", "code", "shown"),
    [
        ({"monitoringInterval": 15}, 0, ""),
        ({"storageEncrypted": False}, 1, "database-storage-encrypted"),
    ],
)
def test_overrides_of_the_user_reach_the_engine_and_its_policy_pack(
    tree: Path, changes: dict[str, object], code: int, shown: str
):
    (tree / "overrides.py").write_text(OVERRIDES.replace("CHANGES", repr(changes)))
    done = footing(tree, "preview", "staging")
    assert done.returncode == code, done.stdout
    assert shown in done.stdout


def test_overrides_that_cannot_be_run_are_one_sentence_of_the_engine(tree: Path):
    (tree / "overrides.py").write_text("1 / 0\n")
    done = footing(tree, "preview", "staging")
    assert done.returncode == 1
    assert "overrides.py, line 1: ZeroDivisionError: division by zero" in " ".join(done.stdout.split())
    assert "Traceback" not in done.stdout
