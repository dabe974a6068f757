"""Run a random sample of wrong settings against the tests of their components: `make mutants`.

Each mutant lives in a process of its own, forked from one that has loaded the providers' SDKs: the file on disk is
never touched. Prints every mutant that no test noticed, the seed and the share that was noticed.
"""

import argparse
import importlib
import os
import pkgutil
import random
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutants.sites import ROOT, Mutant, mutants

SAMPLE = 200
WANTED_PERCENT = 95
LIMIT_SECONDS = 300
TESTS = ROOT / "tests" / "components"


def main() -> int:
    """Return 0 where enough mutants were noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--seed", type=int, default=None, help="another seed is another sample")
    parser.add_argument("--only", default="", metavar="TEXT", help="every mutant whose line contains this")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10_000)
    every = [it for it in mutants() if arguments.only in str(it)]
    chosen = random.Random(seed).sample(every, min(arguments.sample, len(every)))  # noqa: S311  no secret
    _load_sdks()
    started = time.monotonic()
    unnoticed = list(_unnoticed(chosen, arguments.processes))
    noticed = len(chosen) - len(unnoticed)
    percent = 100 * noticed / len(chosen) if chosen else 0
    print(
        f"{noticed} of {len(chosen)} wrong settings noticed ({percent:.1f} %, wanted {WANTED_PERCENT} %), "
        f"of {len(every)} in all; seed {seed}; {time.monotonic() - started:.0f} s"
    )
    return 0 if percent >= WANTED_PERCENT else 1


def _unnoticed(chosen: Sequence[Mutant], processes: int) -> Iterator[Mutant]:
    """Run the tests against each mutant, so many at a time; yield and print those that pass."""
    waiting, running = list(reversed(chosen)), dict[int, tuple[Mutant, float]]()
    while waiting or running:
        while waiting and len(running) < processes:
            mutant = waiting.pop()
            child = os.fork()
            if child == 0:
                os._exit(_judge(mutant))
            running[child] = mutant, time.monotonic()
        child, status = os.waitpid(-1, os.WNOHANG)
        if child:
            mutant, since = running.pop(child)
            done = len(chosen) - len(waiting) - len(running)
            print(f"{done} of {len(chosen)}: {time.monotonic() - since:.0f} s, {mutant}", file=sys.stderr)
            if os.waitstatus_to_exitcode(status) == 0:
                print(f"not noticed: {mutant}", flush=True)
                yield mutant
            continue
        for slow in [it for it, (_, since) in running.items() if time.monotonic() - since > LIMIT_SECONDS]:
            os.kill(slow, signal.SIGKILL)
        time.sleep(0.05)


def tests_of(path: Path) -> list[str]:
    """Return the test files of the component of `path`, inventories first: they are quick, and notice the most."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    files = {it: it.read_text() for it in (ROOT / "tests").rglob("*.py")}
    if parts[1] in {"aws", "alloy", "component", "document"}:
        found = set(files)
    else:
        package = ".".join(parts[: 3 if parts[1] == "postgres" else 2])
        found = {it for it, text in files.items() if re.search(rf"{re.escape(package)}\b", text)}
        # An inventory takes the arguments of the component's other tests, or makes it through a helper.
        names = "|".join(it.stem for it in found)
        found |= {it for it, text in files.items() if names and re.search(rf"\b({names})\b", text)}
    found = {it for it in found if it.is_relative_to(TESTS) and it.name.startswith("test_")}
    return [str(it) for it in sorted(found, key=lambda it: ("inventory" not in it.stem, it))]


def _load_sdks() -> None:
    """Import every component once, then forget all but the SDKs: forked processes have those already."""
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    import components

    for module in pkgutil.walk_packages(components.__path__, "components."):
        importlib.import_module(module.name)
    for name in [it for it in sys.modules if it.split(".")[0] in {"components", "tests"}]:
        if not name.startswith("tests.mutants"):
            del sys.modules[name]


def _judge(mutant: Mutant) -> int:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    parts = mutant.path.relative_to(ROOT).with_suffix("").parts
    sys.meta_path.insert(0, _Replaced(".".join(parts).removesuffix(".__init__"), mutant))
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", "--no-header"]
    return int(pytest.main([*options, *tests_of(mutant.path)]))


class _Replaced(MetaPathFinder, Loader):
    """Finds one module, and loads the mutant in its place."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        self._name, self._mutant = name, mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._name:
            return None
        spec = spec_from_loader(name, self, origin=str(self._mutant.path))
        assert spec
        spec.has_location = True
        return spec

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._mutant.path)
        exec(compile(self._mutant.source, str(self._mutant.path), "exec"), module.__dict__)  # noqa: S102  our own


if __name__ == "__main__":
    sys.exit(main())
