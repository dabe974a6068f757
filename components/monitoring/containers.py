"""The containers of the monitoring task: Prometheus and Grafana."""

import base64
import gzip
import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import fargate
from components.monitoring.args import GRAFANA_PORT, PROMETHEUS_PORT, MonitoringServersArgs
from components.monitoring.machine import DATA_DIRECTORY

PROMETHEUS_DIRECTORY, GRAFANA_DIRECTORY = "/prometheus", "/var/lib/grafana"
"""Mount point of each server's part of the disk."""
PROMETHEUS_MEMORY_MIB, GRAFANA_MEMORY_MIB = 1024, 384
"""Memory at which each is killed, MiB; with ECS's agent they fit on a t3.small."""
MOST_RULES_BYTES = 48 * 1024
"""Rules, packed: with the rest they stay within the 64 KiB of a task definition.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
"""

STOP_SECONDS = 120
"""Time in which Prometheus writes down what it holds, in seconds: the longest that ECS leaves."""
FULL_PERCENT = 80
"""Share of the disk at which the oldest series go before their time: a full disk would stop all of them."""
PROMETHEUS_SCRIPT = """\
set -eu
mkdir -p /prometheus/config
printf '%s\\n' "$PROMETHEUS_CONFIG" > /prometheus/config/prometheus.yml
printf '%s' "$PROMETHEUS_RULES" | base64 -d | gunzip > /prometheus/config/rules.yml
exec prometheus --config.file=/prometheus/config/prometheus.yml --storage.tsdb.path=/prometheus/data \\
  --storage.tsdb.retention.time="$RETENTION" --storage.tsdb.retention.size="$RETENTION_SIZE" \\
  --web.enable-remote-write-receiver
"""
"""Writes configuration and rules to its disk, then becomes Prometheus."""
GRAFANA_SCRIPT = """\
set -eu
mkdir -p "$GF_PATHS_PROVISIONING/datasources"
printf '%s\\n' "$GRAFANA_DATASOURCES" > "$GF_PATHS_PROVISIONING/datasources/prometheus.yaml"
exec /run.sh
"""
"""Writes the data source, then becomes Grafana."""


def prometheus_config(args: MonitoringServersArgs) -> str:
    """Return the text of prometheus.yml; JSON is YAML."""
    own = {"static_configs": [{"targets": [f"127.0.0.1:{PROMETHEUS_PORT}"]}]}
    config = {
        "global": {"evaluation_interval": f"{args.evaluation_interval_seconds}s", "scrape_interval": "30s"},
        "rule_files": [f"{PROMETHEUS_DIRECTORY}/config/rules.yml"],
        "scrape_configs": [{"job_name": "prometheus", **own}],
        # What a collector kept while the machine was replaced is older than what it sends now.
        "storage": {"tsdb": {"out_of_order_time_window": "1h"}},
    }
    return json.dumps(config, sort_keys=True)


def packed(rules: str) -> str:
    """Return the rules as one variable holds them, the same for the same text.

    Raises:
        ValueError: they do not fit into a task definition.

    """
    text = base64.b64encode(gzip.compress(rules.encode(), mtime=0)).decode()
    if len(text) > MOST_RULES_BYTES:
        raise ValueError(
            f"the rules are {len(text)} bytes packed: {MOST_RULES_BYTES} fit into a task definition beside the "
            "rest; keep them in Amazon Managed Prometheus, which takes more"
        )
    return text


def containers(
    args: MonitoringServersArgs, password: pulumi.Input[str], log_group: pulumi.Input[str]
) -> list[dict[str, Any]]:
    """Return all containers; `password` is the reference of Grafana's administrator's."""
    common: dict[str, Any] = {"log_group": log_group, "region": args.region, "entryPoint": ["sh", "-c"]}
    source = {
        "name": "Prometheus",
        "uid": "prometheus",
        "type": "prometheus",
        "access": "proxy",
        "url": f"http://127.0.0.1:{PROMETHEUS_PORT}",
        "isDefault": True,
    }
    return [
        fargate.container(
            "prometheus",
            args.images.prometheus,
            environment={
                "PROMETHEUS_CONFIG": prometheus_config(args),
                "PROMETHEUS_RULES": packed(args.rules),
                "RETENTION": f"{args.retention_days}d",
                "RETENTION_SIZE": f"{args.placement.storage_gib * FULL_PERCENT // 100}GB",
            },
            command=[PROMETHEUS_SCRIPT],
            memory=PROMETHEUS_MEMORY_MIB,
            mountPoints=[{"sourceVolume": "prometheus", "containerPath": PROMETHEUS_DIRECTORY}],
            portMappings=[{"containerPort": PROMETHEUS_PORT, "protocol": "tcp"}],
            # It writes what it has in memory to its disk before it ends.
            stopTimeout=STOP_SECONDS,
            **common,
        ),
        fargate.container(
            "grafana",
            args.images.grafana,
            environment={
                "GF_ANALYTICS_REPORTING_ENABLED": "false",
                "GF_AUTH_ANONYMOUS_ENABLED": "false",
                "GF_LOG_MODE": "console",
                "GF_PATHS_PROVISIONING": f"{GRAFANA_DIRECTORY}/provisioning",
                "GF_USERS_ALLOW_SIGN_UP": "false",
                "GRAFANA_DATASOURCES": json.dumps({"apiVersion": 1, "datasources": [source]}, sort_keys=True),
            },
            secrets={"GF_SECURITY_ADMIN_PASSWORD": password},
            command=[GRAFANA_SCRIPT],
            essential=False,
            memory=GRAFANA_MEMORY_MIB,
            mountPoints=[{"sourceVolume": "grafana", "containerPath": GRAFANA_DIRECTORY}],
            portMappings=[{"containerPort": GRAFANA_PORT, "protocol": "tcp"}],
            restartPolicy={"enabled": True, "restartAttemptPeriod": 60},
            **common,
        ),
    ]


def volumes() -> list[aws.ecs.TaskDefinitionVolumeArgsDict]:
    """Return the servers' parts of the machine's disk."""
    return [{"name": name, "host_path": f"{DATA_DIRECTORY}/{name}"} for name in ("prometheus", "grafana")]
