"""Grafana Alloy beside a task: reads the metrics of its containers and sends them to a store."""
