"""The load tests of the lab as a page for the docs, and as one HTML file with plots."""

import datetime as dt
import os
from collections.abc import Mapping, Sequence

from lab import programs
from lab.load_tests import Played
from lab.report import SERVERS, section
from loadtest.html import page

PAGE, REPORT = "load.md", "load.html"

HEAD = """\
# Load tests of the lab

Made by `make load` on {date}; do not edit. The numbers come from one machine with {cores} cores that other work
shared (load {load:.1f} at the end): generator, edge, application and servers on loopback. Times and rates in the
cloud are others; counts, shares and refusals are not.

The [plots](load.html) show each run second by second (a file for a browser).

It is a **simulation** of the edge: nginx, whose configuration `lab/edge_proxy.py` makes from the rules of
`Pulumi.production.yaml`. nginx counts in a leaky bucket (20 a minute are one every three seconds, and the API has
a burst), while Cloudflare counts by period in each data centre; failed logins, which Cloudflare counts by the
answer, are not counted; visitors are told apart by X-Forwarded-For. Behind it are a reference application
(`lab/reference_origin.py`) and the poolers, PostgreSQL and Redis with the settings of the production stack
({servers}). Cloudflare itself is asked by `footing load`: [load-tests.md](load-tests.md).
"""


def pages(played: Sequence[Played], today: dt.date) -> Mapping[str, str]:
    """Return the text of both files, by name."""
    versions = {name: ".".join(map(str, programs.version(program))) for name, program in SERVERS.items()}
    servers = ", ".join(f"{name} {version}" for name, version in versions.items())
    head = HEAD.format(date=today.isoformat(), cores=os.cpu_count(), load=os.getloadavg()[0], servers=servers)
    remarks = [
        f"Made by make load on {today.isoformat()}, on one machine that other work shared.",
        "A simulation: nginx stands for the edge and counts in a leaky bucket, where Cloudflare counts by period.",
    ]
    return {
        PAGE: "\n".join([head, *(section(it.result) for it in played)]),
        REPORT: page("Load tests of the lab", remarks, [it.run for it in played]),
    }
