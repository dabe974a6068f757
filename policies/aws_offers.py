"""What AWS offers by name: versions of engines, classes of instances, and the regions that lack some.

Configuration and the simulated cloud refuse the rest. Dated data, which `python -m policies.renew_offers` renews
from the answers of the API that cfn-lint keeps, its deprecated versions left out. An account says the same:
`aws rds describe-db-engine-versions --engine postgres`, `aws elasticache describe-cache-engine-versions`,
`aws rds describe-orderable-db-instance-options --engine postgres`.
"""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from policies.nearest import nearest_name

FILE: Final = Path(__file__).with_name("aws_offers.json")
"""The data."""
_DATA: Final = json.loads(FILE.read_text(encoding="utf-8"))

READ_ON: Final[str] = _DATA["date"]
"""Day of the answers."""
POSTGRES_VERSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    major: tuple(minors.split()) for major, minors in _DATA["postgres"].items()
}
"""Minor versions by the major one. RDS creates no server of an older one:

14.14 to 14.17, 15.9 to 15.12, 16.5 to 16.8 and 17.1 to 17.4 went on 2026-05-01, 18.5 never came.
https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
"""
ELASTICACHE_VERSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    engine: tuple(versions.split()) for engine, versions in _DATA["elasticache"].items()
}
"""Versions from 7 on, by engine. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html"""


class Classes(Struct, frozen=True):
    """Classes of instances: in AWS's tables a region has all sizes of a family, or none."""

    sizes: Mapping[str, tuple[str, ...]]
    """Sizes by family, in any region."""
    lacking: Mapping[str, frozenset[str]]
    """Families that a region does not have, by region; a region that is not here is not known."""


def _classes(name: str) -> Classes:
    sizes, lacking = _DATA[name]["sizes"], _DATA[name]["lacking"]
    return Classes(
        sizes={family: tuple(of.split()) for family, of in sizes.items()},
        lacking={region: frozenset(families.split()) for region, families in lacking.items()},
    )


RDS_CLASSES: Final = _classes("rds_classes")
"""Those of RDS for PostgreSQL 14 and later; families that AWS sells no more are left out.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
"""
NODE_TYPES: Final = _classes("node_types")
"""Those of ElastiCache's nodes.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
"""
_PARTS: Final = {"micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1.0}


def postgres_version_fault(version: str) -> str | None:
    """Return what RDS offers in place of `version`, a major one or major.minor; None where it offers that."""
    major, _, minor = version.partition(".")
    known = POSTGRES_VERSIONS.get(major)
    if known and (not minor or version in known):
        return None
    if known is None:
        return f"a major version that RDS offers, {', '.join(POSTGRES_VERSIONS)}"
    return f"{major} alone, or what RDS offered on {READ_ON}: {', '.join(known)}"


def elasticache_version_fault(engine: str, version: str) -> str | None:
    """Return what ElastiCache offers of `engine` in place of `version`; None where it offers that."""
    known = ELASTICACHE_VERSIONS[engine]
    return None if version in known else f"what ElastiCache offered of {engine} on {READ_ON}: {', '.join(known)}"


def class_fault(given: str, offered: Classes) -> str | None:
    """Return the class of `offered` that is nearest to `given`, with its neighbours; None where it is one.

    Args:
        given: prefix, family and size: `db.r6g.large`.
        offered: `RDS_CLASSES` or `NODE_TYPES`.

    """
    sizes = offered.sizes
    prefix, family, size = (*given.split("."), "", "")[:3]
    if size in sizes.get(family, ()):
        return None
    meant = family if family in sizes else nearest_name(family, sizes)
    if meant is None:
        return f"a family that AWS offers: {', '.join(sorted(sizes))}"
    nearest = min(sizes[meant], key=lambda it: abs(math.log(multiple(it) / multiple(size))))
    return f"{prefix}.{meant}.{nearest}, the nearest; {meant} has {', '.join(sizes[meant])}"


def region_fault(given: str, region: str, offered: Classes) -> str | None:
    """Return the families that `region` has in place of that of `given`; None where it has it, or is not known."""
    family = given.split(".")[1]
    lacking = offered.lacking.get(region, frozenset())
    if family not in lacking:
        return None
    return f"what {region} had on {READ_ON}: {', '.join(sorted(set(offered.sizes) - lacking))}"


def multiple(size: str) -> float:
    """Return a size as a multiple of `large`."""
    found = re.fullmatch(r"(\d*)xlarge", size)
    return 2.0 * max(1, int(found[1] or 1)) if found else _PARTS.get(size, 1.0)
