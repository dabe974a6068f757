"""Types of the provider `footing-sentry`.

Sentry calls a monitor a detector, and an alert a workflow, in its paths: https://docs.sentry.io/api/monitors/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from providers.description import Property, Resource, computed, optional, required
from providers.sentry.platforms import PLATFORMS

PACKAGE = "footing-sentry"
SLUG = r"(?![0-9]+$)[a-z0-9_-]{1,100}"
"""Form of a project's slug, https://docs.sentry.io/api/projects/create-a-new-project/."""
MINUTES = (0, 5, 10, 30, 60, 180, 720, 1440)
"""Pauses that an alert may make between two messages of one issue."""
DATASETS = {"events": ("default", "error"), "events_analytics_platform": ("trace_item_span",)}
"""Events that a monitor of each dataset may count: errors, or spans."""
_ORGANIZATION = "Slug of the organization."
_PROJECT = "Slug of the project."


class Project(Resource, package=PACKAGE, holds_data=True):
    """A project. Deleting it deletes its issues."""

    organization: Property[str] = required(_ORGANIZATION, replaces=True)
    teams: Property[Sequence[str]] = required("Slugs of the teams that own it, one or more.")
    name: Property[str] = required("Name, for people.", pattern=r".{1,50}")
    slug: Property[str] = required("Slug, unique in the organization.", replaces=True, pattern=SLUG)
    platform: Property[str | None] = optional(
        "Language or framework, by which Sentry reads traces.", default=None, choices=PLATFORMS
    )


class ClientKey(Resource, package=PACKAGE):
    """A key that events are sent with, and how many it takes."""

    organization: Property[str] = required(_ORGANIZATION, replaces=True)
    project: Property[str] = required(_PROJECT, replaces=True)
    name: Property[str] = required("Name, for people.", pattern=r".{1,64}")
    rate_limit_count: Property[int | None] = optional(
        "Events that it takes in one window; all when left out.", default=None, minimum=1
    )
    rate_limit_window: Property[int | None] = optional(
        "Length of that window, in seconds.", default=None, minimum=1, maximum=86400
    )
    is_active: Property[bool | None] = optional("Whether it takes events; it does when left out.", default=None)
    dsn_public: Property[str] = computed("Address that events are sent to; no secret.")
    dsn_secret: Property[str] = computed("The same with a password, for SDKs of before 2018.", secret=True)


class MetricMonitor(Resource, package=PACKAGE):
    """A number that Sentry computes of errors or spans, and opens an issue of when it is over a threshold."""

    organization: Property[str] = required(_ORGANIZATION, replaces=True)
    project: Property[str] = required(_PROJECT, replaces=True)
    name: Property[str] = required("Name, also of the issues.", pattern=r".{1,200}")
    dataset: Property[str] = required("Errors (`events`) or spans.", choices=tuple(DATASETS))
    event_types: Property[Sequence[str]] = required("Events of the dataset that count.")
    aggregate: Property[str] = required("`count()`, or a function of a field such as `p95(span.duration)`.")
    query: Property[str | None] = optional("Search that events must match; all when left out.", default=None)
    window_seconds: Property[int] = required("Time that one number is of, in seconds.", minimum=60, maximum=86400)
    high_above: Property[int] = required("Number over which the issue's priority is high.", minimum=1)
    medium_above: Property[int | None] = optional("Number over which it is medium.", default=None, minimum=1)
    resolved_at: Property[int] = required("Number at which, or under which, the issue is resolved.", minimum=0)
    enabled: Property[bool | None] = optional("Whether it looks; it does when left out.", default=None)
    monitor_id: Property[str] = computed("Number by which an alert names it.")


class CronMonitor(Resource, package=PACKAGE):
    """A job that says when it starts and ends; one that is late, or fails, opens an issue."""

    organization: Property[str] = required(_ORGANIZATION, replaces=True)
    project: Property[str] = required(_PROJECT, replaces=True)
    name: Property[str] = required("Name, for people.", pattern=r".{1,128}")
    slug: Property[str] = required("Slug, which the job sends.", replaces=True, pattern=SLUG)
    schedule: Property[str] = required("When it runs, of five fields: `0 3 * * *`.", pattern=r"\S+( \S+){4}")
    timezone: Property[str | None] = optional("Time zone of the schedule; UTC when left out.", default=None)
    checkin_margin_minutes: Property[int | None] = optional(
        "How late it may start, in minutes.", default=None, minimum=1, maximum=40320
    )
    max_runtime_minutes: Property[int | None] = optional(
        "How long it may run, in minutes.", default=None, minimum=1, maximum=40320
    )
    failure_issue_threshold: Property[int | None] = optional(
        "Failures in a row that open an issue.", default=None, minimum=1, maximum=720
    )
    recovery_threshold: Property[int | None] = optional(
        "Successes in a row that resolve it.", default=None, minimum=1, maximum=720
    )


class Alert(Resource, package=PACKAGE):
    """Who is told of a monitor's issues, and of which."""

    organization: Property[str] = required(_ORGANIZATION, replaces=True)
    project: Property[str] = required("Slug of the project whose monitors it hears.", replaces=True)
    name: Property[str] = required("Name, for people.", pattern=r".{1,256}")
    monitor_ids: Property[Sequence[str] | None] = optional(
        "Monitors that it hears; the project's issue stream, which is every issue, when left out.", default=None
    )
    triggers: Property[Sequence[str]] = required(
        "Events of an issue that it looks at, as `first_seen_event`; every change when empty."
    )
    action_filters: Property[Sequence[Mapping[str, Any]]] = required(
        "Filters, each with the actions of what passes it, in the API's form: logicType, conditions, actions."
    )
    frequency_minutes: Property[int] = required(
        "Pause between two messages of one issue, in minutes.", choices=MINUTES
    )
    environment: Property[str | None] = optional("Environment of the events; any when left out.", default=None)
    enabled: Property[bool | None] = optional("Whether it acts; it does when left out.", default=None)
