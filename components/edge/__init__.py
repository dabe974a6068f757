"""The edge: Cloudflare's cache, rate limits and bot rules in front of the origin."""

from components.edge.args import AdoptionArgs, EdgeArgs
from components.edge.zone import Edge

__all__ = ["AdoptionArgs", "Edge", "EdgeArgs"]
