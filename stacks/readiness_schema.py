"""Checks of what the stack file says has to be in the database: migrations, tables, row security, functions."""
# ruff: noqa: S608  stacks/config/schema_register.py holds every name to a pattern

from collections.abc import Iterator
from typing import Final

from observability import ByHand, Check, Comparison, Group, Login, Question, SqlQuestion, Wanted
from stacks.config.schema_register import IsolationConfig, MigrationsConfig, SchemaRegister

NOTHING, SOMETHING = Wanted(Comparison.EMPTY), Wanted(Comparison.PRESENT)
APPLIED: Final = {
    "alembic": "SELECT version_num FROM alembic_version WHERE version_num {newest} '{name}'",
    "django": "SELECT name FROM django_migrations WHERE name = '{name}'",
    "flyway": (
        "SELECT script FROM flyway_schema_history WHERE success AND (version = '{name}' OR script LIKE '{name}%')"
    ),
    "liquibase": "SELECT id FROM databasechangelog WHERE id = '{name}'",
    "prisma": (
        "SELECT migration_name FROM _prisma_migrations "
        "WHERE migration_name = '{name}' AND finished_at IS NOT NULL AND rolled_back_at IS NULL"
    ),
    # A file of `footing migrate` with run_by pipeline: footing/migrate/pipeline.py.
    "psql": "SELECT version FROM schema_migrations WHERE version = '{name}'",
    "supabase": (
        "SELECT version FROM supabase_migrations.schema_migrations "
        "WHERE '{name}' IN (version, name, version || '_' || name)"
    ),
}
"""What each tool keeps of the migrations that it applied.

Alembic keeps the newest alone: where names are numbered, one that is not above it is applied.
"""
# Tables of an extension are its own affair: https://supabase.com/docs/guides/database/database-advisors
_TABLES = (
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND {table} "
    "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') "
)


def database_check(id_: str, title: str, question: Question, fix: str) -> Check:
    """Return a check of the database."""
    return Check(id=id_, group=Group.DATABASE, title=title, question=question, fix=fix)


def sql(text: str, wanted: Wanted) -> SqlQuestion:
    """Return a query at the server itself."""
    return SqlQuestion(sql=text, wanted=wanted)


def word(name: str) -> str:
    """Return a name of PostgreSQL as part of an id."""
    return name.replace("_", "-").replace(".", "-").replace("*", "all").lower()


def schema_checks(register: SchemaRegister) -> Iterator[Check]:
    """Yield the checks of what the stack file says has to be in the database."""
    yield from _migrations(register)
    yield from _objects(register)
    yield from _functions(register)
    yield from _row_security(register)
    yield from _isolation(register)
    yield from _kept(register)
    if register.write_test:
        yield database_check(
            "database-write",
            "The application's insert works, and is rolled back",
            SqlQuestion(sql=register.write_test, wanted=SOMETHING, login=Login.APPLICATION, writes=True),
            "Read the error: a missing table, right or disk; database.write_test is the statement.",
        )


def _migrations(register: SchemaRegister) -> Iterator[Check]:
    for it in register.required_migrations:
        yield database_check(
            f"database-migration-{word(it.name)}",
            f"Migration {it.name} is applied",
            _applied(register.migrations, it.name),
            f"Apply it: database.required_migrations names it. {it.reason or ''}".strip(),
        )


def _objects(register: SchemaRegister) -> Iterator[Check]:
    for table in register.required_tables:
        yield database_check(
            f"database-table-{word(table)}",
            f"Table {table} is there",
            sql(f"SELECT to_regclass('{table}')", SOMETHING),
            "Apply the migration that makes it: database.required_tables names it.",
        )
    for index in register.required_indexes:
        on = f" AND indrelid = to_regclass('{index.table}')" if index.table else ""
        yield database_check(
            f"database-index-{word(index.name)}",
            f"Index {index.name} is there",
            sql(
                f"SELECT indexrelid::regclass FROM pg_index WHERE indexrelid = to_regclass('{index.name}'){on}",
                SOMETHING,
            ),
            "CREATE INDEX CONCURRENTLY, in a migration: database.required_indexes names it.",
        )
    for extension in register.required_extensions:
        yield database_check(
            f"database-extension-{word(extension)}",
            f"Extension {extension} is there",
            sql(f"SELECT extversion FROM pg_extension WHERE extname = '{extension}'", SOMETHING),
            "CREATE EXTENSION, in a migration: database.required_extensions names it.",
        )


def _functions(register: SchemaRegister) -> Iterator[Check]:
    for function in register.required_functions:
        schema, _, name = function.name.rpartition(".")
        rights = "CASE WHEN bool_and(prosecdef) THEN 'definer' ELSE 'invoker' END"
        where = f"proname = '{name}'" + (f" AND pronamespace = to_regnamespace('{schema}')" if schema else "")
        security = function.security
        yield database_check(
            f"database-function-{word(function.name)}",
            f"Function {function.name} is there" + (f", SECURITY {security.upper()}" if security else ""),
            sql(
                f"SELECT {rights} FROM pg_proc WHERE {where} HAVING count(*) > 0",
                Wanted(Comparison.IS, security) if security else SOMETHING,
            ),
            "Apply the migration that makes it, and look at its SECURITY: database.required_functions names it.",
        )
        if function.fails_silently:
            yield database_check(
                f"database-function-silent-{word(function.name)}",
                f"Function {function.name} catches its own errors",
                sql(
                    f"SELECT proname FROM pg_proc WHERE {where} AND prosrc ~* 'exception\\s+when\\s+others'",
                    SOMETHING,
                ),
                "EXCEPTION WHEN OTHERS in its body: database.required_functions says that it fails silently.",
            )
    if any(it.security == "definer" for it in register.required_functions):
        yield database_check(
            "database-definers-search-path",
            "Every function of SECURITY DEFINER has a search_path of its own",
            sql(
                "SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
                "WHERE p.prosecdef AND n.nspname = 'public' "
                "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') "
                "AND NOT coalesce(array_to_string(p.proconfig, ' '), '') LIKE '%search_path=%'",
                NOTHING,
            ),
            "ALTER FUNCTION ... SET search_path = '': else a caller decides which tables it touches.",
        )


