"""How many tasks each service needs for its requests, and what they are."""

import math
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from capacity.traffic import FULL_PERCENT
from components.service.scaling import most_tasks
from stacks.autoscaling.launch import LAUNCH_DAY
from stacks.budget import Fleet, fly_fleet
from stacks.config.capacity import AssumptionsConfig
from stacks.config.rollout import rollout_args
from stacks.config.scaling import scaling_args
from stacks.config.service import LongRunning
from stacks.config.stack import StackConfig

UNITS_PER_VCPU = 1024
SHARED_CPU = 1 / 16
"""What a shared CPU at Fly.io always has of a whole one. https://fly.io/docs/machines/cpu-performance/"""


class ServiceTasks(Struct, frozen=True, kw_only=True):
    """Tasks, or Machines, of one service."""

    provider: str
    """Who runs them: fargate, fly."""
    least: int
    """Tasks that always run."""
    most: int
    """Tasks at the most, as configured."""
    needed: int
    """Tasks that the load needs, `most` or not."""
    cpu_units: float
    """Size of one, in 1/1024 vCPU."""
    memory_mib: int
    """Memory of one, MiB."""
    spot_percent: int
    """Share of the tasks above the base that runs on Spot, in percent."""
    architecture: str
    """X86_64 or ARM64."""
    fleet: Fleet
    """The most tasks, and what a deployment makes of them."""

    @property
    def connected(self) -> int:
        """Most tasks that exist at once, while a deployment replaces as many as there may be, or are needed."""
        return replace(self.fleet, tasks=max(self.most, self.needed)).connected

    @property
    def running(self) -> int:
        """Tasks that run under this load: what is needed, within the bounds."""
        return min(max(self.needed, self.least), self.most)


def requests_of_one_task(assumed: AssumptionsConfig, cpu_units: float) -> float:
    """Return the requests a second with which a task counts as full."""
    load = replace(LAUNCH_DAY, request_cpu_ms=assumed.request_cpu_ms)
    return load.requests_of_one_task(1) * cpu_units * assumed.task_busy_percent / FULL_PERCENT


def idle_tasks(config: StackConfig) -> Mapping[str, ServiceTasks]:
    """Return the tasks of every web service and worker while nobody asks for anything."""
    regions = len(config.fly.regions) if config.fly else 0
    return {name: _of(service, regions) for name, service in config.long_running.items()}


def tasks_under(
    idle: Mapping[str, ServiceTasks], main_web: str | None, assumed: AssumptionsConfig, origin_requests: float
) -> Mapping[str, ServiceTasks]:
    """Return the tasks under so many requests a second, all of which the main web service takes.

    Others and workers run what they run while `idle`.
    """
    if main_web is None:
        return idle
    tasks = idle[main_web]
    needed = math.ceil(origin_requests / requests_of_one_task(assumed, tasks.cpu_units))
    return {**idle, main_web: replace(tasks, needed=needed)}


def _of(service: LongRunning, regions: int) -> ServiceTasks:
    if service.provider == "fly":
        guest, places = service.fly.guest, len(service.fly.regions or []) or regions
        share = 1 if guest.cpu_kind == "performance" else SHARED_CPU
        least, most = service.fly.always_running, service.fly.machines * places
        cpu, memory = guest.cpus * UNITS_PER_VCPU * share, guest.memory_mib
        fleet = fly_fleet(most, one_by_one=service.fly.strategy == "rolling")
    else:
        scaling = scaling_args(service.scaling)
        least, most = scaling.minimum_tasks, most_tasks(scaling)
        cpu, memory = service.task.cpu, service.task.memory_mib
        staying, running = rollout_args(service.deployment).running_percents
        fleet = Fleet(tasks=most, minimum_percent=staying, maximum_percent=running)
    return ServiceTasks(
        provider=service.provider,
        least=least,
        most=most,
        needed=least,
        cpu_units=cpu,
        memory_mib=memory,
        spot_percent=service.capacity.spot_percent,
        architecture=service.task.architecture,
        fleet=fleet,
    )
