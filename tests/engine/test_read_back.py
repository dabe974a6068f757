"""A second `up` after a refresh is empty, though the simulated cloud answers as the vendors do."""

import shutil
from pathlib import Path

import pytest

from footing.pulumi_cli.tryout import try_out

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
QUIET = ("--yes", "--skip-preview", "--suppress-outputs")


def test_staging_with_a_browser_project_is_as_it_was_told_after_a_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTING_ROOT", str(ROOT))
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    text = (ROOT / "Pulumi.staging.yaml").read_text()
    browsers = "footing:sentry:\n    frontend: {platform: javascript-react}\n"
    (tmp_path / "Pulumi.staging.yaml").write_text(text.replace("footing:sentry:\n", browsers))
    with try_out("staging", root=tmp_path, directory=tmp_path / "try-out") as session:
        assert session.run("up", *QUIET) == 0
        names = {it.name for it in session.state().resources}
        assert {"sentry-key", "sentry-frontend-key"} <= names
        assert session.run("refresh", *QUIET, "--expect-no-changes") == 0
        assert session.run("up", *QUIET, "--expect-no-changes") == 0
