"""This project's own stacks on the real engine and the simulated cloud."""

import os
import shutil
import subprocess
import sysconfig
from datetime import date, timedelta
from pathlib import Path

import pytest

from policies.waivers import LONGEST_DAYS

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"
TREE = ("Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.production.yaml", "__main__.py", "policies", "providers")

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

EXCEPTIONS = """\
  footing:limit_exceptions:
    - key: database.pooler.server_connections
      allowed: 25
      reason: The plan of the server accepts no more.
      owner: platform
      expires: "LAST_DAY"
"""
"""Accepts a smaller pool, until a day."""

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
def forced(*given):
    settings = made(*given)
    block = settings.{block}
    rate = replace(block.per_minute, requests={requests})
    return replace(settings, {block}=replace(block, per_minute=rate))
web.edge_settings = forced
"""
API_RATE_101 = FORCED_RATE.format(block="api", requests=101)
AUTH_RATE_21 = FORCED_RATE.format(block="auth", requests=21)
FAILED_LOGINS_6 = """\
made = web.edge_settings
def forced(*given):
    auth = made(*given).auth
    return replace(made(*given), auth=replace(auth, failed_logins=replace(auth.failed_logins, failures=6)))
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


@pytest.mark.parametrize(
    ("changes", "code", "shown"),
    [
        (
            {"monitoringInterval": 15},
            0,
            "by platform (The plan of the server accepts no more.): observed a pool of 25",
        ),
        ({"storageEncrypted": False}, 1, "database-storage-encrypted"),
    ],
)
def test_overrides_of_the_user_reach_the_engine_and_its_policy_pack(
    tree: Path, changes: dict[str, object], code: int, shown: str
):
    (tree / "overrides.py").write_text(OVERRIDES.replace("CHANGES", repr(changes)))
    file = tree / "Pulumi.staging.yaml"
    smaller = file.read_text().replace("server_connections: 50", "server_connections: 25")
    last_day = date.today() + timedelta(days=LONGEST_DAYS)
    file.write_text(f"{smaller}{EXCEPTIONS.replace('LAST_DAY', last_day.isoformat())}")
    done = footing(tree, "preview", "staging")
    assert done.returncode == code, done.stdout
    assert shown in " ".join(done.stdout.split())


def test_overrides_that_cannot_be_run_are_one_sentence_of_the_engine(tree: Path):
    (tree / "overrides.py").write_text("1 / 0\n")
    done = footing(tree, "preview", "staging")
    assert done.returncode == 1
    assert "overrides.py, line 1: ZeroDivisionError: division by zero" in " ".join(done.stdout.split())
    assert "Traceback" not in done.stdout
