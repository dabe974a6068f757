"""A simulation of autoscaling: the component's own policies against a load that is computed, not measured."""

from stacks.autoscaling.compare import Comparison, compare
from stacks.autoscaling.launch import LAUNCH_DAY, Load
from stacks.autoscaling.queue import IMPORT_NIGHT, QueueLoad, QueueMoment, run_queue
from stacks.autoscaling.run import Outcome, run

__all__ = [
    "IMPORT_NIGHT",
    "LAUNCH_DAY",
    "Comparison",
    "Load",
    "Outcome",
    "QueueLoad",
    "QueueMoment",
    "compare",
    "run",
    "run_queue",
]
