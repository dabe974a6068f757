"""What a month of one phase uses, in the units that providers bill: the capacity model's numbers for the costs."""

from collections.abc import Mapping

from msgspec import Struct

from capacity.scaled import scaled
from capacity.tasks import idle_tasks, tasks_under
from capacity.traffic import FULL_PERCENT, crowd, traffic
from stacks.config.capacity import AssumptionsConfig
from stacks.config.redis import OUTSIDE
from stacks.config.stack import StackConfig

MONTH_SECONDS = 730 * 3600
"""Hours that AWS's own calculator takes for a month, in seconds."""
KB_PER_GB = 1_000_000
BYTES_PER_GB = 1_000_000_000


class TaskUsage(Struct, frozen=True, kw_only=True):
    """Tasks, or Machines, of one service over a month."""

    provider: str
    """Who runs them: fargate, fly."""
    average: float
    """Tasks that run on average."""
    peak: int
    """Tasks that run at the peak."""
    cpu_units: float
    """Size of one, in 1/1024 vCPU."""
    memory_mib: int
    """Memory of one, MiB."""
    spot_percent: int
    """Share of the tasks above the base that runs on Spot, in percent."""
    architecture: str
    """X86_64 or ARM64."""


class MonthlyUsage(Struct, frozen=True, kw_only=True):
    """What a month uses. Counts are of the month; GB are 10^9 bytes."""

    phase: str
    """Name of the phase; `now` of a stack without any."""
    users: float
    """Users in all."""
    daily_users: int | None
    """Users who come on a day; None where the phase does not say."""
    concurrent_users: float
    """Users at the same moment, at the peak."""
    requests_edge: float
    """Requests at the edge; those of the load balancer where there is none."""
    requests_origin: float
    """Requests that reach the services."""
    redis_commands: Mapping[str, float]
    """Commands by store, of its name under `redis`."""
    postgres_transactions: float
    """Transactions, each of one query."""
    gb_out: Mapping[str, float]
    """GB by way: `edge` (to visitors), `load_balancer` (answers to the edge, or to visitors without one), `nat`
    (through NAT gateways: to a database, a store or APIs outside the VPC), `cross_zone` (to a database or a store
    in another zone), `storage` (files, to visitors).
    """
    log_gb: float
    """Logs of the services."""
    metric_samples: float
    """Samples that the metrics store takes in."""
    tasks: Mapping[str, TaskUsage]
    """Tasks by service, and of PgBouncer as `pooler`."""


def monthly_usage(
    config: StackConfig, phase: str | None = None, assumed: AssumptionsConfig | None = None
) -> MonthlyUsage:
    """Return what a month of the phase called `phase` uses, or of the one in force, with what it scales.

    `assumed` is `capacity.assumptions` of the stack file when left out. Nothing here was measured.
    """
    assumed = assumed or config.capacity.assumptions
    people = crowd(config, assumed, phase)
    config = scaled(config, next((it.scale for it in config.phases if it.name == people.phase), {}))
    peak = traffic(config, assumed, people)
    mean = peak.times(assumed.mean_percent / FULL_PERCENT)
    month = mean.times(MONTH_SECONDS)
    commands = _commands(config, month.redis_commands)
    running = _tasks(config, assumed, mean.origin_requests, peak.origin_requests)
    series = sum(it.average for it in running.values()) * assumed.series_per_task
    return MonthlyUsage(
        phase=people.phase,
        users=people.users,
        daily_users=people.daily_users,
        concurrent_users=people.concurrent_users,
        requests_edge=month.edge_requests,
        requests_origin=month.origin_requests,
        redis_commands=commands,
        postgres_transactions=month.queries,
        gb_out=_gb_out(config, assumed, month.edge_requests, month.origin_requests, month.queries, commands),
        log_gb=month.origin_requests * assumed.log_bytes_per_request / BYTES_PER_GB,
        metric_samples=series * MONTH_SECONDS / config.metrics.scrape_interval_seconds
        if config.metrics.collects
        else 0,
        tasks=running,
    )


def _commands(config: StackConfig, of_requests: float) -> dict[str, float]:
    """Return the commands of each store: requests ask caches, or all where there is none; a queue is polled."""
    caches = [name for name, it in config.redis.items() if it.role == "cache"]
    asked = caches or [name for name, it in config.redis.items() if it.role != "queue"]
    polled = float(MONTH_SECONDS * sum(it.kind == "worker" for it in config.long_running.values()))
    return {
        name: of_requests / len(asked) if name in asked else polled if it.role == "queue" else 0.0
        for name, it in config.redis.items()
    }


def _gb_out(
    config: StackConfig,
    assumed: AssumptionsConfig,
    edge_requests: float,
    origin_requests: float,
    queries: float,
    commands: Mapping[str, float],
) -> dict[str, float]:
    database_gb = queries * assumed.query_kb / KB_PER_GB
    of_stores = {name: number * assumed.query_kb / KB_PER_GB for name, number in commands.items()}
    outside_gb = sum((gb for name, gb in of_stores.items() if config.redis[name].provider in OUTSIDE), 0.0)
    inside_gb = sum(of_stores.values()) - outside_gb
    if config.database and config.database.provider in ("rds", "existing"):
        inside_gb += database_gb
    else:
        outside_gb += database_gb
    at_fargate, other_zones = bool(config.on_fargate), 1 - 1 / len(config.zones)
    return {
        "edge": edge_requests * assumed.response_kb / KB_PER_GB if config.edge else 0.0,
        "load_balancer": origin_requests * assumed.response_kb / KB_PER_GB if config.balanced else 0.0,
        "nat": outside_gb if at_fargate else 0.0,
        "cross_zone": inside_gb * other_zones if at_fargate else 0.0,
        "storage": edge_requests * assumed.storage_kb_per_request / KB_PER_GB if config.storage else 0.0,
    }


def _tasks(config: StackConfig, assumed: AssumptionsConfig, mean: float, peak: float) -> dict[str, TaskUsage]:
    idle, main = idle_tasks(config), config.main_web
    quiet, busy = tasks_under(idle, main, assumed, mean), tasks_under(idle, main, assumed, peak)
    found = {
        name: TaskUsage(
            provider=it.provider,
            average=quiet[name].running,
            peak=it.running,
            cpu_units=it.cpu_units,
            memory_mib=it.memory_mib,
            spot_percent=it.spot_percent,
            architecture=it.architecture,
        )
        for name, it in busy.items()
    }
    if pooler := config.own_pooler:
        found["pooler"] = TaskUsage(
            provider="fargate",
            average=pooler.tasks,
            peak=pooler.tasks,
            cpu_units=pooler.task.cpu,
            memory_mib=pooler.task.memory_mib,
            spot_percent=0,
            architecture=pooler.task.architecture,
        )
    return found
