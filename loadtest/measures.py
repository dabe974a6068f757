"""The numbers of a run that limits are held to, each by its name."""

from collections.abc import Callable, Mapping
from typing import Final

from loadtest.measured import Measured, percentile
from loadtest.scenario import Kind

OF_THE_API: Final = (Kind.API, Kind.WRITE)
POPULATIONS: Final[Mapping[str, tuple[tuple[Kind, ...], str]]] = {
    "api": (OF_THE_API, ""),
    "operation": ((Kind.OPERATION,), ""),
    "feed_cold": ((Kind.API,), "first"),
    "feed_warm": ((Kind.API,), "later"),
    "edge": (tuple(Kind), ""),
    "page": ((Kind.PAGE,), ""),
}
"""Kinds of request of each population of an objective, and whether the first or a later one of an address.

An address is cold when this run asks for it the first time.
"""
LAYERS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "edge": (Kind.STATIC, Kind.API, Kind.PAGE),
    "edge_static": (Kind.STATIC,),
    "edge_api": (Kind.API,),
    "redis_feed": (Kind.API,),
}
"""Kinds of request of each layer of caches."""


def value(measured: Measured, measure: str) -> float | None:
    """Return the number called `measure`; None where the run could not measure it."""
    name, *arguments = measure.split(":")
    return MEASURES[name](measured, *arguments)


def latency(measured: Measured, population: str, percent: str) -> float | None:
    """Return a percentile of the answers of a population, milliseconds."""
    kinds, when = POPULATIONS[population]
    if population == "page" and not measured.of(kinds).sent:
        # No page is slower than the slowest of its requests: every request has to keep what the page promises.
        kinds = tuple(Kind)
    return percentile(measured.of(kinds, when).latencies, float(percent))


def hit_share(measured: Measured, layer: str) -> float | None:
    """Return the share of the look-ups of a layer that its cache answered."""
    count = measured.of(LAYERS[layer])
    if layer == "redis_feed":
        return _share(count.redis_hits, count.redis_told)
    return _share(count.edge_hits, count.edge_told)


def byte_share(measured: Measured, layer: str) -> float | None:
    """Return the share of the bytes of a layer that the edge answered by itself."""
    count = measured.of(LAYERS[layer])
    return _share(count.edge_bytes, count.body_bytes)


def reads_saved(measured: Measured) -> float | None:
    """Return the share of the reads that no database answered: the edge did, or Redis."""
    count = measured.of((Kind.API,))
    if not (count.edge_told or count.redis_told):
        return None
    return _share(count.edge_hits + count.redis_hits, count.passed)


def failed_share(measured: Measured) -> float | None:
    """Return the share of the calls that failed."""
    # What was refused was no try at an answer.
    total = measured.total
    return _share(total.failed, total.sent - total.blocked)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


MEASURES: Final[Mapping[str, Callable[..., float | None]]] = {
    "latency": latency,
    "hit_share": hit_share,
    "byte_share": byte_share,
    "reads_saved": reads_saved,
    "failed_share": failed_share,
    "blocked_share": lambda measured: _share(measured.total.blocked, measured.total.sent),
    "passed_per_minute": lambda measured: measured.passed_in_fullest_minute if measured.total.sent else None,
    "blocked": lambda measured: measured.total.blocked,
    "passed": lambda measured: measured.total.passed,
    "achieved_share": lambda measured: measured.achieved_share,
    "cpu_percent": lambda measured: measured.cpu_percent,
}
"""Each number by its name; latencies in milliseconds, shares between 0 and 1."""
