"""A stack's configuration that tests spoil."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPENDENT = {"footing:metrics", "footing:alerts"}


@pytest.fixture
def values() -> dict[str, Any]:
    """The production stack's own keys, free to be changed; without what depends on several blocks."""
    declared = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())["config"]
    return deepcopy(
        {key.removeprefix("footing:"): value for key, value in declared.items() if key not in DEPENDENT}
    )
