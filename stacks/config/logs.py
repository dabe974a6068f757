"""Configuration of logs: how long CloudWatch keeps them."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from policies.limits import ADVISED_LOG_RETENTION_DAYS, LOG_RETENTION_DAYS
from stacks.config.base import Model, Within

OFFERED_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
    *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Retentions that CloudWatch takes.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

ALLOWED_DAYS: Final = tuple(days for days in OFFERED_DAYS if LOG_RETENTION_DAYS.allows(days))
"""Those of them that the rule `log-retention` lets pass."""


def _offered(days: int) -> int:
    if days not in ALLOWED_DAYS:
        raise PydanticCustomError("log_retention", "one of {days}", {"days": ", ".join(map(str, ALLOWED_DAYS))})
    return days


LogRetentionDays = Annotated[int, Within(LOG_RETENTION_DAYS), AfterValidator(_offered)]
"""How long a log group keeps its records, in days."""


class LogsConfig(Model):
    """Every log group of the stack."""

    retention_days: LogRetentionDays = Field(
        default=ADVISED_LOG_RETENTION_DAYS,
        description="How long every log is kept, in days, unless its own part says otherwise.",
    )
