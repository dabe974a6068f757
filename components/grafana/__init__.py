"""Grafana: dashboards, alert rules and contact points from the records of a stack's components."""
