"""Procedures of what runs as an ECS service: back to the last image, a deployment that hangs, CPU and memory."""

from pathlib import Path
from typing import Final

from components.service.args import WorkloadArgs
from observability.records.procedure import Procedure, filled, read

_OWN: Final = read(Path(__file__).with_name("procedures.md"))
BY_CI: Final = "CI deploys the earlier image again, or its next deployment brings the wrong one back."


def service_procedures(args: WorkloadArgs) -> tuple[Procedure, ...]:
    """Return the procedures of a service or a worker."""
    here = f"the earlier image in `{args.key}.image`, and deploy; else every deployment brings the wrong one back."
    return filled(
        _OWN,
        cluster=args.cluster.name,
        service=args.service_name,
        region=args.region,
        lasting=BY_CI if args.image.owned_by_ci else here,
    )
