"""rules.yml: what a Prometheus evaluates that has no Grafana to do it."""

from observability.alerting.rules import groups, to_yaml
from observability.stack import ObservedStack


def rules(observed: ObservedStack) -> str:
    """Return every recording and alerting rule of the stack."""
    return to_yaml(groups(observed.signals, observed.identity))
