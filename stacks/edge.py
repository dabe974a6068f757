"""The edge of a stack, as its rules are made and traced: no Pulumi here."""

import json
from collections.abc import Mapping, Sequence

from components._cloudflare.phases import phases
from components._cloudflare.rule import Phase, Rule
from components._cloudflare.settings import EdgeSettings
from stacks.config.edge_settings import effective
from stacks.config.stack import StackConfig

TIERS_VARIABLE = "RATE_LIMIT_TIERS"
"""Environment variable in which the application finds its own limits, requests a minute by tier."""


def edge_settings(config: StackConfig) -> EdgeSettings:
    """Everything that the rules of the stack's zone depend on."""
    return effective(config.edge)


def edge_rules(config: StackConfig) -> Mapping[Phase, Sequence[Rule]]:
    """The rules of the stack's zone, phase by phase, in Cloudflare's order."""
    return phases(edge_settings(config))


def edge_degradations(config: StackConfig) -> list[str]:
    """What was asked for and the plan lacks, a sentence each; empty where the plan holds it all."""
    return list(edge_settings(config).lost)


def rate_limit_tiers(config: StackConfig) -> dict[str, str]:
    """The variable for the application; empty where no tiers are configured."""
    tiers = config.service.rate_limit_tiers
    return {TIERS_VARIABLE: json.dumps(tiers.model_dump(), sort_keys=True)} if tiers else {}
