import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.aws.security_groups import Upstream
from components.service.args import CapacityArgs, ImageArgs, RedisList, SqsQueue, VariablesArgs, WorkerArgs
from components.service.deployment import RolloutArgs, Strategy
from components.service.queue import DEPTH_SCRIPT, metric_line
from components.service.scaling import QueueScaling, ScalingArgs, ScheduleArgs, StepArgs, TargetArgs
from components.service.worker import Worker
from tests.components.changed_args import changed
from tests.components.recording import Recorded, record_component

SQS = SqsQueue(queue_name="emails", most_messages=5000)
REDIS = RedisList(url_variable="REDIS_URL", list_key="queue:emails", image="example/redis:8")
ARGS = WorkerArgs(
    key="services.emails",
    service_name="shop-staging-emails",
    image=ImageArgs(reference="example/api:1"),
    command=["work"],
    task=TaskArgs(cpu=512, memory_mib=1024, architecture="ARM64", log_retention_days=14),
    scaling=ScalingArgs(minimum_tasks=2, maximum_tasks=10, queue=QueueScaling(messages_per_task=30)),
    capacity=CapacityArgs(base_tasks=1, spot_percent=100),
    rollout=RolloutArgs(minimum_percent=50, maximum_percent=150),
    variables=VariablesArgs(secret={"REDIS_URL": "rediss://hidden"}),
    upstreams=[Upstream(role="redis", security_group_id="sg-redis", port=6379)],
    cluster=ClusterRef(arn="arn:aws:ecs:eu-west-1:123456789012:cluster/shop", name="shop"),
    placement=NetworkPlacement(vpc_id="vpc-1", subnet_ids=["private-1"]),
    region="eu-west-1",
    queue=SQS,
    stop_timeout_seconds=120,
)
TASKS = {"ClusterName": "shop", "ServiceName": "shop-staging-emails"}


def record(**changes: Any) -> Recorded[Worker]:
    answers = {"aws:ecs/getService:getService": {"taskDefinition": "arn:aws:made:::worker-task"}}
    return record_component(lambda: Worker("worker", changed(ARGS, changes)), answers=answers)


def test_worker_is_a_service_that_nobody_calls():
    recorded = record()
    service = recorded.one("aws:ecs/service:Service")
    assert not {"loadBalancers", "healthCheckGracePeriodSeconds", "alarms"} & service.inputs.keys()
    assert recorded.of("TargetGroup") + recorded.of("ListenerRule") == []
    percents = service.inputs["deploymentMinimumHealthyPercent"], service.inputs["deploymentMaximumPercent"]
    assert percents == (50, 150)
    assert service.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service.inputs["waitForSteadyState"] is True
    assert service.ignore_changes == ("desiredCount",)
    assert service.update_timeout == "30m"
    assert {"worker-tasks-to-redis", "worker-tasks-into-redis"} <= set(service.dependencies)
    ingress = [it for it in recorded.of("SecurityGroupIngressRule") if it.inputs["securityGroupId"] != "sg-redis"]
    assert ingress == []
    [container] = json.loads(recorded.one("TaskDefinition").inputs["containerDefinitions"])
    assert (container["command"], container["stopTimeout"]) == (["work"], 120)
    assert "portMappings" not in container
    assert recorded.outputs["task_definition_arn"] == "arn:aws:made:::worker-task"


def tracking(recorded: Recorded[Worker], role: str) -> dict[str, Any]:
    policy = recorded.one("aws:appautoscaling/policy:Policy", f"worker-{role}")
    return dict(policy.inputs["targetTrackingScalingPolicyConfiguration"])


@pytest.mark.parametrize(
    ("queue", "depth"),
    [
        (SQS, ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "emails"})),
        (REDIS, ("Footing/Queue", "QueueDepth", TASKS)),
    ],
)
def test_number_of_tasks_follows_the_messages_that_wait_for_each(
    queue: SqsQueue | RedisList, depth: tuple[str, str, dict[str, str]]
):
    recorded = record(queue=None, scaling=replace(ARGS.scaling, queue=None, target=TargetArgs(cpu_percent=70)))
    assert tracking(recorded, "cpu")["targetValue"] == 70
    configuration = tracking(record(queue=queue), "queue")
    assert configuration["targetValue"] == 30
    measured, running, steered = configuration["customizedMetricSpecification"]["metrics"]
    metric = measured["metricStat"]["metric"]
    dimensions = {it["name"]: it["value"] for it in metric["dimensions"]}
    assert (metric["namespace"], metric["metricName"], dimensions) == depth
    assert running["metricStat"]["metric"]["metricName"] == "RunningTaskCount"
    assert (measured["returnData"], running["returnData"], steered["returnData"]) == (False, False, True)
    assert steered["expression"] == "IF(running > 0, depth / running, depth)"


def test_schedules_bound_a_worker_too():
    night = ScheduleArgs(schedule_name="night", expression="cron(0 22 * * ? *)", minimum_tasks=5, maximum_tasks=20)
    action = record(scaling=replace(ARGS.scaling, schedules=[night])).one("ScheduledAction").inputs
    assert action["scalableTargetAction"] == {"minCapacity": 5, "maxCapacity": 20}


