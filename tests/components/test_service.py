import json
from typing import Any

import pulumi
import pytest
from msgspec.structs import replace

from components.aws.fargate import TaskArgs
from components.aws.load_balancers import LoadBalancerRef
from components.aws.placement import ClusterRef, NetworkPlacement
from components.aws.security_groups import Upstream
from components.service.args import (
    CapacityArgs,
    HttpArgs,
    ImageArgs,
    ServiceArgs,
    SidecarArgs,
    VariablesArgs,
)
from components.service.deployment import RolloutArgs, Strategy
from components.service.routing import routing_args
from components.service.scaling import ScalingArgs, ScheduleArgs, StepArgs, TargetArgs, step_policies
from components.service.service import Service
from observability import Prometheus
from observability.records.names import MetricNames
from tests.components.changed_args import changed
from tests.components.recording import Recorded, Secret, record_component

RUNNING = "aws:ecs/getService:getService"
"""The lookup of what a service really runs."""

STEP = ScalingArgs(minimum_tasks=8, maximum_tasks=50, step=StepArgs())
TARGET = ScalingArgs(minimum_tasks=2, maximum_tasks=10, target=TargetArgs(cpu_percent=70))
FIXED = ScalingArgs(minimum_tasks=3, maximum_tasks=3)
REQUESTS = TargetArgs(cpu_percent=70, requests_per_task_per_minute=900)
BLUE_GREEN = RolloutArgs(strategy=Strategy.BLUE_GREEN, bake_minutes=10)

ARGS = ServiceArgs(
    key="services.api",
    service_name="shop-staging-api",
    image=ImageArgs(reference="example/api:1"),
    http=HttpArgs(port=8080, health_path="/health", idle_timeout_seconds=90),
    task=TaskArgs(cpu=512, memory_mib=1024, architecture="ARM64", log_retention_days=14),
    scaling=TARGET,
    capacity=CapacityArgs(base_tasks=2),
    variables=VariablesArgs(
        plain={"LOG_LEVEL": "info"}, secret={"DATABASE_URL": "postgresql://hidden"}, generated=["SESSION_KEY"]
    ),
    upstreams=[Upstream(role="pooler", security_group_id="sg-pooler", port=6432)],
    balancer=LoadBalancerRef(listener_arn="arn:listener", arn_suffix="app/lb/1", security_group_id="sg-balancer"),
    routing=routing_args("api"),
    cluster=ClusterRef(arn="arn:aws:ecs:eu-west-1:123456789012:cluster/shop-staging", name="shop-staging"),
    placement=NetworkPlacement(vpc_id="vpc-1", subnet_ids=["private-1", "private-2"]),
    region="eu-west-1",
)


def record(
    *, running: str = "arn:aws:made:::api-task", preview: bool = False, **changes: Any
) -> Recorded[Service]:
    answers = {} if preview else {RUNNING: {"taskDefinition": running}}
    return record_component(lambda: Service("api", changed(ARGS, changes)), answers=answers, preview=preview)


def container(recorded: Recorded[Service]) -> dict[str, Any]:
    [only] = json.loads(recorded.one("TaskDefinition").inputs["containerDefinitions"])
    return dict(only)


def test_target_group_leaves_its_name_to_the_engine_so_that_it_can_be_replaced():
    assert "name" not in record().one("TargetGroup").inputs


def test_tasks_are_private_and_without_a_shell():
    service = record().one("aws:ecs/service:Service").inputs
    assert service["networkConfiguration"]["assignPublicIp"] is False
    assert service["networkConfiguration"]["subnets"] == ["private-1", "private-2"]
    assert service["enableExecuteCommand"] is False


@pytest.mark.parametrize(
    ("scaling", "count", "ignored"),
    [(TARGET, 2, ("desiredCount",)), (STEP, 8, ("desiredCount",)), (FIXED, 3, ())],
)
def test_number_of_tasks_is_left_to_autoscaling_only_where_there_is_any(
    scaling: ScalingArgs, count: int, ignored: tuple[str, ...]
):
    recorded = record(scaling=scaling)
    service = recorded.one("aws:ecs/service:Service")
    assert (service.inputs["desiredCount"], service.ignore_changes) == (count, ignored)
    bounds = [(it.inputs["minCapacity"], it.inputs["maxCapacity"]) for it in recorded.of("Target")]
    assert bounds == ([(scaling.minimum_tasks, scaling.maximum_tasks)] if ignored else [])


