"""What a cache says of an answer, in the words of each vendor."""

from collections.abc import Mapping

EDGE_HEADERS = ("cf-cache-status", "x-vercel-cache", "x-cache-status", "x-cache")
"""Headers of Cloudflare, Vercel, nginx by convention, and CloudFront, in the order in which they are believed."""
HITS = ("HIT", "STALE", "UPDATING", "REVALIDATED")
"""Words of an answer that did not wait for the origin; CloudFront's `RefreshHit` begins otherwise.

Source: https://developers.cloudflare.com/cache/concepts/cache-responses/
"""


def edge_hit(headers: Mapping[str, str]) -> bool | None:
    """Return whether the edge answered by itself; None where nothing says so. Names are lower case."""
    said = next((headers[name] for name in EDGE_HEADERS if headers.get(name)), None)
    return None if said is None else said.upper().startswith(HITS)


def redis_hit(headers: Mapping[str, str], header: str) -> bool | None:
    """Return whether the application's cache answered, by its own header; None where it says nothing."""
    said = headers.get(header.lower())
    return None if not said else said.upper().startswith("HIT")
