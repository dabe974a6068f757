"""Alarms, dashboards, log groups and, beside them in the SDK, the rules of EventBridge.

Parameters: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
"""

import re
from typing import Any

from simulator.identity import arn
from simulator.moto_aws import events
from simulator.moto_aws.kind import (
    Call,
    Created,
    Existing,
    Kind,
    UnsupportedError,
    creation,
    deletion,
    no_deletion,
    without,
)
from simulator.moto_aws.parameters import block
from wire_format import Properties

_ALARM = {"name": "AlarmName", "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile"}


def _query(given: Properties) -> dict[str, Any]:
    query = block(without(given, "metric"))
    if metric := given.get("metric"):
        dimensions = sorted((metric.get("dimensions") or {}).items())
        query["MetricStat"] = {
            "Metric": {
                "MetricName": metric["metricName"],
                "Namespace": metric.get("namespace", ""),
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
            },
            "Period": metric["period"],
            "Stat": metric["stat"],
            **({"Unit": metric["unit"]} if metric.get("unit") else {}),
        }
    return query


def _put_alarm(call: Call, inputs: Properties) -> Created:
    sent, queries = without(inputs, "metricQueries"), [_query(item) for item in inputs.get("metricQueries") or []]
    call.send("cloudwatch", "put_metric_alarm", sent, _ALARM, **({"Metrics": queries} if queries else {}))
    return Created(inputs["name"], {"arn": arn("cloudwatch", f"alarm:{inputs['name']}", region=call.region)})


def _check_composite(call: Call, inputs: Properties) -> Created:
    # moto has no composite alarms: botocore judges the parameters, and the names in the rule are looked for.
    suppressor = inputs.get("actionsSuppressor") or {}
    renames = {
        "alarm": "ActionsSuppressor",
        "waitPeriod": "ActionsSuppressorWaitPeriod",
        "extensionPeriod": "ActionsSuppressorExtensionPeriod",
    }
    sent = without(inputs, "actionsSuppressor")
    fixed = {renames[name]: value for name, value in suppressor.items()}
    call.check("cloudwatch", "put_composite_alarm", sent, **fixed)
    named = set(re.findall(r'(?:ALARM|OK|INSUFFICIENT_DATA)\("?([^")]+)"?\)', inputs["alarmRule"]))
    found = call.client("cloudwatch").describe_alarms(AlarmNames=sorted(named))
    missing = named - {it["AlarmName"] for it in found["MetricAlarms"]}
    if missing:
        raise UnsupportedError(f"the rule names {', '.join(sorted(missing))}, which is no alarm")
    name = arn("cloudwatch", f"alarm:{inputs['alarmName']}", region=call.region)
    return Created(inputs["alarmName"], {"arn": name})


def _create_log_group(call: Call, inputs: Properties) -> Created:
    fixed = {"tags": inputs["tags"]} if inputs.get("tags") else {}
    sent = without(inputs, "tags")
    call.send("logs", "create_log_group", sent, {"name": "logGroupName"}, **fixed)
    _retain(call, inputs["name"], inputs.get("retentionInDays"))
    name = arn("logs", f"log-group:{inputs['name']}", region=call.region)
    return Created(inputs["name"], {"arn": name, "logGroupClass": inputs.get("logGroupClass") or "STANDARD"})


def _retain(call: Call, name: str, days: int | None) -> None:
    if days:
        call.client("logs").put_retention_policy(logGroupName=name, retentionInDays=days)


def _update_log_group(call: Call, existing: Existing, news: Properties) -> None:
    days = news.get("retentionInDays")
    if not days and existing.inputs.get("retentionInDays"):
        call.client("logs").delete_retention_policy(logGroupName=existing.id)
    _retain(call, existing.id, days)


KINDS = {
    **events.KINDS,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Kind(create=_check_composite, delete=no_deletion),
    "aws:cloudwatch/dashboard:Dashboard": Kind(
        create=creation(
            "cloudwatch",
            "put_dashboard",
            lambda call, inputs, _answer: Created(
                inputs["dashboardName"],
                {"dashboardArn": arn("cloudwatch", f"dashboard/{inputs['dashboardName']}", region=call.region)},
            ),
        ),
        delete=deletion("cloudwatch", "delete_dashboards", lambda it: {"DashboardNames": [it.id]}),
    ),
    "aws:cloudwatch/logGroup:LogGroup": Kind(
        create=_create_log_group,
        delete=deletion("logs", "delete_log_group", "logGroupName"),
        update=_update_log_group,
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Kind(
        create=_put_alarm, delete=deletion("cloudwatch", "delete_alarms", lambda it: {"AlarmNames": [it.id]})
    ),
}
