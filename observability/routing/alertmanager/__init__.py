"""The configuration of Alertmanager: the one file that Prometheus' own, and Amazon's managed one, read.

https://prometheus.io/docs/alerting/latest/configuration/
"""

from observability.routing.alertmanager.managed import definition
from observability.routing.alertmanager.places import Chat, Mail, Pace, Pager, Places
from observability.routing.alertmanager.routes import TEMPLATES_FILE, configuration, written
from observability.routing.alertmanager.templates import templates

__all__ = [
    "TEMPLATES_FILE",
    "Chat",
    "Mail",
    "Pace",
    "Pager",
    "Places",
    "configuration",
    "definition",
    "templates",
    "written",
]
