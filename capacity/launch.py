"""The launch of a phase against the scaling policies: `stacks/autoscaling` with the numbers of the phase."""

from msgspec import Struct
from msgspec.structs import replace

from capacity.traffic import FULL_PERCENT, Crowd
from stacks.autoscaling import Load, compare
from stacks.autoscaling.launch import LAUNCH_DAY
from stacks.config.capacity import AssumptionsConfig
from stacks.config.scaling import scaling_args
from stacks.config.stack import StackConfig

MINUTES_SHOWN = 60
"""Minutes before and after the first half hour that are shown."""


class LaunchMinute(Struct, frozen=True, kw_only=True):
    """One minute of the launch, scaled as configured."""

    minute: int
    """From the launch."""
    ready: int
    """Tasks that take requests."""
    busy_percent: float
    """What is asked of them, as a share of what they can do; over 100 requests wait or fail."""


class Launch(Struct, frozen=True, kw_only=True):
    """One way to scale the main web service, and how it meets the launch."""

    title: str
    """The way: as configured, target, step, schedule."""
    minutes_to_capacity: int
    """Minutes after the launch from which on the tasks are never overloaded; 0 where they never are."""
    overloaded_minutes: int
    """Minutes in which more is asked of the tasks than they can do."""
    most_tasks: int
    """Most tasks that take requests at once."""
    minutes: tuple[LaunchMinute, ...]
    """The two hours around the launch, of the configured way alone."""


def load_of(config: StackConfig, assumed: AssumptionsConfig, people: Crowd) -> Load:
    """Return the load of the launch of `people`."""
    return replace(
        LAUNCH_DAY,
        users_before=round(people.concurrent_users * assumed.users_before_percent / FULL_PERCENT),
        users_after=round(people.concurrent_users),
        ramp_minutes=assumed.ramp_minutes,
        seconds_between_requests=people.seconds_between_requests,
        edge_percent=round(assumed.edge_hit_percent) if config.edge else 0,
        request_cpu_ms=assumed.request_cpu_ms,
        start_up_seconds=assumed.start_up_seconds,
    )


def launches(config: StackConfig, assumed: AssumptionsConfig, people: Crowd) -> tuple[Launch, ...]:
    """Return how each way to scale meets the launch, the configured first; none without a web service at AWS."""
    service = config.balanced.get(config.main_web or "")
    if service is None:
        return ()
    load = load_of(config, assumed, people)
    return tuple(
        Launch(
            title=it.title,
            minutes_to_capacity=it.outcome.minutes_to_capacity,
            overloaded_minutes=it.outcome.overloaded_minutes,
            most_tasks=max(one.ready for one in it.outcome.moments),
            minutes=tuple(
                LaunchMinute(minute=one.minute, ready=one.ready, busy_percent=round(one.busy * FULL_PERCENT, 1))
                for one in it.outcome.moments
                if place == 0 and abs(one.minute - 30) <= MINUTES_SHOWN
            ),
        )
        for place, it in enumerate(compare(scaling_args(service.scaling), service.task.cpu, load))
    )
