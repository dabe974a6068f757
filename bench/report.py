"""What was measured, as docs/performance.md."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median

BASE = "`footing plan --json`"


@dataclass(frozen=True)
class Sample:
    """One process: wall and processor time, and the resident memory of its largest process."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float


@dataclass(frozen=True)
class Table:
    """The samples of every scenario, round by round, beside the number of its resources."""

    title: str
    resources: Mapping[str, int]
    samples: Mapping[str, Sequence[Sample]]


def document(tables: Sequence[Table], rounds: int) -> str:
    """Return the document as Markdown."""
    made_with = ", ".join(f"{name} {version(name)}" for name in ("pulumi", "pulumi-aws"))
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {made_with}"
    return "\n".join(
        [
            "# Speed of the offline plan\n",
            _HOW.format(machine=machine, day=datetime.now(UTC).date(), rounds=rounds),
            *(line for table in tables for line in _lines(table)),
            _WHERE,
        ]
    )


def _lines(table: Table) -> Iterator[str]:
    yield f"## {table.title}\n"
    yield "| | time, as a multiple of the plan's | median s | lowest s | CPU s | MiB | resources | ms each |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    base = table.samples[BASE]
    for name, samples in table.samples.items():
        count = table.resources[name]
        ratio = median(own.wall_seconds / plan.wall_seconds for own, plan in zip(samples, base, strict=True))
        wall = median(sample.wall_seconds for sample in samples)
        cells = [
            f"{ratio:.2f}",
            f"{wall:.2f}",
            f"{min(sample.wall_seconds for sample in samples):.2f}",
            f"{median(sample.cpu_seconds for sample in samples):.2f}",
            f"{max(sample.peak_mib for sample in samples):.0f}",
            f"{count:,}" if count else "",
            f"{wall * 1000 / count:.2f}" if count else "",
        ]
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""


_HOW = """\
Written by `python bench/run.py --write-docs` on {day}:
{machine}.

Read the ratios. The machine is shared and its speed drifts by a third within minutes; the scenarios of a table
ran in turns, {rounds} rounds of the first two tables and fewer of the others, and a ratio is the median of the
ratios within a round. Times are of whole processes, from start to exit, with bytecode at hand. The work is not
the same everywhere: the plan writes its JSON, the plain program under mocks writes nothing. Neither contacts
anything.
"""

_WHERE = """\
## Where the time goes

- **Bytecode first.** An environment without it compiles the provider SDKs at every start, several times the whole
  plan. `uv sync` compiles it here (`compile-bytecode` in pyproject.toml).
- **Imports.** A class of `pulumi_aws` loads its whole service, and one of `pulumi_cloudflare` the whole SDK. An
  import hook of `footing` loads what is touched ([ADR 9](adr/0009-imports-of-what-is-touched.md)); the rows
  "whole SDKs imported" have it switched off. The first plan after an installation works out what later ones read.
- **No garbage collection**, neither during a plan nor at the end of its process. Nearly everything lives until the
  end, so collections search and free little; they are the larger part of what the plain program spends more.
- **No threads.** The SDK sends each request to the engine from a thread; the plan's event loop answers in place.
  The order is then the same every time, too.
- **Outputs are awaited once.** At its end the SDK waits for all open outputs again whenever one resolves; the plan
  lets everything run first, so there is nothing left to wait for. SDK 3.272 keeps open outputs in a set; the
  quadratic search of older ones (3.230) is gone, and the plan is linear without touching it.
- **One stack frame** is sent with each resource instead of the whole stack. It is the one undocumented function of
  the SDK that the plan replaces (`footing/plan/sdk.py`), and only where it has the shape that is known.
"""
