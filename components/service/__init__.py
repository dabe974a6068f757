"""A web service and the load balancer in front of it."""

from components.service.args import ScalingArgs, ServiceArgs
from components.service.service import Service

__all__ = ["ScalingArgs", "Service", "ServiceArgs"]
