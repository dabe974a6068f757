"""The project that a command is run in: its directory, its stack files, its plan."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footing.plan.model import Plan
    from observability import Signals
    from observability.stack import ObservedStack
    from stacks.config.load import StackFile

BLOCKS = {
    "Alarms": "cloudwatch_alarms",
    "Bastion": "bastion",
    "Collector": "metrics.collector",
    **dict.fromkeys(("Database", "NeonPostgres", "SupabasePostgres"), "database"),
    **dict.fromkeys(("Domain", "Edge", "OriginPull"), "edge"),
    "Network": "network",
    "Registry": "registry",
    "Pooler": "database.pooler",
    **dict.fromkeys(("ManagedPrometheus", "GrafanaCloud", "MonitoringHost"), "metrics.store"),
    **dict.fromkeys(("Redis", "ServerlessRedis", "UpstashRedis", "RedisCloud"), "redis.NAME"),
    **dict.fromkeys(("Service", "Worker", "Job", "StandaloneTask"), "services"),
    "LoadBalancer": "load_balancer",
    "LoadGenerator": "load_generator.fargate",
    "Sentry": "sentry",
    "Storage": "storage",
}
"""Block of the stack file that decides what a component makes, by the component's type; NAME is one of a map's."""


def root() -> Path:
    """Return the project's directory: the one the command is run in, as for `pulumi` itself.

    Raises:
        ConfigError: this is no project's directory.

    """
    from stacks.config import ConfigError

    here = Path.cwd()
    if not (here / "Pulumi.yaml").is_file():
        raise ConfigError(here.name, ["no Pulumi.yaml here; run footing in the project's directory"])
    return here


def stack_file(stack: str, config_file: Path | None, *, secrets_stood_in: bool = False) -> "StackFile":
    """Return the configuration of a stack, from its own file or from `config_file`.

    With `secrets_stood_in`, a secret that the stack needs may be missing.

    Raises:
        ConfigError: no such file, or it is not valid.

    """
    from stacks.config import from_file

    path = config_file or root() / f"Pulumi.{stack}.yaml"
    return from_file(path, source=str(config_file or ""), secrets_stood_in=secrets_stood_in)


def plan(stack: str, file: "StackFile") -> "Plan":
    """Return the offline plan of a stack."""
    return _recorded(stack, file, lambda: runpy.run_path(str(root() / "__main__.py"), run_name="__main__"))


def observed(stack: str, file: "StackFile") -> "ObservedStack":
    """Return a stack as the writers of its files see it, composed offline."""
    from stacks.observed import observe

    found: list[ObservedStack] = []
    _recorded(stack, file, lambda: found.append(observe()))
    return found[0]


def composed(stack: str, file: "StackFile") -> "tuple[Plan, tuple[Signals, ...]]":
    """Return the offline plan of a stack, without its overrides, and the records of its components."""
    from stacks.observed import export_outputs

    found: list[tuple[Signals, ...]] = []
    return _recorded(stack, file, lambda: found.append(export_outputs())), found[0]


def _recorded(stack: str, file: "StackFile", program: Callable[[], object]) -> "Plan":
    from footing.plan.record import record
    from footing.plan.transforms import TransformError
    from lazy_sdk.hook import install
    from stacks.config import ConfigError
    from stacks.config.load import PROJECT

    install()
    import pulumi

    from stacks.overrides import FILE, OverridesError

    try:
        return record(
            program,
            project=PROJECT,
            stack=stack,
            config=file.engine_config,
            secret_keys=file.secret_keys,
            root=root(),
        )
    except OverridesError as error:
        raise ConfigError(root().name, [str(error)]) from None
    except pulumi.RunError as error:
        raise ConfigError(f"stack {stack}", [str(error)]) from None
    except TransformError as error:
        raise ConfigError(FILE, [str(error)]) from None
