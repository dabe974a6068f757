"""Configuration of what has to be in the database: who migrates it, and what readiness looks for in it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from stacks.config.base import UNIQUE, EntryName, Model, Name, Problem
from stacks.config.recovery import RecoveryConfig
from stacks.config.service import ServiceConfig, logs_in_as_owner
from stacks.config.shorthand import Shorthand

OBJECT = r"^([a-z_][a-z0-9_]*\.)?[a-z_][a-z0-9_]*$"
"""Name of a table, an index or a function, with its schema or without."""

TABLES = r"^([a-z_][a-z0-9_]*\.)?([a-z_][a-z0-9_]*|\*)$"
"""The same of a table, or SCHEMA.* for each of a schema."""

ALL_PUBLIC = {"all_public": "public.*"}
"""What `all_public` stands for."""

PRELOADED = frozenset({"pg_cron", "pgaudit", "timescaledb"})
"""Extensions that RDS creates only where their library is in `shared_preload_libraries`.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Extensions.html
"""

ColumnName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$", max_length=63)]
"""Name of a column or of a role."""
ObjectName = Annotated[str, Field(pattern=OBJECT, max_length=127)]
TableName = Annotated[str, Field(pattern=TABLES, max_length=127)]


class MigrationsConfig(Model):
    """Who changes the schema of the database, and with what."""

    tool: Literal["alembic", "django", "drizzle", "flyway", "liquibase", "other", "prisma", "psql", "supabase"] = (
        Field(description="What applies the migrations; supabase: its own command, of its own server.")
    )
    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9_./-]+$", max_length=200)] | None = Field(
        default=None, description="Directory of the migrations in the application's repository."
    )
    run_by: Literal["task", "pipeline"] = Field(
        default="task",
        description="task: a service of kind task, which logs in as the owner. pipeline: CI, by direct_url.",
    )
    task: Name | None = Field(
        default=None, description="Which service of kind task; the only one that logs in as owner when left out."
    )


class RequiredMigrationConfig(Model):
    """A migration without which the application must not serve."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=200)] = Field(
        description="Its name, as the tool has it: 010_scale_400k_indexes."
    )
    reason: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        default=None, description="What goes wrong without it."
    )
    required_by: Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d|[a-z][a-z0-9_-]*)$", max_length=40)] | None = (
        Field(
            default=None,
            description="A day, YYYY-MM-DD in quotes, or a phase; before the first request when left out.",
        )
    )


class RequiredIndexConfig(Model):
    """An index that the queries of the application need."""

    name: ObjectName = Field(description="Its name.")
    table: ObjectName | None = Field(default=None, description="Its table; whichever when left out.")


class RequiredFunctionConfig(Model):
    """A function of the database that the application calls, or that guards it."""

    name: ObjectName = Field(description="Its name, without arguments.")
    security: Literal["definer", "invoker"] | None = Field(
        default=None, description="With whose rights it runs; not looked at when left out."
    )
    fails_silently: bool = Field(
        default=False, description="Whether it has to catch its own errors, so that no caller fails with it."
    )


class RetentionConfig(Model):
    """How long the rows of a table are kept."""

    table: ObjectName = Field(description="The table.")
    days: Annotated[int, Field(ge=1, le=3650)] = Field(description="Age of the oldest row, in days.")
    function: ObjectName | None = Field(default=None, description="Function that deletes older ones.")
    column: ColumnName = Field(default="created_at", description="Column with the age of a row.")


class IsolationConfig(Model):
    """A table of which a user must see own rows alone; readiness looks at it as two users."""

    table: ObjectName = Field(description="The table.")
    column: ColumnName = Field(default="user_id", description="Column with the user whose row it is.")
    role: ColumnName = Field(default="authenticated", description="Role of PostgreSQL that users have.")
    setting: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$", max_length=100)] = Field(
        default="request.jwt.claims",
        description="Setting by which policies know the user: claims as JSON, or the user's id alone.",
    )
    admin_function: ObjectName | None = Field(
        default=None, description="Function by which a policy lets administrators see every row."
    )

    @property
    def claims(self) -> bool:
        """Whether the setting holds claims."""
        return self.setting.endswith("claims")


RequiredMigration = Annotated[RequiredMigrationConfig, Shorthand("name")]
RequiredIndex = Annotated[RequiredIndexConfig, Shorthand("name")]
RequiredFunction = Annotated[RequiredFunctionConfig, Shorthand("name")]


def _tables(given: Any) -> Any:
    if isinstance(given, list):
        return [ALL_PUBLIC.get(it, it) if isinstance(it, str) else it for it in given]
    return [ALL_PUBLIC[given]] if isinstance(given, str) and given in ALL_PUBLIC else given


