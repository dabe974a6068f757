"""Thresholds on errors where only a share of them is sent: Sentry counts events, not errors."""

LEAST_EVENTS = 1
"""Fewest events of a threshold: under it, the first event would be over the threshold."""


def scaling_problem(*, threshold: float, sample_rate: float) -> str | None:
    """Return why `threshold` errors cannot alert at this sample rate, in a sentence; None where they can."""
    events = threshold * sample_rate
    if events >= LEAST_EVENTS:
        return None
    return (
        f"given {threshold:g} errors, which are {events:g} events at an error_sample_rate of {sample_rate:g}, "
        f"allowed {LEAST_EVENTS} event or more"
    )
