"""A worker under a load of messages, tick by tick, scaled by the depth of its queue."""

from collections.abc import Iterator
from math import ceil

from msgspec import Struct

from components.service.scaling import FULL_PERCENT, ScalingArgs
from observability.durations import MINUTE_SECONDS
from stacks.autoscaling.run import TICK_SECONDS, Fleet, make_scaler
from stacks.autoscaling.scaler import Measured


class QueueLoad(Struct, frozen=True, kw_only=True):
    """Messages over time, and what a task makes of them."""

    usual_per_minute: float
    """Messages that arrive each minute, always."""
    burst_per_minute: float
    """Messages that arrive beside them during the burst, which begins with the first minute."""
    burst_minutes: int
    """How long it lasts."""
    message_seconds: float
    """How long one task works on one message."""
    start_up_seconds: int
    """From the decision to the first message of a new task."""
    metric_delay_seconds: int
    """From the end of a minute until its metric can be seen."""
    minutes: int
    """How long all is simulated."""


IMPORT_NIGHT = QueueLoad(
    usual_per_minute=20,
    burst_per_minute=600,
    burst_minutes=20,
    message_seconds=2,
    start_up_seconds=60,
    metric_delay_seconds=60,
    minutes=180,
)
"""An import of 12,000 messages into a worker that usually has little to do. The numbers are ours."""


class QueueMoment(Struct, frozen=True, kw_only=True):
    """The worker at the end of one minute."""

    minute: int
    """From the start."""
    desired: int
    """Tasks that are wanted."""
    ready: int
    """Tasks that work."""
    depth: float
    """Messages that wait."""


def run_queue(scaling: ScalingArgs, load: QueueLoad) -> tuple[QueueMoment, ...]:
    """Return every minute of a worker that is scaled by the depth of its queue."""
    return tuple(_moments(scaling, load))


def _moments(scaling: ScalingArgs, load: QueueLoad) -> Iterator[QueueMoment]:
    scaler, depth, measured = make_scaler(scaling, ()), 0.0, list[Measured]()
    fleet, unseen = Fleet(ready=scaler.desired), ceil(load.metric_delay_seconds / MINUTE_SECONDS)
    for minute in range(load.minutes):
        scaler.decide(minute * MINUTE_SECONDS, measured[: len(measured) - unseen])
        arrivals = load.usual_per_minute + (load.burst_per_minute if minute < load.burst_minutes else 0)
        busy = list[float]()
        for second in range(minute * MINUTE_SECONDS, (minute + 1) * MINUTE_SECONDS, TICK_SECONDS):
            fleet.follow(second, scaler.desired, load.start_up_seconds)
            possible = fleet.ready * TICK_SECONDS / load.message_seconds
            waiting = depth + arrivals * TICK_SECONDS / MINUTE_SECONDS
            depth = max(0.0, waiting - possible)
            busy.append(min(waiting / possible, 1.0))
        measured.append(
            Measured(
                cpu_percent=sum(busy) / len(busy) * FULL_PERCENT,
                response_seconds=0.0,
                requests_per_task=0.0,
                messages_per_task=depth / fleet.ready,
            )
        )
        yield QueueMoment(minute=minute, desired=scaler.desired, ready=fleet.ready, depth=depth)
