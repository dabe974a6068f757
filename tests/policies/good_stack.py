"""The stack that every rule passes on: production's plan, with what a first preview cannot know filled in."""

import json
import runpy
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from components.postgres.pooler.pgbouncer import PgBouncerSettings, render_ini
from footing.plan.record import record
from policies import planned
from policies.resource import SECRET, UNKNOWN, Resource
from stacks.config import from_file

ROOT = Path(__file__).parents[2]
EXEC_LOGGED = {"logging": "OVERRIDE", "kmsKeyId": "key"}
GONE = object()
"""As a new value: the property is taken away."""


@cache
def plan(stack: str) -> tuple[Resource, ...]:
    """The offline plan of a committed stack, as rules see it."""
    path = ROOT / f"Pulumi.{stack}.yaml"
    return plan_of(stack, path if path.exists() else ROOT / f"tests/engine/stacks/{path.name}")


def plan_of(stack: str, path: Path) -> tuple[Resource, ...]:
    file = from_file(path)
    recorded = record(
        lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"),
        project="footing",
        stack=stack,
        config=file.engine_config,
        secret_keys=file.secret_keys,
        root=ROOT,
    )
    return tuple(planned.resources(json.loads(recorded.to_json())))


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change of one resource, or of which there are. A resource is named `Type/name`, a property by its path."""

    on: str = ""
    set: Mapping[str, Any] = field(default_factory=dict)
    """Path to the new value; a function makes it from the old one."""
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Property to the resources that it comes from."""
    options: Mapping[str, Any] = field(default_factory=dict)
    remove: Sequence[str] = ()
    add: Sequence[Resource] = ()


def label(resource: Resource) -> str:
    return f"{resource.type.rpartition(':')[2]}/{resource.name}"


def edited(stack: Sequence[Resource], edit: Edit) -> list[Resource]:
    """The stack after a change; the one before is left as it was."""
    urns = {label(it): it.urn for it in stack}
    for name in (*edit.remove, *([edit.on] if edit.on else [])):
        assert name in urns, f"the good stack has no {name}"
    kept = [it for it in stack if label(it) not in edit.remove]
    return [*(_changed(it, edit, urns) if label(it) == edit.on else it for it in kept), *edit.add]


def _changed(resource: Resource, edit: Edit, urns: Mapping[str, str]) -> Resource:
    properties = deepcopy_marked(resource.properties)
    for path, value in edit.set.items():
        put(properties, path.split("."), value)
    links = {key: tuple(urns[name] for name in names) for key, names in edit.links.items()}
    return replace(
        resource,
        properties=properties,
        property_dependencies={**resource.property_dependencies, **links},
        **edit.options,
    )


def deepcopy_marked(value: Any) -> Any:
    """A copy in which the marks are still themselves."""
    return deepcopy(value, {id(UNKNOWN): UNKNOWN, id(SECRET): SECRET})


def put(properties: Any, path: Sequence[str], value: Any) -> None:
    """Set what is at a path; missing objects on the way are made."""
    *way, last = path
    for step, after in zip(way, path[1:], strict=True):
        if isinstance(properties, list):
            properties = properties[int(step)]
            continue
        if not isinstance(properties.get(step), (dict, list)):
            properties[step] = [] if after.isdigit() else {}
        properties = properties[step]
    key: Any = int(last) if isinstance(properties, list) else last
    if isinstance(properties, list) and key == len(properties):
        properties.append(None)
    old = properties[key] if isinstance(properties, list) else properties.get(key)
    new = value(old) if callable(value) else value
    if new is GONE:
        del properties[key]
    else:
        properties[key] = new


def get(properties: Any, path: Sequence[str]) -> Any:
    """What is at a path, None if nothing is."""
    for step in path:
        if isinstance(properties, list):
            properties = properties[int(step)] if step.isdigit() and int(step) < len(properties) else None
        else:
            properties = properties.get(step) if isinstance(properties, Mapping) else None
    return properties


def disabled(ref: str) -> Any:
    """An edit of a rule set that switches one rule off."""
    return lambda rules: [{**rule, "enabled": False} if rule["ref"] == ref else rule for rule in rules]


