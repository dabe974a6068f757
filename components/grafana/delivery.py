"""How messages reach people: contacts, their text, the hours of tickets, and the tree of policies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pulumi
import pulumiverse_grafana as grafana

from components.grafana import messages
from components.grafana.args import ContactArgs, ObservabilityArgs, TicketHoursArgs
from observability import Severity
from observability.routing.destinations import INHIBITED_WITHIN

REPEAT_INTERVAL: Mapping[Severity, str] = {Severity.PAGE: "1h", Severity.TICKET: "4h", Severity.INFO: "1d"}
"""How often a message is sent again while its alert stands."""
GROUP_WAIT, GROUP_INTERVAL = "30s", "5m"
GROUP_BY = ("grafana_folder", "alertname", "service")
"""By service, not by task or node: a restart is no new alert."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Where messages of each severity go, and when."""

    contacts: Mapping[Severity, grafana.alerting.ContactPoint]
    """The contact of each severity."""
    muted: Mapping[Severity, list[pulumi.Output[str]]]
    """Names of the times at which messages of a severity wait."""


class Mail:
    """Makes the contacts of one stack and what they need; every resource is a child of its component."""

    def __init__(self, name: str, args: ObservabilityArgs, child: Callable[..., pulumi.ResourceOptions]) -> None:
        self._name = name
        self._args = args
        self._child = child

    def make(self) -> Delivery:
        """Contacts, their text, and the hours of tickets."""
        template = self._make_template()
        made = {
            severity: self._make_contact(severity, contact, template)
            for severity, contact in self._given().items()
            if contact
        }
        waits = self._make_hours(self._args.ticket_hours) if self._args.ticket_hours else []
        return Delivery(
            contacts={severity: made.get(severity, made[Severity.TICKET]) for severity in Severity},
            muted={severity: [] if severity is Severity.PAGE else waits for severity in Severity},
        )

    def make_policy(self, delivery: Delivery) -> None:
        """The organization's whole tree: this stack's severities, and all else to where its tickets go."""
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
        """A page silences what is less urgent about the same record of this stack, and of no other."""
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

    def _given(self) -> dict[Severity, ContactArgs | None]:
        return {Severity.PAGE: self._args.page, Severity.TICKET: self._args.ticket, Severity.INFO: self._args.info}

    def _branch(self, severity: Severity, delivery: Delivery) -> grafana.alerting.NotificationPolicyPolicyArgs:
        wanted = {
            "severity": severity.value,
            "service": self._args.app,
            "environment": self._args.environment,
        }
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

    def _make_template(self) -> grafana.alerting.MessageTemplate:
        return grafana.alerting.MessageTemplate(
            f"{self._name}-template",
            name=self._args.uid,
            template=messages.template(self._args.uid),
            opts=self._child(),
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

    def _make_hours(self, hours: TicketHoursArgs) -> list[pulumi.Output[str]]:
        """Nights and week ends: what starts in them is told when they end."""
        nights = [(0, hours.first_hour), (hours.last_hour, 24)]
        times = [
            grafana.alerting.MuteTimingIntervalTimeArgs(start=f"{start:02}:00", end=f"{end:02}:00")
            for start, end in nights
            if start < end
        ]
        interval = grafana.alerting.MuteTimingIntervalArgs
        workdays = [interval(location=hours.timezone, weekdays=["monday:friday"], times=times)] if times else []
        made = grafana.alerting.MuteTiming(
            f"{self._name}-hours",
            name=f"{self._args.uid}-nights",
            intervals=[*workdays, interval(location=hours.timezone, weekdays=["saturday", "sunday"])],
            opts=self._child(),
        )
        return [made.name]


def with_secrets(args: ObservabilityArgs) -> ObservabilityArgs:
    """`args` whose webhooks and keys the engine keeps secret."""
    return replace(
        args,
        page=_secret_contact(args.page),
        ticket=_secret_contact(args.ticket),
        info=_secret_contact(args.info) if args.info else None,
    )


def _secret_contact(contact: ContactArgs) -> ContactArgs:
    """The provider's SDK does not mark webhooks and keys as secret."""
    return replace(
        contact,
        slack_webhook_url=_secret(contact.slack_webhook_url),
        pagerduty_integration_key=_secret(contact.pagerduty_integration_key),
    )


def _secret(value: pulumi.Input[str] | None) -> pulumi.Output[str] | None:
    return None if value is None else pulumi.Output.secret(value)