class SchemaRegister(Model):
    """What every database has: its migrations, and what must be in it."""

    migrations: MigrationsConfig | None = Field(default=None, description="Who migrates it, if anybody.")
    required_migrations: list[RequiredMigration] = Field(
        default=[], max_length=200, description="Migrations without which nothing must serve: names, or blocks."
    )
    required_indexes: list[RequiredIndex] = Field(
        default=[], max_length=500, description="Indexes that must be there: names, or blocks."
    )
    required_rls: Annotated[list[TableName], UNIQUE, BeforeValidator(_tables)] = Field(
        default=[],
        max_length=500,
        description="Tables with row level security and a policy: public.* or all_public for each of that schema.",
    )
    required_tables: Annotated[list[ObjectName], UNIQUE] = Field(
        default=[], max_length=500, description="Tables that must be there."
    )
    required_functions: list[RequiredFunction] = Field(
        default=[], max_length=500, description="Functions that must be there: names, or blocks."
    )
    required_extensions: Annotated[list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]], UNIQUE] = Field(
        default=[], max_length=50, description="Extensions of PostgreSQL that must be there: pg_cron."
    )
    retention: list[RetentionConfig] = Field(default=[], max_length=100, description="How long rows are kept.")
    row_isolation: list[IsolationConfig] = Field(
        default=[], max_length=100, description="Tables of which a user must see own rows alone."
    )
    write_test: Annotated[str, Field(pattern=r"(?is)^\s*insert\s[^;]+;?\s*$", max_length=2000)] | None = Field(
        default=None,
        description="An INSERT with RETURNING that `footing ready` tries as the application, and rolls back; "
        "a sequence it takes from counts on. Nothing is written when left out.",
    )
    recovery: RecoveryConfig | None = Field(
        default=None, description="What a restore has to keep to; nothing is promised when left out."
    )


def schema_problems(
    database: SchemaRegister,
    services: Mapping[str, ServiceConfig],
    phases: Sequence[EntryName],
    *,
    provider: str,
    preloaded: Sequence[str] | None,
) -> Iterator[Problem]:
    """Yield where nobody applies what is required, or it is required twice, or never. Source: C-26.

    Args:
        database: the block.
        services: what runs, by name.
        phases: names of the phases of growth.
        provider: whose server it is.
        preloaded: libraries that the server loads; None where its provider decides.

    """
    for key in ("required_migrations", "required_indexes", "required_functions"):
        names = [it.name for it in getattr(database, key)]
        for name in dict.fromkeys(it for it in names if names.count(it) > 1):
            yield f"database.{key}", f"given {name} twice, allowed once"
    tables = [it.table for it in database.retention]
    for table in dict.fromkeys(it for it in tables if tables.count(it) > 1):
        yield "database.retention", f"given {table} twice, allowed once"
    for number, it in enumerate(database.required_migrations):
        if it.required_by and not _is_day(it.required_by) and it.required_by not in phases:
            problem = f"given {it.required_by}, allowed a day, YYYY-MM-DD, or one of phases: {_listed(phases)}"
            yield f"database.required_migrations.{number}.required_by", problem
    lacking = [it for it in database.required_extensions if it in PRELOADED and it not in (preloaded or ())]
    if preloaded is not None and lacking:
        problem = f"given {', '.join(lacking)}, allowed with the same in database.preload_libraries"
        yield "database.required_extensions", problem
    yield from _migration_problems(database, services, provider)


def _migration_problems(
    database: SchemaRegister, services: Mapping[str, ServiceConfig], provider: str
) -> Iterator[Problem]:
    chosen = database.migrations
    if chosen and chosen.tool == "supabase" and provider != "supabase":
        yield (
            "database.migrations.tool",
            f"given supabase with database.provider {provider}, allowed the tool that knows that server: psql",
        )
    owners = [name for name, it in services.items() if logs_in_as_owner(it)]
    if chosen and chosen.run_by == "pipeline":
        if chosen.task:
            yield "database.migrations.task", f"given {chosen.task} with run_by pipeline, allowed left out"
        if chosen.tool == "psql" and chosen.path is None:
            yield (
                "database.migrations.path",
                "missing; required with tool psql and run_by pipeline: where its files are",
            )
    elif chosen and chosen.task:
        if chosen.task not in owners:
            problem = (
                f"given {chosen.task}, allowed a service of kind task with database_login owner, who may change "
                f"the schema: {_listed(owners)}"
            )
            yield "database.migrations.task", problem
    elif len(owners) > 1 and chosen:
        yield "database.migrations.task", f"missing; allowed one of {_listed(owners)}"
    elif not owners and (chosen or database.required_migrations):
        key, what = ("migrations.run_by", "task")
        if required := database.required_migrations:
            key, what = ("required_migrations", f"{len(required)}, and nothing of the stack applies them")
        problem = (
            f"given {what}, allowed with a service of kind task with database_login owner, or with "
            f"database.migrations.run_by pipeline{': ' if required else ''}{', '.join(it.name for it in required)}"
        )
        yield f"database.{key}", problem


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none so far"
