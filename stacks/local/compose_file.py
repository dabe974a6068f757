"""compose.yaml of a stack: what runs the application, and the servers that it asks, on one machine.

https://github.com/compose-spec/compose-spec/blob/main/spec.md
"""

from collections.abc import Iterator
from typing import Any

import yaml

from stacks.config.redis import url_variable
from stacks.config.service import JobConfig, LongRunning, ServiceConfig, TaskRunConfig, WebConfig, logs_in_as_owner
from stacks.config.stack import StackConfig
from stacks.config.variables import (
    DATABASE_VARIABLE,
    PORT_VARIABLE,
    SCHEDULED_VARIABLE,
    reader_variables,
    stores_of,
)
from stacks.contract import contract_variables
from stacks.local.servers import (
    POOLER,
    POSTGRES,
    REDIS_PASSWORD,
    REDIS_PORT,
    database_services,
    database_url,
    literal,
    on_loopback,
    reader,
    redis_service,
    required,
)
from stacks.naming import component_name

HEADER = """\
# Made by `footing compose {stack}`: the stack's services, PostgreSQL, PgBouncer and Redis on this machine,
# with the stack's own limits. Copy .env.example to .env, give the passwords a value, then: docker compose up
"""
BY_HAND = "by-hand"
"""Profile of jobs and tasks: `docker compose run --rm NAME` runs one."""


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as such, and never an alias."""

    def ignore_aliases(self, _: Any) -> bool:
        """Return that everything is written out."""
        return True


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def compose_file(config: StackConfig, stack: str) -> str:
    """Return the text of compose.yaml."""
    written = yaml.dump(
        compose_document(config), Dumper=_Dumper, sort_keys=False, width=10_000, allow_unicode=True
    )
    return HEADER.format(stack=stack) + written


def compose_document(config: StackConfig) -> dict[str, Any]:
    """Return the document: names, services, volumes."""
    stores = {
        component_name("redis", name): redis_service(component_name("redis", name), store, REDIS_PORT + number)
        for number, (name, store) in enumerate(config.redis.items())
    }
    servers = {**(database_services(config) if config.database else {}), **stores}
    published = [port for it in servers.values() for port in it.get("ports", ())]
    taken = {int(it.split(":")[1]) for it in published}
    services = {**dict(_application(config, taken)), **servers}
    volumes = [it.partition(":")[0] for service in servers.values() for it in service.get("volumes", ())]
    return {
        "name": f"{config.app}-local",
        "services": services,
        **({"volumes": {it: {} for it in volumes}} if volumes else {}),
    }


def local_variables(config: StackConfig, name: str) -> dict[str, str]:
    """Return the variables of a service that the file itself gives, as Compose reads them."""
    service = config.services[name]
    found = {key: literal(value) for key, value in contract_variables(config, name).items()}
    if config.database:
        if service.database_pool.maximum:
            found[DATABASE_VARIABLE] = database_url(config, direct=logs_in_as_owner(service))
        for purpose in service.reader_pools:
            found[reader_variables(purpose)[0]] = database_url(config, direct=True, user=reader(config))
    for store, it in stores_of(service, config.redis).items():
        host = component_name("redis", store)
        found[url_variable(store, it)] = f"redis://default:{required(REDIS_PASSWORD)}@{host}:{REDIS_PORT}/0"
    if isinstance(service, WebConfig):
        found[PORT_VARIABLE] = str(service.port)
    if isinstance(service, JobConfig):
        found[SCHEDULED_VARIABLE] = "${SCHEDULED_TIME:-2027-01-01T00:00:00Z}"
    # Its own secrets and no other's; who lacks one for the moment has an empty one.
    found |= {key: f"${{{key}:-}}" for key in service.secrets}
    return {**found, **{key: literal(value) for key, value in service.environment.items()}}


def _application(config: StackConfig, taken: set[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, service in config.services.items():
        ports = {}
        if isinstance(service, WebConfig):
            host_port = next(it for it in range(service.port, service.port + 100) if it not in taken)
            taken.add(host_port)
            ports = {"ports": on_loopback(host_port, service.port)}
        variable = f"{name.upper().replace('-', '_')}_IMAGE"
        owner = isinstance(service, TaskRunConfig) and logs_in_as_owner(service)
        database = [POSTGRES if owner else POOLER] if config.database and service.database_pool.maximum else []
        stores = [component_name("redis", it) for it in stores_of(service, config.redis)]
        waits = {it: {"condition": "service_healthy"} for it in [*database, *stores]}
        yield (
            name,
            {
                # Another one while the application is being worked on; the stack's own otherwise.
                "image": f"${{{variable}:-{service.image}}}",
                **({"entrypoint": [literal(it) for it in service.entry_point]} if service.entry_point else {}),
                **({"command": [literal(it) for it in service.command]} if service.command else {}),
                "environment": local_variables(config, name),
                **ports,
                **({"depends_on": waits} if waits else {}),
                **({} if isinstance(service, LongRunning) else {"profiles": [BY_HAND]}),
                **_as_in_production(service),
            },
        )


def _as_in_production(service: ServiceConfig) -> dict[str, Any]:
    """Return what holds a container as ECS does: size, user, files, and how long it has to stop."""
    stop = getattr(service, "stop_timeout_seconds", None)
    return {
        "init": True,
        "user": "10001:10001",
        "read_only": True,
        "tmpfs": [f"/tmp:size={service.tmp_mib}m,mode=1777"],  # noqa: S108  in the container's memory
        "mem_limit": f"{service.task.memory_mib}m",
        "cpus": service.task.cpu / 1024,
        **({"stop_grace_period": f"{stop}s"} if stop else {}),
    }
