"""rules.yml: what a Prometheus evaluates that has no Grafana to do it."""

from observability.alerting.rules import groups, written
from stacks.observed import Observed


def rules(observed: Observed) -> str:
    """Every recording and alerting rule of the stack."""
    return written(groups(observed.signals, observed.identity))
