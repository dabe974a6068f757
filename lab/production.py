"""The numbers of the production stack, as its file and the documented limits state them."""

from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from components.postgres.pooler.pgbouncer import (
    PREPARED_STATEMENTS,
    PgBouncerSettings,
    PoolSize,
    RuntimePaths,
    render_ini,
)
from lab import programs
from stacks.budget import Budget, Fleet
from stacks.config import ConfigError, StackConfig, from_file
from stacks.config.database import RdsConfig

STACK_FILE = Path(__file__).parents[1] / "Pulumi.production.yaml"
"""The stack whose numbers the lab proves."""

CLIENTS = 1000
"""Concurrent clients. Source: S0-07."""

REQUESTS_PER_SECOND = 200
"""Offered load. Source: S0-06."""

FIRST_WITH_PREPARED_STATEMENTS = (1, 21)
"""PgBouncer's first version that tracks prepared statements, and that knows the setting."""


@dataclass(frozen=True, kw_only=True)
class Production:
    """What the lab reads of a stack."""

    config: StackConfig

    @property
    def database_name(self) -> str:
        """Name of the database, and of its user."""
        return self.config.database_name

    @property
    def database(self) -> RdsConfig:
        """The server and its pooler.

        Raises:
            ConfigError: the stack has none at RDS.

        """
        if not isinstance(self.config.database, RdsConfig):
            raise ConfigError(
                self.config.environment, ["database: given none of provider rds, whose numbers the lab proves"]
            )
        return self.config.database

    @property
    def budget(self) -> Budget:
        """Every number that decides whether the connections fit."""
        budget = self.config.connection_budget
        assert budget is not None  # noqa: S101  there is a database
        return budget

    @property
    def server_connections(self) -> int:
        """Connections that all poolers together may open to PostgreSQL."""
        return self.database.pooler.server_connections

    @property
    def max_connections(self) -> int:
        """What PostgreSQL accepts."""
        return self.database.max_connections

    @property
    def poolers(self) -> Fleet:
        """The poolers, and what a deployment makes of them."""
        poolers = self.budget.poolers
        assert isinstance(poolers, Fleet)  # noqa: S101  the stack runs them
        return poolers

    @property
    def postgres_parameters(self) -> dict[str, int]:
        """What the stack's parameter group sets, in PostgreSQL's units."""
        database = self.database
        return {
            "max_connections": database.max_connections,
            "statement_timeout": database.statement_timeout_seconds * 1000,
            "idle_in_transaction_session_timeout": database.idle_in_transaction_timeout_seconds * 1000,
        }

    def settings(self, query_wait_timeout_seconds: int | None = None) -> PgBouncerSettings:
        """Return the settings of one pooler, as the component makes them for this machine's PgBouncer."""
        pooler = self.database.pooler
        tracks = programs.version("pgbouncer") >= FIRST_WITH_PREPARED_STATEMENTS
        pool = PoolSize(
            tasks=pooler.tasks,
            server_connections=pooler.server_connections,
            client_connections=pooler.client_connections,
        )
        return PgBouncerSettings(
            server_connections=pool.server_connections_per_task,
            client_connections=pool.client_connections_per_task,
            query_wait_timeout_seconds=query_wait_timeout_seconds or pooler.query_wait_timeout_seconds,
            server_idle_timeout_seconds=pooler.server_idle_timeout_seconds,
            prepared_statements=PREPARED_STATEMENTS if tracks else None,
            ignored_parameters=pooler.ignore_startup_parameters,
        )


def differing_keys(production: Production) -> list[str]:
    """Return the keys of pgbouncer.ini whose lines the lab changes or leaves out, in the file's order."""
    settings = production.settings()
    elsewhere = RuntimePaths(run_directory="elsewhere", listen_address="elsewhere", listen_port=0)
    there = render_ini(replace(settings, prepared_statements=PREPARED_STATEMENTS))
    here = set(render_ini(settings, elsewhere).splitlines())
    return [line.split()[0] for line in there.splitlines() if line not in here]


def read(path: Path = STACK_FILE) -> Production:
    """Read the stack's file.

    Raises:
        stacks.config.ConfigError: it is not a valid configuration.

    """
    return Production(config=from_file(path).config)
