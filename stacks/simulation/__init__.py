"""A simulation of autoscaling: the component's own policies against a load that is computed, not measured."""

from stacks.simulation.compare import Comparison, compare
from stacks.simulation.launch import LAUNCH_DAY, Load
from stacks.simulation.run import Outcome, run

__all__ = ["LAUNCH_DAY", "Comparison", "Load", "Outcome", "compare", "run"]
