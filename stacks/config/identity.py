"""What the name of the application and the region may be: RDS refuses names, and regions lack services."""

from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import category

from components.aws.partition import GOVCLOUD, partition
from policies.aws_offers import Classes, region_fault
from policies.nearest import nearest_name
from stacks.config.base import Problem

RESERVED_NAMES = frozenset(
    """
    admin all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
    collation column concurrently constraint create cross current_catalog current_date current_role current_schema
    current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch
    for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral
    leading left like limit localtime localtimestamp natural none not notnull null offset on only or order outer
    overlaps placing postgres primary public references returning right select session_user similar some
    symmetric system_user table tablesample template0 template1 then to trailing true union unique user using
    variadic verbose when where window with
    """.split()  # noqa: SIM905  a list of a hundred lines
)
"""Reserved words of PostgreSQL, and names that the server or RDS has already.

https://www.postgresql.org/docs/current/sql-keywords-appendix.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, MasterUsername
"""

POOLER_NAMES = frozenset({"footing_metrics", "pgbouncer", "stats"})
"""Role of PostgreSQL's exporter, database of PgBouncer's console, user of its exporter."""

TAKEN_PREFIXES = ("pg_", "rds")
"""Beginnings of the names of PostgreSQL's own roles, and of those of RDS."""

NEON_NAMES = frozenset(
    {"cloud_admin", "neon_superuser", "none", "postgres", "public", "template0", "template1", "zenith_admin"}
)
"""Names that Neon takes for no role or no database.

https://neon.com/docs/manage/roles, https://neon.com/docs/manage/databases
"""

TAKEN = {
    "rds": ("PostgreSQL, PgBouncer and RDS", POOLER_NAMES | RESERVED_NAMES, TAKEN_PREFIXES),
    "existing": ("PostgreSQL and PgBouncer", POOLER_NAMES, TAKEN_PREFIXES[:1]),
    "neon": ("PostgreSQL and Neon", NEON_NAMES, TAKEN_PREFIXES[:1]),
}
"""Who takes names, the names, and their beginnings, by `database.provider`."""

GOVCLOUD_REGIONS = frozenset({"us-gov-east-1", "us-gov-west-1"})
"""Regions of the partition aws-us-gov, 2026-11, as below."""

REGIONS = frozenset(
    """
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
    ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6
    ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2
    eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1
    us-east-2 us-west-1 us-west-2
    """.split()  # noqa: SIM905  a list of forty lines
).union(GOVCLOUD_REGIONS)
"""Regions of the partitions aws and aws-us-gov, 2026-11: those of botocore's endpoints; a test compares them."""

LACKING_IN_GOVCLOUD = {
    "storage": (
        "CloudFront is not there (https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/setting-up-credentials.html)"
    ),
    "edge.probe": (
        "health checkers there watch GovCloud alone, and visitors come to the edge "
        "(https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-r53.html)"
    ),
}
"""Keys that need what GovCloud does not have, 2026-11: why not, with the source."""

ZONE_LETTERS = {
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
    "ap-northeast-1": "abcd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abcd",
}
"""Last letters of a region's zones, where they are more than `abc`.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
"""

DEFAULT_ZONE_LETTERS = {"ap-northeast-1": "acd", "ca-central-1": "abd"}
"""Letters of the zones that a new account sees, where they are not the first three; us-west-1 shows two of three.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
"""

REGIONAL = {"kms": "key", "acm": "certificate", "elasticloadbalancing": "listener"}
"""What the stack can use in its own region alone, by the service in its ARN."""

MOST_OWNERS = 10 - 3
"""An object of S3 has 10 tags at most, and three say what it belongs to (`Names.tags`).

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

OWNER_CHARACTERS, TAG_VALUE_CHARACTERS = 128 - len("owner:"), 256
"""Longest key under `owners`, whose tag begins with `owner:`, and longest value of a tag.

https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""


def class_problems(given: Mapping[str, str], offered: Classes, region: str) -> Iterator[Problem]:
    """Yield the key and one sentence for each class of an instance, by its key, that the region does not have."""
    for key, name in given.items():
        if fault := region_fault(name, region, offered):
            yield key, f"given {name}, allowed {fault}"


