"""Procedures of PostgreSQL on RDS: what AWS does on request."""

from pathlib import Path
from typing import Final

from components.postgres.procedures import procedures
from components.postgres.rds.args import DatabaseArgs
from observability.records.procedure import Procedure, filled, read

_OWN: Final = read(Path(__file__).with_name("procedures.md"))
WITH_STANDBY: Final = (
    "Move it, where it does not move by itself; clients see errors until the name leads to the standby, and "
    "PgBouncer drops dead connections by itself."
)
WITHOUT_STANDBY: Final = "Restart it: without `database.multi_az` there is no standby to move to."


def rds_procedures(args: DatabaseArgs) -> tuple[Procedure, ...]:
    """Return the procedures of the server and its replicas."""
    own = filled(
        _OWN,
        identifier=args.identifier,
        region=args.region,
        max_gib=args.disk.max_gib,
        move=WITH_STANDBY if args.multi_az else WITHOUT_STANDBY,
        failover=" --force-failover" if args.multi_az else "",
    )
    return (*procedures(replicas=bool(args.replicas)), *own)
