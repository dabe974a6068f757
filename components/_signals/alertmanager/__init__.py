"""The configuration of Alertmanager: the one file that Prometheus' own, and Amazon's managed one, read.

https://prometheus.io/docs/alerting/latest/configuration/
"""

from components._signals.alertmanager.managed import definition
from components._signals.alertmanager.places import Chat, Mail, Pace, Pager, Places
from components._signals.alertmanager.routes import TEMPLATES_FILE, configuration, written
from components._signals.alertmanager.templates import templates

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
