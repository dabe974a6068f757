"""The folder, the dashboard, the contacts and the alert rules of one stack."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pulumi
import pulumiverse_grafana as grafana

from components._component import Component
from components._signals import Check, Severity, Signal, Signals
from components.grafana import alerts, dashboard
from components.grafana.args import ContactArgs, ObservabilityArgs, by_subject
from components.grafana.queries import Sources

REPEAT_INTERVAL: Mapping[Severity, str] = {Severity.PAGE: "1h", Severity.TICKET: "4h", Severity.INFO: "1d"}
"""How often a message is sent again while its alert stands."""

SIGNALS = Signals(
    subject="Observability",
    checks=(
        Check(
            id="alerts-arrive",
            title="A test message of every contact arrives",
            probe="Alerting, Contact points, Test",
            fix="Make a new webhook or key and set it in the stack's secrets: Grafana shows none that it holds.",
        ),
    ),
)


class Observability(Component):
    """One folder with one dashboard and its alerts.

    Every rule names its contact itself. A notification policy would be shorter, but Grafana has one tree of them
    for all, and a stack that writes it overwrites everybody's.
    """

    folder_uid: pulumi.Output[str]
    """Uid of the folder."""
    dashboard_uid: pulumi.Output[str]
    """Uid of the dashboard."""
    dashboard_url: pulumi.Output[str]
    """Address of the dashboard."""

    def __init__(self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        # The engine gets no signals: they are in the dashboard already, and the webhooks only as secrets.
        args = _with_secrets(args)
        super().__init__(name, replace(args, signals=()), opts)
        self._args = args
        self._groups = by_subject(args.signals)
        self._sources = Sources(
            cloudwatch_uid=args.cloudwatch_datasource_uid,
            prometheus_uid=args.prometheus_datasource_uid,
            region=args.region,
        )
        self._folder = self._make_folder()
        made = self._make_dashboard()
        self._make_alerts(self._make_contacts())
        self.folder_uid = self._folder.uid
        self.dashboard_uid = pulumi.Output.from_input(args.uid)
        self.dashboard_url = made.url
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch on the watcher."""
        return SIGNALS

    def _make_folder(self) -> grafana.oss.Folder:
        return grafana.oss.Folder(
            f"{self._name}-folder",
            uid=self._args.uid,
            title=self._args.folder_title,
            prevent_destroy_if_not_empty=True,
            opts=self._child(),
        )

    def _make_dashboard(self) -> grafana.oss.Dashboard:
        args = self._args
        model = dashboard.model(
            uid=args.uid,
            title=f"{args.app} {args.environment}",
            tags=[args.app, args.environment],
            groups=self._groups,
            sources=self._sources,
            runbook_url=args.runbook_url,
        )
        return grafana.oss.Dashboard(
            f"{self._name}-dashboard",
            folder=self._folder.uid,
            config_json=_canonical(model),
            opts=self._child(),
        )

    def _make_contacts(self) -> dict[Severity, grafana.alerting.ContactPoint]:
        args = self._args
        given = {Severity.PAGE: args.page, Severity.TICKET: args.ticket, Severity.INFO: args.info}
        made = {severity: self._make_contact(severity, contact) for severity, contact in given.items() if contact}
        return {severity: made.get(severity, made[Severity.TICKET]) for severity in Severity}

    def _make_contact(self, severity: Severity, contact: ContactArgs) -> grafana.alerting.ContactPoint:
        webhook, key = contact.slack_webhook_url, contact.pagerduty_integration_key
        addresses = list(contact.email_addresses)
        slack = grafana.alerting.ContactPointSlackArgs
        pager = grafana.alerting.ContactPointPagerdutyArgs
        mail = grafana.alerting.ContactPointEmailArgs
        return grafana.alerting.ContactPoint(
            f"{self._name}-{severity.value}",
            name=f"{self._args.uid}-{severity.value}",
            slacks=[] if webhook is None else [slack(url=webhook, recipient=contact.slack_channel)],
            pagerduties=[] if key is None else [pager(integration_key=key)],
            emails=[mail(addresses=addresses, single_email=True)] if addresses else [],
            opts=self._child(),
        )

    def _make_alerts(self, contacts: Mapping[Severity, grafana.alerting.ContactPoint]) -> None:
        for subject, signals in self._groups.items():
            self._make_rule_group(subject, signals, contacts)

    def _make_rule_group(
        self,
        subject: str,
        signals: list[Signal],
        contacts: Mapping[Severity, grafana.alerting.ContactPoint],
    ) -> None:
        found = alerts.rules(signals, subject, self._args, self._sources)
        if not found:
            return
        grafana.alerting.RuleGroup(
            f"{self._name}-{_slug(subject)}",
            name=subject,
            folder_uid=self._folder.uid,
            interval_seconds=self._args.evaluation_interval_seconds,
            rules=[_rendered(rule, contacts[rule.severity]) for rule in found],
            opts=self._child(),
        )


def _rendered(
    rule: alerts.AlertRule, contact: grafana.alerting.ContactPoint
) -> grafana.alerting.RuleGroupRuleArgs:
    return grafana.alerting.RuleGroupRuleArgs(
        uid=rule.uid,
        name=rule.name,
        condition=rule.stages[-1].ref_id,
        datas=[_data(stage) for stage in rule.stages],
        for_=rule.for_,
        exec_err_state=rule.exec_err_state,
        no_data_state=rule.no_data_state,
        labels=dict(rule.labels),
        annotations=dict(rule.annotations),
        notification_settings=grafana.alerting.RuleGroupRuleNotificationSettingsArgs(
            contact_point=contact.name,
            # By service, not by task or node: a restart is no new alert.
            group_bies=["grafana_folder", "alertname", "service"],
            group_wait="30s",
            group_interval="5m",
            repeat_interval=REPEAT_INTERVAL[rule.severity],
        ),
    )


def _data(stage: alerts.Stage) -> grafana.alerting.RuleGroupRuleDataArgs:
    return grafana.alerting.RuleGroupRuleDataArgs(
        ref_id=stage.ref_id,
        datasource_uid=stage.datasource_uid,
        model=_canonical(stage.model),
        relative_time_range=grafana.alerting.RuleGroupRuleDataRelativeTimeRangeArgs(
            from_=stage.lookback_seconds, to=0
        ),
    )


def _canonical(model: Mapping[str, object]) -> pulumi.Output[str]:
    """`model` as the one JSON text that stands for it, so that an unchanged model is no change."""
    return pulumi.Output.json_dumps(model, sort_keys=True, separators=(",", ":"))


def _with_secrets(args: ObservabilityArgs) -> ObservabilityArgs:
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


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
