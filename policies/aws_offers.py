"""What AWS offers by name: versions of engines, classes of instances.

Configuration and the simulated cloud refuse the rest. Read on `READ_ON` from the answers of the API, as cfn-lint
1.58.0 keeps them (`cfnlint/data/schemas/extensions`, its deprecated versions left out), and reviewed:
https://github.com/aws-cloudformation/cfn-lint. An account says the same:
`aws rds describe-db-engine-versions --engine postgres`, `aws rds describe-orderable-db-instance-options --engine
postgres`, `aws elasticache describe-cache-engine-versions`.
"""

import math
import re
from collections.abc import Mapping
from typing import Final

from policies.nearest import nearest_name

READ_ON: Final = "2026-10-20"
"""Day of the answers."""


def _numbered(*spans: str) -> dict[str, tuple[str, ...]]:
    """Return versions by their major one: of `16.9-15` the minor ones 9 to 15, of `18.6` that one."""
    found: dict[str, tuple[str, ...]] = {}
    for span in spans:
        major, first, last = re.fullmatch(r"(\d+)\.(\d+)(?:-(\d+))?", span).groups()  # type: ignore[union-attr]
        minors = (f"{major}.{minor}" for minor in range(int(first), int(last or first) + 1))
        found[major] = (*found.get(major, ()), *minors)
    return found


POSTGRES_VERSIONS: Final = _numbered("14.18-24", "15.13-19", "16.9-15", "17.5-11", "18.1-4", "18.6")
"""Minor versions by the major one. RDS creates no server of an older one:

14.14 to 14.17, 15.9 to 15.12, 16.5 to 16.8 and 17.1 to 17.4 went on 2026-05-01, 18.5 never came.
https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
"""
ELASTICACHE_VERSIONS: Final = {
    "redis": ("7.0", "7.1"),
    "valkey": ("7.2", "8.0", "8.1", "8.2", "9.0", "9.1"),
}
"""Versions from 7 on, by engine. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html"""


def _sizes(multiples: str, *below: str) -> tuple[str, ...]:
    return (*below, *("xlarge" if it == "1" else f"{it}xlarge" for it in multiples.split()))


_BURST = _sizes("1 2", "micro", "small", "medium", "large")
_TO_16, _TO_24 = _sizes("1 2 4 8 12 16", "large"), _sizes("1 2 4 8 12 16 24", "large")
_TO_32, _TO_48 = _sizes("1 2 4 8 12 16 24 32", "large"), _sizes("1 2 4 8 12 16 24 48", "large")
RDS_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("t3", "t4g"), _BURST),
    **dict.fromkeys(("m6g", "m6gd", "m7g", "r6g", "r6gd", "r7g", "x2g"), _TO_16),
    **dict.fromkeys(("m5", "m5d", "r5", "r5b", "r5d"), _TO_24),
    **dict.fromkeys(("m6i", "m6id", "m6idn", "m6in", "r6i", "r6id", "r6idn", "r6in"), _TO_32),
    **dict.fromkeys(("m7i", "m8a", "m8g", "m8gd", "m9g", "r7i", "r8a", "r8g", "r8gd"), _TO_48),
    "x2idn": _sizes("16 24 32"),
    "x2iedn": _sizes("1 2 4 8 16 24 32"),
}
"""Sizes by family, for PostgreSQL 14 and later in any region; families that AWS sells no more are left out.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
"""
NODE_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("t2", "t3", "t4g"), ("micro", "small", "medium")),
    **dict.fromkeys(("c7gn", "c8gn", "m6g", "m7g", "m8g", "r6g", "r7g", "r8g"), _TO_16),
    **dict.fromkeys(("m5", "r5"), _sizes("1 2 4 12 24", "large")),
    "m4": _sizes("1 2 4 10", "large"),
    "r4": _sizes("1 2 4 8 16", "large"),
    "r6gd": _sizes("1 2 4 8 12 16"),
}
"""Sizes of ElastiCache's nodes by family, in any region.

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


def class_fault(given: str, offered: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the class of `offered` that is nearest to `given`, with its neighbours; None where it is one.

    Args:
        given: prefix, family and size: `db.r6g.large`.
        offered: `RDS_CLASSES` or `NODE_TYPES`.

    """
    prefix, family, size = (*given.split("."), "", "")[:3]
    if size in offered.get(family, ()):
        return None
    meant = family if family in offered else nearest_name(family, offered)
    if meant is None:
        return f"a family that AWS offers: {', '.join(sorted(offered))}"
    nearest = min(offered[meant], key=lambda it: abs(math.log(_multiple(it) / _multiple(size))))
    return f"{prefix}.{meant}.{nearest}, the nearest; {meant} has {', '.join(offered[meant])}"


def _multiple(size: str) -> float:
    """Return a size as a multiple of `large`."""
    found = re.fullmatch(r"(\d*)xlarge", size)
    return 2.0 * max(1, int(found[1] or 1)) if found else _PARTS.get(size, 1.0)
