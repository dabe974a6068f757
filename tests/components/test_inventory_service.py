from typing import Any

from msgspec.structs import replace

from components.service.scaling import ScheduleArgs, TargetArgs
from tests.components.inventory import document, inventory, trust
from tests.components.recording import Secret
from tests.components.test_service import BLUE_GREEN, STEP, TARGET, record

TASKS = {"ClusterName": "shop-staging", "ServiceName": "shop-staging-api"}
TARGET_GROUP = {"LoadBalancer": "app/lb/1", "TargetGroup": "targetgroup/tg/1"}
SCALED = {
    "resourceId": "service/shop-staging/shop-staging-api",
    "scalableDimension": "ecs:service:DesiredCount",
    "serviceNamespace": "ecs",
}


def rule(group: str, port: int, **peer: str) -> dict[str, Any]:
    return {"fromPort": port, "ipProtocol": "tcp", "securityGroupId": group, "toPort": port, **peer}


def metric(id_: str, namespace: str, name: str, dimensions: dict[str, str], statistic: str) -> dict[str, Any]:
    measured = {"dimensions": dimensions, "metricName": name, "namespace": namespace, "period": 60}
    return {"id": id_, "metric": {**measured, "stat": statistic}, "returnData": False}


CPU = metric("cpu", "AWS/ECS", "CPUUtilization", TASKS, "Average")
RESPONSE = metric("response0", "AWS/ApplicationELB", "TargetResponseTime", TARGET_GROUP, "p95")


def alarm(role: str, queries: list[Any], expression: str, threshold: float, **fields: Any) -> dict[str, Any]:
    watched = {"expression": expression, "id": "watched", "label": "watched", "returnData": True}
    return {
        "alarmDescription": "Takes a deployment of shop-staging-api back.",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 3,
        "metricQueries": [*queries, watched],
        "name": f"shop-staging-api-{role}",
        "threshold": threshold,
        "treatMissingData": "notBreaching",
        **fields,
    }


def scaling_alarm(
    role: str, queries: list[Any], expression: str, threshold: float, minutes: int
) -> dict[str, Any]:
    return {
        **alarm(role, queries, expression, threshold, evaluationPeriods=minutes),
        "alarmActions": [f"arn:aws:made:::api-{role}"],
        "alarmDescription": "Changes the number of tasks of shop-staging-api.",
    }


def steps(least: int, *adjustments: tuple[str | None, str | None, int]) -> dict[str, Any]:
    keys = ("metricIntervalLowerBound", "metricIntervalUpperBound", "scalingAdjustment")
    return {
        **SCALED,
        "policyType": "StepScaling",
        "stepScalingPolicyConfiguration": {
            "adjustmentType": "PercentChangeInCapacity",
            "cooldown": 180,
            "metricAggregationType": "Average",
            "minAdjustmentMagnitude": least,
            "stepAdjustments": [
                {key: value for key, value in zip(keys, step, strict=True) if value is not None}
                for step in adjustments
            ],
        },
    }


SECURITY_GROUPS = {
    "SecurityGroup/api-tasks": {"description": "Service tasks", "vpcId": "vpc-1"},
    "SecurityGroupEgressRule/api-front-to-task": rule(
        "sg-balancer", 8080, referencedSecurityGroupId="api-tasks-id"
    ),
    "SecurityGroupIngressRule/api-front-into-task": rule(
        "api-tasks-id", 8080, referencedSecurityGroupId="sg-balancer"
    ),
    "SecurityGroupEgressRule/api-tasks-to-pooler": rule(
        "api-tasks-id", 6432, referencedSecurityGroupId="sg-pooler"
    ),
    "SecurityGroupIngressRule/api-tasks-into-pooler": rule(
        "sg-pooler", 6432, referencedSecurityGroupId="api-tasks-id"
    ),
    "SecurityGroupEgressRule/api-tasks-to-https": rule("api-tasks-id", 443, cidrIpv4="0.0.0.0/0"),
}

TARGETS = {
    "TargetGroup/api-tg": {
        "deregistrationDelay": 90,
        "healthCheck": {
            "healthyThreshold": 2,
            "interval": 15,
            "matcher": "200",
            "path": "/health",
            "timeout": 5,
            "unhealthyThreshold": 3,
        },
        "loadBalancingAlgorithmType": "least_outstanding_requests",
        "port": 8080,
        "protocol": "HTTP",
        "stickiness": {"cookieDuration": 86400, "enabled": False, "type": "lb_cookie"},
        "targetType": "ip",
        "vpcId": "vpc-1",
    },
    "ListenerRule/api-production": {
        "actions": [{"targetGroupArn": "arn:aws:made:::api-tg", "type": "forward"}],
        "conditions": [{"pathPattern": {"values": ["/*"]}}],
        "listenerArn": "arn:listener",
        "priority": 50000,
    },
}