def in_json(path: str, value: Any) -> Callable[[Any], str]:
    """A change within a text that is JSON."""

    def change(text: Any) -> str:
        document = {"it": json.loads(text)}
        put(document, ["it", *path.split(".")], value)
        return json.dumps(document["it"])

    return change


DIGEST = "sha256:" + "0123456789abcdef" * 4
TRUE_INI = render_ini(
    PgBouncerSettings(
        server_connections=40,
        client_connections=2000,
        query_wait_timeout_seconds=10,
        server_idle_timeout_seconds=60,
    )
)


def container(name: str, variables: Mapping[str, str], secrets: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "name": name,
        "image": f"registry.example.com/{name}@{DIGEST}",
        "user": "10001:10001",
        "readonlyRootFilesystem": True,
        "environment": [{"name": key, "value": value} for key, value in variables.items()],
        "secrets": [{"name": key, "valueFrom": "arn:aws:secretsmanager:::secret:it"} for key in secrets],
        "logConfiguration": {"logDriver": "awslogs", "options": {}},
    }


POOLER = json.dumps([container("pgbouncer", {"PGBOUNCER_INI": TRUE_INI}, ["DATABASE_PASSWORD"])])
SERVICE = json.dumps([container("service", {"PORT": "8080", "VITE_TITLE": "Feed"}, ["DATABASE_URL"])])
COLLECTOR = json.dumps([container("collector", {"ALLOY_CONFIG": ""}, ["REMOTE_WRITE_TOKEN"])])
POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Action": ["a:Get"], "Resource": ["arn:aws:a:::it"]}]})
BUCKET_POLICY = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::it"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ]
    }
)


def _of(*types: str) -> list[str]:
    return [label(it) for it in plan("production") if it.type in types]


def known_later() -> list[Edit]:
    """What the cloud makes known."""
    tasks = {"pooler-task": POOLER, "service-task": SERVICE, "collector-task": COLLECTOR}
    return [
        *(Edit(on=f"TaskDefinition/{name}", set={"containerDefinitions": it}) for name, it in tasks.items()),
        *(Edit(on=it, set={"policy": POLICY}) for it in _of("aws:iam/rolePolicy:RolePolicy")),
        *(Edit(on=it, set={"policy": BUCKET_POLICY}) for it in _of("aws:s3/bucketPolicy:BucketPolicy")),
    ]


def _rotation(secret: Resource) -> Resource:
    return Resource(
        type="aws:secretsmanager/secretRotation:SecretRotation",
        name=secret.name,
        urn=f"urn:of:rotation:{secret.name}",
        properties={"secretId": UNKNOWN},
        property_dependencies={"secretId": (secret.urn,)},
    )


def repairs() -> list[Edit]:
    """What our own stack lacks: test_own_stacks.py holds the list of these faults."""
    secret, log = "aws:secretsmanager/secret:Secret", "aws:cloudwatch/logGroup:LogGroup"
    balancer, bucket = "aws:lb/loadBalancer:LoadBalancer", "aws:s3/bucket:Bucket"
    return [
        *(Edit(on=it, set={"kmsKeyId": UNKNOWN}) for it in _of(secret)),
        Edit(add=[_rotation(it) for it in plan("production") if it.type == secret]),
        *(Edit(on=it, set={"kmsKeyId": UNKNOWN, "retentionInDays": 365}) for it in _of(log)),
        *(Edit(on=it, set={"enableDeletionProtection": True}) for it in _of(balancer)),
        Edit(on="Cluster/cluster-ecs", set={"configuration": {"executeCommandConfiguration": EXEC_LOGGED}}),
        *(Edit(on=it, set={"forceDestroy": False}, options={"protect": True}) for it in _of(bucket)),
    ]


def sample(type_: str, logical: str, *, protect: bool = False, **properties: Any) -> Resource:
    return Resource(type=type_, name=logical, urn=f"urn:of:{logical}", properties=properties, protect=protect)