def test_target_scaling_steers_to_each_number_with_the_cooldown_on_both_sides():
    target = TargetArgs(cpu_percent=70, memory_percent=80, requests_per_task_per_minute=900)
    recorded = record(scaling=replace(TARGET, target=target))
    assert recorded.one("Target").inputs["resourceId"] == "service/shop-staging/shop-staging-api"
    policies = {
        it.name: it.inputs["targetTrackingScalingPolicyConfiguration"]
        for it in recorded.of("aws:appautoscaling/policy:Policy")
    }
    assert {name: policy["targetValue"] for name, policy in policies.items()} == {
        "api-cpu": 70,
        "api-memory": 80,
        "api-requests": 900,
    }
    assert {(it["scaleInCooldown"], it["scaleOutCooldown"]) for it in policies.values()} == {(180, 180)}
    requests = policies["api-requests"]["predefinedMetricSpecification"]
    assert requests["resourceLabel"] == "app/lb/1/targetgroup/tg/1"


def test_step_scaling_has_an_alarm_for_each_policy_of_the_data():
    recorded = record(scaling=STEP)
    for policy in step_policies(STEP):
        made = recorded.one("aws:appautoscaling/policy:Policy", f"api-{policy.policy_name}")
        steps = made.inputs["stepScalingPolicyConfiguration"]
        assert (steps["adjustmentType"], steps["cooldown"]) == ("PercentChangeInCapacity", 180)
        assert steps["minAdjustmentMagnitude"] == policy.least_tasks
        assert [it["scalingAdjustment"] for it in steps["stepAdjustments"]] == [
            step.percent for step in policy.steps
        ]
        alarm = recorded.one("MetricAlarm", f"api-{policy.policy_name}").inputs
        assert alarm["alarmActions"] == [f"arn:aws:made:::api-{policy.policy_name}"]
        assert (alarm["threshold"], alarm["evaluationPeriods"]) == (policy.threshold, policy.minutes)
        assert alarm["comparisonOperator"].startswith("Less" if policy.below else "Greater")


def test_steps_leave_no_gap_and_meet_no_other():
    steps = record(scaling=STEP).one("aws:appautoscaling/policy:Policy", "api-cpu-high").inputs
    bounds = [
        (it.get("metricIntervalLowerBound"), it.get("metricIntervalUpperBound"))
        for it in steps["stepScalingPolicyConfiguration"]["stepAdjustments"]
    ]
    assert bounds == [("0", "10"), ("10", "20"), ("20", None)]
    steps = record(scaling=STEP).one("aws:appautoscaling/policy:Policy", "api-cpu-low").inputs
    bounds = [
        (it.get("metricIntervalLowerBound"), it.get("metricIntervalUpperBound"))
        for it in steps["stepScalingPolicyConfiguration"]["stepAdjustments"]
    ]
    assert bounds == [("-15", "0"), (None, "-15")]


def test_nothing_is_taken_from_a_service_that_is_slow():
    queries = record(scaling=STEP).one("MetricAlarm", "api-cpu-low").inputs["metricQueries"]
    *measured, watched = queries
    assert {it["metric"]["metricName"] for it in measured} == {"CPUUtilization", "TargetResponseTime"}
    assert watched["expression"] == "IF(FILL(response0, 0) < 0.8, FILL(cpu, 100), 100)"
    assert [it["metric"]["stat"] for it in measured] == ["Average", "p95"]


