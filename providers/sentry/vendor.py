"""Sentry's API: https://docs.sentry.io/api/.

An organization in the European Union is at https://de.sentry.io, which `FOOTING_SENTRY_ENDPOINT` names.

Never asked of the real one, but of the fake alone, which is held to Sentry's OpenAPI document of 2026-08-16:
whether a monitor's alert without triggers speaks at each change of priority; how a Slack channel is given back
whose number Sentry looked up; whether a new project has its monitor of all issues at once; whether a lost answer's
page of the newest monitors and alerts always has the one that was made.
"""

from providers._server.servicer import Vendor
from providers.sentry import alerts, monitors, projects, resources

VENDOR = Vendor(
    package=resources.PACKAGE,
    text="Sentry's API",
    endpoint="https://sentry.io",
    endpoint_variable="FOOTING_SENTRY_ENDPOINT",
    credentials={"SENTRY_AUTH_TOKEN": ("Authorization", "Bearer {}")},
    handlers={
        resources.Project: projects.ProjectHandler(),
        resources.ClientKey: projects.KeyHandler(),
        resources.MetricMonitor: monitors.MetricHandler(),
        resources.CronMonitor: monitors.CronHandler(),
        resources.Alert: alerts.AlertHandler(),
    },
)
