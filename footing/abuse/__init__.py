"""Abuse of the edge, simulated: what the generated limits and the cache let through."""
