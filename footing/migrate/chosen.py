"""Which migration a stack has, by its file."""

from dataclasses import dataclass

from stacks.config.errors import ConfigError
from stacks.config.schema_register import MigrationsConfig
from stacks.config.service import TaskRunConfig, logs_in_as_owner
from stacks.config.stack import StackConfig


class MigrationError(Exception):
    """The migration did not begin, or did not end as it ought to; the message is for people."""


@dataclass(frozen=True, kw_only=True)
class MigrationTask:
    """A service of kind task that changes the schema."""

    name: str
    """Its name under `services`."""
    service: TaskRunConfig
    """Its block."""


def chosen_migration(config: StackConfig) -> MigrationTask | MigrationsConfig | None:
    """Return the task that migrates, or the block `database.migrations` where a pipeline does; None without any.

    Raises:
        ConfigError: the file leaves open which of several tasks it is.

    """
    if config.database is None:
        return None
    chosen = config.database.migrations
    if chosen and chosen.run_by == "pipeline":
        return chosen
    owners = {
        name: it for name, it in config.services.items() if isinstance(it, TaskRunConfig) and logs_in_as_owner(it)
    }
    if not owners:
        return None
    name = chosen.task if chosen and chosen.task else next(iter(owners))
    if len(owners) > 1 and not (chosen and chosen.task):
        problem = f"database.migrations.task: missing; allowed one of {', '.join(owners)}"
        raise ConfigError(f"stack {config.environment}", [problem])
    return MigrationTask(name=name, service=owners[name])
