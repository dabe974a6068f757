"""Grafana: what the components of a stack tell about themselves, as dashboards and alert rules."""

from components.grafana.args import ContactArgs, ObservabilityArgs, TicketHoursArgs
from components.grafana.observability import Observability

__all__ = ["ContactArgs", "Observability", "ObservabilityArgs", "TicketHoursArgs"]
