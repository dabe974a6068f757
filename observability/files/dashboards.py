"""The dashboards as files, for a Grafana that Pulumi does not manage."""

import json
from typing import Any

from footing.observe.known import known
from observability import Board
from observability.dashboards.boards import models
from observability.dashboards.panels import Place
from observability.dashboards.queries import Sources
from stacks.observed import Observed


def dashboards(observed: Observed) -> dict[str, str]:
    """One JSON file for each board."""
    return {
        f"{board.value}.json": json.dumps(model, indent=2, sort_keys=True) + "\n"
        for board, model in plain_models(observed).items()
    }


def plain_models(observed: Observed) -> dict[Board, Any]:
    """The model of each board as it is known offline."""
    return models(known(tuple(observed.signals)), place(observed))


def place(observed: Observed) -> Place:
    """What all panels of the stack have in common."""
    grafana = observed.config.grafana
    return Place(
        app=observed.config.app,
        environment=observed.config.environment,
        runbook_url=grafana.runbook_url,
        recorded=grafana.recorded_objectives,
        sources=Sources(
            cloudwatch_uid=grafana.cloudwatch_datasource_uid,
            prometheus_uid=grafana.prometheus_datasource_uid,
            postgres_uid=grafana.postgres_datasource_uid,
            upstash_uid=grafana.upstash_datasource_uid,
            region=observed.config.region,
        ),
    )
