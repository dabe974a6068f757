"""Whether what runs the application fits itself, and what the stack gives to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import available_timezones

from components.service.scaling import scaling_conflicts, scaling_problems
from components.service.schedule import has_passed, job_problems
from policies.secret_values import BROWSER_PREFIXES, is_secret, secret_by_form
from stacks.config.base import Model, Problem
from stacks.config.rollout import rollout_args
from stacks.config.scaling import QueueConfig, scaling_args
from stacks.config.service import JobConfig, ServiceConfig, WebConfig, WorkerConfig
from stacks.config.smoke_tests import smoke_problems
from stacks.naming import component_name

DIGEST = "@sha256:"
"""Mark of an image reference that no push can change."""

RESERVED = frozenset(
    ("collector", "db", "edge", "files", "metrics", "origin", "pooler", "redis"),
)
"""Names that the stack's own parts have: their physical names would be the same."""


CONTAINERS = frozenset(("collector", "collector-prepare", "queue-depth", "datadog-agent", "datadog-prepare"))
"""Containers that the stack adds to a task: those of its metrics and traces, and what measures a queue."""


def service_problems(
    name: str, service: ServiceConfig, *, given: Mapping[str, str], stores: Sequence[str], replicas: Sequence[str]
) -> Iterator[Problem]:
    """Return a key and a sentence for each contradiction between the settings of the service called `name`.

    Args:
        name: its key under `services`.
        service: the block itself.
        given: variables that the stack gives it, with the key that each comes from.
        stores: names under `redis`.
        replicas: purposes under `database.replicas`.

    """
    key = f"services.{name}"
    if name in RESERVED or name.startswith("redis-"):
        yield (
            key,
            f"given {name}, allowed a name that the stack's own parts do not have: {', '.join(sorted(RESERVED))}",
        )
    if service.image_by == "digest" and DIGEST not in service.image:
        problem = f"given {service.image!r}, allowed a digest ({DIGEST}...); image_by: tag, or ci, takes any name"
        yield f"{key}.image", problem
    for block, names in (("environment", service.environment), ("secrets", service.secrets)):
        for taken in sorted(set(given) & set(names)):
            yield (
                f"{key}.{block}",
                f"given {taken}, which the stack itself gives ({given[taken]}), allowed other names",
            )
    if both := set(service.environment) & set(service.secrets):
        yield f"{key}.secrets", f"given {', '.join(sorted(both))} also under environment, allowed one place"
    yield from _unknown(f"{key}.redis", service.redis or (), stores, "redis")
    scaling = getattr(service, "scaling", None)
    if isinstance(scaling, QueueConfig) and scaling.redis_store is not None:
        reached = stores if service.redis is None else service.redis
        yield from _unknown(f"{key}.scaling.redis_store", [scaling.redis_store], reached, "redis")
    yield from _unknown(f"{key}.reader_pools", service.reader_pools, replicas, "database.replicas")
    own = component_name("service" if service.kind == "web" else service.kind, name)
    for container in sorted({name, own, *CONTAINERS} & set(service.sidecars)):
        yield (
            f"{key}.sidecars.{container}",
            "given the name of the service, or of a container that the stack adds, allowed another",
        )
    yield from _secret_problems(key, service)
    if isinstance(service, WebConfig | WorkerConfig):
        yield from _scaling_problems(key, service)
    if isinstance(service, JobConfig):
        found = job_problems(service.schedule, service.timezone, service.retries, service.timeout_seconds)
        yield from ((f"{key}.{part}", sentence) for part, sentence in found)


def web_problems(key: str, service: WebConfig) -> Iterator[Problem]:
    """Yield what `footing ready` could not ask of the web service at `key`."""
    yield from smoke_problems(key, service.smoke_tests)
    if service.websocket_path and not service.websockets:
        yield f"{key}.websocket_path", f"given {service.websocket_path}, allowed with websockets: true"


def passed_schedules(services: Mapping[str, ServiceConfig], now: datetime) -> Iterator[str]:
    """Yield one sentence for each schedule without a time left at `now`.

    No refusal: AWS keeps a schedule after its last time, and so may the file that made it.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-delete.html
    """
    for name, service in services.items():
        found: list[tuple[str, str, str]] = []
        if isinstance(service, JobConfig) and service.enabled:
            found.append(("schedule", service.schedule, service.timezone))
        if isinstance(service, WebConfig | WorkerConfig):
            schedules = scaling_args(service.scaling).schedules
            found += [
                (f"scaling.schedules.{at}.at", it.expression, it.timezone) for at, it in enumerate(schedules)
            ]
        for key, expression, timezone in found:
            if has_passed(expression, timezone, now):
                yield (
                    f"services.{name}.{key}: {expression} has passed in {timezone}: what was made for it before "
                    "stays and runs no more, and AWS may refuse to make it now; give a later time, or take it out"
                )


def _unknown(key: str, given: Iterable[str], known: Sequence[str], where: str) -> Iterator[Problem]:
    if unknown := [it for it in given if it not in known]:
        allowed = f"allowed what is under {where}: {', '.join(known) or 'nothing so far'}"
        yield key, f"given {', '.join(unknown)}, {allowed}"


def _scaling_problems(key: str, service: WebConfig | WorkerConfig) -> Iterator[Problem]:
    scaling, rollout = scaling_args(service.scaling), rollout_args(service.deployment)
    for scaled, sentence in (
        *scaling_problems(scaling),
        *scaling_conflicts(scaling, two_fleets=rollout.two_fleets),
    ):
        yield f"{key}.scaling.{scaled}", sentence
    for number, schedule in enumerate(scaling.schedules):
        if schedule.timezone not in available_timezones():
            place = f"{key}.scaling.schedules.{number}.timezone"
            yield place, f"given {schedule.timezone!r}, allowed an IANA name"
    base, least = service.capacity.base_tasks, scaling.minimum_tasks
    if base is not None and base > least:
        yield f"{key}.capacity.base_tasks", f"given {base}, allowed up to the tasks that always run, {least}"


def _secret_problems(key: str, service: ServiceConfig) -> Iterator[Problem]:
    places = {
        "": service.environment,
        **{f"sidecars.{it}.": car.environment for it, car in service.sidecars.items()},
    }
    for place, environment in places.items():
        for name, value in environment.items():
            if is_secret(name, value) and (place or name not in service.public_variables):
                loaded = ", and browsers load what a build names so" if name.startswith(BROWSER_PREFIXES) else ""
                yield (
                    f"{key}.{place}environment.{name}",
                    f"looks like a secret{loaded}; move it to {key}.{place}secrets",
                )
    for name in service.secrets:
        if name.startswith(BROWSER_PREFIXES):
            yield f"{key}.secrets.{name}", "given a name that builds show to browsers, allowed another"
    if unknown := set(service.public_variables) - set(service.environment):
        given = f"given {', '.join(sorted(unknown))}, allowed names of {key}.environment"
        yield f"{key}.public_variables", given


def credential_problems(config: Model) -> Iterator[Problem]:
    """Yield each text of a stack file that holds a credential in plain sight, but for what has its own judge."""
    waiting: list[tuple[str, object]] = [*config.model_dump().items()]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            left_out = {"environment"} if key.startswith(("services.", "frontends.")) else set()
            waiting += [(f"{key}.{name}", item) for name, item in value.items() if name not in left_out]
        elif isinstance(value, list | tuple):
            waiting += [(key, item) for item in value]
        elif isinstance(value, str) and secret_by_form(value):
            yield key, "holds a password, a token or a key in plain text, allowed none: everybody reads this file"
