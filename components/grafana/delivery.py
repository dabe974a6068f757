"""Contact points, message template, mute timing of tickets, and the notification policy."""

from collections.abc import Callable, Mapping

import pulumi
import pulumiverse_grafana as grafana
from msgspec import Struct
from msgspec.structs import replace

from components.grafana import messages
from components.grafana.args import ContactArgs, ObservabilityArgs, TicketHoursArgs
from observability import Severity
from observability.durations import window
from observability.routing.destinations import INHIBITED_WITHIN, INTERVAL_SECONDS, REPEAT_SECONDS, WAIT_SECONDS

REPEAT_INTERVAL: Mapping[Severity, str] = {severity: window(it) for severity, it in REPEAT_SECONDS.items()}
"""How often a message is sent again while its alert fires."""
GROUP_WAIT, GROUP_INTERVAL = window(WAIT_SECONDS), window(INTERVAL_SECONDS)
GROUP_BY = ("grafana_folder", "alertname", "service")
"""Labels whose alerts share a message: by service, not by task or node, so a restart is no new alert."""


class Delivery(Struct, frozen=True, kw_only=True):
    """Contact point and mute timings of each severity."""

    contacts: Mapping[Severity, grafana.alerting.ContactPoint]
    """Contact point of each severity."""
    muted: Mapping[Severity, list[pulumi.Output[str]]]
    """Names of the mute timings in which messages of a severity wait."""


