"""Grafana: what the components of a stack tell about themselves, as dashboards and alert rules."""
