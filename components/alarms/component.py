"""CloudWatch alarms from the same records as every other evaluator.

They are the second way to notify somebody: while Grafana, its data source or the way to it is down, AWS still
evaluates them and sends the mail. Where both are up a page comes twice; see docs/adr/0015-two-ways-to-page.md.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
from msgspec.structs import replace

from components.alarms.args import AlarmsArgs
from components.alarms.events import make_events
from components.alarms.spec import AlarmSpec, is_percentile, link
from components.alarms.topics import TOPICS, make_topics
from components.aws import ecs_signals
from components.component import Component, depends_on_all
from observability import CloudWatch, CloudWatchMath, Severity

RESULT = "result"
"""Id of the expression that an alarm on several metrics compares."""
WAIT_SECONDS = 120
"""How long the composite alarm waits to see whether a deployment has begun, in seconds."""
EXTENSION_SECONDS = 300
"""How long it waits after a deployment for the connections of the old tasks to go, in seconds."""


class Alarms(Component):
    """Alarms, the topics that they are sent to, and the rules for events that no metric shows."""

    page_topic_arn: pulumi.Output[str]
    """Topic of pages: somebody has to act now."""
    ticket_topic_arn: pulumi.Output[str]
    """Topic of tickets: somebody has to act this working day."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        # The records are not what describes the component in a plan; its alarms are there themselves.
        super().__init__(name, replace(args, signals=(), exhausted=None), opts)
        self._args, self._needed = args, depends_on_all(args.needed)
        topics = make_topics(name, args, kept=self._child(protect=args.protect), opts=self._child())
        alarms = {spec.name: self._alarm(spec, topics) for spec in args.specs}
        if args.exhausted:
            connections, errors = (alarms[it] for it in args.exhausted)
            self._composites(connections, errors, topics["page"])
        make_events(name, args, topics["ticket"], self._child())
        self.page_topic_arn, self.ticket_topic_arn = topics["page"].arn, topics["ticket"].arn
        self._finish()

    def _alarm(self, spec: AlarmSpec, topics: Mapping[str, aws.sns.Topic]) -> aws.cloudwatch.MetricAlarm:
        # What the composite alarms page for would page twice: alone it writes a ticket.
        severity = Severity.TICKET if spec.name in (self._args.exhausted or ()) else spec.severity
        actions = [topics[TOPICS[severity]].arn]
        query, period = spec.query, spec.period_seconds
        measured: dict[str, Any]
        if isinstance(query, CloudWatchMath):
            metrics = [
                {"id": id_, "return_data": False, "metric": {**_metric(it, period), "stat": it.statistic}}
                for id_, it in query.metrics.items()
            ]
            result = {"id": RESULT, "label": RESULT, "expression": query.expression, "return_data": True}
            measured = {"metric_queries": [*metrics, result]}
        elif is_percentile(query.statistic):
            # Of a handful of requests a percentile says nothing; such a period neither starts nor ends an alarm.
            low = {"evaluate_low_sample_count_percentiles": "ignore"}
            measured = {**_metric(query, period), "extended_statistic": query.statistic, **low}
        else:
            measured = {**_metric(query, period), "statistic": query.statistic}
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-{spec.name}",
            name=f"{self._args.prefix}-{spec.name}",
            alarm_description=spec.description,
            **measured,
            comparison_operator="LessThanThreshold" if spec.below else "GreaterThanThreshold",
            threshold=spec.threshold,
            evaluation_periods=spec.evaluation_periods,
            datapoints_to_alarm=spec.periods,
            treat_missing_data=spec.missing.value,
            alarm_actions=actions,
            ok_actions=actions,
            opts=self._child(depends_on=self._needed),
        )

    def _composites(
        self, connections: aws.cloudwatch.MetricAlarm, errors: aws.cloudwatch.MetricAlarm, page: aws.sns.Topic
    ) -> None:
        """Make two composite alarms, of which one is on at most: errors with the database at its limit, or not."""
        both = pulumi.Output.concat("ALARM(", connections.name, ") AND ALARM(", errors.name, ")")
        alone = pulumi.Output.concat("ALARM(", errors.name, ") AND NOT ALARM(", connections.name, ")")
        deploying = aws.cloudwatch.MetricAlarm(
            f"{self._name}-deploying",
            name=f"{self._args.prefix}-deploying",
            alarm_description="A deployment is in progress. Suppresses another alarm, and notifies nobody.",
            namespace="ECS/ContainerInsights",
            metric_name="DeploymentCount",
            dimensions=ecs_signals.dimensions(self._args.cluster_name or "", self._args.service_name or ""),
            statistic="Maximum",
            period=60,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=1,
            treat_missing_data="notBreaching",
            opts=self._child(),
        )
        self._composite(
            "database-exhausted",
            both,
            page,
            "Requests fail and the database has no connection left: they fail for want of one.",
            actions_suppressor={
                "alarm": deploying.name,
                "wait_period": WAIT_SECONDS,
                "extension_period": EXTENSION_SECONDS,
            },
        )
        self._composite("errors-alone", alone, page, "Requests fail, though the database has connections left.")

    def _composite(
        self, role: str, rule: pulumi.Output[str], page: aws.sns.Topic, meaning: str, **suppressed: Any
    ) -> None:
        connections, errors = self._args.exhausted or ("", "")
        anchor = (connections if suppressed else errors).rpartition("-page")[0]
        aws.cloudwatch.CompositeAlarm(
            f"{self._name}-{role}",
            alarm_name=f"{self._args.prefix}-{role}",
            alarm_description=f"{meaning}{link(self._args.runbook_url, anchor)}",
            alarm_rule=rule,
            alarm_actions=[page.arn],
            ok_actions=[page.arn],
            opts=self._child(),
            **suppressed,
        )


def _metric(it: CloudWatch, period: int) -> dict[str, Any]:
    dimensions = dict(it.dimensions)
    return {"namespace": it.namespace, "metric_name": it.metric, "dimensions": dimensions, "period": period}