class NotificationResources:
    """Contact points of one stack and what they need; every resource is a child of its component."""

    def __init__(self, name: str, args: ObservabilityArgs, child: Callable[..., pulumi.ResourceOptions]) -> None:
        self._name = name
        self._args = args
        self._child = child

    def make_contact_points(self) -> Delivery:
        """Make the contact points, their message template, and the mute timing of tickets."""
        args = self._args
        template = grafana.alerting.MessageTemplate(
            f"{self._name}-template", name=args.uid, template=messages.template(args.uid), opts=self._child()
        )
        by_severity = {Severity.PAGE: args.page, Severity.TICKET: args.ticket, Severity.INFO: args.info}
        contacts = {
            severity: self._make_contact(severity, contact, template)
            for severity, contact in by_severity.items()
            if contact
        }
        mute_timings = self._make_mute_timing(args.ticket_hours) if args.ticket_hours else []
        return Delivery(
            contacts={severity: contacts.get(severity, contacts[Severity.TICKET]) for severity in Severity},
            muted={severity: [] if severity is Severity.PAGE else mute_timings for severity in Severity},
        )

    def make_policy(self, delivery: Delivery) -> None:
        """Make the organization's whole notification policy: a branch for each severity, all else as tickets."""
        grafana.alerting.NotificationPolicy(
            f"{self._name}-policy",
            contact_point=delivery.contacts[Severity.TICKET].name,
            group_bies=list(GROUP_BY),
            group_wait=GROUP_WAIT,
            group_interval=GROUP_INTERVAL,
            repeat_interval=REPEAT_INTERVAL[Severity.TICKET],
            policies=[self._branch(severity, delivery) for severity in Severity],
            opts=self._child(),
        )

    def make_inhibition(self) -> None:
        """Make the rule by which a page inhibits what is less urgent about the same record of this stack."""
        v1 = grafana.alerting.v1beta1
        source = v1.NotificationsInhibitionRuleSpecSourceMatcherArgs
        target = v1.NotificationsInhibitionRuleSpecTargetMatcherArgs
        here = {"service": self._args.app, "environment": self._args.environment}
        less = "|".join(severity.value for severity in Severity if severity is not Severity.PAGE)
        # Two labels that are both missing count as equal, so a page without a record would silence all without.
        pages = [("severity", "=", Severity.PAGE.value), ("record", "=~", ".+")]
        within = [(label, "=", value) for label, value in here.items()]
        others = [("severity", "=~", less), *within]
        v1.NotificationsInhibitionRule(
            f"{self._name}-inhibition",
            metadata=v1.NotificationsInhibitionRuleMetadataArgs(uid=self._args.uid),
            spec=v1.NotificationsInhibitionRuleSpecArgs(
                source_matchers=[
                    source(label=label, type=how, value=value) for label, how, value in pages + within
                ],
                target_matchers=[target(label=label, type=how, value=value) for label, how, value in others],
                equals=list(INHIBITED_WITHIN),
            ),
            opts=self._child(),
        )

    def _branch(self, severity: Severity, delivery: Delivery) -> grafana.alerting.NotificationPolicyPolicyArgs:
        wanted = {"severity": severity.value, "service": self._args.app, "environment": self._args.environment}
        return grafana.alerting.NotificationPolicyPolicyArgs(
            contact_point=delivery.contacts[severity].name,
            matchers=[
                grafana.alerting.NotificationPolicyPolicyMatcherArgs(label=label, match="=", value=value)
                for label, value in wanted.items()
            ],
            group_bies=list(GROUP_BY),
            group_wait=GROUP_WAIT,
            group_interval=GROUP_INTERVAL,
            repeat_interval=REPEAT_INTERVAL[severity],
            mute_timings=delivery.muted[severity],
        )

    def _make_contact(
        self, severity: Severity, contact: ContactArgs, template: grafana.alerting.MessageTemplate
    ) -> grafana.alerting.ContactPoint:
        webhook, key = contact.slack_webhook_url, contact.pagerduty_integration_key
        title, text = (messages.use(self._args.uid, part) for part in ("title", "text"))
        slack = grafana.alerting.ContactPointSlackArgs
        pager = grafana.alerting.ContactPointPagerdutyArgs
        mail = grafana.alerting.ContactPointEmailArgs
        addresses = list(contact.email_addresses)
        return grafana.alerting.ContactPoint(
            f"{self._name}-{severity.value}",
            name=f"{self._args.uid}-{severity.value}",
            slacks=[]
            if webhook is None
            else [slack(url=webhook, recipient=contact.slack_channel, title=title, text=text)],
            pagerduties=[] if key is None else [pager(integration_key=key, summary=title, details={"text": text})],
            emails=[mail(addresses=addresses, single_email=True, subject=title, message=text)]
            if addresses
            else [],
            # A contact that names a template which is not there sends an error instead of the message.
            opts=self._child(depends_on=[template]),
        )

    def _make_mute_timing(self, hours: TicketHoursArgs) -> list[pulumi.Output[str]]:
        """Make the mute timing of nights and weekends: what starts in them is sent when they end."""
        nights = [(0, hours.first_hour), (hours.last_hour, 24)]
        times = [
            grafana.alerting.MuteTimingIntervalTimeArgs(start=f"{start:02}:00", end=f"{end:02}:00")
            for start, end in nights
            if start < end
        ]
        interval = grafana.alerting.MuteTimingIntervalArgs
        workdays = [interval(location=hours.timezone, weekdays=["monday:friday"], times=times)] if times else []
        mute_timing = grafana.alerting.MuteTiming(
            f"{self._name}-hours",
            name=f"{self._args.uid}-nights",
            intervals=[*workdays, interval(location=hours.timezone, weekdays=["saturday", "sunday"])],
            opts=self._child(),
        )
        return [mute_timing.name]


def with_secrets(args: ObservabilityArgs) -> ObservabilityArgs:
    """Return `args` with webhooks and keys that the engine keeps secret."""
    return replace(
        args,
        page=_secret_contact(args.page),
        ticket=_secret_contact(args.ticket),
        info=_secret_contact(args.info) if args.info else None,
    )


def _secret_contact(contact: ContactArgs) -> ContactArgs:
    """Return `contact` with secrets marked: the provider's SDK does not mark webhooks and keys."""
    return replace(
        contact,
        slack_webhook_url=_secret(contact.slack_webhook_url),
        pagerduty_integration_key=_secret(contact.pagerduty_integration_key),
    )


def _secret(value: pulumi.Input[str] | None) -> pulumi.Output[str] | None:
    return None if value is None else pulumi.Output.secret(value)
