"""The dashboards as files, for a Grafana that Pulumi does not manage."""

import json
from typing import Any

import pulumi

from components._signals import Board
from components.grafana.boards import models
from components.grafana.panels import Place
from components.grafana.queries import Sources
from stacks.observed import Observed

UNKNOWN = "unknown until deployed"
"""Stands for what only the provider knows, such as the name of a load balancer in a dimension."""


def dashboards(observed: Observed) -> dict[str, str]:
    """One JSON file for each board."""
    return {
        f"{board.value}.json": json.dumps(model, indent=2, sort_keys=True) + "\n"
        for board, model in plain_models(observed).items()
    }


def plain_models(observed: Observed) -> dict[Board, Any]:
    """The model of each board as it is known offline."""
    grafana = observed.config.grafana
    place = Place(
        app=observed.config.app,
        environment=observed.config.environment,
        runbook_url=grafana.runbook_url,
        recorded=grafana.recorded_objectives,
        sources=Sources(
            cloudwatch_uid=grafana.cloudwatch_datasource_uid,
            prometheus_uid=grafana.prometheus_datasource_uid,
            postgres_uid=grafana.postgres_datasource_uid,
            region=observed.config.region,
        ),
    )
    return {board: _known(model) for board, model in models(observed.signals, place).items()}


def _known(value: Any) -> Any:
    if isinstance(value, pulumi.Output):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    return [_known(item) for item in value] if isinstance(value, list) else value
