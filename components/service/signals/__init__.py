"""Signals of a web service: of its target groups and tasks at CloudWatch, and of the application itself."""

from components.aws import ecs_signals
from components.service.args import ServiceArgs
from components.service.dimensions import TargetDimensions
from components.service.objectives import hit_ratios, objectives
from components.service.procedures import service_procedures
from components.service.signals.cloudwatch import at_maximum, server_errors, target_health
from components.service.signals.deployment import deployment_check
from components.service.signals.prometheus import application_signals
from components.service.signals.traffic import traffic
from observability import Signals


def service_signals(args: ServiceArgs, dimensions: TargetDimensions) -> Signals:
    """Return the signals of an ECS service behind a load balancer."""
    cluster, service, telemetry = args.cluster.name, args.service_name, args.telemetry
    names, promised = telemetry.metric_names, telemetry.objectives
    return Signals(
        subject="Service",
        signals=(
            *traffic(telemetry, dimensions.target_groups),
            server_errors(dimensions.target_groups),
            *target_health(dimensions.target_groups),
            ecs_signals.running_tasks("service", cluster, service, args.scaling.minimum_tasks),
            *at_maximum("service", "services.api", args.scaling, cluster, service),
            ecs_signals.cpu("service", cluster, service),
            ecs_signals.memory("service", cluster, service),
            *(application_signals(names) if names else ()),
            *(hit_ratios(promised) if promised and names else ()),
        ),
        objectives=objectives(promised, names) if promised and names else (),
        checks=(deployment_check("service", cluster, service),),
        procedures=service_procedures(args),
    )
