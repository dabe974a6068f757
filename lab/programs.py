"""The servers' programs: where they are, which package has them, which version they are."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

PACKAGES = Path(__file__).parent / "packages.txt"
"""Each program that the lab starts, with the Debian package that has it."""

LATER = Path("/usr/local/lib/footing-lab/bin")
"""Where `INSTALL` puts programs of a later suite of Debian, whose own are older than production's."""

INSTALL = "sh lab/install.sh"
"""Command that installs all of them."""


class MissingProgramError(Exception):
    """A server's program is not on this machine; the message names its package."""


@cache
def find(program: str) -> str:
    """Return the path of `program`.

    Raises:
        MissingProgramError: it is not installed.

    """
    # Debian keeps the servers' programs out of an ordinary user's PATH.
    debian = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    places = [str(LATER), os.environ.get("PATH", ""), *debian, "/usr/sbin", "/sbin"]
    path = shutil.which(program, path=os.pathsep.join(places))
    if path is None:
        package = packages()[program]
        raise MissingProgramError(
            f"{program} is not installed: install Debian's package {package}, or run `{INSTALL}`"
        )
    return path


def packages() -> dict[str, str]:
    """Return Debian's package by the program that the lab needs of it."""
    lines = (line.split("#")[0].split() for line in PACKAGES.read_text().splitlines())
    return {words[0]: words[1] for words in lines if words}


def missing() -> list[str]:
    """Return one sentence for each program that is not installed."""
    sentences = []
    for program in packages():
        try:
            find(program)
        except MissingProgramError as error:
            sentences.append(str(error))
    return sentences


def version(program: str) -> tuple[int, ...]:
    """Return the version that `program` states, for example (1, 18, 0)."""
    stated = subprocess.run([find(program), "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"\d+(\.\d+)+", stated)
    if version is None:
        raise ValueError(f"{program} --version states no version: {stated.strip()!r}")
    return tuple(int(part) for part in version.group().split("."))
