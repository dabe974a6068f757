"""Sentry as the installed SDK knows it: the only module that imports it.

`pulumiverse_sentry` 0.0.9 bridges version 0.11.2 of the Terraform provider and is not kept up. Another SDK takes
its place here and nowhere else: the one that `pulumi package add terraform-provider jianyuan/sentry` generates
from the present provider. What this version makes necessary, and the other would not:

- values of conditions and actions are texts, and their `name` is left out: the server adds it;
- conditions stand in the order in which the server answers them, triggers in that of their labels: the provider
  compares by position, https://github.com/jianyuan/terraform-provider-sentry/issues/793;
- every trigger names its `resolve_threshold`: left out, 0 is sent;
- a change in percent is not possible: there is no `comparison_delta`;
- alerts are off: Sentry answers 410 to the API of both of its alerts since 2026-09-18, and a metric alert with
  PagerDuty fails in the provider, https://github.com/jianyuan/terraform-provider-sentry/issues/185;
- every platform but `other` is looked up at docs.sentry.io in each preview.
"""

from collections.abc import Mapping

import pulumi
import pulumiverse_sentry as sentry
from msgspec import Struct

from components.sentry.args import PagerDutyArgs, SentryArgs, SlackArgs
from components.sentry.contacts import Contact, contacts
from observability import IssueEvent, SentryIssues, SentryMetric, Signal

ABOVE = 0
"""Sentry's number for a threshold that is crossed upwards."""
LABELS = ("critical", "warning")
"""Sentry's levels of a threshold, the first there always: a rule with one threshold calls it critical."""
REPEAT_MINUTES = 5
"""Pause between two messages about one issue, in minutes: the shortest that Sentry accepts."""
CONDITIONS: Mapping[IssueEvent, str] = {
    IssueEvent.NEW: "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition",
    IssueEvent.REGRESSED: "sentry.rules.conditions.regression_event.RegressionEventCondition",
}
CATEGORY_FILTER = "sentry.rules.filters.issue_category.IssueCategoryFilter"
SLACK_ACTION = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"
MAIL_ACTION = "sentry.mail.actions.NotifyEmailAction"
PAGERDUTY_ACTION = "sentry.integrations.pagerduty.notify_action.PagerDutyNotifyServiceAction"


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
    project = sentry.SentryProject(
        f"{name}-project",
        organization=args.team.organization,
        teams=[args.team.slug],
        name=args.project,
        slug=args.project,
        platform=args.platform,
        opts=project_opts,
    )
    key = sentry.SentryKey(
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
        thresholds = sorted(signal.thresholds, key=lambda it: it.value, reverse=True)
        resolve_threshold = signal.query.counted(thresholds[-1].value)
        return sentry.SentryMetricAlert(
            name,
            organization=args.team.organization,
            project=project.slug,
            name=signal.id,
            aggregate=signal.query.aggregate,
            dataset=signal.query.dataset,
            event_types=list(signal.query.event_types),
            query="",
            time_window=signal.query.window_seconds // 60,
            threshold_type=ABOVE,
            resolve_threshold=resolve_threshold,
            triggers=[
                {
                    "label": label,
                    "threshold_type": ABOVE,
                    "alert_threshold": signal.query.counted(it.value),
                    "resolve_threshold": resolve_threshold,
                    "actions": [_metric_action(contact) for contact in contacts(args, it.severity)],
                }
                for label, it in zip(LABELS, thresholds, strict=False)
            ],
            opts=opts,
        )
    if isinstance(signal.query, SentryIssues):
        [threshold] = signal.thresholds
        return sentry.SentryIssueAlert(
            name,
            organization=args.team.organization,
            project=project.slug,
            name=signal.id,
            action_match="any",
            filter_match="all",
            frequency=REPEAT_MINUTES,
            conditions=[{"id": it} for it in sorted(CONDITIONS[event] for event in signal.query.events)],
            filters=[{"id": CATEGORY_FILTER, "value": signal.query.category.value}],
            actions=[_issue_action(contact) for contact in contacts(args, threshold.severity)],
            opts=opts,
        )
    raise TypeError(f"signal {signal.id}: Sentry does not evaluate {type(signal.query).__name__}")


def _metric_action(contact: Contact) -> sentry.SentryMetricAlertTriggerActionArgsDict:
    if isinstance(contact, SlackArgs):
        return {
            "type": "slack",
            "target_type": "specific",
            "target_identifier": contact.channel,
            "integration_id": contact.integration_id,
        }
    if isinstance(contact, PagerDutyArgs):
        return {
            "type": "pagerduty",
            "target_type": "specific",
            "target_identifier": str(contact.service_id),
            "integration_id": contact.integration_id,
        }
    return {"type": "email", "target_type": "team", "target_identifier": str(contact.team_id)}


def _issue_action(contact: Contact) -> dict[str, str]:
    if isinstance(contact, SlackArgs):
        return {"id": SLACK_ACTION, "workspace": str(contact.integration_id), "channel": contact.channel}
    if isinstance(contact, PagerDutyArgs):
        account, service = str(contact.integration_id), str(contact.service_id)
        return {"id": PAGERDUTY_ACTION, "account": account, "service": service}
    if contact.team_id is None:
        return {"id": MAIL_ACTION, "targetType": "IssueOwners", "fallthroughType": "ActiveMembers"}
    return {"id": MAIL_ACTION, "targetType": "Team", "targetIdentifier": str(contact.team_id)}
