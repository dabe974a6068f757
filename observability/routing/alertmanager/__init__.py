"""The configuration of Alertmanager: the one file that Prometheus' own, and Amazon's managed one, read.

https://prometheus.io/docs/alerting/latest/configuration/
"""

from observability.routing.alertmanager.managed import definition
from observability.routing.alertmanager.receivers import Email, GroupTiming, PagerDuty, Receivers, Slack
from observability.routing.alertmanager.routes import TEMPLATES_FILE, configuration, to_yaml
from observability.routing.alertmanager.templates import templates

__all__ = [
    "TEMPLATES_FILE",
    "Email",
    "GroupTiming",
    "PagerDuty",
    "Receivers",
    "Slack",
    "configuration",
    "definition",
    "templates",
    "to_yaml",
]
