"""Plans the reference and judges the plan in one process, as `footing check` does with a stack."""

import json
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from footing.check.pack import load  # noqa: E402 the path comes first
from footing.check.run import report_on  # noqa: E402
from footing.check.terminal import text  # noqa: E402
from footing.plan.collection import never_collect  # noqa: E402
from footing.plan.record import record  # noqa: E402
from lazy_sdk.hook import install  # noqa: E402


def main() -> None:
    """Print the report; what it finds in the reference is not the point."""

    def program() -> None:
        import reference

        reference.declare(1)

    install()
    never_collect()
    plan = record(program, project="reference", stack="production", config={}, root=ROOT)
    pack = load(ROOT, "production")
    sys.stdout.write(text(report_on(json.loads(plan.to_json()), "production", pack, date.today())))


if __name__ == "__main__":
    main()
