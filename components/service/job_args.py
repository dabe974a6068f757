"""Arguments of a job, and the combinations that it refuses."""

from components.service.args import WorkloadArgs
from components.service.schedule import job_problems, longest_gap_hours
from observability import Severity


class JobArgs(WorkloadArgs, frozen=True, kw_only=True):
    """Arguments of `Job`."""

    schedule: str
    """Expression of EventBridge Scheduler: `rate(5 minutes)`, `cron(0 3 * * ? *)`, `at(2027-03-01T11:00:00)`."""
    timezone: str = "UTC"
    """IANA name of the time zone of `schedule`."""
    enabled: bool = True
    """Whether the schedule starts runs; without it somebody starts them by hand."""
    retries: int = 0
    """How often a failed run is repeated, 0 to 10; over 0 only where half a run does no harm."""
    timeout_seconds: int = 3600
    """Time after which a run is stopped and has failed, in seconds, 60 to 604,800."""
    severity: Severity = Severity.TICKET
    """How soon somebody has to act when a run fails or does not start."""

    def __post_init__(self) -> None:
        """Refuse what AWS refuses, or would never run.

        Raises:
            ValueError: the schedule, the time zone, the retries or the time limit are impossible.

        """
        for key, sentence in job_problems(self.schedule, self.timezone, self.retries, self.timeout_seconds):
            raise ValueError(f"{key}: {sentence}")

    @property
    def runs_every_hours(self) -> float | None:
        """Longest time between two runs, in hours; None where it runs once, in certain years, or not by itself."""
        ends = self.schedule.startswith("cron(") and not self.schedule.endswith(" *)")
        return longest_gap_hours(self.schedule, self.timezone) if self.enabled and not ends else None
