"""Thresholds on errors when only a share of them is sent: Sentry counts what it gets, not what happened."""

LEAST_COUNT = 1
"""Under one event a threshold says nothing: the first error to be sent would be over it."""


def scaling_problem(*, threshold: float, sample_rate: float) -> str | None:
    """Why `threshold` errors cannot be told of at this rate, in a sentence; None where they can."""
    counted = threshold * sample_rate
    if counted >= LEAST_COUNT:
        return None
    return (
        f"{threshold:g} errors are {counted:g} events at an error_sample_rate of {sample_rate:g}, "
        f"allowed {LEAST_COUNT} or more"
    )
