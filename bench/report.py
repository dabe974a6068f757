"""What was measured, as docs/performance.md."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median

BASE = "`footing plan --json`"
IMPORT = "`import pulumi` alone"


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


@dataclass(frozen=True)
class Target:
    """The most that the plan of one table may take.

    Attributes:
        imports: times `import pulumi`, in processor time.
        seconds: processor time of the best round; None where the machine is left out of it.
        mib: resident memory; None where it is not bounded.
        resource_ms: processor time of the best round for each resource, in milliseconds; None likewise.

    """

    title: str
    imports: float
    seconds: float | None = None
    mib: float | None = None
    resource_ms: float | None = None


TARGETS = (
    Target("The reference", imports=2),
    Target("The production stack", imports=4),
    Target("A stack of 40 services", imports=8, resource_ms=2),
    # 8 seconds on a machine that imports Pulumi in 0.23, as that of the first measurements did.
    Target("Small resources", imports=35, seconds=8, mib=500),
)


def document(tables: Sequence[Table], rounds: int) -> str:
    """Return the document as Markdown."""
    made_with = ", ".join(f"{name} {version(name)}" for name in ("pulumi", "pulumi-aws"))
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {made_with}"
    return "\n".join(
        [
            "# Speed of the offline plan\n",
            _HOW.format(machine=machine, day=datetime.now(UTC).date(), rounds=rounds),
            *_targets(tables),
            *(line for table in tables for line in _lines(table)),
            _WHERE,
        ]
    )


def _targets(tables: Sequence[Table]) -> Iterator[str]:
    yield "## Targets\n"
    yield "| plan | measure | at most | measured | |"
    yield "|---|---|---:|---:|---|"
    by_title = {table.title: table for table in tables}
    for target in TARGETS:
        table = by_title[target.title]
        plan = table.samples[BASE]
        best = min(sample.cpu_seconds for sample in plan)
        found = (
            ("times `import pulumi`", target.imports, _times_import(table, BASE)),
            ("seconds", target.seconds, best),
            ("ms of processor time a resource", target.resource_ms, best * 1000 / (table.resources[BASE] or 1)),
            ("MiB", target.mib, max(sample.peak_mib for sample in plan)),
        )
        for measure, most, measured in found:
            if most is not None:
                verdict = "met" if measured <= most else "**missed**"
                yield f"| {target.title} | {measure} | {most:g} | {measured:.3g} | {verdict} |"
    yield ""


def _times_import(table: Table, name: str) -> float:
    rounds = zip(table.samples[name], table.samples[IMPORT], strict=True)
    return median(own.cpu_seconds / imported.cpu_seconds for own, imported in rounds)


def _lines(table: Table) -> Iterator[str]:
    yield f"## {table.title}\n"
    yield "| | times the plan | times `import pulumi` | median s | lowest s | CPU s | MiB | resources | ms each |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    base = table.samples[BASE]
    for name, samples in table.samples.items():
        count = table.resources[name]
        ratio = median(own.wall_seconds / plan.wall_seconds for own, plan in zip(samples, base, strict=True))
        wall = median(sample.wall_seconds for sample in samples)
        cells = [
            f"{ratio:.2f}",
            f"{_times_import(table, name):.2f}",
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
ratios within a round. Multiples of `import pulumi` and the targets' seconds are of processor time, which other
processes add less to. Times are of whole processes, from start to exit, with bytecode at hand. The work is not
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
- **Circles are looked for once.** At each dependency the SDK walks all that a resource depends on; what nobody
  depends on yet closes no circle. It was a fifth of the plan of 40 services in one stack.
- **Outputs are awaited once.** At its end the SDK waits for all open outputs again whenever one resolves; the plan
  lets everything run first, so there is nothing left to wait for. SDK 3.272 keeps open outputs in a set; the
  quadratic search of older ones (3.230) is gone, and the plan is linear without touching it.
- **Documents are rendered once.** `Output.json_dumps` and `Output.concat` make Outputs of every leaf of a
  dashboard, a policy or a rule; `components/document.py` awaits the few Outputs that one names, and renders the
  rest as data.
- **What many wait for is one Output.** Hundreds of alarms and groups of rules are made after every service; of a
  list in `depends_on` the SDK makes an Output of each member for each of them.
- **Texts and numbers are sent as they are.** For every value the SDK looks for a dozen kinds that have parts.
- **One future for each property**, where the SDK makes four and a task. A value that is a text or a number is
  known without the function that the SDK makes to search it, a circle that nobody frees while collections are off.
- **Answers are translated when read.** The SDK makes the classes of outputs of every property of every answer; few
  are read.
- **Types on demand.** The SDK evaluates the annotations of all properties of a resource and of its nested types;
  the plan does so for those that are given. The import hook leaves annotations as texts until then, and the
  keys of typed dictionaries, which type checkers alone read, out.
- **One stack frame** is sent with each resource instead of the whole stack.

Circles, texts and numbers, and the last four replace undocumented functions of the SDK (`footing/plan/sdk*.py`)
while a plan is made, and only where these have the shape that is known; elsewhere a plan is slower and the same.
"""
