"""Server processes: started without privileges, on loopback, and always ended."""

import os
import pwd
import random
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab import programs

LOOPBACK = "127.0.0.1"
"""The only address at which the lab's servers listen and to which its load goes."""

UNPRIVILEGED_USER = "nobody"
"""Runs the servers when the lab runs as root: PostgreSQL and PgBouncer refuse root."""

PORTS = range(20000, 32000)
"""Below the ports that the kernel gives to clients, so that no client's port is in a server's way."""

START_SECONDS = 30
STOP_SECONDS = 15


class ServerError(Exception):
    """A server did not start; the message has the end of its log."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server process."""

    name: str
    """What it is, for messages."""
    process: subprocess.Popen[bytes]
    log: Path
    """What it wrote to its standard output and error."""

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end with the signal `how`, and end it for good when it does not."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_until_listening(self, port: int) -> None:
        """Return once `port` accepts connections.

        Raises:
            ServerError: the process ended, or nothing listens after `START_SECONDS`.

        """
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((LOOPBACK, port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        raise ServerError(f"{self.name} does not listen on port {port}:\n{tail}")


def start(
    name: str, command: Sequence[str], directory: Path, variables: Mapping[str, str] | None = None
) -> Server:
    """Start `command` in `directory` with `variables` and PATH as its whole environment."""
    log = directory / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            unprivileged(command),
            cwd=directory,
            env={"PATH": search_path(), "LC_ALL": "C", **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Server(name=name, process=process, log=log)


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    directory: Path,
    port: int,
    *,
    variables: Mapping[str, str] | None = None,
    how: signal.Signals = signal.SIGTERM,
) -> Iterator[Server]:
    """Yield `command` as `start` runs it, once it listens on `port`; end it afterwards with the signal `how`.

    Raises:
        ServerError: it does not start.

    """
    server = start(name, command, directory, variables)
    try:
        server.wait_until_listening(port)
        yield server
    finally:
        server.stop(how)


def wait_until_answering(
    name: str, ask: Callable[[], object], refusal: type[Exception], seconds: float = START_SECONDS
) -> None:
    """Return once `ask` raises no `refusal`: some servers listen a moment before they answer.

    Raises:
        ServerError: it still does after `seconds`.

    """
    end = time.monotonic() + seconds
    while True:
        try:
            ask()
        except refusal as error:
            if time.monotonic() > end:
                raise ServerError(f"{name} does not answer: {error}") from None
            time.sleep(0.05)
        else:
            return


def unprivileged(command: Sequence[str]) -> list[str]:
    """Return `command` as an ordinary user, told to end when this process dies."""
    prefix = [programs.find("setpriv"), "--pdeathsig=TERM"]
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED_USER)
        prefix += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [*prefix, *command]


def search_path() -> str:
    """Return the PATH with which every program of the lab is found by name."""
    places = {str(Path(programs.find(program)).parent): None for program in programs.packages()}
    return os.pathsep.join([*places, "/usr/bin", "/bin"])


@contextmanager
def workplace() -> Iterator[Path]:
    """Yield a directory of the servers' user, removed afterwards with everything in it."""
    path = Path(tempfile.mkdtemp(prefix="footing-lab-"))
    try:
        yield own(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def own(path: Path) -> Path:
    """Hand `path` to the user that runs the servers."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED_USER)
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def make_directory(path: Path) -> Path:
    """Return a new directory of the servers' user."""
    path.mkdir(mode=0o700)
    return own(path)


def allow_files(count: int) -> None:
    """Let this process and its servers open `count` files: a connection is one.

    Raises:
        ServerError: the machine's limit is lower.

    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise ServerError(f"at most {hard} open files are allowed, the lab needs {count}: raise `ulimit -Hn`")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def free_port() -> int:
    """Return a port on which nothing listens now."""
    for port in random.sample(PORTS, k=200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise ServerError(f"no free port between {PORTS.start} and {PORTS.stop}")
