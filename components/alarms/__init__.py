"""CloudWatch alarms: the second way to tell somebody, which needs nothing but AWS."""

from components.alarms.args import AlarmsArgs
from components.alarms.component import Alarms

__all__ = ["Alarms", "AlarmsArgs"]
