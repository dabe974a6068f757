"""What Upstash's plans can do, and what a store must not ask of one; configuration and component refuse the same.

Facts without a resource, read on 2026-11-26. How many clients may connect is on no page that binds: the store says
`db_max_clients`. Nothing here imports Pulumi.

https://upstash.com/docs/redis/overall/billing (of 2026-06-18)
https://upstash.com/docs/common/help/production-checklist (of 2026-06-30)
https://upstash.com/docs/devops/developer-api/redis/change_plan (of 2026-08-21)
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from components.redis import roles
from components.redis.roles import DURABLE, UPSTASH_POLICIES, Role

CHANGE_PLAN = "POST https://api.upstash.com/v2/redis/<database_id>/change-plan"
"""What sets the plan: no input of upstash-pulumi 0.5.0 does."""
ENABLE_BACKUP = "PATCH https://api.upstash.com/v2/redis/enable-dailybackup/<database_id>"
"""What sets the daily backup: no input of upstash-pulumi 0.5.0 does."""
MONTH_DAYS, DAY_SECONDS = 30, 86_400
COMMANDS = 100_000
"""How many commands the price of `COMMANDS_USD` is for."""
COMMANDS_USD = 0.20
"""US dollars for `COMMANDS` commands. A write counts once more for each read region."""
COMMANDS_PER_SECOND = 10_000
"""Of every plan up to 50 GB."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Bounds and price of one plan."""

    name: str
    """Name at Upstash's developer API."""
    usd: float | None
    """US dollars a month; None where commands are paid for."""
    size_mb: int
    """Data."""
    bandwidth_gb: int
    """Traffic of a month, of pay_as_you_go that which is free."""
    commands_per_month: int | None = None
    """None where there is no bound."""
    commands_per_second: int = COMMANDS_PER_SECOND
    """Above it commands wait."""
    request_mb: int = 10
    """Largest single command."""
    record_mb: int = 100
    """Largest value."""
    paid: bool = True
    """Whether it has daily backups, allowed addresses, ACLs and Prod Pack, and stays unused. TLS is on all."""


PLANS: Mapping[str, Plan] = {
    "free": Plan(name="free", usd=0, size_mb=256, bandwidth_gb=10, commands_per_month=500_000, paid=False),
    "pay_as_you_go": Plan(name="payg", usd=None, size_mb=100_000, bandwidth_gb=200),
    "fixed_250mb": Plan(name="fixed_250mb", usd=10, size_mb=250, bandwidth_gb=50),
    "fixed_1gb": Plan(name="fixed_1gb", usd=20, size_mb=1000, bandwidth_gb=100, record_mb=200),
    "fixed_5gb": Plan(name="fixed_5gb", usd=100, size_mb=5000, bandwidth_gb=500, request_mb=20, record_mb=300),
    "fixed_10gb": Plan(
        name="fixed_10gb", usd=200, size_mb=10_000, bandwidth_gb=1000, request_mb=30, record_mb=400
    ),
    "fixed_50gb": Plan(
        name="fixed_50gb", usd=400, size_mb=50_000, bandwidth_gb=5000, request_mb=50, record_mb=500
    ),
    "fixed_100gb": Plan(
        name="fixed_100gb",
        usd=800,
        size_mb=100_000,
        bandwidth_gb=10_000,
        commands_per_second=16_000,
        request_mb=75,
        record_mb=1000,
    ),
    "fixed_500gb": Plan(
        name="fixed_500gb",
        usd=1500,
        size_mb=500_000,
        bandwidth_gb=20_000,
        commands_per_second=16_000,
        request_mb=100,
        record_mb=5000,
    ),
}
"""Plans of one database, the smallest first."""
DEFAULT_PLAN = "pay_as_you_go"
"""What Upstash makes where the account has a way to pay, and nothing else is said."""


def daily_backup_of(role: Role, plan: str, *, chosen: bool | None) -> bool:
    """Return whether the store is backed up every day: as `chosen`, else by role where the plan can."""
    return PLANS[plan].paid and role in DURABLE if chosen is None else chosen


