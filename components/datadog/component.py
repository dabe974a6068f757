"""Monitors, service level objectives and one dashboard at Datadog, from the same records as all others."""

import pulumi
import pulumi_datadog as datadog
from msgspec.structs import replace

from components.component import Component
from components.datadog.args import DatadogArgs
from components.datadog.plan import BurnRateMonitor, OmittedRecord, burn_query, dashboard, message, plan_records
from components.datadog.queries import event_queries
from components.document import json_text
from observability.alerting.alerts import Alert

CRAWLED_SECONDS = 900
"""How late numbers of AWS may be, in seconds: Datadog fetches them, and what is evaluated sooner is not there yet.

https://docs.datadoghq.com/monitors/guide/troubleshooting-no-data/
"""


class Datadog(Component):
    """Monitors, service level objectives and one dashboard of a stack at Datadog."""

    dashboard_url: pulumi.Output[str]
    """Address of the dashboard."""

    def __init__(self, name: str, args: DatadogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        # The records are not what describes the component in a plan; its monitors are there themselves.
        super().__init__(name, replace(args, signals=()), opts)
        self._args = args
        plan = plan_records(args)
        self.omitted: tuple[OmittedRecord, ...] = tuple(plan.omitted)
        """Records and alerts that Datadog does not get, with the reasons."""
        for monitor in plan.monitors:
            datadog.Monitor(
                f"{name}-{monitor.alert.name}",
                name=self._title(monitor.alert),
                type="query alert",
                query=monitor.query,
                message=message(monitor.alert, args),
                monitor_thresholds={"critical": f"{monitor.threshold.value:.10g}"},
                # What must not get low must be there; other numbers come only when something happens.
                on_missing_data="show_and_notify_no_data" if monitor.required else "resolve",
                evaluation_delay=CRAWLED_SECONDS if monitor.crawled else 0,
                require_full_window=False,
                include_tags=True,
                tags=self._tags(monitor.alert),
                opts=self._child(),
            )
        slos = {}
        for objective in plan.objectives:
            good, whole = event_queries(objective, args.app)
            slos[objective.id] = datadog.ServiceLevelObjective(
                f"{name}-{objective.id}",
                name=f"{objective.title} ({args.environment})",
                type="metric",
                description=f"{objective.description} {args.runbook_url}#{objective.id}",
                query={"numerator": good, "denominator": whole},
                thresholds=[
                    {"timeframe": f"{objective.period_days}d", "target": round(objective.target * 100, 6)}
                ],
                tags=args.tags,
                opts=self._child(),
            )
        for burn_rate in plan.burn_rates:
            self._burn_rate_monitor(burn_rate, slos[burn_rate.condition.objective.id])
        board = datadog.DashboardJson(
            f"{name}-dashboard", dashboard=json_text(dashboard(args, plan.panels)), opts=self._child()
        )
        self.dashboard_url = board.url
        self._finish()

    def _burn_rate_monitor(self, monitor: BurnRateMonitor, slo: datadog.ServiceLevelObjective) -> None:
        alert, condition = monitor.alert, monitor.condition
        datadog.Monitor(
            f"{self._name}-{alert.name}",
            name=self._title(alert),
            type="slo alert",
            query=slo.id.apply(lambda id_: burn_query(id_, condition)),
            message=message(alert, self._args),
            monitor_thresholds={"critical": f"{condition.window.factor:g}"},
            tags=self._tags(alert),
            opts=self._child(),
        )

    def _title(self, alert: Alert) -> str:
        return f"{alert.summary} ({self._args.environment})"

    def _tags(self, alert: Alert) -> list[str]:
        owned = [it for it in self._args.tags if alert.owner is None or not it.startswith("team:")]
        team = [f"team:{alert.owner}"] if alert.owner else []
        return sorted((*owned, *team, f"record:{alert.anchor}", f"severity:{alert.severity.value}"))
