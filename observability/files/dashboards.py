"""The dashboards as files, for a Grafana that Pulumi does not manage."""

import json

from observability.dashboards.boards import models
from observability.stack import ObservedStack


def dashboards(observed: ObservedStack) -> dict[str, str]:
    """Return one JSON file for each board."""
    return {
        f"{board.value}.json": json.dumps(model, indent=2, sort_keys=True) + "\n"
        for board, model in models(observed.signals, observed.panels).items()
    }