def test_signals_watch_tasks_and_queue():
    found = {it.id: it for it in record().component.signals.signals}
    assert set(found) == {
        *("worker-running-tasks", "worker-at-maximum", "worker-cpu", "worker-memory"),
        *("worker-queue-depth", "worker-backlog-per-task"),
    }
    assert [it.value for it in found["worker-queue-depth"].thresholds] == [5000]
    assert [it.value for it in found["worker-backlog-per-task"].thresholds] == [60, 300]
    assert "`services.worker.scaling.maximum_tasks`" in found["worker-at-maximum"].runbook
    plain = record(queue=None, scaling=ScalingArgs(minimum_tasks=2, maximum_tasks=2)).component.signals
    assert {it.id for it in plain.signals} == {"worker-running-tasks", "worker-cpu", "worker-memory"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scaling": ScalingArgs(minimum_tasks=2, maximum_tasks=3, step=StepArgs())}, "scaling.mode: given step"),
        (
            {"scaling": {"target": TargetArgs(cpu_percent=70, requests_per_task_per_minute=9)}},
            "requests_per_task_per_minute: given in a worker",
        ),
        ({"scaling": {"step": StepArgs()}}, "mode: given queue and step"),
        ({"queue": None}, "queue: given none, needed for 30 messages"),
        ({"rollout": RolloutArgs(strategy=Strategy.BLUE_GREEN)}, "deployment.strategy"),
        ({"stop_timeout_seconds": 121}, "stop_timeout_seconds: given 121, allowed 2 to 120"),
    ],
)
def test_what_a_worker_does_not_have_is_refused(changes: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        changed(ARGS, changes)


def test_length_of_a_redis_list_is_measured_beside_the_worker_with_its_own_secret():
    recorded = record(queue=REDIS)
    main, sidecar = json.loads(recorded.one("TaskDefinition").inputs["containerDefinitions"])
    assert (sidecar["name"], sidecar["essential"]) == ("queue-depth", False)
    assert sidecar["restartPolicy"]["enabled"] is True
    [own], [theirs] = sidecar["secrets"], main["secrets"]
    assert (own["name"], own["valueFrom"]) == ("QUEUE_URL", theirs["valueFrom"])
    with pytest.raises(ValueError, match=r"services\.emails: a sidecar shares QUEUE, which is no secret variable"):
        record(queue=replace(REDIS, url_variable="QUEUE"))


FAKE = """#!/bin/sh
echo "$@" > "$SEEN"
echo "$REDISCLI_AUTH" >> "$SEEN"
echo "${QUEUE_URL:-unset}" >> "$SEEN"
echo "$REPLY"
"""


def first_line(tmp_path: Path, url: str, reply: str, stream: str = "stdout") -> tuple[str, list[str]]:
    """What the script writes first to `stream`, and how it called `redis-cli`."""
    fake = tmp_path / "redis-cli"
    fake.write_text(FAKE)
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    variables = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "SEEN": str(tmp_path / "seen"),
        "REPLY": reply,
        "QUEUE_URL": url,
        "QUEUE_KEY": "queue:emails",
        "QUEUE_LINE": metric_line("shop", "shop-staging-emails"),
    }
    with subprocess.Popen(
        ["sh", "-c", DEPTH_SCRIPT], env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        line = getattr(running, stream).readline()
        running.terminate()
        assert running.wait(10) == 0
    return line, (tmp_path / "seen").read_text().splitlines()


@pytest.mark.parametrize(
    ("url", "arguments", "password"),
    [
        (
            "rediss://app:s%2Fcr%25t%40@redis.example.com:6380/2?ssl=true",
            "-h redis.example.com -p 6380 -n 2 --raw --tls --sni redis.example.com --user app",
            "s/cr%t@",
        ),
        ("redis://:secret@redis.example.com", "-h redis.example.com -p 6379 -n 0 --raw", "secret"),
        ("redis://redis.example.com:7000/", "-h redis.example.com -p 7000 -n 0 --raw", ""),
    ],
)
def test_script_writes_a_metric_and_shows_no_password(tmp_path: Path, url: str, arguments: str, password: str):
    line, seen = first_line(tmp_path, url, "42")
    assert seen == [f"{arguments} LLEN queue:emails", password, "unset"]
    metric = json.loads(line)
    [declared] = metric["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == "Footing/Queue"
    assert {name: metric[name] for name in declared["Dimensions"][0]} == TASKS
    assert [metric[it["Name"]] for it in declared["Metrics"]] == [42]
    assert len(str(metric["_aws"]["Timestamp"])) == 13


def test_reply_that_is_an_error_is_no_metric(tmp_path: Path):
    line, _ = first_line(tmp_path, "redis://redis.example.com:7000/", "WRONGTYPE no list", "stderr")
    assert line == "queue depth unknown: WRONGTYPE no list\n"
