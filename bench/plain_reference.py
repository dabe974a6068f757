"""Runs a part of the reference as a plain program under the SDK's own mocks; arguments as of plan_reference.py."""

import sys
from pathlib import Path
from typing import Any

import pulumi

sys.path.insert(0, str(Path(__file__).parent))


class Echo(pulumi.runtime.Mocks):
    """Gives every resource its inputs back."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]  # noqa: ARG002
        return {}


def main(part: str, count: int) -> None:
    """Run the program until every output has resolved."""
    mocks = Echo()
    pulumi.runtime.set_mocks(mocks, preview=True)

    def program() -> None:
        import reference

        getattr(reference, part)(count)

    pulumi.runtime.test(program)()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
