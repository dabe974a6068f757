"""Asking what is here already: the outputs of the stack, and the programs of this machine."""

import json
import re
import shutil
import subprocess
from typing import Final

from observability import OutputQuestion, ProgramQuestion
from readiness.answer import AbsentError, Askers, NotAskedError
from readiness.context import LiveStack

SECONDS: Final = 8
"""How long a program may take to say its version, in seconds."""
VERSION: Final = re.compile(r"(\d+)(\.\d+)*")
NAME: Final = re.compile(r"[A-Za-z][\w.+-]*")


def askers(live: LiveStack) -> Askers:
    """Return who asks the outputs of the stack and the programs of this machine."""

    def output(question: OutputQuestion) -> object:
        if question.output not in live.outputs:
            raise NotAskedError(f"the stack has no output {question.output}; run footing up")
        try:
            import jmespath
        except ImportError:
            raise NotAskedError("outputs are read by jmespath: install footing[ready]") from None
        value = live.outputs[question.output]
        return jmespath.search(question.path, json.loads(value) if isinstance(value, str) else value)

    return {OutputQuestion: output, ProgramQuestion: major_version}


def major_version(question: ProgramQuestion) -> int:
    """Return the major version of a program.

    Raises:
        AbsentError: it is not on this machine.
        NotAskedError: it does not say its version.

    """
    found = shutil.which(question.program) if NAME.fullmatch(question.program) else None
    if found is None:
        raise AbsentError(f"{question.program} is not on this machine")
    try:
        done = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        raise NotAskedError(f"{question} does not answer") from None
    version = VERSION.search(done.stdout or done.stderr)
    if version is None:
        raise NotAskedError(f"{question} names no version")
    return int(version[1])
