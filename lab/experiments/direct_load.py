"""The counter-example of S0-06 and S0-07: the same clients and the same load, without the pooler."""

import asyncio

from lab import load
from lab.load import Client, Outcome
from lab.production import CLIENTS, REQUESTS_PER_SECOND
from lab.result import Finding, Result, above, exactly
from lab.stage import Stage
from policies.limits import SUPERUSER_RESERVED_CONNECTIONS

EXHAUSTED = ("too many clients already", "remaining connection slots are reserved")
"""What PostgreSQL says when `max_connections` is used up."""


def run(stage: Stage, seconds: float = 10) -> Result:
    """Run 1,000 clients straight to PostgreSQL, and 200 requests a second for `seconds`."""
    begin = stage.begin()

    async def send() -> tuple[Outcome, Outcome]:
        clients = [Client(url=stage.postgres.url()) for _ in range(CLIENTS)]
        try:
            return await load.connect_all(clients), await load.steady(clients, REQUESTS_PER_SECOND, seconds)
        finally:
            await load.disconnect_all(clients)

    logins, requests = asyncio.run(send())
    limit, peak = stage.production.max_connections, stage.postgres.peak(begin)
    errors = logins.errors + requests.errors
    others = sum(count for text, count in errors.items() if not text_says_exhausted(text))
    return Result(
        title="The same load without the poolers",
        explanation=(
            f"The same {CLIENTS:,} clients connect to PostgreSQL itself, and the same "
            f"{REQUESTS_PER_SECOND} requests a second follow. A refused client tries again with each request."
        ),
        findings=[
            above("clients refused at login", logins.failed, 0, "clients"),
            above("requests failed", requests.failed, 0, "requests"),
            Finding(
                what="connections used up, PostgreSQL's log",
                expected=f"{limit} less those kept for superusers",
                observed=str(peak),
                holds=peak >= limit - SUPERUSER_RESERVED_CONNECTIONS,
            ),
            exactly("errors other than `too many clients`", others, 0, "errors"),
        ],
        curves=[stage.postgres.curve("without the poolers", begin)],
    )


def text_says_exhausted(text: str) -> bool:
    """Return whether an error means that `max_connections` is used up."""
    return any(part in text for part in EXHAUSTED)
