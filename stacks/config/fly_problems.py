"""What does not fit Fly.io: settings of Fargate, what lies in the VPC, sizes that no Machine has."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec

from policies.fly_offers import guest_faults
from stacks.config.base import Model, Problem
from stacks.config.database import PostgresServer
from stacks.config.fly import FlyServiceConfig, GuestConfig
from stacks.config.fly_postgres import FlyPostgresConfig, fly_postgres_problems
from stacks.config.network import IMAGE
from stacks.config.redis import OUTSIDE
from stacks.config.service import JobConfig, ServiceConfig, WebConfig, logs_in_as_owner
from stacks.config.stack import StackConfig
from stacks.config.variables import stores_of

SDK = "pulumi_fly_machines"
"""The provider's SDK, which is installed only where it is asked for."""

OF_FARGATE: Mapping[str, str] = {
    "capacity": "Spot is Fargate's; a Machine that stands still costs its disk alone (fly.autostop)",
    "deployment": "the Machines API updates a Machine in place, and fly.strategy says how many at once",
    "health_codes": "a check of Fly.io takes every status of 2xx, and nothing else",
    "paths": "there is no load balancer of several services: each app has a host name of its own",
    "permissions": "a Machine has no role at AWS",
    "priority": "there is no load balancer of several services: each app has a host name of its own",
    "scaling": "nothing adds Machines; fly.machines is the most that run, and fly.minimum_running the least",
    "sidecars": "one container runs in each Machine",
    "stop_timeout_seconds": "fly.stop_timeout_seconds is it",
    "task": "fly.guest is the size of a Machine",
    "tmp_mib": "a Machine may write to its whole disk, until it is updated",
}
"""Keys of a service that mean nothing at Fly.io, and why."""


def fly_problems(config: StackConfig) -> Iterator[Problem]:
    """Yield key and sentence for whatever runs, or should run, at Fly.io and cannot as it is."""
    on_fly = [f"services.{name}" for name in config.on_fly]
    if isinstance(config.database, FlyPostgresConfig):
        on_fly.append("database")
        yield from fly_postgres_problems(config.database, config.fly.regions if config.fly else [])
    if on_fly and config.fly is None:
        yield "fly", f"missing; required with {on_fly[0]}.provider fly, or leave that out"
    if on_fly and find_spec(SDK) is None:
        problem = "given 'fly', allowed only with the extra; install it with: pip install 'footing[fly]'"
        yield f"{on_fly[0]}.provider", problem
    if config.fly and not on_fly:
        yield "fly", "given, allowed where a service or the database has provider fly"
    if config.fly:
        yield from _guest_problems("fly.collector_guest", config.fly.collector_guest)
    for name, service in config.services.items():
        if name not in config.on_fly:
            if service.fly != FlyServiceConfig():
                yield f"services.{name}.fly", "given, allowed with services.NAME.provider fly"
            continue
        yield from _service_problems(f"services.{name}", service)
        yield from _reach_problems(config, name, service)
    yield from _name_problems(config)
    yield from _stack_problems(config)


def _guest_problems(key: str, guest: GuestConfig) -> Iterator[Problem]:
    for part, sentence in guest_faults(guest.cpu_kind, guest.cpus, guest.memory_mib):
        yield f"{key}.{part}", sentence


def _changed(block: Model, keys: Iterable[str]) -> list[str]:
    """Return those of `keys` that a block has and that are not as they are when left out."""
    fields = {key: field for key, field in type(block).model_fields.items() if key in keys}
    return [key for key, field in sorted(fields.items()) if getattr(block, key) != field.get_default()]


def _service_problems(key: str, service: ServiceConfig) -> Iterator[Problem]:
    if isinstance(service, JobConfig):
        problem = (
            "given 'fly', allowed 'fargate' for a job: a Machine's schedule knows no more than hourly, daily, "
            "weekly and monthly, and tells nobody that a run failed. Take kind task and let CI run it, or a worker"
        )
        yield f"{key}.provider", problem
        return
    for part in _changed(service, OF_FARGATE):
        yield f"{key}.{part}", f"given, allowed left out with provider fly: {OF_FARGATE[part]}"
    yield from _guest_problems(f"{key}.fly.guest", service.fly.guest)
    if not IMAGE.fullmatch(service.image):
        problem = f"given {service.image!r}, allowed registry/name:tag or registry/name@sha256:..., without spaces"
        yield f"{key}.image", problem
    least = service.fly.always_running
    if least > service.fly.machines:
        yield (
            f"{key}.fly.minimum_running",
            f"given {least}, allowed up to {key}.fly.machines, {service.fly.machines}",
        )
    if not isinstance(service, WebConfig):
        for part in _changed(service.fly, ("autostart", "autostop", "minimum_running")):
            problem = (
                "allowed with kind web: it is Fly's proxy that stops, starts and asks, and it knows requests alone"
            )
            yield f"{key}.fly.{part}", f"given, {problem}"
    for name, source in service.secrets.items():
        if source.startswith("arn:"):
            yield (
                f"{key}.secrets.{name}",
                "given an ARN, allowed generated or config: a Machine reads nothing of AWS",
            )


def _reach_problems(config: StackConfig, name: str, service: ServiceConfig) -> Iterator[Problem]:
    """Yield what a service needs and no Machine reaches."""
    asked = service.database_pool or service.reader_pools or logs_in_as_owner(service)
    if isinstance(config.database, PostgresServer) and asked:
        problem = (
            f"given {config.database.provider!r}, allowed supabase, neon or fly with services.{name}.provider "
            "fly: its server and its poolers are in the VPC, which no Machine reaches"
        )
        yield "database.provider", problem
    for store, it in stores_of(service, config.redis).items():
        if it.provider not in OUTSIDE or it.provider == "existing":
            problem = (
                f"given {it.provider!r}, allowed upstash or redis_cloud with services.{name}.provider fly: no "
                "Machine reaches the VPC or reads a secret of AWS. Otherwise leave it out of "
                f"services.{name}.redis"
            )
            yield f"redis.{store}.provider", problem
    store = config.metrics.store.provider
    if getattr(service, "metrics", None) and store in ("amp", "self_hosted"):
        problem = (
            f"given {store!r}, allowed grafana_cloud or external with services.{name}.metrics on provider fly: a "
            "Machine has no role that signs requests to AWS, and no way into the VPC"
        )
        yield "metrics.store.provider", problem


def _name_problems(config: StackConfig) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    for name, service in config.on_fly.items():
        if service.fly.app_name is not None:
            other = taken.setdefault(service.fly.app_name, name)
            if other != name:
                problem = f"given {service.fly.app_name}, which services.{other} has, allowed another"
                yield f"services.{name}.fly.app_name", problem


def _stack_problems(config: StackConfig) -> Iterator[Problem]:
    """Yield what the whole stack has and only something on Fargate could use."""
    if config.on_fly and config.storage and not config.on_fargate:
        problem = (
            "given, allowed where something runs on Fargate: a Machine has no role that may write to the bucket"
        )
        yield "storage", problem
    if isinstance(config.database, FlyPostgresConfig):
        for name, service in config.on_fargate.items():
            if service.database_pool or service.reader_pools or logs_in_as_owner(service):
                problem = (
                    f"given 'fly', allowed rds, supabase or neon with services.{name} on Fargate: its host "
                    "names are in the private network of the organization at Fly.io"
                )
                yield "database.provider", problem
