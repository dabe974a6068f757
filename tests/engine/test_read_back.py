"""A second `up` after a refresh is empty, though the simulated cloud answers as the vendors do."""

from pathlib import Path

import pytest

from footing.pulumi_cli.tryout import try_out

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
QUIET = ("--yes", "--skip-preview", "--suppress-outputs")


def test_staging_is_as_it_was_told_after_a_refresh(tmp_path: Path) -> None:
    with try_out("staging", root=ROOT, directory=tmp_path) as session:
        assert session.run("up", *QUIET) == 0
        assert session.run("refresh", *QUIET, "--expect-no-changes") == 0
        assert session.run("up", *QUIET, "--expect-no-changes") == 0
