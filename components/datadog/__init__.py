"""Datadog, for teams that have it: an extra, `footing[datadog]`."""