TASK = {
    "LogGroup/api-log": {"retentionInDays": 14},
    "RandomPassword/api-session-key": {"length": 64, "special": False},
    "Secret/api-environment": {"description": "Secret variables of shop-staging-api"},
    "SecretVersion/api-environment": {
        "secretId": "api-environment-id",
        "secretString": Secret('{"DATABASE_URL": "postgresql://hidden", "SESSION_KEY": "generated-password"}'),
    },
    "Role/api-task": {"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")},
    "Role/api-execution": {"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")},
    "RolePolicyAttachment/api-execution": {
        "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "role": "api-execution",
    },
    "RolePolicy/api-secrets": {
        "policy": document(
            {
                "Action": ["secretsmanager:GetSecretValue"],
                "Effect": "Allow",
                "Resource": ["arn:aws:made:::secret"],
            }
        ),
        "role": "api-execution-id",
    },
    "TaskDefinition/api-task": {
        "containerDefinitions": [
            {
                "environment": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "PORT", "value": "8080"}],
                "essential": True,
                "image": "example/api:1",
                "linuxParameters": {
                    "initProcessEnabled": True,
                    "tmpfs": [{"containerPath": "/tmp", "size": 64}],  # noqa: S108  in memory
                },
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "api-log",
                        "awslogs-region": "eu-west-1",
                        "awslogs-stream-prefix": "api",
                    },
                },
                "mountPoints": [],
                "name": "api",
                "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
                "readonlyRootFilesystem": True,
                "secrets": [
                    {"name": name, "valueFrom": f"arn:aws:made:::secret:{name}::v1"}
                    for name in ("DATABASE_URL", "SESSION_KEY")
                ],
                "stopTimeout": 95,
                "user": "10001:10001",
            }
        ],
        "cpu": "512",
        "executionRoleArn": "arn:aws:made:::api-execution",
        "family": "shop-staging-api",
        "memory": "1024",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "skipDestroy": True,
        "taskRoleArn": "arn:aws:made:::api-task",
        "volumes": [],
    },
}

OF_TARGETS = {
    "failing": [("errors", "HTTPCode_Target_5XX_Count", "Sum"), ("requests", "RequestCount", "Sum")],
    "slow": [("response", "TargetResponseTime", "p95")],
    "unhealthy": [("fleet", "UnHealthyHostCount", "Maximum")],
}


def of_fleets(role: str, fleets: int) -> list[Any]:
    """Every metric of the alarm `role`, for each target group."""
    return [
        metric(f"{id_}{number}", "AWS/ApplicationELB", name, TARGET_GROUP, statistic)
        for id_, name, statistic in OF_TARGETS[role]
        for number in range(fleets)
    ]


DEPLOYMENT = {
    "MetricAlarm/api-failing": alarm(
        "failing",
        of_fleets("failing", 1),
        "IF(FILL(requests0, 0) > 0, 100 * FILL(errors0, 0) / FILL(requests0, 0) * (FILL(errors0, 0) >= 10), 0)",
        5,
    ),
    "MetricAlarm/api-slow": alarm("slow", of_fleets("slow", 1), "FILL(response0, 0)", 2),
    "MetricAlarm/api-unhealthy": alarm("unhealthy", of_fleets("unhealthy", 1), "FILL(fleet0, 0)", 0),
    "Service/api-service": {
        "alarms": {
            "alarmNames": [f"shop-staging-api-{role}" for role in ("failing", "slow", "unhealthy")],
            "enable": True,
            "rollback": True,
        },
        "availabilityZoneRebalancing": "ENABLED",
        "capacityProviderStrategies": [{"base": 2, "capacityProvider": "FARGATE", "weight": 100}],
        "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/shop-staging",
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "deploymentConfiguration": {"strategy": "ROLLING"},
        "deploymentMaximumPercent": 200,
        "deploymentMinimumHealthyPercent": 100,
        "desiredCount": 8,
        "enableEcsManagedTags": True,
        "enableExecuteCommand": False,
        "forceNewDeployment": True,
        "healthCheckGracePeriodSeconds": 60,
        "ignoreChanges": ["desiredCount"],
        "loadBalancers": [
            {"containerName": "api", "containerPort": 8080, "targetGroupArn": "arn:aws:made:::api-tg"}
        ],
        "name": "shop-staging-api",
        "networkConfiguration": {
            "assignPublicIp": False,
            "securityGroups": ["api-tasks-id"],
            "subnets": ["private-1", "private-2"],
        },
        "propagateTags": "SERVICE",
        "taskDefinition": "arn:aws:made:::api-task",
        "waitForSteadyState": True,
    },
}

