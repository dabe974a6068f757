"""Prometheus and Grafana on a machine of our own, with a disk that outlives it."""

from components.monitoring.args import MonitoringHostArgs, MonitoringServersArgs, ServersPlace
from components.monitoring.host import MonitoringHost
from components.monitoring.servers import MonitoringServers

__all__ = [
    "MonitoringHost",
    "MonitoringHostArgs",
    "MonitoringServers",
    "MonitoringServersArgs",
    "ServersPlace",
]
