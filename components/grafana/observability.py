"""Folder, dashboards, contact points and alert rules of one stack."""

import re
from collections.abc import Mapping, Sequence

import pulumi
import pulumiverse_grafana as grafana
from msgspec.structs import replace

from components.component import Component, depends_on_all
from components.document import json_text
from components.grafana import alerts, telemetry
from components.grafana.args import ObservabilityArgs, by_subject
from components.grafana.delivery import (
    GROUP_BY,
    GROUP_INTERVAL,
    GROUP_WAIT,
    REPEAT_INTERVAL,
    Delivery,
    NotificationResources,
    with_secrets,
)
from observability import Signals
from observability.alerting.alerts import Alert
from observability.dashboards import boards


class Observability(Component):
    """One folder with a dashboard for each board and the alert rules of all records.

    Every rule names its contact point itself. A notification policy would be shorter, but Grafana has one for all,
    and a stack that writes it overwrites everybody's: so only with `owns_notification_policy`.
    """

    folder_uid: pulumi.Output[str]
    """Uid of the folder."""
    dashboard_uid: pulumi.Output[str]
    """Uid of the dashboard to open first: the objectives where there are any."""
    dashboard_url: pulumi.Output[str]
    """Address of that dashboard."""
    dashboard_urls: pulumi.Output[dict[str, str]]
    """Address of every dashboard, by board."""

    def __init__(self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        # The engine gets no signals: they are in the dashboards already, and the webhooks only as secrets.
        args = with_secrets(args)
        super().__init__(name, replace(args, signals=()), opts)
        self._signals = telemetry.signals(args.environment)
        if args.prometheus_datasource_uid is None:
            # Checks alone: nobody queries Prometheus.
            self._signals = replace(self._signals, signals=())
        self._args = args = replace(args, signals=(*args.signals, self._signals))
        self._folder = grafana.oss.Folder(
            f"{name}-folder",
            uid=args.uid,
            title=args.folder_title,
            prevent_destroy_if_not_empty=True,
            opts=self._child(),
        )
        models = boards.models(self._args.signals, self._args.panel_context)
        if not models:
            raise ValueError("nothing to show: no signal is given, and no prometheus_datasource_uid")
        dashboards = {
            board: grafana.oss.Dashboard(
                f"{name}-{board.value}", folder=self._folder.uid, config_json=canonical(model), opts=self._child()
            )
            for board, model in models.items()
        }
        notifications = NotificationResources(name, self._args, self._child)
        delivery = notifications.make_contact_points()
        if self._args.owns_notification_policy:
            notifications.make_policy(delivery)
        if self._args.pages_inhibit:
            notifications.make_inhibition()
        self._needed = depends_on_all(args.needed)
        for subject, its_alerts in by_subject(self._args.signals).items():
            self._make_rule_group(subject, its_alerts, delivery)
        first = next(iter(dashboards))
        self.folder_uid = self._folder.uid
        self.dashboard_uid = pulumi.Output.from_input(boards.board_uid(args.uid, first))
        self.dashboard_url = dashboards[first].url
        self.dashboard_urls = pulumi.Output.all(**{board.value: it.url for board, it in dashboards.items()})
        self._finish()

    @property
    def signals(self) -> Signals:
        """Signals of the monitoring itself."""
        return self._signals

    def _make_rule_group(self, subject: str, its_alerts: Sequence[Alert], delivery: Delivery) -> None:
        args = self._args
        rules = [alerts.rule(alert, args.panel_context, args.owner) for alert in its_alerts]
        slug = re.sub(r"[^a-z0-9]+", "-", subject.lower()).strip("-")
        grafana.alerting.RuleGroup(
            f"{self._name}-{slug}",
            name=subject,
            folder_uid=self._folder.uid,
            interval_seconds=args.evaluation_interval_seconds,
            rules=[_to_provider(rule, None if args.owns_notification_policy else delivery) for rule in rules],
            opts=self._child(depends_on=self._needed),
        )


def _to_provider(rule: alerts.AlertRule, delivery: Delivery | None) -> grafana.alerting.RuleGroupRuleArgsDict:
    """Return the rule as the provider takes it; without `delivery`, the notification policy routes it."""
    # Dictionaries: objects of the SDK's classes cost several times as much, and there are thousands of these.
    made: grafana.alerting.RuleGroupRuleArgsDict = {
        "uid": rule.uid,
        "name": rule.name,
        "condition": alerts.CONDITION,
        "datas": [
            {
                "ref_id": stage.ref_id,
                "datasource_uid": stage.datasource_uid,
                "model": canonical(stage.model),
                "relative_time_range": {"from_": stage.lookback_seconds, "to": 0},
            }
            for stage in rule.stages
        ],
        "for_": rule.for_,
        "keep_firing_for": rule.keep_firing_for,
        "missing_series_evals_to_resolve": alerts.EVALUATIONS_TO_RESOLVE,
        "exec_err_state": rule.exec_err_state,
        "no_data_state": rule.no_data_state,
        "labels": dict(rule.labels),
        "annotations": dict(rule.annotations),
    }
    if delivery:
        muted = delivery.muted[rule.severity]
        made["notification_settings"] = {
            "contact_point": delivery.contacts[rule.severity].name,
            "group_bies": list(GROUP_BY),
            "group_wait": GROUP_WAIT,
            "group_interval": GROUP_INTERVAL,
            "repeat_interval": REPEAT_INTERVAL[rule.severity],
            **({"mute_timings": muted} if muted else {}),
        }
    return made


def canonical(model: Mapping[str, object]) -> pulumi.Input[str]:
    """Return `model` as the one JSON text that stands for it, so that an unchanged model is no change."""
    return json_text(model, separators=(",", ":"))
