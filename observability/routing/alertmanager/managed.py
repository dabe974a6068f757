"""The same routes for Amazon Managed Service for Prometheus, which sends to topics of SNS.

https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-config.html
"""

from collections.abc import Mapping
from typing import Any

from observability.records.record import Severity
from observability.routing.alertmanager.receivers import GroupTiming
from observability.routing.alertmanager.routes import TEMPLATES_FILE, UNROUTED, inhibition, to_yaml, tree
from observability.routing.alertmanager.templates import templates
from observability.routing.destinations import ROUTES


def definition(topics: Mapping[Severity, str], *, region: str, grafana_url: str) -> str:
    """Return the whole alert manager definition; `topics` are ARNs of SNS topics by severity.

    A severity without a topic goes where tickets go, and so does an alert without a severity.

    Raises:
        ValueError: tickets have no topic, so some alerts would reach nobody.

    """
    if Severity.TICKET not in topics:
        raise ValueError("alerts of severity ticket reach nobody: give them a topic")
    chosen = {severity.value: topics.get(severity, topics[Severity.TICKET]) for severity in ROUTES}
    receivers = {**chosen, UNROUTED: topics[Severity.TICKET]}
    content = {
        "templates": [TEMPLATES_FILE],
        "route": tree(GroupTiming()),
        "inhibit_rules": inhibition(),
        "receivers": [
            {"name": name, "sns_configs": [_topic(arn, name, region)]} for name, arn in receivers.items()
        ],
    }
    return to_yaml(
        {"alertmanager_config": to_yaml(content), "template_files": {TEMPLATES_FILE: templates(grafana_url)}}
    )


def _topic(arn: str, name: str, region: str) -> dict[str, Any]:
    return {
        "topic_arn": arn,
        "sigv4": {"region": region},
        "send_resolved": True,
        "subject": '{{ template "footing.title" . }}',
        "message": '{{ template "footing.plain" . }}',
        "attributes": {"severity": name},
    }
