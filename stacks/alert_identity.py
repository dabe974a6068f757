"""Whose alerts those of a stack are, as rules and messages name them."""

from observability.alerting.rules import AlertIdentity
from stacks.config.stack import StackConfig


def alert_identity(config: StackConfig) -> AlertIdentity:
    """Return what every rule of the stack has in common; its first owner answers where a record names nobody."""
    return AlertIdentity(
        app=config.app,
        environment=config.environment,
        owner=next(iter(config.owners.values())),
        runbook_url=config.alerts.runbook_url or "",
    )
