"""The systems of systems/ on the real engine, the simulated clouds and the fakes of their vendors."""

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
    made = up_twice_and_down(tree, name_of(path), config_file=file, missing_secrets=config.missing_secrets)
    projects = of_type(made, "footing-supabase:index:Project")
    assert len(projects) == (config.database is not None and config.database.provider == "supabase")
    assert len(of_type(made, "upstash:index/redisDatabase:RedisDatabase")) == sum(
        it.provider == "upstash" for it in config.redis.values()
    )
