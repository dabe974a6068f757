"""Whose alerts those of a stack are, as rules and messages name them."""

from components._signals.rules import About
from stacks.config.stack import StackConfig


def about(config: StackConfig) -> About:
    """What every rule of the stack has in common; its first owner answers where a record names nobody."""
    return About(
        app=config.app,
        environment=config.environment,
        owner=next(iter(config.owners.values())),
        runbook_url=config.grafana.runbook_url,
    )
