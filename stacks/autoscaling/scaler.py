"""What Application Auto Scaling would decide, minute by minute.

https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

import math
from collections.abc import Iterator, Sequence

from msgspec import Struct

from components.service.scaling import FULL_PERCENT, Metric, ScalingArgs, StepPolicy

TARGET_HIGH_MINUTES, TARGET_LOW_MINUTES = 3, 15
"""Minutes in a row after which target tracking adds and takes away tasks."""

TARGET_LOW_SHARE = 0.9
"""How far below its target a metric must be before target tracking takes tasks away."""


class Measured(Struct, frozen=True, kw_only=True):
    """The metrics of one minute."""

    cpu_percent: float
    """Mean CPU; a task is never busier than 100."""
    response_seconds: float
    """95th percentile of the response time."""
    requests_per_task: float
    """Requests that one task got in the minute."""
    messages_per_task: float = 0.0
    """Messages that waited in the queue for each task."""


class Scaler(Struct, kw_only=True):
    """The policies of one service, and what they did last."""

    scaling: ScalingArgs
    """Cooldown, targets and thresholds."""
    policies: Sequence[StepPolicy]
    """The step policies."""
    minimum: int
    """Fewest tasks now; schedules change it."""
    maximum: int
    """Most tasks now."""
    desired: int
    """Tasks that are wanted now."""
    base: int
    """Tasks when the cooldown began: what is added during it is counted from there."""
    changed_at: float = -math.inf
    """Second of the last change."""

    def bound(self, minimum: int, maximum: int) -> None:
        """Let other bounds hold from now on."""
        self.minimum, self.maximum = minimum, maximum
        self.desired = self._within(self.desired)

    def decide(self, second: float, seen: Sequence[Measured]) -> int:
        """Return the number of tasks wanted, by the metrics that can be `seen`, the newest last."""
        cooling = second - self.changed_at < self.scaling.cooldown_seconds
        base = self.base if cooling else self.desired
        wanted = [self._within(tasks) for tasks in self._wanted(base, seen)]
        if wanted and max(wanted) > self.desired:
            self._change(base, max(wanted), None if cooling else second)
        elif wanted and not cooling and max(wanted) < self.desired:
            # Tasks that are needed again come at once, and from what is left.
            self._change(max(wanted), max(wanted), second)
        return self.desired

    def _change(self, base: int, tasks: int, second: float | None) -> None:
        self.desired, self.base = tasks, base
        self.changed_at = self.changed_at if second is None else second

    def _within(self, tasks: int) -> int:
        return min(max(tasks, self.minimum), self.maximum)

    def _wanted(self, base: int, seen: Sequence[Measured]) -> Iterator[int]:
        for policy in self.policies:
            slow = policy.metric is Metric.RESPONSE
            window = [it.response_seconds if slow else it.cpu_percent for it in seen[-policy.minutes :]]
            sign = -1 if policy.below else 1
            beyond = [sign * (value - policy.threshold) for value in window]
            if len(window) == policy.minutes and min(beyond) > 0:
                step = [step for step in policy.steps if step.beyond <= beyond[-1]][-1]
                yield base + adjustment(base, step.percent, policy.least_tasks)
        target, steered = self.scaling.target, list[tuple[list[float], float]]()
        if target:
            steered.append(([it.cpu_percent for it in seen], target.cpu_percent))
        if target and target.requests_per_task_per_minute:
            steered.append(([it.requests_per_task for it in seen], target.requests_per_task_per_minute))
        if self.scaling.queue:
            steered.append(([it.messages_per_task for it in seen], self.scaling.queue.messages_per_task))
        for values, goal in steered:
            high, low = values[-TARGET_HIGH_MINUTES:], values[-TARGET_LOW_MINUTES:]
            if len(high) == TARGET_HIGH_MINUTES and min(high) > goal:
                yield math.ceil(base * high[-1] / goal)
            elif len(low) == TARGET_LOW_MINUTES and max(low) < goal * TARGET_LOW_SHARE:
                yield math.ceil(base * low[-1] / goal)
            else:
                yield base


def adjustment(tasks: int, percent: int, least: int) -> int:
    """Return how many tasks one change adds, negative where it takes away: whole ones, and at least `least`."""
    amount = max(abs(tasks * percent) // FULL_PERCENT, least)
    return -amount if percent < 0 else amount
