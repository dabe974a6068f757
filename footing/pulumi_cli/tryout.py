"""A try-out: a stack applied to the simulated cloud, with everything it leaves kept in one directory.

The directory holds the engine's state (a file backend), its home, the simulated cloud and a copy of the stack's
configuration, with a stand-in for each secret. Removing it forgets the try-out. Nothing else in the tree changes.
"""

import fcntl
import json
import os
import shutil
import sys
import sysconfig
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from footing.pulumi_cli.session import Session, UsageError, child_environment, engine_executable
from stacks.config.load import read_stack_file, with_stand_ins

TRY_OUT_PASSPHRASE = "try-out"  # noqa: S105
"""Encrypts the state of a try-out where PULUMI_CONFIG_PASSPHRASE is not set.

For try-outs only: what it protects is made up by the simulated cloud, or stands in for a secret.
"""

LOCK_WAIT_SECONDS = 5.0
"""How long to wait for the last processes of a command that was killed."""

LOCK_RETRY_SECONDS = 0.1


@contextmanager
def try_out(
    stack: str,
    *,
    root: Path,
    directory: Path,
    missing_secrets: Collection[str] = (),
    config_file: Path | None = None,
) -> Iterator[Session]:
    """Yield a session of `stack` on the simulated cloud, whose files are in `directory`.

    Args:
        stack: the stack's name.
        root: the project's directory.
        directory: where everything is kept.
        missing_secrets: names of values that the stack needs and its file does not hold.
        config_file: what is read in place of the stack's file.

    Raises:
        UsageError: another command is using the directory, or the engine cannot prepare the stack.

    """
    from simulator.process import SimulatedCloudError, simulated_cloud

    session = kept_session(stack, root=root, directory=directory)
    with _lock(directory) as descriptor:
        _prepare(session, directory, missing_secrets, config_file)
        try:
            cleaned = child_environment(simulated=True)
            with simulated_cloud(cloud_directory(directory), installed_packages(), cleaned) as cloud:
                environment = {**session.environment, **cloud}
                yield replace(session, environment=environment, descriptors=(descriptor,))
        except SimulatedCloudError as error:
            raise UsageError(str(error)) from error


def kept_session(stack: str, *, root: Path, directory: Path) -> Session:
    """Return a session of a try-out that only asks what is kept of it in `directory`: no cloud is served.

    Raises:
        UsageError: there is no engine.

    """
    own_passphrase = {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & os.environ.keys()
    return Session(
        executable=engine_executable(),
        stack=stack,
        root=root,
        environment={
            "PULUMI_BACKEND_URL": f"file://{directory / 'state'}",
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            **({} if own_passphrase else {"PULUMI_CONFIG_PASSPHRASE": TRY_OUT_PASSPHRASE}),
        },
        options=("--config-file", str(directory / "project" / f"Pulumi.{stack}.yaml")),
        simulated=True,
    )


def cloud_directory(directory: Path) -> Path:
    """Return where a try-out keeps its simulated cloud."""
    return directory / "cloud"


def installed_packages() -> tuple[str, ...]:
    """Return the names of the Pulumi providers that their installed SDKs let be simulated, for example `aws`."""
    from simulator.provider import BASE_PLUGINS
    from simulator.sdk_source import has_sdk

    descriptions = Path(sysconfig.get_path("purelib")).glob("*/pulumi-plugin.json")
    plugins = (json.loads(description.read_text()) for description in descriptions)
    # Each package that `pulumi package add` made of a Terraform provider names the same base plugin.
    names = {plugin["name"] for plugin in plugins if plugin.get("resource")}
    return tuple(sorted(name for name in names if name in BASE_PLUGINS or has_sdk(name)))


@contextmanager
def _lock(directory: Path) -> Iterator[int]:
    for part in ("state", "home", "project"):
        (directory / part).mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        give_up = time.monotonic() + LOCK_WAIT_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise UsageError(f"Another command is using {directory}: wait for it to end.") from None
                time.sleep(LOCK_RETRY_SECONDS)
        yield lock.fileno()


def _prepare(
    session: Session, directory: Path, missing_secrets: Collection[str], config_file: Path | None
) -> None:
    """Make the stack where it does not exist yet, and frees it where a killed command left it locked."""
    project = directory / "project"
    shutil.copyfile(session.root / "Pulumi.yaml", project / "Pulumi.yaml")
    name = f"Pulumi.{session.stack}.yaml"
    config, stood_in = with_stand_ins(read_stack_file(config_file or session.root / name), missing_secrets)
    salt = "encryptionsalt"
    stored = read_stack_file(project / name).get(salt) if (project / name).is_file() else None
    # JSON is YAML that every reader reads alike.
    (project / name).write_text(json.dumps({"config": config, **({salt: stored} if stored else {})}, indent=2))
    if stood_in:
        names = ", ".join(stood_in)
        sys.stderr.write(f"This try-out reads no secret: a stand-in takes the place of {names}.\n")
    # Making a stack writes its encryption salt beside Pulumi.yaml, hence the directory: the tree stays clean.
    session.read("stack", "select", "--create", directory=project)
    # The directory's lock is held, so whoever left this one is gone.
    if any((directory / "state" / ".pulumi" / "locks").rglob("*.json")):
        session.read("cancel", "--yes")
