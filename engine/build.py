"""Prints the path of the Pulumi CLI to use, and builds it first when the machine has none.

Run as `python engine/build.py`. Standard library only: it also runs before the project's environment exists.
A CLI of a recent enough version on PATH is used as it is, with its own language host. Otherwise the version
pinned in go.mod is built once into the cache, which every checkout on the machine shares.
"""

import fcntl
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

OLDEST_VERSION = (3, 220)
"""The oldest CLI on PATH that is used instead of the pinned one (major, minor)."""

MODULE_DIRECTORY = Path(__file__).resolve().parent
CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
LAUNCHER = "pulumi-language-python"
PROGRESS_SECONDS = 15
FAILURE_LINES = 20
PACKAGE_LINE = re.compile(r"[\w.~+-]+(/[\w.~+-]+)*")


class EngineUnavailableError(Exception):
    """No engine could be found or built; the text is one sentence that says what to do."""


def cache_directory() -> Path:
    """Return where built engines are kept: FOOTING_CACHE, else `footing` in the user's cache directory."""
    if explicit := os.environ.get("FOOTING_CACHE"):
        return Path(explicit).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "footing"


def pinned_version() -> str:
    """Return the CLI version that go.mod pins, for example `v3.274.1`."""
    return _from_go_mod(r"github\.com/pulumi/pulumi/pkg/v3 (v\S+)")


def find_engine() -> Path:
    """Return the CLI on PATH, else the one in the cache, building it there if need be.

    Raises:
        EngineUnavailableError: there is neither a recent CLI nor Go, or the build failed.

    """
    if on_path := _engine_on_path():
        return on_path
    version = pinned_version()
    built = cache_directory() / "engine" / version / "pulumi"
    launcher, placed = MODULE_DIRECTORY / LAUNCHER, built.parent / LAUNCHER
    if built.is_file() and placed.is_file() and placed.read_bytes() == launcher.read_bytes():
        return built
    if not built.is_file() and shutil.which("go") is None:
        oldest, go = ".".join(map(str, OLDEST_VERSION)), _from_go_mod(r"^go (\d+\.\d+)")
        raise EngineUnavailableError(
            f"Neither pulumi >= {oldest} nor go >= {go} is on PATH: install one "
            "(https://www.pulumi.com/docs/install/ or https://go.dev/dl/)."
        )
    try:
        with _build_lock(built.parent.parent):
            if not built.is_file():
                _build(built.parent, version)
            # The CLI warns of a language host anywhere but beside itself.
            shutil.copy(launcher, partial := placed.with_name(f"{LAUNCHER}.partial"))
            partial.replace(placed)
    except OSError as error:
        advice = "Set FOOTING_CACHE to a directory with room for it."
        raise EngineUnavailableError(f"Cannot build the engine in {built.parent}: {error}. {advice}") from error
    return built


def _from_go_mod(pattern: str) -> str:
    found = re.search(pattern, (MODULE_DIRECTORY / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise EngineUnavailableError(f"{MODULE_DIRECTORY / 'go.mod'} has no line like {pattern!r}.")
    return found[1]


def _engine_on_path() -> Path | None:
    executable = shutil.which("pulumi")
    if executable is None or Path(executable).resolve().is_relative_to(cache_directory()):
        return None
    # The official installers put the language hosts beside the CLI; a bare `go install` leaves them out.
    hosts = os.pathsep.join([str(Path(executable).resolve().parent), os.environ.get("PATH", "")])
    version = _version(Path(executable))
    if version < OLDEST_VERSION:
        _say(f"ignoring {executable}: its version is older than {'.'.join(map(str, OLDEST_VERSION))}")
    elif shutil.which("pulumi-language-python", path=hosts) is None:
        _say(f"ignoring {executable}: it has no pulumi-language-python beside it or on PATH")
    else:
        return Path(executable)
    return None


def _version(executable: Path) -> tuple[int, int]:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        said = subprocess.run(
            [executable, "version"], capture_output=True, text=True, check=False, env=environment
        )
    except OSError:
        return (0, 0)
    found = re.match(r"v?(\d+)\.(\d+)\.", said.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


@contextmanager
def _build_lock(directory: Path) -> Iterator[None]:
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("another process is building the engine: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(target: Path, version: str) -> None:
    _say(f"building the Pulumi CLI {version}, once for this machine; this takes a few minutes")
    partial = target.with_name(f"{version}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    stamp = f"-s -w -X {SDK_MODULE}/go/common/version.Version={version}"
    _go_build(["-v", "-trimpath", "-ldflags", stamp, "-o", str(partial / "pulumi"), CLI_PACKAGE])
    partial.rename(target)
    _say(f"built {target / 'pulumi'}")


def _go_build(arguments: list[str]) -> None:
    """Run `go build`; its lines become counts of modules and packages, and are shown only when it fails."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    # No C compiler is needed, and no workspace of a directory above may change what is built.
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}

    def read(stream: IO[str]) -> None:
        for line in stream:
            lines.put(line.rstrip())
        lines.put(None)

    with subprocess.Popen(
        ["go", "build", "-mod=readonly", *arguments],
        cwd=MODULE_DIRECTORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        threading.Thread(target=read, args=(process.stdout,), daemon=True).start()
        try:
            other_lines = _show_progress(lines)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        shown = [
            *other_lines[-FAILURE_LINES:],
            f"The engine's build failed: go build exited with {process.returncode}.",
        ]
        raise EngineUnavailableError("\n".join(shown))


def _show_progress(lines: queue.SimpleQueue[str | None]) -> list[str]:
    """Report what go says until it ends; return the lines that are neither a download nor a package."""
    modules, packages, other, began, shown = 0, 0, list[str](), time.monotonic(), 0.0
    while True:
        try:
            line = lines.get(timeout=1)
        except queue.Empty:
            line = ""
        if line is None:
            return other
        if line.startswith("go: downloading"):
            modules += 1
        elif PACKAGE_LINE.fullmatch(line):
            packages += 1
        elif line:
            other.append(line)
        elapsed = time.monotonic() - began
        if elapsed - shown >= PROGRESS_SECONDS:
            shown = elapsed
            _say(f"{elapsed:4.0f} s, {modules} modules downloaded, {packages} packages compiled")


def _say(text: str) -> None:
    sys.stderr.write(f"engine: {text}\n")
    sys.stderr.flush()


def main() -> int:
    """Print the path of the CLI; returns 2 after one clear message when there is none."""
    try:
        sys.stdout.write(f"{find_engine()}\n")
    except EngineUnavailableError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        _say("interrupted; the next run goes on where this one stopped")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
