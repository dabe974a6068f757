"""The lab's results as a page for the docs and as lines for a terminal."""

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

from lab import plot, programs
from lab.production import CLIENTS, Production, differing_keys
from lab.result import Finding, Result

DOCS = Path(__file__).parents[1] / "docs"
PAGE, PLOT = "lab.md", "lab.svg"

SERVERS = {"PostgreSQL": "postgres", "PgBouncer": "pgbouncer", "Redis": "redis-server"}

HEAD = """\
# The lab

Made by `make lab` on {date}; do not edit. Real servers ({servers})
ran on loopback of one machine with {cores} cores, under load from clients on the same machine.

PgBouncer ran the file that the component renders for the production stack, started by the component's own script,
with TLS verified and SCRAM passwords as in production. Only these keys of the file were different:
{differing}.
The numbers are those of `Pulumi.production.yaml`: {server_connections} connections shared by {tasks} poolers,
{client_connections:,} client slots, `max_connections` {max_connections}.

What this shows: counts, limits and errors, which do not depend on the machine. What it does not show: latency and
throughput in the cloud, whose network, processors and disks are others, and the load balancer between clients and
poolers.

![Connections to PostgreSQL over time]({plot})

{clients:,} clients, with the poolers and without. The dashed lines are the pool and `max_connections`.
"""

WIDTH = 120
"""Characters in a line of text."""
TABLE_HEAD = "| what | expected | observed | |\n|---|---|---|---|"


def page(results: Sequence[Result], production: Production, today: dt.date) -> str:
    """Return the page of the docs."""
    pooler = production.database.pooler
    versions = {name: ".".join(map(str, programs.version(program))) for name, program in SERVERS.items()}
    head = HEAD.format(
        date=today.isoformat(),
        servers=", ".join(f"{name} {version}" for name, version in versions.items()),
        cores=os.cpu_count(),
        differing=", ".join(f"`{key}`" for key in differing_keys(production)),
        server_connections=pooler.server_connections,
        tasks=pooler.tasks,
        client_connections=pooler.client_connections,
        max_connections=production.max_connections,
        clients=CLIENTS,
        plot=PLOT,
    )
    return "\n".join([head, *map(section, results)])


def section(result: Result) -> str:
    """Return the part of the page about one experiment."""
    rows = [f"| {row.what} | {row.expected} | {row.observed} | {_verdict(row)} |" for row in result.findings]
    return "\n".join(
        [
            f"## {result.title}",
            "",
            fill(result.explanation, WIDTH, break_on_hyphens=False),
            "",
            TABLE_HEAD,
            *rows,
            "",
        ]
    )


def picture(results: Sequence[Result], production: Production) -> str:
    """Return the plot of the docs."""
    limits = {"pool": production.server_connections, "max_connections": production.max_connections}
    return plot.render([curve for result in results for curve in result.curves], limits)


def lines(result: Result) -> list[str]:
    """Return the result as text for a terminal."""
    return [
        result.title,
        *(f"  {_verdict(it)}: {it.what}: {it.observed} ({it.expected})" for it in result.findings),
    ]


def _verdict(finding: Finding) -> str:
    return "holds" if finding.holds else "FAILS"
