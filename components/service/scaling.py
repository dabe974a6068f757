"""Autoscaling of a service, as plain data: for the component, the simulation and the configuration."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct, field

CPU_HIGH_PERCENT = 70
"""Mean CPU above which tasks are added. Source: S1-28."""
CPU_LOW_PERCENT = 30
"""Mean CPU below which tasks are taken away. Source: S1-29."""
RESPONSE_HIGH_MS = 800
"""95th percentile of the response time above which tasks are added, in milliseconds. Source: S1-30."""
COOLDOWN_SECONDS = 180
"""Pause after a change before the next one of the same kind, in seconds. Source: S1-33."""
FULL_PERCENT = 100
HIGH_MINUTES = 2
"""Minutes in a row above a threshold before tasks are added: one may be a deployment's own start-up."""
LOW_MINUTES = 15
"""Minutes in a row below the threshold before tasks are taken away."""
OUT_PERCENTS = (25, 50, 100)
"""Tasks added, as shares of those running, the further the CPU is above its threshold."""
SLOW_PERCENTS = (25, 50)
"""The same for the response time; never 100 %, for more clients do not help a slow database."""
IN_PERCENTS = (-10, -25)
"""Tasks removed, as shares of those running, the further the CPU is below its threshold."""
STOP_SECONDS = (2, 120)
"""Shortest and longest time between SIGTERM and SIGKILL on Fargate, in seconds.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""
LEAST_ADDED, LEAST_REMOVED = 2, 1
"""Fewest tasks that one change adds and removes: a quarter of two tasks would be none."""


class Metric(StrEnum):
    """Metric of a scaling policy."""

    CPU = "cpu"
    """Mean CPU of the tasks, in percent."""
    IDLE_CPU = "idle cpu"
    """The same while responses are fast; 100 while they are slow, so that a slow service keeps its tasks."""
    RESPONSE = "response"
    """95th percentile of the response time, in seconds."""


class Step(Struct, frozen=True, kw_only=True):
    """One step of a policy."""

    beyond: float
    """How far beyond the threshold it begins, in the unit of the metric."""
    percent: int
    """Tasks added, as a share of those there are; negative takes away."""


class StepPolicy(Struct, frozen=True, kw_only=True):
    """An alarm, and the change of the number of tasks while it is in state ALARM."""

    policy_name: str
    """Kebab case, unique in a service."""
    metric: Metric
    """Metric of the alarm."""
    threshold: float
    """Threshold of the alarm, in the unit of the metric."""
    below: bool
    """Alarm under the threshold instead of over it."""
    minutes: int
    """Minutes in a row beyond the threshold before the alarm."""
    steps: tuple[Step, ...]
    """From the mildest to the strongest; the first begins at the threshold."""
    least_tasks: int
    """Fewest tasks that one change adds or removes."""
    cooldown_seconds: int
    """Pause before the next change, in seconds."""

    @property
    def intervals(self) -> list[tuple[float | None, float | None, int]]:
        """Return each step as lower and upper distance from the threshold, None where open, and its percent."""
        ends = [*(step.beyond for step in self.steps[1:]), None]
        if self.below:
            return [
                (None if end is None else -end, -step.beyond or 0.0, step.percent)
                for step, end in zip(self.steps, ends, strict=True)
            ]
        return [(step.beyond, end, step.percent) for step, end in zip(self.steps, ends, strict=True)]


class ScheduleArgs(Struct, frozen=True, kw_only=True):
    """A scheduled action: other bounds from a certain time on."""

    schedule_name: str
    """Kebab case, unique in a service."""
    expression: str
    """`at(2027-03-01T11:00:00)` or `cron(0 11 * * ? *)`."""
    timezone: str = "UTC"
    """IANA name of the time zone in which `expression` is read."""
    minimum_tasks: int
    """Fewest tasks from then on."""
    maximum_tasks: int
    """Most tasks from then on."""


class TargetArgs(Struct, frozen=True, kw_only=True):
    """Target tracking: the target that needs most tasks decides."""

    cpu_percent: int
    """Mean CPU, in percent, 10 to 90."""
    memory_percent: int | None = None
    """Mean memory, in percent, 10 to 90; no target when left out."""
    requests_per_task_per_minute: int | None = None
    """Requests per minute and task; no target when left out. Not with two fleets."""


class StepArgs(Struct, frozen=True, kw_only=True):
    """Step scaling: tasks are added above one threshold and removed below another."""

    cpu_high_percent: int = CPU_HIGH_PERCENT
    """Mean CPU above which tasks are added, in percent."""
    cpu_low_percent: int = CPU_LOW_PERCENT
    """Mean CPU below which tasks are removed, in percent."""
    response_high_ms: int = RESPONSE_HIGH_MS
    """95th percentile of the response time above which tasks are added, in milliseconds."""


class QueueScaling(Struct, frozen=True, kw_only=True):
    """Target tracking of the messages that wait in a queue for each running task."""

    messages_per_task: int
    """Messages that may wait for each task: how many it works off in the time that one may wait."""


class ScalingArgs(Struct, frozen=True, kw_only=True):
    """Bounds of the number of tasks, and what changes it: `target`, `queue`, both, `step`, or nothing."""

    minimum_tasks: int
    """Tasks that always run."""
    maximum_tasks: int
    """Most tasks; the connection budget is computed from it."""
    cooldown_seconds: int = COOLDOWN_SECONDS
    """Pause after a change before the next, in seconds."""
    target: TargetArgs | None = None
    """Target tracking."""
    queue: QueueScaling | None = None
    """Target tracking by the depth of a queue; of workers only."""
    step: StepArgs | None = None
    """Step scaling; of web services only."""
    schedules: list[ScheduleArgs] = field(default_factory=list)
    """Scheduled actions."""

    @property
    def automatic(self) -> bool:
        """Return whether autoscaling decides the number of tasks."""
        return any((self.target, self.step, self.queue))


def scaling_problems(scaling: ScalingArgs) -> Iterator[tuple[str, str]]:
    """Return a key of the configuration and a sentence for each contradiction."""
    low, high = scaling.minimum_tasks, scaling.maximum_tasks
    if not 0 < low <= high:
        yield "minimum_tasks", f"given {low}, allowed 1 up to maximum_tasks, {high}"
    if scaling.step and (scaling.target or scaling.queue):
        given = " and ".join(name for name in ("target", "queue", "step") if getattr(scaling, name))
        yield "mode", f"given {given}, allowed one of them"
    if not scaling.automatic and (low != high or scaling.schedules):
        yield "mode", "given bounds or schedules without autoscaling, allowed target or step"
    step = scaling.step
    if step and step.cpu_low_percent * 2 > step.cpu_high_percent:
        high_cpu = f"half of cpu_high_percent, {step.cpu_high_percent}"
        reason = "or what one policy takes away the other adds again"
        yield "cpu_low_percent", f"given {step.cpu_low_percent}, allowed up to {high_cpu}, {reason}"
    names = [schedule.schedule_name for schedule in scaling.schedules]
    if len(set(names)) != len(names):
        yield "schedules", f"given the names {', '.join(names)}, allowed each name once"
    for it in scaling.schedules:
        if not 0 < it.minimum_tasks <= it.maximum_tasks:
            given = f"given minimum_tasks {it.minimum_tasks} in {it.schedule_name}"
            yield "schedules", f"{given}, allowed 1 up to its maximum_tasks, {it.maximum_tasks}"


def scaling_conflicts(scaling: ScalingArgs, *, two_fleets: bool) -> Iterator[tuple[str, str]]:
    """Return a key and a sentence for each target that deployments with two fleets do not allow.

    The metric behind it belongs to one target group, and which of two is in use changes with each deployment:
    https://github.com/aws/containers-roadmap/issues/1681
    """
    if two_fleets and scaling.target and scaling.target.requests_per_task_per_minute:
        yield (
            "requests_per_task_per_minute",
            "given with a deployment that runs two fleets, allowed with strategy rolling only",
        )


def worker_problems(
    scaling: ScalingArgs, *, two_fleets: bool, has_queue: bool, stop_timeout_seconds: int
) -> Iterator[tuple[str, str]]:
    """Return a key and a sentence for each setting that needs what a worker does not have."""
    if scaling.step:
        yield "scaling.mode", "given step, which looks at response times, allowed fixed or target in a worker"
    if scaling.target and scaling.target.requests_per_task_per_minute:
        yield "scaling.requests_per_task_per_minute", "given in a worker, which gets no requests, allowed none"
    if scaling.queue and not has_queue:
        yield "queue", f"given none, needed for {scaling.queue.messages_per_task} messages for each task"
    if two_fleets:
        yield "deployment.strategy", "given one that shifts requests, allowed rolling in a worker"
    low, high = STOP_SECONDS
    if not low <= stop_timeout_seconds <= high:
        yield "stop_timeout_seconds", f"given {stop_timeout_seconds}, allowed {low} to {high}"


def most_tasks(scaling: ScalingArgs) -> int:
    """Return the most tasks outside a deployment, schedules included."""
    return max([scaling.maximum_tasks, *(schedule.maximum_tasks for schedule in scaling.schedules)])


def step_policies(scaling: ScalingArgs) -> tuple[StepPolicy, ...]:
    """Return the policies of step scaling; none where there is no `step`."""
    step = scaling.step
    if step is None:
        return ()
    response = step.response_high_ms / 1000
    room = (FULL_PERCENT - step.cpu_high_percent) / len(OUT_PERCENTS)
    return (
        _adds(scaling, "cpu-high", Metric.CPU, step.cpu_high_percent, _spaced(OUT_PERCENTS, room)),
        _adds(scaling, "response-high", Metric.RESPONSE, response, _spaced(SLOW_PERCENTS, response)),
        StepPolicy(
            policy_name="cpu-low",
            metric=Metric.IDLE_CPU,
            threshold=step.cpu_low_percent,
            below=True,
            minutes=LOW_MINUTES,
            steps=_spaced(IN_PERCENTS, step.cpu_low_percent / len(IN_PERCENTS)),
            least_tasks=LEAST_REMOVED,
            cooldown_seconds=scaling.cooldown_seconds,
        ),
    )


def _adds(
    scaling: ScalingArgs, name: str, metric: Metric, threshold: float, steps: tuple[Step, ...]
) -> StepPolicy:
    return StepPolicy(
        policy_name=name,
        metric=metric,
        threshold=threshold,
        below=False,
        minutes=HIGH_MINUTES,
        steps=steps,
        least_tasks=LEAST_ADDED,
        cooldown_seconds=scaling.cooldown_seconds,
    )


def _spaced(percents: tuple[int, ...], width: float) -> tuple[Step, ...]:
    """Return steps of equal width from the threshold on."""
    return tuple(Step(beyond=round(number * width, 3), percent=percent) for number, percent in enumerate(percents))
