"""Threshold lines of a panel: the colour of every range of values."""

from collections.abc import Mapping, Sequence
from typing import Any

from observability import Severity, Threshold

COLOURS: Mapping[Severity, str] = {Severity.PAGE: "red", Severity.TICKET: "orange", Severity.INFO: "blue"}
"""Colour beyond a threshold of each severity, worst first."""
HEALTHY = "green"


def steps(thresholds: Sequence[Threshold]) -> list[dict[str, Any]]:
    """Return the colour of every range of values, lowest first, as Grafana writes it: each from its value on."""
    bounds = sorted({threshold.value for threshold in thresholds})
    found = []
    for start, end in zip([None, *bounds], [*bounds, None], strict=True):
        crossed = {
            it.severity
            for it in thresholds
            if (end is not None and end <= it.value if it.below else start is not None and start >= it.value)
        }
        worst = next((colour for severity, colour in COLOURS.items() if severity in crossed), HEALTHY)
        found.append({"color": worst, "value": start})
    return found