SAMPLES = (
    sample(
        "footing-sentry:index:Alert",
        "sample-errors",
        actionFilters=[{"logicType": "all", "actions": [{"type": "email", "config": {"targetType": "team"}}]}],
    ),
    sample(
        "aws:sns/topicSubscription:TopicSubscription", "sample-mail", protocol="email", endpoint="a@example.com"
    ),
    sample(
        "upstash:index/redisDatabase:RedisDatabase",
        "sample-upstash",
        protect=True,
        databaseName="sample-upstash",
        tls=True,
        eviction=True,
    ),
    sample(
        "footing-rediscloud:index:EssentialsDatabase",
        "sample-redis-cloud",
        protect=True,
        enableTls=True,
        sourceIps=["203.0.113.0/24"],
        dataEvictionPolicy="noeviction",
        dataPersistence="aof-every-1-second",
    ),
    sample(
        "fly-machines:apps/v1:Machine",
        "sample-machine",
        config={
            "image": f"registry.fly.io/shop@sha256:{'0' * 64}",
            "env": {"LOG_LEVEL": "info"},
            "services": [
                {
                    "ports": [{"port": 80, "handlers": ["http"], "forceHttps": True}],
                    "checks": [{"type": "http", "path": "/health"}],
                }
            ],
        },
    ),
    sample("fly-machines:postgres/v1:Postgres", "sample-fly", protect=True, poolMode="transaction"),
    sample("fly-machines:postgres/v1:PostgresDatabase", "sample-fly-database", protect=True),
    sample(
        "footing-neon:index:Project",
        "sample-neon",
        protect=True,
        allowedIps=["203.0.113.0/24"],
        suspendTimeoutSeconds=-1,
    ),
    sample(
        "vercel:index/project:Project",
        "sample-front",
        vercelAuthentication={"deploymentType": "standard_protection_new"},
        environments=[{"key": "VITE_API_URL", "value": "https://example.com", "sensitive": False}],
    ),
    sample(
        "vercel:index/projectEnvironmentVariable:ProjectEnvironmentVariable",
        "sample-public",
        key="VITE_SENTRY_DSN",
        sensitive=False,
        targets=["production"],
    ),
    sample(
        "vercel:index/projectEnvironmentVariable:ProjectEnvironmentVariable",
        "sample-secret",
        key="SESSION_SECRET",
        sensitive=True,
        targets=["production"],
    ),
    sample("footing-neon:index:Database", "sample-neon-database", protect=True),
    sample("footing-neon:index:Endpoint", "sample-neon-replica", type="read_only", suspendTimeoutSeconds=-1),
    sample("footing-supabase:index:Project", "sample-project", protect=True, ref="sampleref"),
    sample(
        "footing-supabase:index:Pooler",
        "sample-pool",
        projectRef="sampleref",
        poolMode="transaction",
        defaultPoolSize=80,
    ),
    sample(
        "footing-supabase:index:PostgresSettings",
        "sample-settings",
        projectRef="sampleref",
        settings={"max_connections": 200},
    ),
    sample("footing-supabase:index:TlsEnforcement", "sample-tls", projectRef="sampleref", enforced=True),
    sample(
        "footing-supabase:index:NetworkRestrictions",
        "sample-networks",
        projectRef="sampleref",
        cidrs=["203.0.113.0/24"],
    ),
    sample(
        "aws:elasticache/serverlessCache:ServerlessCache",
        "sample-serverless",
        protect=True,
        name="sample-serverless",
        engine="valkey",
        userGroupId="sample",
        subnetIds=["subnet-1", "subnet-2"],
        securityGroupIds=["sg-1"],
        snapshotRetentionLimit=7,
    ),
    sample(
        "aws:ecr/repository:Repository",
        "sample-registry",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
    ),
    sample(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "sample-copy",
        rules=[{"status": "Enabled", "destination": {"bucket": "arn:it", "metrics": {"status": "Enabled"}}}],
    ),
    sample(
        "github:index/repositoryEnvironment:RepositoryEnvironment",
        "sample-environment",
        deploymentBranchPolicy={"protectedBranches": False, "customBranchPolicies": True},
        reviewers=[{"users": [], "teams": [12]}],
    ),
    sample("aws:iam/policy:Policy", "sample-policy", policy=POLICY),
    *(
        sample(f"aws:iam/{type_}", f"sample-{type_.partition(':')[0]}", **{key: value})
        for type_, key, value in (
            ("userPolicy:UserPolicy", "policy", POLICY),
            ("groupPolicy:GroupPolicy", "policy", POLICY),
            ("policyAttachment:PolicyAttachment", "policyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
            ("userPolicyAttachment:UserPolicyAttachment", "policyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
            ("rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "policyArns", ["arn:it"]),
        )
    ),
    sample(
        "aws:rds/cluster:Cluster",
        "sample-cluster",
        protect=True,
        clusterIdentifier="sample-cluster",
        engine="aurora-postgresql",
        iamDatabaseAuthenticationEnabled=True,
        storageEncrypted=True,
        masterUsername="sample",
        manageMasterUserPassword=True,
        deletionProtection=True,
        finalSnapshotIdentifier="sample-last",
        deleteAutomatedBackups=False,
        backupRetentionPeriod=7,
        dbSubnetGroupName="sample",
        vpcSecurityGroupIds=["sg-1"],
        enabledCloudwatchLogsExports=["postgresql"],
        copyTagsToSnapshot=True,
    ),
    sample(
        "aws:rds/clusterInstance:ClusterInstance",
        "sample-cluster-instance",
        publiclyAccessible=False,
        performanceInsightsEnabled=True,
        monitoringInterval=60,
        monitoringRoleArn="arn:it",
    ),
    sample("aws:rds/globalCluster:GlobalCluster", "sample-global", storageEncrypted=True, deletionProtection=True),
    sample(
        "aws:elasticache/cluster:Cluster",
        "sample-memcached",
        protect=True,
        clusterId="sample-memcached",
        engine="memcached",
        transitEncryptionEnabled=True,
        subnetGroupName="sample",
        securityGroupIds=["sg-1"],
    ),
    sample("aws:kms/key:Key", "sample-key", protect=True, enableKeyRotation=True, deletionWindowInDays=30),
    sample("aws:sns/topic:Topic", "sample-topic", kmsMasterKeyId="alias/sample"),
    sample("aws:ebs/volume:Volume", "sample-disk", encrypted=True),
    sample(
        "aws:dynamodb/table:Table",
        "sample-table",
        protect=True,
        pointInTimeRecovery={"enabled": True},
    ),
    sample(
        "aws:ec2/launchTemplate:LaunchTemplate",
        "sample-machine",
        metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 1},
        networkInterfaces=[{"associatePublicIpAddress": "false"}],
    ),
    sample(
        "aws:ecs/taskDefinition:TaskDefinition",
        "sample-prometheus",
        containerDefinitions=json.dumps([container("prometheus", {"RETENTION": "30d"})]),
        volumes=[{"name": "data", "hostPath": "/data"}],
        tags={"footing:measures": "metrics"},
    ),
    sample(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "sample-rule",
        type="ingress",
        securityGroupId="sg-1",
        protocol="tcp",
        fromPort=443,
        toPort=443,
        cidrBlocks=["0.0.0.0/0"],
    ),
    sample(
        "aws:appautoscaling/policy:Policy",
        "sample-scaling",
        policyType="TargetTrackingScaling",
        targetTrackingScalingPolicyConfiguration={
            "targetValue": 70,
            "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
        },
    ),
    *(
        sample(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            f"sample-alarm-{name}",
            dimensions={"Id": f"sample-{name}"},
            alarmActions=["arn:aws:sns:::people"],
        )
        for name in ("serverless", "upstash", "cluster", "memcached")
    ),
)
"""One resource of each type that a rule is about and production does not have, and what watches them."""


@cache
def good() -> tuple[Resource, ...]:
    """The stack that every rule passes on."""
    # Its alarms are a second way to be told, and would hide what the first one lacks; samples stand for them.
    stack: Sequence[Resource] = [it for it in plan("production") if not it.name.startswith("alarms-")]
    for edit in (*known_later(), *repairs(), Edit(add=SAMPLES)):
        stack = edited(stack, edit)
    return tuple(stack)
