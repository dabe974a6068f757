"""Starting the generator's process and reading what it measured."""

import os
import subprocess
import sys
from collections.abc import Mapping

import msgspec

from loadtest.measured import Measured
from loadtest.scenario import Job

RESULT_LINE = "measured: "
"""Before the result, among whatever else a log holds."""
LATE_SECONDS = 120
"""Time after its end in which a run has to be over, in seconds."""


class GeneratorError(Exception):
    """The generator did not run; the message is for people."""


def play(job: Job, *, quiet: bool = False, variables: Mapping[str, str] | None = None) -> Measured:
    """Return what a run of the job on this machine measured.

    Args:
        job: what is played.
        quiet: keep its progress to itself.
        variables: further variables of the generator's environment.

    Raises:
        GeneratorError: Locust is not installed, or its process failed.

    """
    from importlib.util import find_spec

    if find_spec("locust") is None:
        raise GeneratorError("Locust is not installed: install the extra, `pip install 'footing[load]'`")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(variables or {})}
    # Its own path: the job's process is started in whatever directory the command is.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    for name in ("FOOTING_LOAD_JOB", "FOOTING_LOAD_WORKERS", "FOOTING_LOAD_MASTER"):
        environment.pop(name, None)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "loadtest"],
            input=msgspec.json.encode(job),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if quiet else None,
            env=environment,
            timeout=job.scenario.duration_seconds + LATE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GeneratorError(f"the generator did not end {LATE_SECONDS} seconds after its run") from None
    found = result_in(done.stdout.decode(errors="replace"))
    if done.returncode or found is None:
        told = (done.stderr or b"").decode(errors="replace").strip().splitlines()[-1:]
        raise GeneratorError(
            f"the generator ended with exit code {done.returncode}" + "".join(f": {it}" for it in told)
        )
    return found


def result_in(log: str) -> Measured | None:
    """Return the result that a generator's log holds; None where it has none yet."""
    found = [it.partition(RESULT_LINE)[2] for it in log.splitlines() if RESULT_LINE in it]
    return msgspec.json.decode(found[-1], type=Measured, strict=False) if found else None
