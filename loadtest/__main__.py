"""The generator's process: a job as JSON comes in, what was measured goes out.

`python -m loadtest` reads the job from standard input, or from FOOTING_LOAD_JOB; of several machines, one is
started with FOOTING_LOAD_WORKERS, and the others with FOOTING_LOAD_MASTER.
"""

import os
import sys


def main() -> int:
    """Return 0 once the job is played."""
    # First: it replaces what blocks.
    import msgspec

    from loadtest.generator import run
    from loadtest.run import RESULT_LINE
    from loadtest.scenario import Job

    text = os.environ.get("FOOTING_LOAD_JOB") or sys.stdin.read()
    job = msgspec.json.decode(text, type=Job)
    measured = run(
        job,
        workers=int(os.environ.get("FOOTING_LOAD_WORKERS", "0")),
        master=os.environ.get("FOOTING_LOAD_MASTER", ""),
    )
    print(f"{RESULT_LINE}{msgspec.json.encode(measured).decode()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
