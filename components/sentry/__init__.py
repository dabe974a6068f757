"""Error tracking at Sentry."""

from components.sentry.args import AlertArgs, PagerDutyArgs, SentryArgs, SlackArgs
from components.sentry.component import Sentry

__all__ = ["AlertArgs", "PagerDutyArgs", "Sentry", "SentryArgs", "SlackArgs"]
