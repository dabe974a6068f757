"""Prometheus and Grafana on a machine of our own, with a disk that outlives it."""
