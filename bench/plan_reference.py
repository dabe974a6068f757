"""Plans a part of the reference as `footing plan --json` does; arguments: declare or parameters, and a count."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from footing.plan.collection import never_collect  # noqa: E402 the path comes first
from footing.plan.record import record  # noqa: E402
from lazy_sdk.hook import install  # noqa: E402 the path comes first


def main(part: str, count: int) -> None:
    """Print the plan's JSON."""

    def program() -> None:
        # Imported inside, as a stack imports its providers where it uses them.
        import reference

        getattr(reference, part)(count)

    install()
    never_collect()
    plan = record(program, project="reference", stack="production", config={}, root=ROOT)
    sys.stdout.write(plan.to_json())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
