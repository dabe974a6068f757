"""What the services are to the database: so many tasks or Machines, each with so many connections."""

from components.service.scaling import most_tasks
from stacks.budget import Client, Fleet, fly_fleet
from stacks.config.rollout import rollout_args
from stacks.config.scaling import scaling_args
from stacks.config.service import LongRunning, ServiceConfig, logs_in_as_owner


def client_of(name: str, service: ServiceConfig, regions: int) -> Client:
    """Return the service called `name` as its connections count; `regions` is how many Fly.io runs it in."""
    fleet = None
    if isinstance(service, LongRunning) and service.provider == "fly":
        fleet = fly_fleet(service.fly.machines * regions, one_by_one=service.fly.strategy == "rolling")
    elif isinstance(service, LongRunning):
        least, most = rollout_args(service.deployment).running_percents
        tasks = most_tasks(scaling_args(service.scaling))
        fleet = Fleet(tasks=tasks, minimum_percent=least, maximum_percent=most)
    return Client(
        name=name,
        fleet=fleet,
        pool=0 if logs_in_as_owner(service) else service.database_pool.maximum,
        readers=service.reader_pools,
        size_key="fly.machines" if service.provider == "fly" else "scaling.maximum_tasks",
    )
