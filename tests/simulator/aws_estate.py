"""One resource of each kind that moto makes, and a change for each that can change in place."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wire_format import secret

Outputs = dict[str, dict[str, Any]]
ASSUME = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        ],
    }
)
READ = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
SCALED = {"serviceNamespace": "ecs", "scalableDimension": "ecs:service:DesiredCount"}


@dataclass(frozen=True)
class Step:
    """A resource by its name, its inputs given what was made before, and a change made in place."""

    name: str
    token: str
    inputs: Callable[[Outputs], dict[str, Any]]
    change: dict[str, Any] | None = None


def container(image: str) -> str:
    ports = [{"containerPort": 80}]
    return json.dumps([{"name": "api", "image": image, "memory": 128, "essential": True, "portMappings": ports}])


ROLE_ARN = "arn:aws:iam::123456789012:role/replication"


def copied(deletions: str) -> list[dict[str, Any]]:
    return [
        {
            "id": "all",
            "status": "Enabled",
            "priority": 1,
            "filter": {"prefix": ""},
            "deleteMarkerReplication": {"status": deletions},
            "destination": {"bucket": "arn:aws:s3:::app-assets-example", "metrics": {"status": "Enabled"}},
        }
    ]


def deny(bucket: str) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def redrive(letters: str, receives: object) -> str:
    return json.dumps({"deadLetterTargetArn": letters, "maxReceiveCount": receives})


def metric(name: str, namespace: str, **dimensions: str) -> dict[str, Any]:
    named = [{"name": key, "value": value} for key, value in dimensions.items()]
    return {"metric": {"metricName": name, "namespace": namespace, "dimensions": named}, "stat": "Average"}


def tracking(queue: str, target: float) -> dict[str, Any]:
    running = metric("RunningTaskCount", "ECS/ContainerInsights", ClusterName="app", ServiceName="app")
    return {
        "targetValue": target,
        "customizedMetricSpecification": {
            "metrics": [
                {
                    "id": "visible",
                    "metricStat": metric("ApproximateNumberOfMessagesVisible", "AWS/SQS", QueueName=queue),
                    "returnData": False,
                },
                {"id": "running", "metricStat": running, "returnData": False},
                {"id": "backlog", "expression": "visible / IF(running > 0, running, 1)"},
            ]
        },
    }


NETWORK = (
    Step("vpc", "aws:ec2/vpc:Vpc", lambda o: {"cidrBlock": "10.0.0.0/16"}, {"enableDnsHostnames": True}),
    Step(
        "a",
        "aws:ec2/subnet:Subnet",
        lambda o: {"vpcId": o["vpc"]["id"], "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-east-1a"},
        {"mapPublicIpOnLaunch": True},
    ),
    Step(
        "b",
        "aws:ec2/subnet:Subnet",
        lambda o: {"vpcId": o["vpc"]["id"], "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1b"},
        {"tags": {"tier": "private"}},
    ),
    Step(
        "open",
        "aws:ec2/securityGroup:SecurityGroup",
        lambda o: {
            "vpcId": o["vpc"]["id"],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
        },
        {"egress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]},
    ),
    Step(
        "closed", "aws:ec2/securityGroup:SecurityGroup", lambda o: {"vpcId": o["vpc"]["id"]}, {"tags": {"a": "b"}}
    ),
    Step(
        "in",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        lambda o: {
            "securityGroupId": o["closed"]["id"],
            "referencedSecurityGroupId": o["open"]["id"],
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
        },
        {"fromPort": 5433, "toPort": 5433},
    ),
    Step(
        "out",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        lambda o: {"securityGroupId": o["closed"]["id"], "cidrIpv4": "10.0.0.0/16", "ipProtocol": "-1"},
        {"description": "to the network"},
    ),
    Step(
        "old",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        lambda o: {
            "type": "ingress",
            "securityGroupId": o["closed"]["id"],
            "protocol": "tcp",
            "fromPort": 80,
            "toPort": 80,
            "cidrBlocks": ["10.0.0.0/16"],
        },
        {"description": "web"},
    ),
)
DATA = (
    Step(
        "probe",
        "aws:route53/healthCheck:HealthCheck",
        lambda o: {
            "type": "HTTPS",
            "fqdn": "shop.example",
            "port": 443,
            "resourcePath": "/health",
            "enableSni": True,
            "requestInterval": 30,
            "failureThreshold": 3,
            "regions": ["ap-southeast-1", "eu-west-1", "us-east-1"],
            "tags": {"Name": "shop"},
        },
        {"failureThreshold": 2},
    ),
    Step(
        "settings",
        "aws:rds/parameterGroup:ParameterGroup",
        lambda o: {"family": "postgres15", "parameters": [{"name": "max_connections", "value": "200"}]},
        {"parameters": [{"name": "max_connections", "value": "300", "applyMethod": "pending-reboot"}]},
    ),
    Step(
        "subnets",
        "aws:rds/subnetGroup:SubnetGroup",
        lambda o: {"subnetIds": [o["a"]["id"], o["b"]["id"]]},
        {"description": "data"},
    ),
    Step(
        "db",
        "aws:rds/instance:Instance",
        lambda o: {
            "identifier": "app",
            "engine": "postgres",
            "engineVersion": "15.15",
            "instanceClass": "db.t4g.micro",
            "allocatedStorage": 20,
            "storageEncrypted": True,
            "username": "app",
            "password": secret("correct-horse"),
            "dbSubnetGroupName": o["subnets"]["id"],
            "parameterGroupName": o["settings"]["id"],
            "vpcSecurityGroupIds": [o["closed"]["id"]],
            "finalSnapshotIdentifier": "app-final",
        },
        {"instanceClass": "db.t4g.small", "enabledCloudwatchLogsExports": ["postgresql"], "port": 5433},
    ),
    Step(
        "replica",
        "aws:rds/instance:Instance",
        lambda o: {
            "identifier": "app-replica",
            "replicateSourceDb": o["db"]["identifier"],
            "instanceClass": "db.t4g.micro",
            "skipFinalSnapshot": True,
        },
        {"backupRetentionPeriod": 3},
    ),
    Step(
        "cachesubnets",
        "aws:elasticache/subnetGroup:SubnetGroup",
        lambda o: {"subnetIds": [o["a"]["id"]]},
        {"description": "cache"},
    ),
    Step(
        "cachesettings",
        "aws:elasticache/parameterGroup:ParameterGroup",
        lambda o: {"family": "redis7", "parameters": [{"name": "maxmemory-policy", "value": "allkeys-lru"}]},
        {"parameters": [{"name": "maxmemory-policy", "value": "noeviction"}]},
    ),
    Step(
        "cacheuser",
        "aws:elasticache/user:User",
        lambda o: {
            "userId": "app",
            "userName": "default",
            "engine": "redis",
            "accessString": "on ~* +@all",
            "authenticationMode": {"type": "password", "passwords": [secret("correct-horse-one")]},
        },
        {"authenticationMode": {"type": "password", "passwords": ["correct-horse-one", "correct-horse-two"]}},
    ),
    Step(
        "cacheusers",
        "aws:elasticache/userGroup:UserGroup",
        lambda o: {"userGroupId": "app", "engine": "redis", "userIds": [o["cacheuser"]["id"]]},
        {"userIds": ["app", "other"]},
    ),
    Step(
        "serverless",
        "aws:elasticache/serverlessCache:ServerlessCache",
        lambda o: {
            "name": "app",
            "engine": "valkey",
            "majorEngineVersion": "7",
            "userGroupId": o["cacheusers"]["id"],
            "cacheUsageLimits": {
                "dataStorage": {"maximum": 5, "unit": "GB"},
                "ecpuPerSeconds": [{"maximum": 1000}],
            },
        },
        {"majorEngineVersion": "8"},
    ),
    Step(
        "redis",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        lambda o: {
            "replicationGroupId": "app",
            "description": "cache",
            "nodeType": "cache.t4g.small",
            "numCacheClusters": 2,
            "automaticFailoverEnabled": True,
            "subnetGroupName": o["cachesubnets"]["id"],
            "securityGroupIds": [o["closed"]["id"]],
            "logDeliveryConfigurations": [
                {
                    "destination": "/redis",
                    "destinationType": "cloudwatch-logs",
                    "logFormat": "json",
                    "logType": "slow-log",
                }
            ],
        },
        {"snapshotRetentionLimit": 7},
    ),
    Step(
        "secret",
        "aws:secretsmanager/secret:Secret",
        lambda o: {"name": "app/url", "recoveryWindowInDays": 7},
        {"description": "where the database is"},
    ),
    Step(
        "value",
        "aws:secretsmanager/secretVersion:SecretVersion",
        lambda o: {"secretId": o["secret"]["id"], "secretString": secret("correct-horse")},
    ),
    Step(
        "parameter",
        "aws:ssm/parameter:Parameter",
        lambda o: {"name": "/app/url", "type": "String", "value": "a", "tags": {"a": "b"}},
        {"value": "b"},
    ),
)
STORAGE = (
    Step("bucket", "aws:s3/bucket:Bucket", lambda o: {"bucket": "app-assets-example"}, {"tags": {"a": "b"}}),
    Step(
        "versions",
        "aws:s3/bucketVersioning:BucketVersioning",
        lambda o: {"bucket": o["bucket"]["id"], "versioningConfiguration": {"status": "Enabled"}},
        {"versioningConfiguration": {"status": "Suspended"}},
    ),
    Step(
        "private",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        lambda o: {"bucket": o["bucket"]["id"], "blockPublicAcls": True},
        {"blockPublicPolicy": True},
    ),
    Step(
        "encrypted",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        lambda o: {
            "bucket": o["bucket"]["id"],
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
        },
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, "bucketKeyEnabled": True}]},
    ),
    Step(
        "expiry",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda o: {
            "bucket": o["bucket"]["id"],
            "rules": [
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrentVersionExpiration": {"noncurrentDays": 30},
                }
            ],
        },
    ),
    Step(
        "owned",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        lambda o: {"bucket": o["bucket"]["id"], "rule": {"objectOwnership": "BucketOwnerEnforced"}},
    ),
    Step(
        "shared",
        "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        lambda o: {
            "bucket": o["bucket"]["id"],
            "corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["*"]}],
        },
    ),
    Step("copying", "aws:s3/bucket:Bucket", lambda o: {"bucket": "app-copying-example"}),
    Step(
        "copied-versions",
        "aws:s3/bucketVersioning:BucketVersioning",
        lambda o: {"bucket": o["copying"]["id"], "versioningConfiguration": {"status": "Enabled"}},
    ),
    Step(
        "copied",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        lambda o: {"bucket": o["copying"]["id"], "role": ROLE_ARN, "rules": copied("Enabled")},
        {"rules": copied("Disabled")},
    ),
    Step(
        "policy",
        "aws:s3/bucketPolicy:BucketPolicy",
        lambda o: {"bucket": o["bucket"]["id"], "policy": deny("app-assets-example")},
    ),
)
COMPUTE = (
    Step(
        "log",
        "aws:cloudwatch/logGroup:LogGroup",
        lambda o: {"name": "/app", "retentionInDays": 30},
        {"retentionInDays": 90},
    ),
    Step("role", "aws:iam/role:Role", lambda o: {"assumeRolePolicy": ASSUME}, {"maxSessionDuration": 7200}),
    Step(
        "attached",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda o: {"role": o["role"]["name"], "policyArn": MANAGED},
    ),
    Step(
        "inline",
        "aws:iam/rolePolicy:RolePolicy",
        lambda o: {"role": o["role"]["id"], "policy": READ},
        {
            "policy": ASSUME.replace("sts:AssumeRole", "s3:*").replace(
                '"Principal": {"Service": "ecs-tasks.amazonaws.com"}', '"Resource": "*"'
            )
        },
    ),
    Step(
        "reader",
        "aws:iam/policy:Policy",
        lambda o: {"policy": READ},
        {"policy": READ.replace("s3:GetObject", "s3:ListBucket")},
    ),
    Step(
        "cluster",
        "aws:ecs/cluster:Cluster",
        lambda o: {"name": "app", "tags": {"app": "app"}},
        {"settings": [{"name": "containerInsights", "value": "enabled"}]},
    ),
    Step(
        "capacity",
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        lambda o: {"clusterName": o["cluster"]["name"], "capacityProviders": ["FARGATE"]},
        {"capacityProviders": ["FARGATE", "FARGATE_SPOT"]},
    ),
    Step(
        "balancer",
        "aws:lb/loadBalancer:LoadBalancer",
        lambda o: {
            "subnets": [o["a"]["id"], o["b"]["id"]],
            "securityGroups": [o["open"]["id"]],
            "idleTimeout": 30,
        },
        {"idleTimeout": 60, "dropInvalidHeaderFields": True},
    ),
    Step(
        "targets",
        "aws:lb/targetGroup:TargetGroup",
        lambda o: {
            "port": 80,
            "protocol": "HTTP",
            "targetType": "ip",
            "vpcId": o["vpc"]["id"],
            "healthCheck": {"path": "/health", "matcher": "200"},
        },
        {"healthCheck": {"path": "/ready", "interval": 10}, "deregistrationDelay": 20},
    ),
    Step(
        "listener",
        "aws:lb/listener:Listener",
        lambda o: {
            "loadBalancerArn": o["balancer"]["arn"],
            "port": 443,
            "protocol": "HTTPS",
            "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/a",
            "defaultActions": [{"type": "forward", "targetGroupArn": o["targets"]["arn"]}],
        },
        {"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
    ),
    Step(
        "rule",
        "aws:lb/listenerRule:ListenerRule",
        lambda o: {
            "listenerArn": o["listener"]["arn"],
            "priority": 10,
            "actions": [
                {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}
            ],
            "conditions": [{"pathPattern": {"values": ["/private/*"]}}],
        },
        {"priority": 20},
    ),
    Step(
        "task",
        "aws:ecs/taskDefinition:TaskDefinition",
        lambda o: {
            "family": "app",
            "containerDefinitions": container("example/api:1"),
            "taskRoleArn": o["role"]["arn"],
        },
    ),
    Step(
        "service",
        "aws:ecs/service:Service",
        lambda o: {
            "name": "app",
            "cluster": o["cluster"]["arn"],
            "taskDefinition": o["task"]["arn"],
            "desiredCount": 1,
            "launchType": "FARGATE",
            "networkConfiguration": {"subnets": [o["a"]["id"]], "assignPublicIp": True},
            "loadBalancers": [
                {"targetGroupArn": o["targets"]["arn"], "containerName": "api", "containerPort": 80}
            ],
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        },
        {"desiredCount": 2, "deploymentMaximumPercent": 150},
    ),
    Step(
        "scaled",
        "aws:appautoscaling/target:Target",
        lambda o: {"minCapacity": 1, "maxCapacity": 4, "resourceId": "service/app/app", **SCALED},
        {"maxCapacity": 8},
    ),
    Step(
        "steps",
        "aws:appautoscaling/policy:Policy",
        lambda o: {
            "policyType": "StepScaling",
            "resourceId": o["scaled"]["id"],
            **SCALED,
            "stepScalingPolicyConfiguration": {
                "adjustmentType": "ChangeInCapacity",
                "stepAdjustments": [{"metricIntervalLowerBound": "0", "scalingAdjustment": 1}],
            },
        },
    ),
    Step(
        "night",
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        lambda o: {
            "resourceId": o["scaled"]["id"],
            **SCALED,
            "schedule": "cron(0 20 * * ? *)",
            "scalableTargetAction": {"minCapacity": 1, "maxCapacity": 1},
        },
        {"schedule": "cron(0 22 * * ? *)"},
    ),
    Step(
        "alarm",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda o: {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 80,
            "metricQueries": [
                {"id": "e", "expression": "m * 2", "returnData": True},
                {
                    "id": "m",
                    "metric": {
                        "metricName": "DatabaseConnections",
                        "namespace": "AWS/RDS",
                        "period": 60,
                        "stat": "Average",
                        "dimensions": {"DBInstanceIdentifier": o["db"]["identifier"]},
                    },
                },
            ],
        },
        {"threshold": 95},
    ),
    Step(
        "composite",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        lambda o: {
            "alarmName": "both",
            "alarmRule": f"ALARM({o['alarm']['name']})",
            "actionsSuppressor": {"alarm": o["alarm"]["name"], "waitPeriod": 60, "extensionPeriod": 60},
        },
        {"alarmDescription": "Both at once."},
    ),
    Step(
        "board",
        "aws:cloudwatch/dashboard:Dashboard",
        lambda o: {"dashboardName": "app", "dashboardBody": '{"widgets": []}'},
    ),
)
MESSAGING = (
    Step("letters", "aws:sqs/queue:Queue", lambda o: {"name": "letters"}, {"messageRetentionSeconds": 1209600}),
    Step(
        "orders",
        "aws:sqs/queue:Queue",
        lambda o: {"name": "orders", "visibilityTimeoutSeconds": 60, "tags": {"a": "b"}},
        {"visibilityTimeoutSeconds": 90},
    ),
    Step(
        "redriven",
        "aws:sqs/redrivePolicy:RedrivePolicy",
        lambda o: {"queueUrl": o["orders"]["url"], "redrivePolicy": redrive(o["letters"]["arn"], 5)},
    ),
    Step(
        "redrivers",
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        lambda o: {
            "queueUrl": o["letters"]["url"],
            "redriveAllowPolicy": json.dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [o["orders"]["arn"]]}
            ),
        },
    ),
    Step(
        "senders",
        "aws:sqs/queuePolicy:QueuePolicy",
        lambda o: {"queueUrl": o["orders"]["url"], "policy": READ.replace("s3:GetObject", "sqs:SendMessage")},
    ),
    Step("bus", "aws:cloudwatch/eventBus:EventBus", lambda o: {"name": "shop"}, {"description": "of the shop"}),
    Step(
        "placed",
        "aws:cloudwatch/eventRule:EventRule",
        lambda o: {"eventBusName": o["bus"]["name"], "eventPattern": json.dumps({"source": ["shop"]})},
        {"description": "an order", "state": "DISABLED"},
    ),
    Step(
        "queued",
        "aws:cloudwatch/eventTarget:EventTarget",
        lambda o: {
            "rule": o["placed"]["name"],
            "eventBusName": o["bus"]["name"],
            "arn": o["orders"]["arn"],
            "targetId": "orders",
            "inputTransformer": {"inputPaths": {"id": "$.detail.id"}, "inputTemplate": '{"id": <id>}'},
            "deadLetterConfig": {"arn": o["letters"]["arn"]},
        },
        {"retryPolicy": {"maximumRetryAttempts": 3}},
    ),
    Step("clock", "aws:iam/role:Role", lambda o: {"assumeRolePolicy": ASSUME.replace("ecs-tasks", "scheduler")}),
    Step("jobs", "aws:scheduler/scheduleGroup:ScheduleGroup", lambda o: {"name": "jobs"}, {"tags": {"a": "b"}}),
    Step(
        "report",
        "aws:scheduler/schedule:Schedule",
        lambda o: {
            "groupName": o["jobs"]["name"],
            "scheduleExpression": "cron(0 3 * * ? *)",
            "scheduleExpressionTimezone": "Europe/Rome",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": o["cluster"]["arn"],
                "roleArn": o["clock"]["arn"],
                "deadLetterConfig": {"arn": o["letters"]["arn"]},
                "retryPolicy": {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 3600},
                "ecsParameters": {
                    "taskDefinitionArn": o["task"]["arn"],
                    "launchType": "FARGATE",
                    "networkConfiguration": {"subnets": [o["a"]["id"]], "assignPublicIp": True},
                    "tags": {"a": "b"},
                },
            },
        },
        {"scheduleExpression": "rate(1 hour)", "state": "DISABLED"},
    ),
    Step(
        "machinerole", "aws:iam/role:Role", lambda o: {"assumeRolePolicy": ASSUME.replace("ecs-tasks", "states")}
    ),
    Step(
        "deliverslogs",
        "aws:iam/rolePolicy:RolePolicy",
        lambda o: {"role": o["machinerole"]["id"], "policy": READ.replace("s3:GetObject", "logs:*")},
    ),
    Step(
        "machine",
        "aws:sfn/stateMachine:StateMachine",
        lambda o: {
            "name": "report",
            "roleArn": o["machinerole"]["arn"],
            "definition": json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
            "loggingConfiguration": {"level": "ERROR", "logDestination": f"{o['log']['arn']}:*"},
            "tags": {"a": "b"},
        },
        {"definition": json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})},
    ),
    Step(
        "othername",
        "aws:lb/listenerCertificate:ListenerCertificate",
        lambda o: {
            "listenerArn": o["listener"]["arn"],
            "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/b",
        },
    ),
    Step(
        "backlog",
        "aws:appautoscaling/policy:Policy",
        lambda o: {
            "name": "backlog",
            "policyType": "TargetTrackingScaling",
            "resourceId": o["scaled"]["id"],
            **SCALED,
            "targetTrackingScalingPolicyConfiguration": tracking(o["orders"]["name"], 100),
        },
        {"targetTrackingScalingPolicyConfiguration": tracking("orders", 50)},
    ),
)
ESTATE = (*NETWORK, *DATA, *STORAGE, *COMPUTE, *MESSAGING)
