"""docs/edge-plans.md: what each Cloudflare plan holds, and what happens where it does not."""

from footing.markdown import table
from stacks.edge import plan_losses, plan_numbers

PLANS = ("free", "pro", "business", "enterprise")

INTRODUCTION = """\
# Cloudflare's plans

Generated from the code by `footing docs`: do not edit. With `edge.when_plan_lacks: refuse`, the default, a key
that the plan cannot serve is an error that names the smallest plan that can. With `degrade`, what stands in its
cell happens instead, and every preview warns of it.

"""

NUMBERS = """## What a plan holds

"""

LOSSES = """
## What a plan lacks

Everything at its default, and asked for what is off by default. An empty cell: the plan does as asked.

"""


def edge_plans_page() -> str:
    """Return the whole page."""
    numbers = [(name, *(row[plan] for plan in PLANS)) for name, row in plan_numbers().items()]
    losses = [(f"`{key}`", *(row.get(plan, "") for plan in PLANS)) for key, row in plan_losses().items()]
    return INTRODUCTION + NUMBERS + table(("number", *PLANS), numbers) + LOSSES + table(("key", *PLANS), losses)
