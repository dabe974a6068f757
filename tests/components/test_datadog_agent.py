"""Datadog's agent beside the containers of a task."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from components.aws.datadog_agent import VOLUMES, AgentArgs, MetricsEndpoint, containers, labels
from components.service.standalone import StandaloneTask
from tests.components.recording import record_component
from tests.components.test_job import WORKLOAD

ARGS = AgentArgs(
    image="registry.example.com/datadog/agent:7",
    site="datadoghq.eu",
    api_key_arn="arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf",
    api_key_reference="arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf:api_key::v1",
    app="feed",
    tags={"env": "production", "service": "api", "version": "1.4.0"},
    metrics=MetricsEndpoint(port=3000, path="/metrics", tags=["job:service", "environment:production"]),
    further_tags=["app:feed", "team:platform"],
)


def test_agent_reads_what_the_label_of_the_service_says():
    found = labels(ARGS)
    [instance] = json.loads(found.pop("com.datadoghq.ad.checks"))["openmetrics"]["instances"]
    assert instance["openmetrics_endpoint"] == "http://127.0.0.1:3000/metrics"
    # Records name metrics by the application, and buckets of histograms as counters.
    assert (instance["namespace"], instance["metrics"]) == ("feed", [".*"])
    assert (instance["collect_histogram_buckets"], instance["histogram_buckets_as_distributions"]) == (True, False)
    assert instance["tags"] == ["job:service", "environment:production"]
    assert found == {
        "com.datadoghq.tags.env": "production",
        "com.datadoghq.tags.service": "api",
        "com.datadoghq.tags.version": "1.4.0",
    }
    assert "com.datadoghq.ad.checks" not in labels(replace(ARGS, metrics=None))


def test_agent_is_unprivileged_writes_to_volumes_alone_and_takes_nobody_along():
    prepare, agent = containers(ARGS, "log-group", "us-east-1")
    assert (agent["user"], agent["readonlyRootFilesystem"]) == ("10001:0", True)
    assert {it["sourceVolume"]: it["containerPath"] for it in agent["mountPoints"]} == VOLUMES
    assert agent["dependsOn"] == [{"containerName": "datadog-prepare", "condition": "SUCCESS"}]
    assert agent["restartPolicy"]["enabled"] is True
    assert prepare["essential"] is agent["essential"] is False
    # The copy of what the image holds lies where it does not hide it.
    places = {it["sourceVolume"]: it["containerPath"] for it in prepare["mountPoints"]}
    assert places == {**VOLUMES, "datadog-config": "/copy"}
    assert "cp -R /etc/datadog-agent/. /copy/" in prepare["command"][0]


@pytest.mark.parametrize(("traces", "enabled"), [(True, "true"), (False, "false")])
def test_agent_sends_to_its_site_with_a_key_by_reference(traces: bool, enabled: str):
    _, agent = containers(replace(ARGS, traces=traces), "log-group", "us-east-1")
    variables = {it["name"]: it["value"] for it in agent["environment"]}
    assert variables["DD_SITE"] == "datadoghq.eu"
    assert (variables["DD_ENV"], variables["DD_TAGS"]) == ("production", "app:feed team:platform")
    assert (variables["ECS_FARGATE"], variables["DD_APM_ENABLED"]) == ("true", enabled)
    assert agent["secrets"] == [{"name": "DD_API_KEY", "valueFrom": ARGS.api_key_reference}]


def test_task_has_the_agent_its_volumes_and_the_right_to_read_its_key():
    recorded = record_component(lambda: StandaloneTask("task", replace(WORKLOAD, agent=ARGS)))
    task = recorded.one("TaskDefinition").inputs
    found: list[dict[str, Any]] = json.loads(task["containerDefinitions"])
    assert [it["name"] for it in found][-2:] == ["datadog-prepare", "datadog-agent"]
    assert found[0]["dockerLabels"] == labels(ARGS)
    assert {it["name"] for it in task["volumes"]} >= set(VOLUMES)
    policies = [it.inputs["policy"] for it in recorded.of("RolePolicy") if it.name.endswith("-secrets")]
    assert any(ARGS.api_key_arn in str(it) for it in policies)
