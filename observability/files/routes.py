"""The configuration of the stack's Alertmanager, and its messages."""

from observability.routing.alertmanager import configuration, templates, to_yaml
from observability.stack import ObservedStack

HEADER = """\
# Made by `footing observe`. Each secret is the content of a file that the configuration names.
"""


def alertmanager_yml(observed: ObservedStack) -> str:
    """Return the configuration of Alertmanager."""
    return HEADER + to_yaml(configuration(observed.receivers))


def alertmanager_tmpl(observed: ObservedStack) -> str:
    """Return the message templates of Alertmanager."""
    return templates(observed.grafana_url)
