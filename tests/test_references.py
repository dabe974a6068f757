"""What docstrings refer to is there."""

import re
from pathlib import Path

from tests.stack_keys import has_key

ROOT = Path(__file__).parents[1]
CONFIG_KEY = re.compile(r"config\s+`([^`]+)`(?:(?:,|\s+and|\s+or)\s+`([a-z0-9_]+\.[a-z0-9_.]+)`)?")


def test_every_key_that_a_component_names_as_its_source_exists():
    found = {
        (path.relative_to(ROOT).as_posix(), key)
        for path in sorted((ROOT / "components").rglob("*.py"))
        for keys in CONFIG_KEY.findall(path.read_text())
        for key in keys
        if key
    }
    assert len(found) >= 31
    assert [it for it in sorted(found) if not has_key(it[1])] == []


def test_key_that_is_not_there_is_noticed():
    assert has_key("metrics.store.retention_days")
    assert has_key("database.replicas.purpose")
    assert not has_key("metrics.retention_days")
    assert not has_key("metrics.store.retention_days.more")
