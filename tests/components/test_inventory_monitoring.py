"""Settings of the monitoring host and its servers that must be as they are."""

from typing import Any

from tests.components import test_monitoring
from tests.components.inventory import settings_inventory

HOST: dict[str, dict[str, Any]] = {
    "CapacityProvider/metrics-machine": {
        "autoScalingGroupProvider": {
            "autoScalingGroupArn": "arn:aws:made:::metrics-machines",
            "managedDraining": "ENABLED",
            "managedScaling": {"status": "DISABLED"},
        },
        "name": "shop-staging-metrics",
    },
    "Cluster/metrics-cluster": {
        "name": "shop-staging-metrics",
        "settings": [{"name": "containerInsights", "value": "enabled"}],
    },
    "ClusterCapacityProviders/metrics-machine": {
        "capacityProviders": ["shop-staging-metrics"],
        "clusterName": "shop-staging-metrics",
    },
    "Group/metrics-machines": {
        "desiredCapacity": 1,
        "instanceRefresh": {"preferences": {"minHealthyPercentage": 0}, "strategy": "Rolling"},
        "launchTemplate": {"id": "metrics-machine-id", "version": "7"},
        "maxSize": 1,
        "minSize": 0,
        "name": "shop-staging-metrics",
        "tags": [
            {"key": "Name", "propagateAtLaunch": True, "value": "shop-staging-metrics"},
            {"key": "AmazonECSManaged", "propagateAtLaunch": True, "value": ""},
        ],
        "vpcZoneIdentifiers": ["subnet-1"],
    },
    "InstanceProfile/metrics-machine": {"role": "metrics-machine"},
    "LaunchTemplate/metrics-machine": {
        "blockDeviceMappings": [
            {"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "volumeSize": 30, "volumeType": "gp3"}}
        ],
        "iamInstanceProfile": {"arn": "arn:aws:made:::metrics-machine"},
        "imageId": "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
        "instanceType": "t3.small",
        "metadataOptions": {"httpEndpoint": "enabled", "httpPutResponseHopLimit": 1, "httpTokens": "required"},
        "monitoring": {"enabled": True},
        "networkInterfaces": [{"associatePublicIpAddress": "false", "securityGroups": ["metrics-machine-id"]}],
        "updateDefaultVersion": True,
    },
    "PrivateDnsNamespace/metrics-domain": {"name": "shop-staging-metrics.internal", "vpc": "vpc-1"},
    "Role/metrics-machine": {"assumeRolePolicy": [("sts:AssumeRole", "ec2.amazonaws.com")]},
    "RolePolicy/metrics-volume": {
        "policy": [
            (["ec2:AttachVolume"], ["arn:aws:ec2:eu-west-1:1:volume/vol-1", "arn:aws:ec2:eu-west-1:1:instance/*"])
        ],
        "role": "metrics-machine-id",
    },
    "RolePolicyAttachment/metrics-AmazonEC2ContainerServiceforEC2Role": {
        "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
        "role": "metrics-machine",
    },
    "RolePolicyAttachment/metrics-AmazonSSMManagedInstanceCore": {
        "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        "role": "metrics-machine",
    },
    "SecurityGroup/metrics-machine": {"vpcId": "vpc-1"},
    "SecurityGroup/metrics-tasks": {"vpcId": "vpc-1"},
    "SecurityGroupEgressRule/metrics-machine-to-grafana": {
        "fromPort": 3000,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "metrics-tasks-id",
        "securityGroupId": "metrics-machine-id",
        "toPort": 3000,
    },
    "SecurityGroupEgressRule/metrics-machine-to-https": {
        "cidrIpv4": "0.0.0.0/0",
        "fromPort": 443,
        "ipProtocol": "tcp",
        "securityGroupId": "metrics-machine-id",
        "toPort": 443,
    },
    "SecurityGroupEgressRule/metrics-machine-to-prometheus": {
        "fromPort": 9090,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "metrics-tasks-id",
        "securityGroupId": "metrics-machine-id",
        "toPort": 9090,
    },
    "SecurityGroupEgressRule/metrics-tasks-to-https": {
        "cidrIpv4": "0.0.0.0/0",
        "fromPort": 443,
        "ipProtocol": "tcp",
        "securityGroupId": "metrics-tasks-id",
        "toPort": 443,
    },
    "SecurityGroupIngressRule/metrics-machine-into-grafana": {
        "fromPort": 3000,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "metrics-machine-id",
        "securityGroupId": "metrics-tasks-id",
        "toPort": 3000,
    },
    "SecurityGroupIngressRule/metrics-machine-into-prometheus": {
        "fromPort": 9090,
        "ipProtocol": "tcp",
        "referencedSecurityGroupId": "metrics-machine-id",
        "securityGroupId": "metrics-tasks-id",
        "toPort": 9090,
    },
    "Service/metrics-prometheus": {
        "dnsConfig": {
            "dnsRecords": [{"ttl": 10, "type": "A"}],
            "namespaceId": "metrics-domain-id",
            "routingPolicy": "MULTIVALUE",
        },
        "name": "prometheus",
    },
    "Volume/metrics-data": {
        "availabilityZone": "eu-west-1a",
        "encrypted": True,
        "finalSnapshot": True,
        "protect": True,
        "size": 50,
        "type": "gp3",
    },
}

SERVERS: dict[str, dict[str, Any]] = {
    "LogGroup/servers-log": {"retentionInDays": 365},
    "RandomPassword/servers-admin": {"length": 32, "special": False},
    "Role/servers-execution": {"assumeRolePolicy": [("sts:AssumeRole", "ecs-tasks.amazonaws.com")]},
    "Role/servers-task": {"assumeRolePolicy": [("sts:AssumeRole", "ecs-tasks.amazonaws.com")]},
    "RolePolicy/servers-secrets": {
        "policy": [(["secretsmanager:GetSecretValue"], ["arn:aws:made:::secret"])],
        "role": "servers-execution-id",
    },
    "RolePolicyAttachment/servers-execution": {
        "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "role": "servers-execution",
    },
    "Secret/servers-credentials": {},
    "SecretVersion/servers-credentials": {
        "secretId": "servers-credentials-id",
        "secretString": ("secret", {"grafana_password": "generated-password"}),
    },
    "Service/servers-service": {
        "availabilityZoneRebalancing": "DISABLED",
        "capacityProviderStrategies": [{"capacityProvider": "machines", "weight": 1}],
        "cluster": "arn:cluster",
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "deploymentMaximumPercent": 100,
        "deploymentMinimumHealthyPercent": 0,
        "desiredCount": 1,
        "forceNewDeployment": True,
        "name": "shop-staging-metrics",
        "networkConfiguration": {"assignPublicIp": False, "securityGroups": ["sg-1"], "subnets": ["subnet-1"]},
        "propagateTags": "SERVICE",
        "serviceRegistries": {"registryArn": "arn:registry"},
        "taskDefinition": "arn:aws:made:::servers-task",
        "waitForSteadyState": True,
    },
    "TaskDefinition/servers-task": {
        "executionRoleArn": "arn:aws:made:::servers-execution",
        "family": "shop-staging-metrics",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["EC2"],
        "skipDestroy": True,
        "tags": {"footing:measures": "metrics"},
        "taskRoleArn": "arn:aws:made:::servers-task",
        "volumes": [
            {"hostPath": "/data/prometheus", "name": "prometheus"},
            {"hostPath": "/data/grafana", "name": "grafana"},
        ],
    },
    "container/grafana": {
        "command": ["/run.sh"],
        "entryPoint": ["sh", "-c"],
        "environment": {
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_AUTH_ANONYMOUS_ENABLED": "false",
            "GF_LOG_MODE": "console",
            "GF_PATHS_PROVISIONING": "/var/lib/grafana/provisioning",
            "GF_USERS_ALLOW_SIGN_UP": "false",
            "GRAFANA_DATASOURCES": {
                "apiVersion": 1,
                "datasources": [
                    {
                        "access": "proxy",
                        "isDefault": True,
                        "name": "Prometheus",
                        "type": "prometheus",
                        "uid": "prometheus",
                        "url": "http://127.0.0.1:9090",
                    }
                ],
            },
        },
        "essential": False,
        "image": "example/grafana:12.1.1",
        "memory": 384,
        "mountPoints": [{"containerPath": "/var/lib/grafana", "sourceVolume": "grafana"}],
        "portMappings": [{"containerPort": 3000, "protocol": "tcp"}],
        "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60},
        "secrets": {"GF_SECURITY_ADMIN_PASSWORD": "arn:aws:made:::secret:grafana_password::v1"},
        "user": "10001:10001",
    },
    "container/prometheus": {
        "command": ["prometheus"],
        "entryPoint": ["sh", "-c"],
        "environment": {
            "PROMETHEUS_CONFIG": {
                "global": {"evaluation_interval": "60s", "scrape_interval": "30s"},
                "rule_files": ["/prometheus/config/rules.yml"],
                "scrape_configs": [
                    {"job_name": "prometheus", "static_configs": [{"targets": ["127.0.0.1:9090"]}]}
                ],
                "storage": {"tsdb": {"out_of_order_time_window": "1h"}},
            },
            "RETENTION": "30d",
            "RETENTION_SIZE": "40GB",
        },
        "essential": True,
        "image": "example/prometheus:3.5.0",
        "memory": 1024,
        "mountPoints": [{"containerPath": "/prometheus", "sourceVolume": "prometheus"}],
        "portMappings": [{"containerPort": 9090, "protocol": "tcp"}],
        "secrets": {},
        "stopTimeout": 120,
        "user": "10001:10001",
    },
}


def test_host_has_one_machine_and_a_disk_that_outlives_it():
    assert settings_inventory(test_monitoring.host()) == HOST


def test_servers_run_once_beside_their_disk():
    assert settings_inventory(test_monitoring.servers()) == SERVERS
