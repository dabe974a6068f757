"""Where experiments run: one PostgreSQL with production's parameters, and room for what each one starts."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lab import pooler, postgres, process, production
from lab.pooler import Pooler
from lab.postgres import Postgres
from lab.production import CLIENTS, Production


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A running PostgreSQL and the numbers it stands for."""

    production: Production
    postgres: Postgres
    directory: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def begin(self) -> float:
        """Return the Unix time from which an experiment counts, once nothing of an earlier one is left."""
        self.postgres.wait_until_empty()
        return time.time()

    def room(self, name: str) -> Path:
        """Return a new directory for one server."""
        return process.make_directory(self.path(name))

    def path(self, name: str) -> Path:
        """Return a path under which nothing exists yet."""
        return self.directory / f"{name}-{next(self._numbers)}"

    @contextmanager
    def poolers(self, query_wait_timeout_seconds: int | None = None) -> Iterator[list[Pooler]]:
        """Yield as many PgBouncers as production has at rest."""
        settings = self.production.settings(query_wait_timeout_seconds)
        with pooler.running(
            self.room("poolers"), settings, self.postgres, self.production.poolers.tasks
        ) as poolers:
            yield poolers


@contextmanager
def opened(stack_file: Path = production.STACK_FILE) -> Iterator[Stage]:
    """Yield a stage with the numbers of a stack file, taken down afterwards.

    Raises:
        MissingProgramError: a server is not installed.
        ServerError: one does not start, or this user may not open enough files.

    """
    process.allow_files(2 * CLIENTS + 500)
    numbers = production.read(stack_file)
    with (
        process.workplace() as directory,
        postgres.running(directory, numbers.database_name, numbers.postgres_parameters) as server,
    ):
        yield Stage(production=numbers, postgres=server, directory=directory)