STEP_SCALING = {
    "Target/api-scaling": {**SCALED, "maxCapacity": 50, "minCapacity": 8},
    "Policy/api-cpu-high": steps(2, ("0", "10", 25), ("10", "20", 50), ("20", None, 100)),
    "Policy/api-response-high": steps(2, ("0", "0.8", 25), ("0.8", None, 50)),
    "Policy/api-cpu-low": steps(1, ("-15", "0", -10), (None, "-15", -25)),
    "MetricAlarm/api-cpu-high": scaling_alarm("cpu-high", [CPU], "FILL(cpu, 0)", 70, 2),
    "MetricAlarm/api-response-high": scaling_alarm("response-high", [RESPONSE], "FILL(response0, 0)", 0.8, 2),
    "MetricAlarm/api-cpu-low": {
        **scaling_alarm("cpu-low", [CPU, RESPONSE], "IF(FILL(response0, 0) < 0.8, FILL(cpu, 100), 100)", 30, 15),
        "comparisonOperator": "LessThanThreshold",
    },
}


def test_service_is_as_written_down():
    assert inventory(record(scaling=STEP)) == {
        **SECURITY_GROUPS,
        **TARGETS,
        **TASK,
        **DEPLOYMENT,
        **STEP_SCALING,
    }


def test_target_tracking_and_schedules_are_as_written_down():
    target = TargetArgs(cpu_percent=70, memory_percent=80, requests_per_task_per_minute=900)
    launch = ScheduleArgs(
        schedule_name="launch", expression="at(2027-03-01T11:00:00)", minimum_tasks=5, maximum_tasks=10
    )
    found = inventory(record(scaling=replace(TARGET, target=target, schedules=[launch])))

    def tracked(value: int, **metric: str) -> dict[str, Any]:
        return {
            **SCALED,
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "predefinedMetricSpecification": metric,
                "scaleInCooldown": 180,
                "scaleOutCooldown": 180,
                "targetValue": value,
            },
        }

    assert {
        name: it for name, it in found.items() if name.startswith(("Policy", "Scheduled", "Target/api-s"))
    } == {
        "Target/api-scaling": {**SCALED, "maxCapacity": 10, "minCapacity": 2},
        "Policy/api-cpu": tracked(70, predefinedMetricType="ECSServiceAverageCPUUtilization"),
        "Policy/api-memory": tracked(80, predefinedMetricType="ECSServiceAverageMemoryUtilization"),
        "Policy/api-requests": tracked(
            900, predefinedMetricType="ALBRequestCountPerTarget", resourceLabel="app/lb/1/targetgroup/tg/1"
        ),
        "ScheduledAction/api-at-launch": {
            **SCALED,
            "name": "shop-staging-api-launch",
            "scalableTargetAction": {"maxCapacity": 10, "minCapacity": 5},
            "schedule": "at(2027-03-01T11:00:00)",
            "timezone": "UTC",
        },
    }


def test_second_fleet_is_as_written_down():
    found = inventory(record(rollout=BLUE_GREEN, scaling=STEP))
    groups = [
        {"arn": "arn:aws:made:::api-tg", "weight": 100},
        {"arn": "arn:aws:made:::api-tg-second", "weight": 0},
    ]
    assert {name: it for name, it in found.items() if name not in {*TASK, *SECURITY_GROUPS, *STEP_SCALING}} == {
        **TARGETS,
        **DEPLOYMENT,
        "TargetGroup/api-tg-second": TARGETS["TargetGroup/api-tg"],
        "Role/api-shifting": {"assumeRolePolicy": trust("ecs.amazonaws.com")},
        "RolePolicyAttachment/api-shifting": {
            "policyArn": "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers",
            "role": "api-shifting",
        },
        "ListenerRule/api-production": {
            **TARGETS["ListenerRule/api-production"],
            "actions": [{"forward": {"targetGroups": groups}, "type": "forward"}],
            "ignoreChanges": ["actions"],
        },
        "MetricAlarm/api-failing": alarm(
            "failing",
            of_fleets("failing", 2),
            "IF((FILL(requests0, 0) + FILL(requests1, 0)) > 0, 100 * (FILL(errors0, 0) + FILL(errors1, 0))"
            " / (FILL(requests0, 0) + FILL(requests1, 0))"
            " * ((FILL(errors0, 0) + FILL(errors1, 0)) >= 10), 0)",
            5,
        ),
        "MetricAlarm/api-slow": alarm(
            "slow", of_fleets("slow", 2), "MAX([FILL(response0, 0), FILL(response1, 0)])", 2
        ),
        "MetricAlarm/api-unhealthy": alarm(
            "unhealthy", of_fleets("unhealthy", 2), "(FILL(fleet0, 0) + FILL(fleet1, 0))", 0
        ),
        "Service/api-service": {
            **DEPLOYMENT["Service/api-service"],
            "deploymentConfiguration": {"bakeTimeInMinutes": "10", "strategy": "BLUE_GREEN"},
            "loadBalancers": [
                {
                    "advancedConfiguration": {
                        "alternateTargetGroupArn": "arn:aws:made:::api-tg-second",
                        "productionListenerRule": "arn:aws:made:::api-production",
                        "roleArn": "arn:aws:made:::api-shifting",
                    },
                    "containerName": "api",
                    "containerPort": 8080,
                    "targetGroupArn": "arn:aws:made:::api-tg",
                }
            ],
        },
    }
