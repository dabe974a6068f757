"""The simulated cloud as a child process, for as long as a `with` block lasts."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_STOP_SECONDS = 10


class SimulatedCloudError(Exception):
    """The simulated cloud did not start; the message holds what it said."""


@contextmanager
def simulated_cloud(
    state_dir: Path, packages: Sequence[str], environment: Mapping[str, str] | None = None
) -> Iterator[dict[str, str]]:
    """Serve the packages from the cloud kept in `state_dir`; yields the environment that the engine needs.

    The process runs in `environment`, or in this one's.

    The engine attaches to the running process, so it looks for no plugin and downloads none.

    Raises:
        SimulatedCloudError: a package has no SDK installed, or the kept state cannot be used.
    """
    command = [sys.executable, "-m", "simulator", "--state-dir", str(state_dir), "--packages", ",".join(packages)]
    state_dir.mkdir(parents=True, exist_ok=True)
    log = state_dir / "simulate.log"
    pipe = subprocess.PIPE
    with (
        log.open("w", encoding="utf-8") as stderr,
        subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=stderr, text=True, process_group=0, env=environment
        ) as child,
    ):
        try:
            line = child.stdout.readline() if child.stdout else ""
            if not line:
                child.wait(timeout=_STOP_SECONDS)
                said = log.read_text(encoding="utf-8").strip().removeprefix("error: ")
                raise SimulatedCloudError(f"the simulated cloud did not start: {said}")
            yield {
                **json.loads(line),
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_SKIP_UPDATE_CHECK": "1",
            }
        finally:
            child.terminate()
            try:
                child.communicate(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
