"""Builds the program that runs filters with Cloudflare's own engine; prints its path.

Run as `python -m tests.edge_rules.grammar.build`. Standard library only. Built once into the cache, for every
checkout with the same sources.
"""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

from engine.build import cache_directory

SOURCES = Path(__file__).resolve().parent / "wirefilter"


def program() -> Path:
    """Returns the built program, building it first if need be.

    Raises:
        FileNotFoundError: there is no cargo.
        subprocess.CalledProcessError: the build failed; cargo has said why.

    """
    directory = cache_directory() / "filters" / _fingerprint()
    built = directory / "release" / "filters"
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.is_file():
            build = ["cargo", "build", "--quiet", "--release", "--locked", "--target-dir", str(directory)]
            subprocess.run(build, cwd=SOURCES, check=True)
    return built


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in ("Cargo.toml", "Cargo.lock", "src/main.rs"):
        digest.update((SOURCES / name).read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{program()}\n")
    except FileNotFoundError:
        sys.exit("grammar: there is no cargo; sh lab/install.sh installs it")
