"""Datadog's agent beside a task's other containers: it reads their metrics and takes their traces on loopback.

Its directories are volumes, for its root file system is read-only as any other:
https://github.com/DataDog/terraform-aws-ecs-datadog/blob/main/modules/ecs_fargate/datadog.tf
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from msgspec import Struct, field

from components.aws import fargate

TRACE_PORT = 8126
"""Port of the agent for traces, TCP. https://docs.datadoghq.com/agent/configuration/network/"""
AGENT_USER = "10001:0"
"""No privileges, and the group that owns the agent's files in its image."""
VOLUMES: Mapping[str, str] = {
    "datadog-config": "/etc/datadog-agent",
    "datadog-run": "/opt/datadog-agent/run",
    "datadog-tmp": "/tmp",  # noqa: S108  a volume of its own
}
"""Volumes of the task that the agent writes to, and where they are mounted."""
COPY_DIRECTORY = "/copy"
"""Where the first volume is while it is filled: over its own place it would hide what is copied."""
PREPARE_SCRIPT = f"""\
set -eu
cp -R /etc/datadog-agent/. {COPY_DIRECTORY}/
chown -R {AGENT_USER} {COPY_DIRECTORY} {VOLUMES["datadog-run"]} {VOLUMES["datadog-tmp"]}
"""
"""Fills the configuration's volume, and hands all three, made by Fargate for root, to the agent's user."""
RESTART = {"enabled": True, "restartAttemptPeriod": 60}
"""ECS starts an agent that ended again, without the task, at most once in this many seconds."""
CHECKS_LABEL = "com.datadoghq.ad.checks"
"""Label that says how to read a container. https://docs.datadoghq.com/containers/docker/integrations/"""


class MetricsEndpoint(Struct, frozen=True, kw_only=True):
    """Where a container has metrics in the text format of Prometheus."""

    port: int
    """TCP port."""
    path: str
    """Path, such as `/metrics`."""
    tags: Sequence[str] = ()
    """Tags of every series, such as `job:service`: labels that Prometheus would add."""


class AgentArgs(Struct, frozen=True, kw_only=True):
    """The agent of one task."""

    image: str
    """Image of Datadog's agent 7. Source: config `datadog.agent.image`."""
    site: str
    """Datadog's site, such as `datadoghq.eu`. Source: config `datadog.site`."""
    api_key_arn: pulumi.Input[str]
    """ARN of the secret with the API key."""
    api_key_reference: pulumi.Input[str]
    """The same as a container names it: one key of one version, or the ARN itself."""
    app: str
    """Name of the application: the beginning of its metrics."""
    tags: Mapping[str, str]
    """Unified service tags by name: `env`, `service`, `version`."""
    traces: bool = True
    """Whether it takes traces."""
    interval_seconds: int = 30
    """Time between two readings of metrics, in seconds."""
    metrics: MetricsEndpoint | None = None
    """Metrics of the task's main container; none when left out."""
    further_tags: Sequence[str] = field(default_factory=list)
    """Tags of everything, such as `team:platform`."""


def labels(args: AgentArgs) -> dict[str, str]:
    """Return the labels of the main container, by which the agent knows it and reads its metrics."""
    found = {f"com.datadoghq.tags.{name}": value for name, value in args.tags.items()}
    if args.metrics is None:
        return found
    instance = openmetrics("127.0.0.1", args.metrics, app=args.app, interval_seconds=args.interval_seconds)
    check = {"openmetrics": {"init_config": {}, "instances": [instance]}}
    return {**found, CHECKS_LABEL: json.dumps(check, separators=(",", ":"), sort_keys=True)}


def openmetrics(host: str, endpoint: MetricsEndpoint, *, app: str, interval_seconds: int) -> dict[str, Any]:
    """Return an instance of the agent's check openmetrics, which reads one host's metrics.

    https://docs.datadoghq.com/integrations/openmetrics/
    """
    return {
        "openmetrics_endpoint": f"http://{host}:{endpoint.port}{endpoint.path}",
        "namespace": app,
        "metrics": [".*"],
        "collect_histogram_buckets": True,
        "histogram_buckets_as_distributions": False,
        "min_collection_interval": interval_seconds,
        "tags": list(endpoint.tags),
    }


def containers(args: AgentArgs, log_group: pulumi.Input[str], region: str) -> list[dict[str, Any]]:
    """Return what prepares the volumes and ends, and the agent; the task outlives it."""
    common: dict[str, Any] = {"log_group": log_group, "region": region, "essential": False}
    mounts = [{"sourceVolume": name, "containerPath": path} for name, path in VOLUMES.items()]
    copied, *others = mounts
    prepare = fargate.container(
        "datadog-prepare",
        args.image,
        user="0:0",
        entryPoint=["sh", "-c"],
        command=[PREPARE_SCRIPT],
        mountPoints=[{**copied, "containerPath": COPY_DIRECTORY}, *others],
        **common,
    )
    agent = fargate.container(
        "datadog-agent",
        args.image,
        environment={
            "ECS_FARGATE": "true",
            "DD_SITE": args.site,
            "DD_ENV": args.tags["env"],
            "DD_TAGS": " ".join(args.further_tags),
            "DD_APM_ENABLED": str(args.traces).lower(),
            "DD_LOG_FILE": f"{VOLUMES['datadog-run']}/agent.log",
        },
        secrets={"DD_API_KEY": args.api_key_reference},
        user=AGENT_USER,
        mountPoints=mounts,
        dependsOn=[{"containerName": "datadog-prepare", "condition": "SUCCESS"}],
        restartPolicy=RESTART,
        **common,
    )
    return [prepare, agent]