def _applied(migrations: MigrationsConfig | None, name: str) -> Question:
    tool = migrations.tool if migrations else "other"
    if tool not in APPLIED:
        return ByHand(f"what {tool} applied last: it keeps no table that is known here")
    newest = ">=" if name[:1].isdigit() else "="
    return sql(APPLIED[tool].format(name=name, newest=newest), SOMETHING)


def _row_security(register: SchemaRegister) -> Iterator[Check]:
    for given in register.required_rls:
        schema, _, table = given.rpartition(".")
        only = f"n.nspname = '{schema or 'public'}'" + (f" AND c.relname = '{table}'" if table != "*" else "")
        tables, ending = _TABLES.format(table=only), word(given)
        # A table that is not there has no row security either.
        missing = "" if table == "*" else f" UNION ALL SELECT '{given}' WHERE to_regclass('{given}') IS NULL"
        yield database_check(
            f"database-rls-{ending}",
            f"Row level security is on for {given}",
            sql(f"SELECT c.oid::regclass::text {tables} AND NOT c.relrowsecurity{missing}", NOTHING),
            "ALTER TABLE ... ENABLE ROW LEVEL SECURITY, in a migration: database.required_rls names it.",
        )
        yield database_check(
            f"database-policies-{ending}",
            f"Each table of {given} with row level security has a policy",
            sql(
                f"SELECT c.oid::regclass {tables} AND c.relrowsecurity "
                "AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)",
                NOTHING,
            ),
            "CREATE POLICY, in a migration: without one nobody but the owner sees a row.",
        )


def _isolation(register: SchemaRegister) -> Iterator[Check]:
    for it in register.row_isolation:
        ending = word(it.table)
        for user, number in zip(("one", "another"), (1, 2), strict=True):
            yield database_check(
                f"database-isolation-{ending}-{user}",
                f"Of {it.table}, {user} user sees no row of somebody else",
                _as_user(it, number),
                f"Mend the policy of {it.table}: its USING has to compare {it.column} with the user; "
                "database.row_isolation names it.",
            )
        if it.admin_function:
            yield database_check(
                f"database-admins-{ending}",
                f"A policy of {it.table} lets {it.admin_function} decide",
                sql(
                    f"SELECT polname FROM pg_policy WHERE polrelid = to_regclass('{it.table}') "
                    f"AND pg_get_expr(polqual, polrelid) LIKE '%{it.admin_function}(%'",
                    SOMETHING,
                ),
                f"CREATE POLICY ... USING ({it.admin_function}()), in a migration.",
            )


def _as_user(it: IsolationConfig, number: int) -> SqlQuestion:
    """Return the question which rows of others a user sees: the newest two who have some take turns."""
    user = f"(SELECT DISTINCT {it.column}::text AS id FROM {it.table} ORDER BY 1 LIMIT 2)"
    chosen = f"(SELECT id FROM {user} AS users ORDER BY id OFFSET {number - 1} LIMIT 1)"
    stranger = f"00000000-0000-4000-8000-00000000000{number}"
    known = f"coalesce({chosen}, '{stranger}')"
    value = f"json_build_object('sub', {known}, 'role', '{it.role}')::text" if it.claims else known
    return SqlQuestion(
        before=(f"SELECT set_config('{it.setting}', {value}, true)", f"SET LOCAL ROLE {it.role}"),
        sql=f"SELECT count(*) FROM {it.table} WHERE {it.column}::text IS DISTINCT FROM "
        + (
            f"current_setting('{it.setting}')::json ->> 'sub'" if it.claims else f"current_setting('{it.setting}')"
        ),
        wanted=Wanted(Comparison.IS, 0),
    )


def _kept(register: SchemaRegister) -> Iterator[Check]:
    functions = {it.name for it in register.required_functions}
    for it in register.retention:
        ending = word(it.table)
        yield database_check(
            f"database-retention-{ending}",
            f"No row of {it.table} is older than {it.days} days",
            # One day more: what deletes runs once a day.
            sql(
                f"SELECT count(*) FROM {it.table} WHERE {it.column} < now() - interval '{it.days + 1} days'",
                Wanted(Comparison.IS, 0),
            ),
            f"Run {it.function or 'what deletes them'}, and schedule it: database.retention says how long.",
        )
        if it.function and it.function not in functions:
            yield database_check(
                f"database-retention-function-{ending}",
                f"Function {it.function} is there",
                sql(
                    f"SELECT proname FROM pg_proc WHERE proname = '{it.function.rpartition('.')[2]}' LIMIT 1",
                    SOMETHING,
                ),
                f"Apply the migration that makes it: database.retention of {it.table} names it.",
            )
        if it.function and "pg_cron" in register.required_extensions:
            yield database_check(
                f"database-retention-scheduled-{ending}",
                f"{it.function} is scheduled",
                sql(
                    f"SELECT jobname FROM cron.job WHERE active AND command LIKE '%{it.function}%' LIMIT 1",
                    SOMETHING,
                ),
                f"SELECT cron.schedule(...), in a migration: database.retention of {it.table} names it.",
            )
