"""A stack's configuration that tests spoil."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPENDENT = {"footing:metrics"}


class Block(dict[str, Any]):
    """A block that makes those below it when a test reaches into one that the file leaves out."""

    def __missing__(self, key: str) -> Any:
        self[key] = Block()
        return self[key]


def blocks(value: Any) -> Any:
    """Return `value` with a `Block` for every map in it."""
    return Block({key: blocks(it) for key, it in value.items()}) if isinstance(value, dict) else value


@pytest.fixture
def values() -> dict[str, Any]:
    """The production stack's own keys, free to be changed; without what depends on several blocks."""
    declared = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())["config"]
    kept = {key.removeprefix("footing:"): value for key, value in declared.items() if key not in DEPENDENT}
    del kept["alerts"]["database_connections"]
    del kept["services"]["api"]["reader_pools"]
    return deepcopy(blocks(kept))
