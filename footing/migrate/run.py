"""A migration between the update of its task and the deployment of the services."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footing.migrate.chosen import MigrationError, MigrationTask
from footing.migrate.pipeline import run_here
from footing.pulumi_cli.plan_file import plan_applied
from footing.pulumi_cli.run import DONE, PACK, session_for
from footing.pulumi_cli.session import Session
from footing.pulumi_cli.tryout import cloud_directory
from stacks.config.schema_register import MigrationsConfig
from stacks.naming import component_name

RUNNING = ("Service", "Worker", "Job", "FlyService")
"""Types of the components that run the application."""
TASKS = {"fargate": "StandaloneTask", "fly": "FlyTask"}
"""Type of a task's component, by who runs it."""
QUIET = ("--yes", "--skip-preview", "--suppress-outputs")
"""Options of an update that nobody has to confirm."""


@dataclass(frozen=True, kw_only=True)
class Migrating:
    """What `footing migrate` was asked for."""

    stack: str
    """Name of the stack, as the engine knows it."""
    root: Path
    """The project's directory."""
    state_dir: Path
    """Where a try-out is kept."""
    simulated: bool
    """Whether it runs in the simulated cloud."""
    config_file: Path | None
    """What is read in place of the stack's file."""
    missing_secrets: Collection[str]
    """Names of values that a try-out stands in for."""
    limit_seconds: int
    """After how long the migration is stopped, in seconds."""
    confirmed: bool
    """Whether the task's definition is updated without a question."""
    plan_file: Path | None = None
    """Plan that was approved: the task is updated as it says, and the rest of it stays to be applied."""
    command: Sequence[str] = ()
    """A command in place of the tool's own, where a pipeline migrates."""
    profile: str | None = None
    """Profile of AWS that deploys; the environment's credentials when None."""


def migrate_task(asked: Migrating, task: MigrationTask, show: Callable[[str], None]) -> int:
    """Return the exit code of the task of a stack, which is updated, and nothing else, and run once.

    A stack that was never deployed gets everything before but what runs the application.

    Raises:
        MigrationError: it did not begin, or did not end as it ought to.
        UsageError: the engine cannot be used.

    """
    with session_for(
        asked.stack,
        root=asked.root,
        state_dir=asked.state_dir,
        simulate=asked.simulated,
        missing_secrets=asked.missing_secrets,
        config_file=asked.config_file,
    ) as session:
        return migrate_in(session, asked, task, show)


def migrate_in(session: Session, asked: Migrating, task: MigrationTask, show: Callable[[str], None]) -> int:
    """Return the same, in a session of the engine that is open.

    Raises:
        MigrationError: it did not begin, or did not end as it ought to.

    """
    if _update(session, asked, task) != DONE:
        raise MigrationError("The task was not updated, so nothing was migrated; the engine says why above.")
    run = _request(session, task.name)
    if run is None:
        raise MigrationError(f"The stack's output run_requests has no {task.name}: deploy it once, then migrate.")
    return _run(run, asked, show)


def migrate_here(asked: Migrating, migrations: MigrationsConfig, show: Callable[[str], None]) -> int:
    """Run the migration by a program of this machine, and return its exit code.

    Raises:
        MigrationError: it did not begin, or did not end as it ought to.
        UsageError: the engine cannot be used.

    """
    if asked.simulated:
        raise MigrationError(
            "The simulated cloud has no PostgreSQL; `make drill-migration` tries it on a real one."
        )
    with session_for(
        asked.stack,
        root=asked.root,
        state_dir=asked.state_dir,
        simulate=False,
        missing_secrets=(),
        config_file=asked.config_file,
    ) as session:
        found = session.ask("stack", "output", "direct_url", "--show-secrets")
    if found.returncode:
        raise MigrationError("The stack has no output direct_url: deploy it once, then migrate.")
    return run_here(
        migrations,
        found.stdout.strip(),
        given=asked.command,
        limit_seconds=asked.limit_seconds,
        show=show,
        directory=asked.root,
    )


def _update(session: Session, asked: Migrating, task: MigrationTask) -> int:
    """Update the task alone, or, in a stack without it, all but what runs the application."""
    of_task, kind = component_name("task", task.name), TASKS[task.service.provider]
    if _request(session, task.name) is not None:
        scope = ["--target", f"**footing:index:{kind}$**::{of_task}-**"]
    else:
        excluded = [word for it in RUNNING for word in ("--exclude", f"**footing:index:{it}$**")]
        scope = [*excluded, "--exclude-dependents"]
    judged = ["--policy-pack", "policies"] if not asked.simulated and (asked.root / PACK).is_file() else []
    if asked.plan_file is not None:
        return plan_applied(session, asked.plan_file, *scope, *judged)
    return session.run("up", *scope, *(QUIET if asked.simulated or asked.confirmed else ()), *judged)


def _request(session: Session, name: str) -> dict[str, Any] | None:
    requests: Any = session.outputs().get("run_requests") or {}
    return requests.get(name) if isinstance(requests, dict) else None


def _run(run: dict[str, Any], asked: Migrating, show: Callable[[str], None]) -> int:
    if run["provider"] == "fly":
        from footing.migrate.fly import run_machine

        if asked.simulated:
            raise MigrationError("The simulated cloud has no Machines: it took the request, and ran nothing.")
        return run_machine(run, limit_seconds=asked.limit_seconds, show=show)
    from footing.migrate.ecs import run_task

    if asked.simulated:
        from simulator.task_runs import aws_clients

        with aws_clients(cloud_directory(asked.state_dir.absolute())) as clients:
            return run_task(
                run,
                lambda service: clients(service, run["region"]),
                limit_seconds=asked.limit_seconds,
                show=show,
                poll_seconds=0.1,
            )
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        raise MigrationError(
            "boto3 is not installed, which starts the task: pip install 'footing[ready]'"
        ) from None
    credentials = boto3.Session(profile_name=asked.profile, region_name=run["region"])
    try:
        return run_task(run, credentials.client, limit_seconds=asked.limit_seconds, show=show)
    except (BotoCoreError, ClientError) as error:
        raise MigrationError(f"AWS refuses: {error}") from None
