from collections.abc import Iterator
from pathlib import Path

import pytest
from simulated_provider import Provider, provider_over


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with provider_over(tmp_path) as made:
        yield made
