"""One stack and the engine that works on it, for the length of one operation."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.build import EngineUnavailableError, cache_directory, find_engine
from footing.pulumi_cli.state import StackState

WRONG_PASSPHRASE = "incorrect passphrase"  # noqa: S105  the engine's words for it
"""https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/secrets/passphrase/manager.go"""

LOOPBACK = "127.0.0.1,localhost"
"""Where the engine, the program and the providers speak to each other, which no proxy may come between."""

NOT_FOR_TRY_OUTS = re.compile(r"(?i:.*_PROXY)|AWS_.*|OTEL_.*|PULUMI_(?!CONFIG_PASSPHRASE|SKIP_CHECKPOINTS).*")
"""Variables by which a try-out could leave the machine, or by which the engine would run otherwise."""


Edit = Callable[[Iterable[str]], Iterable[str]]
"""What makes the lines to show of those that the engine prints."""


class UsageError(Exception):
    """A wrong stack, passphrase or machine; the text says what was given and what to change (exit code 2)."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """Runs the engine's commands for one stack.

    `options` go to the commands that take a stack's configuration, such as `up` and `preview`.
    `descriptors` are open files that live as long as the engine does, also where this process is killed.
    A `simulated` session is given no address of this machine's environment: nothing may leave it.
    """

    executable: Path
    stack: str
    root: Path
    environment: Mapping[str, str]
    options: tuple[str, ...] = ()
    descriptors: tuple[int, ...] = ()
    simulated: bool = False

    def run(self, *arguments: str, edit: Edit | None = None) -> int:
        """Run a command with its output shown, as `edit` changes it; returns the engine's exit code.

        Raises:
            UsageError: the passphrase does not open the stack.

        """
        wrong_passphrase = False
        command = self._command(*arguments, *self.options)
        # A terminal sends Ctrl-C to the engine as well, which then ends what it is doing in an orderly way.
        previous = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            with subprocess.Popen(
                command,
                cwd=self.root, env=self._environment(), stderr=subprocess.PIPE, text=True,
                stdout=subprocess.PIPE if edit else None, pass_fds=self.descriptors,
            ) as process:  # fmt: skip
                shown = threading.Thread(target=_show, args=(process.stdout, edit))
                shown.start()
                for line in process.stderr or ():
                    if WRONG_PASSPHRASE in line:
                        wrong_passphrase = True
                    else:
                        sys.stderr.write(line)
                shown.join()
        finally:
            signal.signal(signal.SIGINT, previous)
        if wrong_passphrase:
            raise UsageError(
                f"PULUMI_CONFIG_PASSPHRASE does not open stack {self.stack!r}: "
                "set the passphrase that the stack was made with. Nothing was changed."
            )
        return process.returncode

    def read(self, *arguments: str, directory: Path | None = None) -> str:
        """Run a command that only answers, and returns what it prints.

        Raises:
            UsageError: the command failed; the text is the engine's own.

        """
        done = self.ask(*arguments, directory=directory)
        if done.returncode != 0:
            raise UsageError(done.stderr.strip().removeprefix("error: "))
        return done.stdout

    def ask(self, *arguments: str, directory: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command that only answers; returns its exit code and both outputs."""
        return subprocess.run(
            self._command(*arguments),
            cwd=directory or self.root, env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip

    def state(self) -> StackState:
        """Return what the engine holds of the stack now; secrets stay encrypted."""
        return StackState.from_export(json.loads(self.read("stack", "export")))

    def outputs(self) -> dict[str, object]:
        """Return the stack's outputs; the engine puts `[secret]` in place of each secret."""
        outputs: dict[str, object] = json.loads(self.read("stack", "output", "--json"))
        return outputs

    def _command(self, *arguments: str) -> list[str]:
        return [str(self.executable), *arguments, "--stack", self.stack]

    def _environment(self) -> dict[str, str]:
        inherited = {**child_environment(simulated=self.simulated), "FOOTING_NO_DEBUG": "1", **self.environment}
        if not self.executable.is_relative_to(cache_directory()):
            return inherited
        checkout = {"FOOTING_ROOT": str(Path(__file__).parents[2]), "FOOTING_PYTHON": sys.executable}
        path = os.pathsep.join([str(self.executable.parent), inherited.get("PATH", os.defpath)])
        return {**inherited, **checkout, "PATH": path}


def _show(printed: Iterable[str] | None, edit: Edit | None) -> None:
    if printed and edit:
        with suppress(BrokenPipeError):
            for line in edit(printed):
                sys.stdout.write(line)
                sys.stdout.flush()
        # The engine would otherwise wait for a reader.
        for _ in printed:
            pass


def child_environment(*, simulated: bool) -> dict[str, str]:
    """Return this process's environment as the engine and what it starts may see it."""
    # An SDK that warns would end the program where warnings are errors.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    if simulated:
        kept = {name: value for name, value in kept.items() if not NOT_FOR_TRY_OUTS.fullmatch(name)}
    # gRPC reads no_grpc_proxy before no_proxy, Go reads either spelling.
    for name in ("NO_PROXY", "no_proxy", *({"no_grpc_proxy"} & kept.keys())):
        kept[name] = ",".join(filter(None, [kept.get(name), LOOPBACK]))
    return kept


def engine_executable() -> Path:
    """Return the CLI to use, built first if the machine has none.

    Raises:
        UsageError: there is none, and it cannot be built.

    """
    try:
        return find_engine()
    except EngineUnavailableError as error:
        raise UsageError(str(error)) from error
