"""Settings of the pooler that must be as they are."""

from typing import Any

from tests.components import test_collector
from tests.components.inventory import settings_inventory
from tests.components.postgres import test_pooler

POOLER: dict[str, dict[str, Any]] = {
    "EventRule/pool-rotated": {
        "eventPattern": {
            "detail": {"additionalEventData": {"SecretId": ["arn:secret"]}, "eventName": ["RotationSucceeded"]},
            "detail-type": ["AWS Service Event via CloudTrail"],
            "source": ["aws.secretsmanager"],
        }
    },
    "EventTarget/pool-rotated": {
        "arn": "arn:aws:made:::pool-redeploy",
        "roleArn": "arn:aws:made:::pool-rotated",
        "rule": "pool-rotated",
    },
    "Listener/pool-listener": {
        "defaultActions": [{"targetGroupArn": "arn:aws:made:::pool-tg", "type": "forward"}],
        "loadBalancerArn": "arn:aws:made:::pool-nlb",
        "port": 6432,
        "protocol": "TCP",
        "tcpIdleTimeoutSeconds": 3600,
    },
    "LoadBalancer/pool-nlb": {
        "enableCrossZoneLoadBalancing": True,
        "enableDeletionProtection": True,
        "internal": True,
        "loadBalancerType": "network",
        "securityGroups": ["pool-front-id"],
        "subnets": ["subnet-1", "subnet-2"],
    },
    "LogGroup/pool-log": {"retentionInDays": 30},
    "RandomPassword/pool-client": {"length": 32, "special": False},
    "RandomPassword/pool-stats": {"length": 32, "special": False},
    "Role/pool-execution": {"assumeRolePolicy": [("sts:AssumeRole", "ecs-tasks.amazonaws.com")]},
    "Role/pool-redeploy": {"assumeRolePolicy": [("sts:AssumeRole", "states.amazonaws.com")]},
    "Role/pool-rotated": {"assumeRolePolicy": [("sts:AssumeRole", "events.amazonaws.com")]},
    "Role/pool-task": {"assumeRolePolicy": [("sts:AssumeRole", "ecs-tasks.amazonaws.com")]},
    "RolePolicy/pool-redeploy": {
        "policy": [(["ecs:UpdateService"], ["pool-service-id"])],
        "role": "pool-redeploy-id",
    },
    "RolePolicy/pool-rotated": {
        "policy": [(["states:StartExecution"], ["arn:aws:made:::pool-redeploy"])],
        "role": "pool-rotated-id",
    },
    "RolePolicy/pool-secrets": {
        "policy": [(["secretsmanager:GetSecretValue"], ["arn:secret", "arn:aws:made:::secret", "arn:token"])],
        "role": "pool-execution-id",
    },
    "RolePolicyAttachment/pool-execution": {
        "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "role": "pool-execution",
    },
    "Secret/pool-credentials": {},
    "SecretVersion/pool-credentials": {
        "secretId": "pool-credentials-id",
        "secretString": (
            "secret",
            {
                "client_password": "generated-password",
                "exporter_url": "postgres://stats:generated-password@127.0.0.1:6432/pgbouncer?sslmode=disable",
                "stats_password": "generated-password",
            },
        ),
    },
    "SecurityGroup/pool-front": {"vpcId": "vpc-1"},
    "SecurityGroup/pool-tasks": {"vpcId": "vpc-1"},
    "SecurityGroupEgressRule/pool-front-to-task": {
        "fromPort": 6432,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "pool-tasks-id",
        "securityGroupId": "pool-front-id",
        "toPort": 6432,
    },
    "SecurityGroupEgressRule/pool-tasks-to-database": {
        "fromPort": 5432,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "sg-db",
        "securityGroupId": "pool-tasks-id",
        "toPort": 5432,
    },
    "SecurityGroupEgressRule/pool-tasks-to-https": {
        "cidrIpv4": "0.0.0.0/0",
        "fromPort": 443,
        "ipProtocol": "tcp",
        "securityGroupId": "pool-tasks-id",
        "toPort": 443,
    },
    "SecurityGroupEgressRule/pool-tasks-to-metrics": {
        "fromPort": 9090,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "sg-store",
        "securityGroupId": "pool-tasks-id",
        "toPort": 9090,
    },
    "SecurityGroupIngressRule/pool-front-into-task": {
        "fromPort": 6432,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "pool-front-id",
        "securityGroupId": "pool-tasks-id",
        "toPort": 6432,
    },
    "SecurityGroupIngressRule/pool-tasks-into-database": {
        "fromPort": 5432,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "pool-tasks-id",
        "securityGroupId": "sg-db",
        "toPort": 5432,
    },
    "SecurityGroupIngressRule/pool-tasks-into-metrics": {
        "fromPort": 9090,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "pool-tasks-id",
        "securityGroupId": "sg-store",
        "toPort": 9090,
    },
    "Service/pool-service": {
        "availabilityZoneRebalancing": "DISABLED",
        "cluster": "arn:cluster",
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "deploymentMaximumPercent": 100,
        "deploymentMinimumHealthyPercent": 50,
        "desiredCount": 2,
        "healthCheckGracePeriodSeconds": 60,
        "launchType": "FARGATE",
        "loadBalancers": [
            {"containerName": "pgbouncer", "containerPort": 6432, "targetGroupArn": "arn:aws:made:::pool-tg"}
        ],
        "name": "shop-staging-pooler",
        "networkConfiguration": {
            "assignPublicIp": False,
            "securityGroups": ["pool-tasks-id"],
            "subnets": ["subnet-1", "subnet-2"],
        },
        "propagateTags": "SERVICE",
        "taskDefinition": "arn:aws:made:::pool-task",
        "waitForSteadyState": True,
    },
    "StateMachine/pool-redeploy": {
        "definition": {
            "StartAt": "Redeploy",
            "States": {
                "Redeploy": {
                    "End": True,
                    "Parameters": {
                        "Cluster": "arn:cluster",
                        "ForceNewDeployment": True,
                        "Service": "shop-staging-pooler",
                    },
                    "Resource": "arn:aws:states:::aws-sdk:ecs:updateService",
                    "Retry": [
                        {"BackoffRate": 2, "ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 6}
                    ],
                    "Type": "Task",
                }
            },
        },
        "roleArn": "arn:aws:made:::pool-redeploy",
    },
    "TargetGroup/pool-tg": {
        "connectionTermination": True,
        "deregistrationDelay": 60,
        "healthCheck": {"healthyThreshold": 6, "interval": 10, "protocol": "TCP", "unhealthyThreshold": 2},
        "port": 6432,
        "preserveClientIp": "false",
        "protocol": "TCP",
        "targetType": "ip",
        "vpcId": "vpc-1",
    },
    "TaskDefinition/pool-task": {
        "cpu": "256",
        "executionRoleArn": "arn:aws:made:::pool-execution",
        "family": "shop-staging-pooler",
        "memory": "512",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "skipDestroy": True,
        "tags": {
            "footing:pool-mode": "transaction",
            "footing:server-connections": "80",
            "footing:server-connections-per-task": "40",
        },
        "taskRoleArn": "arn:aws:made:::pool-task",
        "volumes": [{"name": "run"}, {"name": "collector"}],
    },
    "container/collector": {
        "command": ["alloy"],
        "dependsOn": [{"condition": "SUCCESS", "containerName": "collector-prepare"}],
        "entryPoint": ["sh", "-c"],
        "environment": {
            "COLLECTOR_DIRECTORY": "/run/collector",
            "REMOTE_WRITE_URL": "https://store.example.com/write",
            "REMOTE_WRITE_USER": "12",
        },
        "essential": False,
        "image": "example/alloy:1",
        "mountPoints": [{"containerPath": "/run/collector", "sourceVolume": "collector"}],
        "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60},
        "secrets": {"REMOTE_WRITE_TOKEN": "arn:token:token::t1"},
        "user": "10001:10001",
    },
    "container/collector-prepare": {
        "command": ["chown"],
        "entryPoint": ["sh", "-c"],
        "environment": {"COLLECTOR_DIRECTORY": "/run/collector"},
        "essential": False,
        "image": "example/alloy:1",
        "mountPoints": [{"containerPath": "/run/collector", "sourceVolume": "collector"}],
        "secrets": {},
        "user": "0:0",
    },
    "container/exporter": {
        "dependsOn": [{"condition": "START", "containerName": "pgbouncer"}],
        "environment": {},
        "essential": True,
        "healthCheck": {
            "command": ["CMD-SHELL", ("wget -q -O - http://127.0.0.1:9127/metrics | grep -q '^pgbouncer_up 1$'")],
            "interval": 10,
            "retries": 6,
            "startPeriod": 60,
            "timeout": 5,
        },
        "image": "example/exporter:1",
        "secrets": {"PGBOUNCER_EXPORTER_CONNECTION_STRING": "arn:aws:made:::secret:exporter_url::v1"},
        "user": "10001:10001",
    },
    "container/pgbouncer": {
        "command": ["pgbouncer"],
        "dependsOn": [{"condition": "SUCCESS", "containerName": "prepare"}],
        "entryPoint": ["sh", "-c"],
        "environment": {
            "DATABASE_HOST": "db.internal",
            "DATABASE_NAME": "shop",
            "DATABASE_PORT": "5432",
            "DATABASE_USER": "shop",
            "PGBOUNCER_INI": [
                "%include /run/pgbouncer/databases.ini",
                "[pgbouncer]",
                "listen_addr = 0.0.0.0",
                "listen_port = 6432",
                "unix_socket_dir = ",
                "auth_type = scram-sha-256",
                "auth_file = /run/pgbouncer/userlist.txt",
                "pool_mode = transaction",
                "default_pool_size = 40",
                "max_db_connections = 40",
                "reserve_pool_size = 0",
                "min_pool_size = 0",
                "max_client_conn = 500",
                "max_prepared_statements = 200",
                "query_wait_timeout = 30",
                "server_idle_timeout = 600",
                "server_lifetime = 1800",
                "server_check_query = select 1",
                "server_tls_sslmode = verify-full",
                "server_tls_ca_file = /run/pgbouncer/rds-ca.pem",
                "tcp_keepalive = 1",
                "tcp_keepidle = 60",
                "tcp_keepintvl = 15",
                "tcp_keepcnt = 4",
                "stats_users = stats",
                "ignore_startup_parameters = extra_float_digits,search_path",
                "log_connections = 0",
                "log_disconnections = 0",
            ],
            "RUN_DIRECTORY": "/run/pgbouncer",
            "STATS_USER": "stats",
        },
        "essential": True,
        "image": "example/pgbouncer:1",
        "mountPoints": [{"containerPath": "/run/pgbouncer", "sourceVolume": "run"}],
        "portMappings": [{"containerPort": 6432, "protocol": "tcp"}],
        "secrets": {
            "CLIENT_PASSWORD": "arn:aws:made:::secret:client_password::v1",
            "DATABASE_PASSWORD": "arn:secret:password::v1",
            "STATS_PASSWORD": "arn:aws:made:::secret:stats_password::v1",
        },
        "stopTimeout": 120,
        "user": "10001:10001",
    },
    "container/prepare": {
        "command": ["curl", "chown"],
        "entryPoint": ["sh", "-c"],
        "environment": {
            "RDS_CA_URL": "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem",
            "RUN_DIRECTORY": "/run/pgbouncer",
        },
        "essential": False,
        "image": "example/curl:1",
        "mountPoints": [{"containerPath": "/run/pgbouncer", "sourceVolume": "run"}],
        "secrets": {},
        "user": "0:0",
    },
}


def test_pooler_is_private_steady_and_measured():
    assert (
        settings_inventory(test_pooler.record(follow_rotation=True, collecting=test_collector.COLLECTING))
        == POOLER
    )
