"""Builds the program that runs filters with Cloudflare's own engine; prints its path.

Run as `python -m tests.edge_rules.grammar.build`. Standard library only. Built once into the cache, for every
checkout with the same sources.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from engine.build import cache_directory

SOURCES = Path(__file__).resolve().parent / "wirefilter"
DEBIANS = Path("/usr/bin/cargo")
"""Where Debian's package puts its own."""


def program() -> Path:
    """Returns the built program, building it first if need be.

    Raises:
        FileNotFoundError: there is no cargo that runs.
        subprocess.CalledProcessError: the build failed; cargo has said why.

    """
    directory = cache_directory() / "filters" / _fingerprint()
    built = directory / "release" / "filters"
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.is_file():
            build = [found := cargo(), "build", "--quiet", "--release", "--locked", "--target-dir", str(directory)]
            # The compiler beside it: rustup's would be found first, and fail as well.
            rustc = Path(found).with_name("rustc")
            compiler = {"RUSTC": str(rustc)} if rustc.is_file() else {}
            subprocess.run(build, cwd=SOURCES, check=True, env={**os.environ, **compiler})
    return built


def cargo() -> str:
    """Returns the cargo to build with: the first that runs, Debian's where rustup's has no toolchain.

    Raises:
        FileNotFoundError: none runs.

    """
    for found in (shutil.which("cargo"), str(DEBIANS)):
        if found and Path(found).is_file():
            done = subprocess.run([found, "--version"], capture_output=True, check=False, cwd=SOURCES)
            if done.returncode == 0:
                return found
    raise FileNotFoundError("no cargo that runs: `rustup default stable`, or `sh lab/install.sh` for Debian's")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in ("Cargo.toml", "Cargo.lock", "src/main.rs"):
        digest.update((SOURCES / name).read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{program()}\n")
    except FileNotFoundError as error:
        sys.exit(f"grammar: {error}")
