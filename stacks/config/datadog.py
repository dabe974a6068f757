"""Configuration of Datadog, which is an extra."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Annotated

from pydantic import Field

from stacks.config.base import Model, Problem

SDK = "pulumi_datadog"
"""The provider's SDK, 40 MB, which is installed only where it is asked for."""

PAGERS = ("@pagerduty", "@opsgenie", "@oncall", "@victorops", "@splunk-on-call")
"""Beginnings of handles that wake somebody."""

PERIODS_DAYS = (7, 30, 90)
"""Periods of Datadog's service level objectives, in days.

https://docs.datadoghq.com/api/latest/service-level-objectives/
"""

Handle = Annotated[str, Field(pattern=r"^@[\w.@-]+$")]
"""Somebody or something that Datadog tells, as it writes them in a message."""
Handles = Annotated[list[Handle], Field(min_length=1)]
"""One at the least: a message to nobody is lost."""


class DatadogConfig(Model):
    """Monitors, service level objectives and a dashboard at Datadog, beside the other evaluators."""

    page: Handles = Field(description="Told of what somebody has to act on now.")
    ticket: Handles = Field(description="Told of what somebody has to act on this working day.")
    info: Handles = Field(description="Told of what is only worth knowing.")


def datadog_problems(config: DatadogConfig | None, *, may_page: bool, period_days: int) -> Iterator[Problem]:
    """Yield key and sentence where the extra is missing, or Datadog would not do what the stack says."""
    if config is None:
        return
    if find_spec(SDK) is None:
        yield "datadog", "given, allowed only with the extra; install it with: pip install 'footing[datadog]'"
    if period_days not in PERIODS_DAYS:
        yield "objectives.period_days", f"given {period_days}, allowed 7, 30 or 90 with the block datadog"
    for key in ("page", "ticket", "info"):
        pagers = [it for it in getattr(config, key) if it.startswith(PAGERS)]
        if pagers and not may_page:
            yield f"datadog.{key}", f"given {', '.join(pagers)}, allowed only with alerts.may_page: true"
