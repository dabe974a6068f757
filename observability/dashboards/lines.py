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
    starts = [None, *bounds]
    ends = [*bounds, None]
    return [
        {"color": _colour(thresholds, start, end), "value": start} for start, end in zip(starts, ends, strict=True)
    ]


def _colour(thresholds: Sequence[Threshold], start: float | None, end: float | None) -> str:
    """Return the colour of the worst threshold that is crossed from `start` to `end`; None is without end."""
    crossed = {
        threshold.severity
        for threshold in thresholds
        if (
            (end is not None and end <= threshold.value)
            if threshold.below
            else (start is not None and start >= threshold.value)
        )
    }
    return next((colour for severity, colour in COLOURS.items() if severity in crossed), HEALTHY)
