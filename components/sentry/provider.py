"""Sentry as its API has it: the only module that makes its resources.

A signal on a number is a monitor, which opens an issue of a priority, and an alert that tells of it by that; a
signal on issues is an alert on every issue of the project.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from msgspec import Struct

from components.sentry.args import PagerDutyArgs, SentryArgs, SlackArgs
from components.sentry.contacts import Contact, contacts
from observability import IssueCategory, IssueEvent, SentryIssues, SentryMetric, Signal
from providers.sentry import resources as sentry

FORMER = {"Project": "sentry:index/sentryProject:SentryProject", "ClientKey": "sentry:index/sentryKey:SentryKey"}
"""Types of earlier releases: a stack that has one keeps it, under its new type."""
HIGH, MEDIUM = 75, 50
"""Sentry's numbers of an issue's priorities."""
EACH_CHANGE_MINUTES = 0
"""Pause between two messages of a monitor's issue: it speaks only when its priority changes."""
REPEAT_MINUTES = 5
"""Pause between two messages about one issue, in minutes: the shortest that Sentry accepts."""
TRIGGERS: Mapping[IssueEvent, str] = {IssueEvent.NEW: "first_seen_event", IssueEvent.REGRESSED: "regression_event"}
CATEGORIES: Mapping[IssueCategory, tuple[int, ...]] = {
    IssueCategory.ERROR: (1,),
    IssueCategory.PERFORMANCE: (12, 13, 14, 15),
}
"""Sentry's numbers: errors; queries, requests to others, front end, mobile.

https://docs.sentry.io/api/monitors/create-an-alert-for-an-organization/
"""


class Project(Struct, frozen=True, kw_only=True):
    """A project and its key."""

    slug: pulumi.Output[str]
    """Slug of the project."""
    dsn: pulumi.Output[str]
    """Public address of its key."""


def make_project(
    name: str, args: SentryArgs, *, project_opts: pulumi.ResourceOptions, opts: pulumi.ResourceOptions
) -> Project:
    """Return one project with one rate-limited key; `project_opts` are the project's own options."""
    project = sentry.Project(
        f"{name}-project",
        organization=args.team.organization,
        teams=[args.team.slug],
        name=args.project,
        slug=args.project,
        platform=args.platform,
        opts=project_opts,
    )
    key = sentry.ClientKey(
        f"{name}-key",
        organization=args.team.organization,
        project=project.slug,
        name=args.environment,
        rate_limit_count=args.key_limit.events,
        rate_limit_window=args.key_limit.window_seconds,
        opts=opts,
    )
    return Project(slug=project.slug, dsn=key.dsn_public)


def make_alert(
    name: str, signal: Signal, project: Project, args: SentryArgs, opts: pulumi.ResourceOptions
) -> pulumi.CustomResource:
    """Return the alert of one signal, named by its id: that is also its section of the runbook.

    Raises:
        TypeError: the query of the signal is not one of Sentry.

    """
    if isinstance(signal.query, SentryMetric):
        return _make_metric_alert(name, signal, signal.query, project, args, opts)
    if isinstance(signal.query, SentryIssues):
        [threshold] = signal.thresholds
        conditions = [_condition("issue_category", {"value": it}) for it in CATEGORIES[signal.query.category]]
        return sentry.Alert(
            name,
            organization=args.team.organization,
            project=project.slug,
            name=signal.id,
            triggers=[TRIGGERS[event] for event in signal.query.events],
            action_filters=[_filter("any-short", conditions, contacts(args, threshold.severity))],
            frequency_minutes=REPEAT_MINUTES,
            opts=opts,
        )
    raise TypeError(f"signal {signal.id}: Sentry does not evaluate {type(signal.query).__name__}")


def _make_metric_alert(
    name: str,
    signal: Signal,
    query: SentryMetric,
    project: Project,
    args: SentryArgs,
    opts: pulumi.ResourceOptions,
) -> pulumi.CustomResource:
    """Return the alert of a monitor; who is told at the lower threshold is not told twice at the upper."""
    # More than 2.5 events are more than 2.
    values = sorted((math.floor(query.counted(it.value)) for it in signal.thresholds), reverse=True)
    monitor = sentry.MetricMonitor(
        name,
        organization=args.team.organization,
        project=project.slug,
        name=signal.id,
        dataset=query.dataset,
        event_types=list(query.event_types),
        aggregate=query.aggregate,
        query=query.search or None,
        window_seconds=query.window_seconds,
        high_above=values[0],
        medium_above=values[1] if len(values) > 1 else None,
        resolved_at=values[-1],
        opts=opts,
    )
    priorities = (HIGH, MEDIUM) if len(values) > 1 else (HIGH,)
    ordered = sorted(signal.thresholds, key=lambda it: it.value, reverse=True)
    filters, told = [], set[Contact]()
    for priority, threshold in zip(reversed(priorities), reversed(ordered), strict=True):
        further = [it for it in contacts(args, threshold.severity) if it not in told]
        told |= set(further)
        if further:
            conditions = [_condition("issue_priority_greater_or_equal", priority)]
            filters.append(_filter("all", conditions, further))
    return sentry.Alert(
        f"{name}-alert",
        organization=args.team.organization,
        project=project.slug,
        name=signal.id,
        monitor_ids=monitor.monitor_id.apply(lambda it: [it]),
        triggers=[],
        action_filters=filters,
        frequency_minutes=EACH_CHANGE_MINUTES,
        opts=opts,
    )


def _condition(type_: str, comparison: Any) -> dict[str, Any]:
    return {"type": type_, "comparison": comparison, "conditionResult": True}


def _filter(logic: str, conditions: list[dict[str, Any]], told: Iterable[Contact]) -> dict[str, Any]:
    return {"logicType": logic, "conditions": conditions, "actions": [_action(it) for it in told]}


def _action(contact: Contact) -> dict[str, Any]:
    if isinstance(contact, SlackArgs):
        # Sentry looks the channel's number up.
        config = {"targetType": "specific", "targetIdentifier": "", "targetDisplay": contact.channel}
        return {"type": "slack", "integrationId": str(contact.integration_id), "config": config, "data": {}}
    if isinstance(contact, PagerDutyArgs):
        config = {"targetType": "specific", "targetIdentifier": str(contact.service_id)}
        data = {"priority": "default"}
        return {"type": "pagerduty", "integrationId": str(contact.integration_id), "config": config, "data": data}
    if contact.team_id is None:
        config = {"targetType": "issue_owners", "targetIdentifier": ""}
        return {"type": "email", "config": config, "data": {"fallthroughType": "ActiveMembers"}}
    return {
        "type": "email",
        "config": {"targetType": "team", "targetIdentifier": str(contact.team_id)},
        "data": {},
    }
