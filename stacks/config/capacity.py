"""Configuration of the capacity model: every assumption with its source, and quotas that AWS has raised."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field

from stacks.config.base import Model


class Source:
    """Annotation that says where the default of an assumption is from; it stays out of the JSON Schema."""

    def __init__(self, text: str) -> None:
        self.text = text


_OURS: Final = Source("ours: measure it, and say so here")
_LAUNCH: Final = Source("ours, as in docs/scaling.md")
_Share = Annotated[float, Field(ge=0, le=100)]
_Busy = Annotated[float, Field(ge=1, le=100)]
_Amount = Annotated[float, Field(gt=0, le=1_000_000)]


class AssumptionsConfig(Model):
    """What the capacity model takes for granted where nothing of the stack says it."""

    concurrent_users: Annotated[int, Field(ge=1, le=10_000_000_000), Source("S0-07")] = Field(
        default=1000, description="Users at the same moment where no phase says."
    )
    concurrent_percent: Annotated[float, Field(gt=0, le=100), Source("S1-01, S1-03")] = Field(
        default=5,
        description="Users at the same moment, as a share of all users, where no phase says, in percent.",
    )
    think_time_seconds: Annotated[float, Field(gt=0, le=86400), _LAUNCH] = Field(
        default=8, description="Time between two requests of one user where no phase says, in seconds."
    )
    edge_hit_percent: Annotated[_Share, Source("S0-54, C-11")] = Field(
        default=70, description="Share of the requests that the edge answers, in percent; 0 without an edge."
    )
    redis_hit_percent: Annotated[_Share, Source("S0-38")] = Field(
        default=60,
        description="Share of the queries that a cache answers instead of PostgreSQL, in percent; 0 without one.",
    )
    request_cpu_ms: Annotated[_Amount, _LAUNCH] = Field(
        default=50, description="CPU time of one request at the origin, in milliseconds of one vCPU."
    )
    task_busy_percent: Annotated[_Busy, Source("S1-28")] = Field(
        default=70, description="Mean CPU of a task that counts as full, in percent."
    )
    queries_per_request: Annotated[_Amount, Source("F-A")] = Field(
        default=3, description="Queries of one request at the origin before a cache answers any."
    )
    query_ms: Annotated[_Amount, Source("F-A")] = Field(
        default=10, description="How long a query keeps a connection of the pool busy, in milliseconds."
    )
    query_cpu_ms: Annotated[_Amount, _OURS] = Field(
        default=1, description="CPU time of one query at PostgreSQL, in milliseconds of one vCPU."
    )
    pool_busy_percent: Annotated[_Busy, Source("ours: above it the wait of Erlang C grows steeply")] = Field(
        default=70, description="Share of the pool's connections that may be busy on average, in percent."
    )
    redis_commands_per_request: Annotated[_Amount, _OURS] = Field(
        default=3, description="Commands of one request at the origin: a limit's counter, a version, a value."
    )
    redis_node_commands_per_second: Annotated[
        _Amount,
        Source("https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/benchmarks/"),
    ] = Field(default=100_000, description="Commands a second of one node whose provider names no limit.")
    response_kb: Annotated[_Amount, _OURS] = Field(default=20, description="Size of an answer, kB.")
    storage_kb_per_request: Annotated[_Amount, _OURS] = Field(
        default=5, description="Files from the storage for each request at the edge, kB."
    )
    query_kb: Annotated[_Amount, _OURS] = Field(
        default=4, description="What a query and its rows carry, or a command and its value, kB."
    )
    log_bytes_per_request: Annotated[_Amount, _OURS] = Field(
        default=600, description="Log of one request at the origin, bytes."
    )
    series_per_task: Annotated[_Amount, _OURS] = Field(
        default=500, description="Series of metrics that one task has."
    )
    mean_percent: Annotated[_Busy, _OURS] = Field(
        default=30, description="Mean of a month's load, as a share of the peak, in percent."
    )
    users_before_percent: Annotated[_Busy, _LAUNCH] = Field(
        default=5,
        description="Users at the same moment before a launch, as a share of those after it, in percent.",
    )
    ramp_minutes: Annotated[int, Field(ge=1, le=170), _LAUNCH] = Field(
        default=10, description="How long the users of a launch take to come, in minutes."
    )
    start_up_seconds: Annotated[int, Field(ge=1, le=1800), _LAUNCH] = Field(
        default=75, description="From the decision to the first request of a new task, in seconds."
    )


class QuotasConfig(Model):
    """What the account has where AWS has raised a quota; AWS's default when left out."""

    fargate_vcpus: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Fargate On-Demand vCPU resource count, of the region."
    )
    elastic_ips: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="EC2-VPC Elastic IPs, of the region."
    )
    tasks_per_service: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Tasks per service.")
    security_group_rules: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Inbound or outbound rules per security group."
    )
    load_balancer_targets: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Targets per Application Load Balancer."
    )


class CapacityModelConfig(Model):
    """What `footing capacity` is told."""

    assumptions: AssumptionsConfig = Field(
        default=AssumptionsConfig(), description="Assumptions in the place of the model's own: docs/capacity.md."
    )
    quotas: QuotasConfig = Field(
        default=QuotasConfig(), description="Quotas of the account that AWS has raised: docs/capacity.md."
    )


def raised_quotas(quotas: QuotasConfig) -> Mapping[str, int]:
    """Return what the stack file says that the account has, by quota."""
    return quotas.model_dump(exclude_none=True)


def assumption_sources() -> Mapping[str, str]:
    """Return where the default of each assumption is from, by its key."""
    return {
        key: next(it.text for it in field.metadata if isinstance(it, Source))
        for key, field in AssumptionsConfig.model_fields.items()
    }


def assumed(base: AssumptionsConfig, given: Mapping[str, Any]) -> AssumptionsConfig:
    """Return `base` with what is `given` by key in the place of its own.

    Raises:
        ValidationError: a key is unknown, or a value is none that it allows.

    """
    return AssumptionsConfig.model_validate(base.model_dump(exclude_unset=True) | dict(given))