def refusals(
    role: Role,
    *,
    plan: str,
    eviction_policy: str | None,
    budget_usd: int | None,
    read_regions: int,
    prod_pack: bool,
    daily_backup: bool | None,
    commands_per_day: int | None,
    size_mb: int | None,
    protect: bool,
) -> Iterator[tuple[str, str]]:
    """Yield key and sentence for each setting that loses data of its `role`, or that the plan lacks.

    `commands_per_day` and `size_mb` are what is expected; `read_regions` is how many there are.
    """
    yield from roles.refusals(role, offered=UPSTASH_POLICIES, eviction_policy=eviction_policy)
    bounds = PLANS[plan]
    if bounds.usd is None and budget_usd is None:
        yield "budget_usd", f"missing; required with plan {plan}, whose commands are paid for one by one"
    elif bounds.usd is not None and budget_usd is not None:
        price = f"which costs {bounds.usd:g} US dollars a month"
        yield "budget_usd", f"given {budget_usd}, allowed with {DEFAULT_PLAN}; left out with plan {plan}, {price}"
    lacking = {
        "read_regions": f"{read_regions} of them" if read_regions else "",
        "prod_pack": "true" if prod_pack else "",
        "daily_backup": "true" if daily_backup else "",
    }
    for key, given in lacking.items():
        if given and not bounds.paid:
            yield key, f"given {given} with plan {plan}, allowed with {DEFAULT_PLAN}, the smallest that has it"
    if role in DURABLE and protect:
        if not bounds.paid:
            problem = (
                f"given {plan} with role {role}, allowed {DEFAULT_PLAN}, the smallest with daily backups, or "
                "larger: its data is nowhere else; or protect: false for a throw-away stack"
            )
            yield "plan", problem
        elif daily_backup is False:
            yield "daily_backup", f"given false, allowed true with role {role}: its data is nowhere else"
    yield from _load_refusals(plan, budget_usd=budget_usd, commands_per_day=commands_per_day, size_mb=size_mb)


def _load_refusals(
    plan: str, *, budget_usd: int | None, commands_per_day: int | None, size_mb: int | None
) -> Iterator[tuple[str, str]]:
    """Yield what of the expected load the plan, or the budget, does not hold."""
    bounds = PLANS[plan]
    if size_mb is not None and size_mb > bounds.size_mb:
        smallest = _smallest(lambda it: it.size_mb >= size_mb)
        yield "expected_size_mb", f"given {size_mb}, allowed up to {bounds.size_mb} with plan {plan}: {smallest}"
    if commands_per_day is None:
        return
    key, given, monthly = "expected_commands_per_day", f"given {commands_per_day}", commands_per_day * MONTH_DAYS
    most = bounds.commands_per_month
    if most is not None and monthly > most:
        smallest = _smallest(lambda it: it.commands_per_month is None)
        problem = (
            f"{given}, which are {monthly} in {MONTH_DAYS} days, allowed up to {most // MONTH_DAYS} with plan "
            f"{plan}, which answers {most} a month: {smallest}"
        )
        yield key, problem
    elif commands_per_day > bounds.commands_per_second * DAY_SECONDS:
        smallest = _smallest(lambda it: commands_per_day <= it.commands_per_second * DAY_SECONDS)
        yield key, f"{given}, allowed up to {bounds.commands_per_second} a second with plan {plan}: {smallest}"
    elif bounds.usd is None and budget_usd is not None and (usd := monthly / COMMANDS * COMMANDS_USD) > budget_usd:
        paid_for = int(budget_usd / COMMANDS_USD * COMMANDS / MONTH_DAYS)
        problem = (
            f"given {budget_usd}, which pays for {paid_for} commands a day, allowed {ceil(usd)} or more with "
            f"{key} {commands_per_day}: above it Upstash throttles; fixed plans do not"
        )
        yield "budget_usd", problem


def _smallest(can: Callable[[Plan], bool]) -> str:
    """Return a sentence about the smallest plan that can do something."""
    name = next((name for name, it in PLANS.items() if can(it)), None)
    return f"{name} is the smallest that has it" if name else "no plan has it"


def steps(plan: str, *, daily_backup: bool) -> Iterator[tuple[str, str]]:
    """Yield key and sentence for each setting that is made by hand, once, after the store is there."""
    call = f'{CHANGE_PLAN} with {{"plan_name": "{PLANS[plan].name}"}}'
    if not PLANS[plan].paid:
        account = "a store is on it while its account has no way to pay and no other database; else"
        yield "plan", f"{plan}, which is no input of Upstash's provider: {account} {call}"
    elif plan != DEFAULT_PLAN:
        yield "plan", f"{plan}, which is no input of Upstash's provider: after the first up, {call}"
    if daily_backup:
        yield "daily_backup", f"true, which is no input of Upstash's provider: after the first up, {ENABLE_BACKUP}"
