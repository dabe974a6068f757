"""The systems of systems/ on the real engine, the simulated clouds and the fakes of their vendors."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from lifecycle import of_type, up_twice_and_down, without_protection

from footing.project import stack_file

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
STACKS = sorted(path.relative_to(ROOT / "systems") for path in (ROOT / "systems").glob("*/Pulumi.*.yaml"))


def name_of(path: Path) -> str:
    return f"{path.parent.name}-{path.name.split('.')[1]}"


@pytest.mark.parametrize("path", STACKS, ids=name_of)
def test_stack_of_a_system_comes_up_twice_and_goes(tree: Path, path: Path):
    shutil.copytree(ROOT / "systems", tree / "systems")
    file = tree / "systems" / path
    file.write_text(yaml.safe_dump(without_protection(yaml.safe_load(file.read_text()))))
    config = stack_file(name_of(path), file, secrets_stood_in=True).config
    state: list[str] = []
    made = up_twice_and_down(
        tree,
        name_of(path),
        config_file=file,
        missing_secrets=config.missing_secrets,
        look=lambda: state.extend(it.read_text() for it in (tree / ".footing").rglob("state/**/*.json")),
    )
    generated = [it["outputs"]["result"] for it in of_type(made, "random:index/randomPassword:RandomPassword")]
    assert state
    assert [it for it in generated if json.loads(it["plaintext"]) in "".join(state)] == []
    projects = of_type(made, "footing-supabase:index:Project")
    assert len(projects) == (config.database is not None and config.database.provider == "supabase")
    assert len(of_type(made, "upstash:index/redisDatabase:RedisDatabase")) == sum(
        it.provider == "upstash" for it in config.redis.values()
    )
    collectors = bool(config.fly) + bool(config.fly and config.datadog and config.datadog.agent)
    machines = sum(it.fly.machines for it in config.on_fly.values() if it.kind != "task") + collectors
    assert len(of_type(made, "fly-machines:apps/v1:Machine")) == machines
    assert len(of_type(made, "vercel:index/project:Project")) == len(config.frontends)
    assert len(of_type(made, "footing-clerk:index:InstanceConfig")) == (config.clerk is not None)
