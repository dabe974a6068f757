"""A web service and the load balancer in front of it."""

from components._rollout import RolloutArgs, Strategy
from components._scaling import ScalingArgs, ScheduleArgs, StepArgs, TargetArgs
from components.service.args import CapacityArgs, ServiceArgs
from components.service.objectives import HitArgs, LatencyArgs, ObjectivesArgs
from components.service.service import Service

__all__ = [
    "CapacityArgs",
    "HitArgs",
    "LatencyArgs",
    "ObjectivesArgs",
    "RolloutArgs",
    "ScalingArgs",
    "ScheduleArgs",
    "Service",
    "ServiceArgs",
    "StepArgs",
    "Strategy",
    "TargetArgs",
]