def database_name_problems(app: str, given: Mapping[str, str], provider: str) -> Iterator[Problem]:
    """Yield the key and one sentence for a name of the database or its owner that somebody has already.

    Args:
        app: name of the application.
        given: what names the database and its owner, by the key that does; `app` where no other key does.
        provider: `database.provider`.

    """
    who, reserved, prefixes = TAKEN[provider]
    for key, name in given.items():
        # RDS's own default for a master user, so what is adopted may have it.
        if name == "postgres" and key == "database.username":
            continue
        if name in reserved or name.startswith(prefixes):
            told = f"{app!r}, which names the database and its owner {name!r}" if key == "app" else repr(name)
            other = ", for example one with -app at its end" if name in reserved else " beginning"
            advice = f": choose another{other}" if key == "app" else ""
            yield key, f"given {told}, allowed a name that {who} do not reserve{advice}"


def region_problems(region: str) -> Iterator[Problem]:
    """Yield the key and one sentence for a region that is none for us."""
    if (found := partition(region)) not in ("aws", GOVCLOUD):
        problem = (
            f"given {region!r} of the partition {found}, allowed a region of aws or {GOVCLOUD}: in the others "
            "accounts, host names and services differ"
        )
        yield "region", problem
    elif region not in REGIONS:
        nearest = nearest_name(region, REGIONS)
        yield (
            "region",
            f"given {region!r}, allowed a region of AWS{f'; did you mean {nearest}?' if nearest else ''}",
        )


def govcloud_problems(region: str, given: Mapping[str, bool]) -> Iterator[Problem]:
    """Yield key and sentence for each key of `LACKING_IN_GOVCLOUD` that is `given` in a stack there."""
    if partition(region) == GOVCLOUD:
        for key, reason in LACKING_IN_GOVCLOUD.items():
            if given[key]:
                yield key, f"given, allowed outside the partition {GOVCLOUD}, where {region} is: {reason}"


def owner_problems(owners: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a key and a sentence for each owner that AWS takes for no tag."""
    if len(owners) > MOST_OWNERS:
        yield (
            "owners",
            f"given {len(owners)}, allowed up to {MOST_OWNERS}: an object of S3 has 10 tags, 3 are the stack's",
        )
    # Keys that differ in case alone are one to IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
    alike = {key for key in owners if [it.lower() for it in owners].count(key.lower()) > 1}
    if alike:
        yield (
            "owners",
            f"given {', '.join(sorted(alike))}, allowed each once: IAM reads tags without regard to case",
        )
    for key, value in owners.items():
        if key.lower().startswith("aws:"):
            yield f"owners.{key}", "given a key with aws:, which AWS keeps for itself, allowed any other beginning"
        for what, text, most in (("key", key, OWNER_CHARACTERS), ("value", value, TAG_VALUE_CHARACTERS)):
            strange = {
                char for char in text if char not in "_.:/=+-@" and category(char)[0] not in "LN" and char != " "
            }
            if len(text) > most or (not text and what == "key"):
                yield f"owners.{key[:most]}", f"given a {what} of {len(text)} characters, allowed 1 to {most}"
            elif strange:
                names = ", ".join(sorted(ascii(char) for char in strange))
                yield (
                    f"owners.{ascii(key)[1:-1]}",
                    f"given {names}, allowed letters, digits, spaces and _.:/=+-@ in a tag",
                )


def arn_problems(values: Any, region: str, path: str = "") -> Iterator[Problem]:
    """Yield a key and a sentence for each ARN of another partition, or region where AWS wants the stack's own."""
    own = partition(region)
    for key, value in values.items() if isinstance(values, Mapping) else enumerate(values):
        here = f"{path}.{key}".removeprefix(".")
        if isinstance(value, (Mapping, list)):
            yield from arn_problems(value, region, here)
        elif isinstance(value, str) and value.startswith("arn:aws"):
            _, found, service, place, *_ = [*value.split(":"), "", "", ""]
            if found != own:
                yield here, f"given an ARN of the partition {found}, allowed one of {own}, where {region} is"
            elif service in REGIONAL and place != region:
                yield here, f"given a {REGIONAL[service]} in {place}, allowed one in {region}, the stack's region"