def test_launch_is_met_by_a_schedule():
    launch = ScheduleArgs(
        schedule_name="launch",
        expression="at(2027-03-01T11:00:00)",
        timezone="Europe/Berlin",
        minimum_tasks=50,
        maximum_tasks=60,
    )
    action = record(scaling=replace(STEP, schedules=[launch])).one("ScheduledAction").inputs
    assert (action["schedule"], action["timezone"]) == ("at(2027-03-01T11:00:00)", "Europe/Berlin")
    assert action["scalableTargetAction"] == {"minCapacity": 50, "maxCapacity": 60}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scaling": ScalingArgs(minimum_tasks=3, maximum_tasks=2, step=StepArgs())}, "allowed 1 up to"),
        ({"scaling": ScalingArgs(minimum_tasks=2, maximum_tasks=3)}, "without autoscaling"),
        ({"scaling": replace(STEP, target=TARGET.target)}, "allowed one of them"),
        ({"scaling": replace(STEP, step=StepArgs(cpu_low_percent=36))}, "the other adds again"),
        (
            {"scaling": replace(TARGET, target=REQUESTS), "rollout": BLUE_GREEN},
            "given with a deployment that runs two fleets",
        ),
    ],
)
def test_scaling_that_would_not_work_is_refused(changes: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        changed(ARGS, changes)


def test_deployment_is_taken_back_by_the_breaker_and_by_alarms_of_its_own():
    recorded = record()
    service = recorded.one("aws:ecs/service:Service").inputs
    assert service["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service["waitForSteadyState"] is True
    names = [f"shop-staging-api-{role}" for role in ("failing", "slow", "unhealthy")]
    assert service["alarms"] == {"alarmNames": names, "enable": True, "rollback": True}
    alarms = {it.inputs["name"]: it.inputs for it in recorded.of("MetricAlarm")}
    assert {name: alarms[name]["threshold"] for name in names} == dict(zip(names, (5, 2, 0), strict=True))
    assert {alarm["treatMissingData"] for alarm in alarms.values()} == {"notBreaching"}


def test_deployment_that_was_taken_back_is_a_failure():
    with pytest.raises(pulumi.RunError, match=r"service shop-staging-api: requested .*api-task, running .*:1"):
        record(running="arn:aws:ecs:::task-definition/shop-staging-api:1")


def test_running_task_definition_is_handed_out():
    assert record().outputs["task_definition_arn"] == "arn:aws:made:::api-task"


def test_image_of_ci_is_never_taken_back_and_never_compared():
    recorded = record(image={"owned_by_ci": True}, running="another")
    service = recorded.one("aws:ecs/service:Service")
    assert service.ignore_changes == ("desiredCount", "taskDefinition")
    assert recorded.outputs["task_definition_arn"] == "arn:aws:made:::api-task"


def test_older_task_definitions_stay_for_a_rollback():
    assert record().one("TaskDefinition").inputs["skipDestroy"] is True


@pytest.mark.parametrize(
    ("capacity", "strategies"),
    [
        (CapacityArgs(base_tasks=2), [("FARGATE", 2, 100)]),
        (CapacityArgs(base_tasks=2, spot_percent=40), [("FARGATE", 2, 60), ("FARGATE_SPOT", None, 40)]),
        (CapacityArgs(base_tasks=2, spot_percent=100), [("FARGATE", 2, 1), ("FARGATE_SPOT", None, 100)]),
        (CapacityArgs(base_tasks=0, spot_percent=100), [("FARGATE_SPOT", None, 100)]),
    ],
)
def test_spot_bears_only_what_is_above_the_base(capacity: CapacityArgs, strategies: list[Any]):
    service = record(capacity=capacity).one("aws:ecs/service:Service").inputs
    found = service["capacityProviderStrategies"]
    assert [(it["capacityProvider"], it.get("base"), it["weight"]) for it in found] == strategies
    assert "launchType" not in service
    assert service["forceNewDeployment"] is True


@pytest.mark.parametrize(
    ("rollout", "configuration", "minutes"),
    [
        (RolloutArgs(), {"strategy": "ROLLING"}, 30),
        (BLUE_GREEN, {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": "10"}, 40),
        (
            RolloutArgs(strategy=Strategy.CANARY, bake_minutes=5, shift_percent=10, shift_minutes=20),
            {
                "strategy": "CANARY",
                "bakeTimeInMinutes": "5",
                "canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": "20"},
            },
            55,
        ),
        (
            RolloutArgs(strategy=Strategy.LINEAR, bake_minutes=5, shift_percent=30, shift_minutes=10),
            {
                "strategy": "LINEAR",
                "bakeTimeInMinutes": "5",
                "linearConfiguration": {"stepPercent": 30, "stepBakeTimeInMinutes": "10"},
            },
            75,
        ),
    ],
    ids=lambda value: str(value.strategy) if isinstance(value, RolloutArgs) else "",
)
def test_engine_waits_as_long_as_the_strategy_takes(
    rollout: RolloutArgs, configuration: dict[str, Any], minutes: int
):
    service = record(rollout=rollout).one("aws:ecs/service:Service")
    assert service.inputs["deploymentConfiguration"] == configuration
    assert service.update_timeout == f"{minutes}m"
    assert service.inputs["deploymentMaximumPercent"] == 200


def test_second_fleet_has_its_own_target_group_and_ecs_owns_the_weights():
    recorded = record(rollout=BLUE_GREEN)
    [block] = recorded.one("aws:ecs/service:Service").inputs["loadBalancers"]
    assert block["targetGroupArn"] == "arn:aws:made:::api-tg"
    assert block["advancedConfiguration"] == {
        "alternateTargetGroupArn": "arn:aws:made:::api-tg-second",
        "productionListenerRule": "arn:aws:made:::api-production",
        "roleArn": "arn:aws:made:::api-shifting",
    }
    rule = recorded.one("ListenerRule")
    assert rule.ignore_changes == ("actions",)
    [action] = rule.inputs["actions"]
    assert [it["weight"] for it in action["forward"]["targetGroups"]] == [100, 0]
    assert "api-shifting" in recorded.one("aws:ecs/service:Service").dependencies
    found = {it.id: it.query for it in recorded.component.signals.signals}
    assert found["service-server-errors"].expression == "(FILL(errors0, 0) + FILL(errors1, 0))"
    # Percentiles have no sum.
    assert found["service-latency-p95"].expression == "MAX([FILL(response0, 0), FILL(response1, 0)])"


def test_zone_rebalancing_is_off_where_ecs_could_not_start_a_task_more():
    rollout = RolloutArgs(minimum_percent=50, maximum_percent=100)
    assert (
        record(rollout=rollout).one("aws:ecs/service:Service").inputs["availabilityZoneRebalancing"] == "DISABLED"
    )


def test_open_connections_stay_with_their_task_and_get_time_to_leave():
    plain, sticky = (record(http={"websockets": on}).one("TargetGroup").inputs for on in (False, True))
    assert (plain["stickiness"]["enabled"], sticky["stickiness"]["enabled"]) == (False, True)
    assert (plain["deregistrationDelay"], sticky["deregistrationDelay"]) == (90, 115)


def test_signals_watch_every_way_in_which_a_service_fails():
    found = {it.id: it for it in record(scaling=STEP).component.signals.signals}
    assert {
        *("service-latency-p50", "service-latency-p95", "service-latency-p99", "service-requests"),
        *("service-server-errors", "service-error-share", "service-unhealthy-tasks", "service-unhealthy-share"),
        "service-running-tasks",
        *("service-at-maximum", "service-cpu", "service-memory"),
    } == set(found)
    assert found["service-at-maximum"].thresholds[0].value == 49
    assert found["service-running-tasks"].thresholds[0].value == 8


def test_counts_of_five_minutes_have_a_period_of_five_minutes():
    signals = record().component.signals.signals
    counts = {it.id: it.query for it in signals if "five minutes" in it.description}
    assert {"service-server-errors"} == set(counts)
    assert {query.period_seconds for query in counts.values()} == {300}


def test_application_answers_under_the_ids_of_the_load_balancer():
    balancer = {it.id: it for it in record().component.signals.signals}
    application = {it.id: it for it in record(telemetry={"metric_names": MetricNames()}).component.signals.signals}
    shared = {"service-requests", "service-error-share", *(f"service-latency-p{n}" for n in (50, 95, 99))}
    assert set(balancer) < set(application)
    for id_ in shared:
        assert isinstance(application[id_].query, Prometheus)
        assert not isinstance(balancer[id_].query, Prometheus)
        assert application[id_].unit == balancer[id_].unit
        assert application[id_].thresholds == balancer[id_].thresholds
        assert application[id_].minimum_traffic or not application[id_].thresholds


def test_times_are_seconds_whatever_the_histogram_counts_in():
    in_ms = record(
        telemetry={"metric_names": MetricNames(duration="took_ms", duration_unit="ms")}
    ).component.signals.signals
    [p95] = [it for it in in_ms if it.id == "service-latency-p95"]
    assert p95.query.promql == (
        '0.001 * (histogram_quantile(0.95, sum by (le) (rate(took_ms_bucket{job="service"}[5m]))))'
    )
    assert {threshold.value for threshold in p95.thresholds} == {0.5, 1, 2}


def test_secrets_reach_the_container_by_reference_to_one_version():
    recorded = record()
    stored = recorded.one("SecretVersion").inputs["secretString"]
    assert isinstance(stored, Secret)
    assert json.loads(stored.value) == {"DATABASE_URL": "postgresql://hidden", "SESSION_KEY": "generated-password"}
    references = {it["name"]: it["valueFrom"] for it in container(recorded)["secrets"]}
    assert set(references) == {"DATABASE_URL", "SESSION_KEY"}
    assert all(f":{name}::" in reference for name, reference in references.items())
    assert "hidden" not in recorded.one("TaskDefinition").inputs["containerDefinitions"]
    assert {it["name"] for it in container(recorded)["environment"]} == {"LOG_LEVEL", "PORT"}


def test_service_without_secrets_may_read_none():
    recorded = record(variables=VariablesArgs())
    assert not recorded.of("Secret")
    assert not recorded.of("aws:iam/rolePolicy:RolePolicy")
    assert container(recorded)["secrets"] == []


def test_container_runs_unprivileged_and_outlives_its_last_request():
    recorded = record()
    only = container(recorded)
    assert only["user"] == "10001:10001"
    assert only["readonlyRootFilesystem"] is True
    assert only["linuxParameters"] == {
        "initProcessEnabled": True,
        "tmpfs": [{"containerPath": "/tmp", "size": 64}],  # noqa: S108  in memory
    }
    assert recorded.one("TargetGroup").inputs["deregistrationDelay"] < only["stopTimeout"] <= 120
    platform = recorded.one("TaskDefinition").inputs["runtimePlatform"]
    assert platform == {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}


def test_service_opens_its_own_way_to_each_upstream():
    recorded = record()
    into = {
        (it.inputs["securityGroupId"], it.inputs["referencedSecurityGroupId"], it.inputs["fromPort"])
        for it in recorded.of("SecurityGroupIngressRule")
        if "referencedSecurityGroupId" in it.inputs
    }
    assert into == {("api-tasks-id", "sg-balancer", 8080), ("sg-pooler", "api-tasks-id", 6432)}


@pytest.mark.parametrize(
    ("cpu", "memory_mib", "message"),
    [
        (300, 512, "given cpu 300"),
        (256, 4096, "allowed with cpu 256: 512, 1024, 2048"),
        (512, 1500, "in steps of 1024"),
    ],
)
def test_size_that_fargate_lacks_is_refused(cpu: int, memory_mib: int, message: str):
    with pytest.raises(ValueError, match=message):
        TaskArgs(cpu=cpu, memory_mib=memory_mib, architecture="X86_64", log_retention_days=30)


@pytest.mark.parametrize(
    ("cpu", "memory_mib"), [(256, 512), (256, 2048), (512, 4096), (4096, 30720), (16384, 122880)]
)
def test_largest_and_smallest_sizes_are_taken(cpu: int, memory_mib: int):
    assert TaskArgs(cpu=cpu, memory_mib=memory_mib, architecture="X86_64", log_retention_days=30).cpu == cpu


def test_program_may_do_at_aws_what_it_was_given_and_nothing_else():
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    [given] = [
        it
        for it in record(task_policies={"task": document}).of("aws:iam/rolePolicy:RolePolicy")
        if "task" in it.name
    ]
    assert given.inputs["policy"] == document
    assert [it for it in record().of("aws:iam/rolePolicy:RolePolicy") if it.name == "api-task"] == []


def test_a_variable_with_two_values_is_refused():
    with pytest.raises(ValueError, match="variables: given TOKEN twice"):
        VariablesArgs(plain={"TOKEN": "a"}, generated=["TOKEN"])


def test_metrics_are_those_of_its_own_target_group_for_others_share_the_load_balancer():
    recorded = record(scaling=STEP)
    alarms = [query for it in recorded.of("MetricAlarm") for query in it.inputs["metricQueries"]]
    measured = [it["metric"]["dimensions"] for it in alarms if "metric" in it]
    signals = [it.query for it in recorded.component.signals.signals]
    queries = [metric for it in signals for metric in (getattr(it, "metrics", None) or {"": it}).values()]
    found = [*measured, *(it.dimensions for it in queries)]
    assert {tuple(sorted(it)) for it in found if "LoadBalancer" in it} == {("LoadBalancer", "TargetGroup")}


def test_rule_names_the_hosts_and_paths_that_are_its_own():
    routing = routing_args("shop", ["shop.example.com"], ["/cart/*"])
    rule = record(routing=routing).one("ListenerRule")
    assert rule.inputs["conditions"] == [
        {"hostHeader": {"values": ["shop.example.com"]}},
        {"pathPattern": {"values": ["/cart/*"]}},
    ]
    assert rule.inputs["actions"] == [{"type": "forward", "targetGroupArn": "arn:aws:made:::api-tg"}]
    assert (rule.inputs["priority"], rule.ignore_changes) == (routing.priority, ())
    assert "api-production" in record().one("aws:ecs/service:Service").dependencies


def test_target_group_with_a_long_name_gets_one_that_aws_takes():
    def build() -> Service:
        return Service("service-notifications", changed(ARGS, {"rollout": BLUE_GREEN}))

    groups = record_component(build, preview=True).of("TargetGroup")
    assert [it.inputs.get("namePrefix") for it in groups] == [None, "web-"]


def test_health_codes_and_disk_are_those_of_the_arguments():
    recorded = record(http={"health_codes": "200,301"}, task={"ephemeral_gib": 100})
    assert recorded.one("TargetGroup").inputs["healthCheck"]["matcher"] == "200,301"
    task = recorded.one("TaskDefinition")
    assert task.inputs["ephemeralStorage"] == {"sizeInGib": 100}
    [main] = json.loads(task.inputs["containerDefinitions"])
    assert main["mountPoints"] == [{"sourceVolume": "scratch", "containerPath": "/scratch"}]
    assert task.inputs["volumes"] == [{"name": "scratch"}]
    with pytest.raises(ValueError, match="given ephemeral_gib 20, allowed 21 to 200"):
        changed(ARGS, {"task": {"ephemeral_gib": 20}})


ROUTER = SidecarArgs(
    container_name="router",
    image="example/router:1",
    command=["--quiet"],
    environment={"LEVEL": "info"},
    referenced={"API_KEY": "arn:aws:ssm:eu-west-1:123456789012:parameter/router/key"},
    user="0:0",
    memory_mib=64,
)


def test_sidecar_runs_beside_the_main_container_and_reads_its_own_secrets():
    variables = VariablesArgs(
        referenced={"TOKEN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-a1b2c3:token::"}
    )
    recorded = record(sidecars=[ROUTER], variables=variables, entry_point=["tini"], command=["serve"])
    main, router = json.loads(recorded.one("TaskDefinition").inputs["containerDefinitions"])
    assert (main["entryPoint"], main["command"]) == (["tini"], ["serve"])
    assert (router["name"], router["essential"], router["memory"]) == ("router", False, 64)
    assert (router["command"], router["user"], router["readonlyRootFilesystem"]) == (["--quiet"], "0:0", True)
    assert "entryPoint" not in router
    assert router["secrets"] == [{"name": "API_KEY", "valueFrom": ROUTER.referenced["API_KEY"]}]
    [policy] = [it for it in recorded.of("aws:iam/rolePolicy:RolePolicy") if it.name == "api-secrets"]
    assert [(it["Action"], it["Resource"]) for it in json.loads(policy.inputs["policy"])["Statement"]] == [
        (["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-a1b2c3"]),
        (["ssm:GetParameters"], [ROUTER.referenced["API_KEY"]]),
    ]


@pytest.mark.parametrize("names", [("api",), ("router", "router")])
def test_two_containers_of_one_name_are_refused(names: tuple[str, ...]):
    sidecars = [replace(ROUTER, container_name=name) for name in names]
    with pytest.raises(ValueError, match=rf"services\.api\.sidecars: given {names[0]} twice"):
        record(sidecars=sidecars)
