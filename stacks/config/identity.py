"""What the name of the application and the region may be: RDS refuses names, and this program regions."""

from collections.abc import Iterator

from stacks.config.base import Problem

RESERVED_NAMES = frozenset(
    """
    admin all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
    collation column concurrently constraint create cross current_catalog current_date current_role current_schema
    current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch
    for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral
    leading left like limit localtime localtimestamp natural none not notnull null offset on only or order outer
    overlaps placing postgres primary public references returning right select session_user similar some symmetric
    system_user table tablesample template0 template1 then to trailing true union unique user using variadic
    verbose when where window with
    """.split()  # noqa: SIM905  a list of a hundred lines
)
"""Reserved words of PostgreSQL, and names that the server or RDS has already.

https://www.postgresql.org/docs/current/sql-keywords-appendix.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, MasterUsername
"""

TAKEN_PREFIXES = ("pg_", "rds")
"""Beginnings of the names of PostgreSQL's own roles, and of those of RDS."""

OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")
"""Beginnings of regions whose ARNs do not begin with `arn:aws:`.

https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""


def identity_problems(app: str, database_name: str, region: str) -> Iterator[Problem]:
    """Yield the key and one sentence for an `app` whose database RDS refuses, or a region of another partition."""
    if database_name in RESERVED_NAMES or database_name.startswith(TAKEN_PREFIXES):
        problem = (
            f"given {app!r}, which names the database and its owner {database_name!r}, allowed a name that "
            "PostgreSQL and RDS do not reserve: choose another, for example one with -app at its end"
        )
        yield "app", problem
    if region.startswith(OTHER_PARTITIONS):
        problem = (
            f"given {region!r}, allowed a region of the partition aws: in GovCloud, China and the isolated "
            "partitions ARNs begin otherwise, and CloudFront and other services are missing"
        )
        yield "region", problem
