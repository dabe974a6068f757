"""Renews aws_offers.json from the answers of AWS's API, as the package cfn-lint carries them.

`uv run --with cfn-lint python -m policies.renew_offers 2026-10-20`, with the day of that version of cfn-lint:
https://github.com/aws-cloudformation/cfn-lint/releases. Read the difference before you commit it, against the
pages that policies/aws_offers.py names.
"""

import json
import sys
from collections.abc import Collection, Mapping
from datetime import date
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from policies.aws_offers import FILE, multiple

LEAST_MAJOR = {"postgres": 14, "redis": 7, "valkey": 7}
"""Oldest major version that configuration takes, by engine."""
ENDED = frozenset(("m1", "m2", "m3", "m4", "r3", "r4", "t1", "t2"))
"""Families that RDS makes no new server of PostgreSQL 14 in; ElastiCache still sells some of the same name.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
"""


def allowed(schema: Mapping[str, Any], key: str, engine: str) -> set[str]:
    """Return the values of `key` that a schema of cfn-lint allows with `engine`."""
    cases = [it for it in schema["allOf"] if it["if"]["properties"]["Engine"].get("const") == engine]
    return {value for it in cases for value in it["then"]["properties"].get(key, {}).get("enum", ())}


def by_major(versions: Collection[str], least: int) -> dict[str, list[str]]:
    """Return the versions `major.minor` from the major one `least` on, by their major one and in order."""
    numbers = sorted(tuple(map(int, it.split("."))) for it in versions if it.replace(".", "", 1).isdigit())
    found: dict[str, list[str]] = {}
    for major, *minor in numbers:
        if minor and major >= least:
            found.setdefault(str(major), []).append(f"{major}.{minor[0]}")
    return found


def by_family(classes: Mapping[str, Collection[str]], ended: Collection[str] = ()) -> dict[str, Any]:
    """Return the sizes of each family in any region, and the families that a region lacks.

    Raises:
        ValueError: a region has some sizes of a family and not others, which the table cannot say.

    """
    offered: dict[str, dict[str, set[str]]] = {}
    for region, names in sorted(classes.items()):
        families = offered.setdefault(region, {})
        for _, family, size in (name.split(".") for name in names):
            families.setdefault(family, set()).add(size)
    kept = sorted({family for families in offered.values() for family in families} - set(ended))
    sizes = {family: set[str]().union(*(it.get(family, ()) for it in offered.values())) for family in kept}
    for region, families in offered.items():
        for family in kept:
            if families.get(family, sizes[family]) != sizes[family]:
                raise ValueError(f"{region} has some sizes of {family} and not others")
    return {
        "sizes": {family: " ".join(sorted(of, key=multiple)) for family, of in sizes.items()},
        "lacking": {
            region: " ".join(it for it in kept if it not in families) for region, families in offered.items()
        },
    }


def offers(read_on: str) -> dict[str, Any]:
    """Return the document, with the day of the answers."""
    package = distribution("cfn-lint")

    def schema(path: str) -> Any:
        file = Path(str(package.locate_file(f"cfnlint/data/schemas/extensions/{path}")))
        return json.loads(file.read_text(encoding="utf-8"))

    rds, cache = "aws_rds_dbinstance", "aws_elasticache_cachecluster"
    postgres = allowed(schema(f"{rds}/engine_version.json"), "EngineVersion", "postgres")
    old = {
        version
        for it in schema(f"{rds}/engine_version_deprecated.json")["allOf"]
        if it["if"]["properties"]["Engine"]["const"] == "postgres"
        for version in it["if"]["properties"]["EngineVersion"]["enum"]
    }
    versions = schema(f"{cache}/engine_version.json")

    def cache_versions(engine: str) -> str:
        found = by_major(allowed(versions, "EngineVersion", engine), LEAST_MAJOR[engine])
        return " ".join(it for minors in found.values() for it in minors)

    classes = schema(f"{rds}/dbinstanceclass_enum.json")
    types = schema(f"{cache}/cachenodetype_enum.json")
    of_rds = {
        region: allowed(it, "DBInstanceClass", "postgres") for region, it in classes.items() if "-" in region
    }
    of_cache = {region: set(it["enum"]) for region, it in types.items() if "-" in region}
    return {
        "date": date.fromisoformat(read_on).isoformat(),
        "source": f"cfn-lint {package.version}, cfnlint/data/schemas/extensions",
        "postgres": {
            major: " ".join(minors) for major, minors in by_major(postgres - old, LEAST_MAJOR["postgres"]).items()
        },
        "elasticache": {engine: cache_versions(engine) for engine in ("redis", "valkey")},
        "rds_classes": by_family(of_rds, ENDED),
        "node_types": by_family(of_cache),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(offers(sys.argv[1]), indent=1) + "\n", encoding="utf-8")
