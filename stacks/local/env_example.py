""".env.example of a stack: names alone, first those that need a value, then those that are given already."""

from collections.abc import Iterator

from stacks.config.stack import StackConfig
from stacks.config.variables import CONTRACT_KEYS
from stacks.local.compose_file import local_variables
from stacks.local.servers import PASSWORD, REDIS_PASSWORD

HEADER = """\
# Made by `footing compose {stack}`: names alone. Copy it to .env, which no repository holds, and give them values.
"""


def env_example(config: StackConfig, stack: str) -> str:
    """Return the text of .env.example."""
    return HEADER.format(stack=stack) + "\n".join(_lines(config)) + "\n"


def secret_names(config: StackConfig) -> list[str]:
    """Return the names that need a value, those of the servers first."""
    servers = [*([PASSWORD] if config.database else []), *([REDIS_PASSWORD] if config.redis else [])]
    own = {it for service in config.services.values() for it in service.secrets}
    frontends = {it for one in config.frontends.values() for it in one.secret_names}
    return [*servers, *sorted({*own, *frontends} - {*servers})]


def _lines(config: StackConfig) -> Iterator[str]:
    users: dict[str, list[str]] = {}
    for name, service in config.services.items():
        for variable in service.secrets:
            users.setdefault(variable, []).append(name)
    servers = {
        PASSWORD: "Password of PostgreSQL and PgBouncer on this machine: letters and digits",
        REDIS_PASSWORD: "Password of Redis on this machine: letters and digits",
    }
    for name in secret_names(config):
        who = ", ".join(users.get(name, ())) or "a front end"
        yield ""
        yield f"# {servers.get(name, f'Secret of {who}')}"
        yield f"{name}="
    for name, service in config.services.items():
        given = sorted(local_variables(config, name).keys() - service.secrets.keys())
        yield ""
        yield f"# {name}: given by compose.yaml"
        sources = {**CONTRACT_KEYS, **dict.fromkeys(service.environment, "environment")}
        yield from (f"# {it}: {sources[it]}" if it in sources else f"# {it}" for it in given)
    storage = ("STORAGE_BUCKET", "STORAGE_URL") if config.storage and config.on_fargate else ()
    if later := [*storage, *(("SENTRY_DSN",) if config.sentry else ())]:
        yield ""
        yield "# Given in the cloud, and left out here"
        yield from (f"# {it}" for it in later)
