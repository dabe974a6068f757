"""What Fly.io offers by name: regions, sizes of a Machine, plans of Managed Postgres. Read on 2026-08-07.

Configuration and the simulated cloud refuse the rest. Source: https://github.com/superfly/docs at 5c22c8ce, its
pages reference/regions, machines/guides-examples/machine-sizing, mpg/overview and mpg/client-configuration.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from msgspec import Struct

REGIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "ams": ("eu-central-1", "eu-west-2"),
    "arn": ("eu-north-1", "eu-central-1"),
    "bom": ("ap-south-1", "ap-southeast-1"),
    "cdg": ("eu-west-3", "eu-central-1"),
    "dfw": ("us-east-2", "us-east-1"),
    "ewr": ("us-east-1", "us-east-2"),
    "fra": ("eu-central-1", "eu-west-3"),
    "gru": ("sa-east-1",),
    "iad": ("us-east-1", "us-east-2"),
    "jnb": ("af-south-1", "eu-west-3", "eu-central-1"),
    "lax": ("us-west-1", "us-west-2"),
    "lhr": ("eu-west-2", "eu-west-1", "eu-central-1"),
    "nrt": ("ap-northeast-1", "ap-southeast-1"),
    "ord": ("us-east-2", "us-east-1"),
    "sin": ("ap-southeast-1",),
    "sjc": ("us-west-1", "us-west-2"),
    "syd": ("ap-southeast-2", "ap-southeast-1"),
    "yyz": ("ca-central-1", "us-east-2", "us-east-1"),
}
"""Regions of AWS near each region of Fly.io, the nearest first; Supabase, Neon, Upstash and Redis Cloud run there.

By the distance between the cities: San Jose's is us-west-1, and us-west-2 where a vendor lacks that.
"""
POSTGRES_REGIONS: Final = REGIONS.keys() - {"arn", "bom", "cdg", "dfw", "ewr", "jnb"}
"""Regions that make Managed Postgres."""


def nearest_region(fly_region: str, offered: Collection[str]) -> str | None:
    """Return the region of AWS nearest to one of Fly.io among those that a vendor has; None without one."""
    return next((it for it in REGIONS.get(fly_region, ()) if it in offered), None)


class CpuKind(Struct, frozen=True):
    """A kind of CPU, and the memory that goes with each."""

    cpus: tuple[int, ...]
    """How many a Machine may have."""
    least_mib: int
    """Least memory for each CPU."""
    most_mib: int
    """Most memory for each CPU."""


CPU_KINDS: Final[Mapping[str, CpuKind]] = {
    "shared": CpuKind((1, 2, 4, 8), 256, 2048),
    "performance": CpuKind((1, 2, 4, 8, 16), 2048, 8192),
}
"""Kinds of CPUs by Fly.io's name; memory comes in steps of the least for one CPU."""


def guest_faults(cpu_kind: str, cpus: int, memory_mib: int) -> Iterator[tuple[str, str]]:
    """Yield the field, and what is given and allowed, of a size that no Machine has."""
    kind = CPU_KINDS.get(cpu_kind)
    if kind is None:
        yield "cpu_kind", f"given {cpu_kind!r}, allowed {' or '.join(CPU_KINDS)}"
        return
    if cpus not in kind.cpus:
        yield "cpus", f"given {cpus}, allowed {', '.join(map(str, kind.cpus))} with cpu_kind {cpu_kind}"
        return
    least, most = kind.least_mib * cpus, kind.most_mib * cpus
    if not least <= memory_mib <= most or memory_mib % kind.least_mib:
        allowed = f"{least} to {most} in steps of {kind.least_mib}, with {cpus} {cpu_kind} CPUs"
        yield "memory_mib", f"given {memory_mib}, allowed {allowed}"


class PostgresPlan(Struct, frozen=True):
    """A plan of Managed Postgres: a primary and a standby of one size, PgBouncer and backups."""

    cpus: str
    """CPUs of each server, for people."""
    memory_mib: int
    """Memory of each server."""
    client_connections: int
    """Clients that PgBouncer takes."""
    server_connections: int
    """Connections that PgBouncer opens to PostgreSQL."""
    reserve_connections: int
    """Connections that it opens beside them in a burst."""


POSTGRES_PLANS: Final[Mapping[str, PostgresPlan]] = {
    "basic": PostgresPlan("2 shared", 1024, 200, 50, 10),
    "starter": PostgresPlan("2 shared", 2048, 200, 50, 10),
    "launch": PostgresPlan("2 performance", 8192, 500, 150, 30),
    "scale": PostgresPlan("4 performance", 32768, 1000, 300, 50),
    "performance": PostgresPlan("8 performance", 65536, 1000, 300, 50),
}
"""Plans by name, the smallest first."""
