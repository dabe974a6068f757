"""Grafana: what the components of a stack tell about themselves, as a dashboard and alert rules."""

from components.grafana.args import ContactArgs, ObservabilityArgs
from components.grafana.observability import Observability

__all__ = ["ContactArgs", "Observability", "ObservabilityArgs"]
