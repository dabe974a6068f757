"""Whether the exporters that a stack runs fit what its parts ask of them."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from stacks.config.base import Problem
from stacks.config.metrics import MetricsConfig

EXPORTER_OF: Mapping[str, str] = {"database": "postgres", "redis": "redis", "edge": "cloudflare"}
"""Exporter that tells of a block, by the block's name."""

ZONE_EXPORTER = "cloudflare_exporter"
"""What `edge.metrics` says where the zone has numbers."""


class Place(Struct, frozen=True, kw_only=True):
    """Where the collector runs."""

    region: str
    """`region`."""
    account: str | None
    """`aws_account_id`."""


def exporter_problems(
    metrics: MetricsConfig, told_by: Mapping[str, str], *, exported_store: str | None, edge_plan: str, place: Place
) -> Iterator[Problem]:
    """Yield key and sentence for each way in which exporters do not fit the stack.

    Args:
        metrics: `metrics`.
        told_by: the key `metrics` of each block, by the block's key; the first part of that is in `EXPORTER_OF`.
        exported_store: name of the store under `redis` that an exporter can read; None where there is none.
        edge_plan: `edge.plan`.
        place: where the collector runs.

    """
    exporters = metrics.exporters
    if exporters and not metrics.collects:
        yield (
            "metrics.exporters",
            f"given {', '.join(exporters)}, allowed none while metrics.store has no remote_write_url to send to",
        )
    if "redis" in exporters and exported_store is None:
        problem = "given redis, allowed with a store of elasticache: upstash and redis_cloud answer it with little"
        yield "metrics.exporters", problem
    if "postgres" in exporters and "database" not in told_by:
        yield "metrics.exporters", "given postgres, allowed with the block database"
    for block, dialect in told_by.items():
        exporter = EXPORTER_OF[block.partition(".")[0]]
        if metrics.collects and dialect == f"{exporter}_exporter" and exporter not in exporters:
            yield f"{block}.metrics", f"given {dialect}, allowed with {exporter} in metrics.exporters"
    zone = told_by.get("edge", "none")
    if zone == ZONE_EXPORTER and edge_plan == "free":
        yield "edge.metrics", f"given {zone} with edge.plan free, allowed none: Cloudflare tells it nothing"
    if zone != ZONE_EXPORTER and "cloudflare" in exporters:
        yield "metrics.exporters", f"given cloudflare, allowed with edge.metrics: {ZONE_EXPORTER}"
    yield from _token_problems(metrics, place)


def _token_problems(metrics: MetricsConfig, place: Place) -> Iterator[Problem]:
    """Yield what is wrong with the token: the zone's exporter has one, and nobody else does."""
    key, secret = "metrics.cloudflare_token_secret", metrics.cloudflare_token_secret
    arn_key, arn = f"{key}_arn", metrics.cloudflare_token_secret_arn
    if "cloudflare" not in metrics.exporters:
        for one, given in ((key, secret), (arn_key, arn)):
            if given is not None:
                yield one, f"given {given!r}, allowed with cloudflare in metrics.exporters"
    elif secret is None and arn is None:
        yield key, "missing; with cloudflare in metrics.exporters give it, or cloudflare_token_secret_arn"
    elif secret is not None and arn is not None:
        yield key, "given together with cloudflare_token_secret_arn, allowed one of the two"
    if arn is not None:
        *_, region, account, _, _ = arn.split(":")
        if region != place.region:
            yield arn_key, f"given a secret in {region}, allowed one in {place.region}, where its exporter runs"
        if account != (place.account or account):
            yield arn_key, f"given a secret of account {account}, allowed one of aws_account_id {place.account}"
