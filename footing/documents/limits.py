"""docs/limits.md: every documented number, and what holds it."""

from footing.markdown import link_requirements, table
from policies import limits
from policies.rules import CATALOGUE

INTRODUCTION = """\
# The documented limits

Generated from `policies/limits.py` by `footing docs`: do not edit. Each number is written there once;
configuration and policy rules read it. Where exceptions are accepted, a stack's file may allow another number
until a day, by [limit_exceptions](policies.md#exceptions-from-a-documented-limit).

"""

ARITHMETIC = """
## Numbers of the connection budget

| number | value |
|---|---|
| connections that PostgreSQL keeps for superusers | {superuser} |
| connections that RDS keeps for itself | {rds} |
| share of the poolers' client slots that may be planned with | {headroom:.0%} |
| window of the burst limit, in seconds | {window} |

The budget (`stacks/budget.py`) is checked before any resource: what all poolers may open while they are being
replaced, and the direct clients, must fit into `max_connections` less what is kept, and replacing them may not
lift the pool above its limit; what all tasks of the service may open while they are being replaced must fit into
the planned share of the client slots of those poolers that run meanwhile.

At Neon neither `max_connections` nor the pool can be set: they follow from `database.min_cu` and `max_cu`. The
limits of both, and their rules, do not apply there; the budget counts what follows.
"""


def limits_page() -> str:
    """Return the whole page."""
    # A limit without a rule that holds it is an error.
    enforcing = {rule.limit.key: rule.id for rule in CATALOGUE.rules if rule.limit}
    rows = [
        (
            *(limit.key.rpartition(".")[2].replace("_", " "), limit.range, f"`{limit.key}`"),
            *(f"`{enforcing[limit.key]}`", "accepted" if limit.accepts_exceptions else "none"),
            *(limit.why, link_requirements(limit.source)),
        )
        for limit in limits.DOCUMENTED
    ]
    headers = ("limit", "range", "held by configuration", "held by policy", "exceptions", "why", "source")
    arithmetic = ARITHMETIC.format(
        superuser=limits.SUPERUSER_RESERVED_CONNECTIONS,
        rds=limits.RDS_RESERVED_CONNECTIONS,
        headroom=limits.CLIENT_CONNECTION_HEADROOM,
        window=limits.API_BURST_WINDOW_SECONDS,
    )
    return INTRODUCTION + table(headers, rows) + arithmetic
