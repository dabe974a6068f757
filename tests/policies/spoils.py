"""For every rule, what breaks it and nothing else; the matrix in test_matrix.py is made from this table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from good_stack import GONE, Edit, disabled, in_json

from policies.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Spoil:
    """One change of the good stack, and the one resource on which the rule then fails."""

    rule: str
    edit: Edit
    fails: str
    environment: str = "production"

    @property
    def id(self) -> str:
        changed = "+".join([*self.edit.set, *self.edit.links, *self.edit.options, *self.edit.remove])
        return f"{self.rule}:{changed or 'added'}"


def spoil(
    rule: str,
    on: str = "",
    set: Mapping[str, Any] | None = None,  # noqa: A002
    *,
    fails: str = "",
    environment: str = "production",
    links: Mapping[str, Sequence[str]] | None = None,
    options: Mapping[str, Any] | None = None,
    remove: Sequence[str] = (),
    add: Sequence[Resource] = (),
) -> Spoil:
    edit = Edit(on=on, set=set or {}, links=links or {}, options=options or {}, remove=remove, add=add)
    return Spoil(rule=rule, edit=edit, fails=fails or on, environment=environment)


DB, REPLICA, PARAMETERS = (
    "Instance/database-primary",
    "Instance/database-browse",
    "ParameterGroup/database-parameters",
)
REDIS, SERVERLESS, UPSTASH = (
    "ReplicationGroup/redis-store",
    "ServerlessCache/sample-serverless",
    "RedisDatabase/sample-upstash",
)
REDIS_CLOUD = "EssentialsDatabase/sample-redis-cloud"
FRONT = "Project/sample-front"
PUBLIC, HIDDEN = (f"ProjectEnvironmentVariable/sample-{name}" for name in ("public", "secret"))
TASK, POOLER = "TaskDefinition/service-task", "TaskDefinition/pooler-task"
SERVICE, POOLERS = "Service/service-service", "Service/pooler-service"
SECRET, LOGS = "Secret/service-environment", "LogGroup/service-log"
DEPLOYED = "RepositoryEnvironment/sample-environment"
FILES, COPY = "Bucket/storage-files-bucket", "BucketReplicationConfig/sample-copy"
ZONE, LIMITS, CACHE = "Zone/domain-zone", "Ruleset/edge-http-ratelimit", "Ruleset/edge-http-request-cache-settings"
CLUSTER, MEMBER, WORLDWIDE = (
    "Cluster/sample-cluster",
    "ClusterInstance/sample-cluster-instance",
    "GlobalCluster/sample-global",
)
BALANCER, HTTPS_LISTENER = "LoadBalancer/load-balancer-alb", "Listener/load-balancer-https"
MEMCACHED, MACHINE = "Cluster/sample-memcached", "LaunchTemplate/sample-machine"
DEFINITIONS = "containerDefinitions"
RANDOM_TEXT = "q8Zr3Lk0VxN7bTgYw2HsJd5f"


def variable(name: str, value: Any) -> Any:
    return in_json("0.environment.0", {"name": name, "value": value})


def ini(old: str, new: str) -> Any:
    return in_json("0.environment.0.value", lambda text: text.replace(old, new))


def public_trust(principal: Any) -> Any:
    return in_json("Statement.0.Principal", principal)


def exec_configuration(**settings: str) -> dict[str, Any]:
    return {"executeCommandConfiguration": {"logging": "OVERRIDE", "kmsKeyId": "key", **settings}}


def _database() -> list[Spoil]:
    return [
        spoil("database-storage-encrypted", DB, {"storageEncrypted": False}),
        spoil("database-storage-encrypted", DB, {"storageEncrypted": GONE}),
        spoil("database-not-public", DB, {"publiclyAccessible": True}),
        spoil("database-not-public", REPLICA, {"publiclyAccessible": "true"}),
        spoil("database-multi-az", DB, {"multiAz": GONE}),
        spoil("database-backups", DB, {"backupRetentionPeriod": 0}, environment="staging"),
        spoil("database-backups", DB, {"backupRetentionPeriod": GONE}, environment="staging"),
        spoil("database-backups-week", DB, {"backupRetentionPeriod": 6}),
        spoil("database-deletion-protection", DB, {"deletionProtection": False}),
        spoil("database-deletion-protection", REPLICA, {"deletionProtection": GONE}),
        spoil("database-final-snapshot", DB, {"skipFinalSnapshot": True}),
        spoil("database-final-snapshot", DB, {"finalSnapshotIdentifier": GONE}),
        spoil("database-final-snapshot", DB, {"deleteAutomatedBackups": GONE}),
        spoil("database-no-literal-password", DB, {"password": "correct horse"}),
        spoil("database-no-literal-password", DB, {"password": GONE, "passwordWo": "correct horse"}),
        spoil("database-owner-name", DB, {"username": "Postgres"}),
        spoil("database-private-network", DB, {"dbSubnetGroupName": GONE}),
        spoil("database-private-network", DB, {"dbSubnetGroupName": "default"}),
        spoil("database-private-network", DB, {"vpcSecurityGroupIds": []}),
        spoil("database-logs-exported", DB, {"enabledCloudwatchLogsExports": ["upgrade"]}),
        spoil("database-performance-insights", DB, {"performanceInsightsEnabled": GONE}),
        spoil("database-enhanced-monitoring", DB, {"monitoringInterval": 0}),
        spoil("database-enhanced-monitoring", DB, {"monitoringRoleArn": GONE}),
        spoil("database-minor-upgrades", DB, {"autoMinorVersionUpgrade": False}),
        spoil("database-current-authority", DB, {"caCertIdentifier": "rds-ca-2019"}),
        spoil("database-snapshot-tags", DB, {"copyTagsToSnapshot": GONE}),
        spoil("database-storage-ceiling", DB, {"maxAllocatedStorage": 100}),
        spoil("database-storage-ceiling", REPLICA, {"maxAllocatedStorage": GONE}),
        spoil("database-no-immediate-changes", DB, {"applyImmediately": True}),
        spoil("database-max-connections", PARAMETERS, {"parameters.0.value": "201"}),
        spoil("database-forced-tls", PARAMETERS, {"parameters.1.value": "0"}),
        spoil("database-static-parameters", PARAMETERS, {"parameters.0.applyMethod": "immediate"}),
        spoil("database-static-parameters", PARAMETERS, {"parameters.0.applyMethod": GONE}),
        spoil("database-slow-query-log", PARAMETERS, {"parameters.4.value": "-1"}),
        spoil("database-slow-query-log", PARAMETERS, {"parameters.4.name": "other"}),
        spoil(
            "database-parameter-group",
            REPLICA,
            {"parameterGroupName": "default.postgres16"},
            links={"parameterGroupName": []},
        ),
        spoil("database-parameter-group", DB, {"engineVersion": "17.2"}),
        spoil("connection-budget", POOLERS, {"deploymentMaximumPercent": 300}),
        spoil("pooler-not-master-user", POOLER, {"tags.footing:database-user": "feed"}),
        spoil("pooler-not-master-user", POOLER, {"tags.footing:reader-user": "feed"}),
        spoil("pooler-not-master-user", POOLER, {"tags.footing:reader-user": "feed_app"}),
        spoil("connection-budget", POOLERS, {"deploymentMaximumPercent": 250}),
    ]


def _pooler_and_redis() -> list[Spoil]:
    return [
        spoil(
            "pooler-server-connections",
            POOLER,
            {DEFINITIONS: ini("max_db_connections = 40", "max_db_connections = 24")},
        ),
        spoil("pooler-server-connections", POOLER, {"tags.footing:server-connections-per-task": "20"}),
        spoil("pooler-server-connections", POOLER, {"tags.footing:server-connections-per-task": "30"}),
        spoil("pooler-server-connections", POOLER, {"tags.footing:server-connections": "49"}),
        spoil("pooler-transaction-mode", POOLER, {"tags.footing:pool-mode": "session"}),
        spoil("pooler-transaction-mode", POOLER, {DEFINITIONS: ini("pool_mode = transaction", "")}),
        spoil(
            "pooler-verified-tls",
            POOLER,
            {DEFINITIONS: ini("server_tls_sslmode = verify-full", "server_tls_sslmode = require")},
        ),
        spoil("supabase-pool-size", "Pooler/sample-pool", {"defaultPoolSize": 101}),
        spoil("supabase-transaction-mode", "Pooler/sample-pool", {"poolMode": "session"}),
        spoil("supabase-max-connections", "PostgresSettings/sample-settings", {"settings.max_connections": 400}),
        spoil("supabase-tls-enforced", "TlsEnforcement/sample-tls", {"enforced": False}),
        spoil("supabase-networks-closed", "NetworkRestrictions/sample-networks", {"cidrs": ["0.0.0.0/0"]}),
        spoil("supabase-project-tls", remove=["TlsEnforcement/sample-tls"], fails="Project/sample-project"),
        spoil(
            "supabase-project-networks",
            remove=["NetworkRestrictions/sample-networks"],
            fails="Project/sample-project",
        ),
        spoil("neon-networks-closed", "Project/sample-neon", {"allowedIps": ["0.0.0.0/0"]}),
        spoil("neon-networks-restricted", "Project/sample-neon", {"allowedIps": GONE}),
        spoil("neon-never-suspended", "Endpoint/sample-neon-replica", {"suspendTimeoutSeconds": 300}),
        spoil("fly-https", "Machine/sample-machine", {"config.services.0.ports.0.forceHttps": False}),
        spoil("fly-no-secret-literal", "Machine/sample-machine", {"config.env.DB_PASSWORD": "hunter2hunter2"}),
        spoil("fly-health-check", "Machine/sample-machine", {"config.services.0.checks": []}),
        spoil("fly-image-pinned", "Machine/sample-machine", {"config.image": "registry.fly.io/shop:latest"}),
        spoil("fly-transaction-mode", "Postgres/sample-fly", {"poolMode": "session"}),
        spoil("neon-own-pool", "Project/sample-neon", {"pgbouncerSettings": {"default_pool_size": "60"}}),
        spoil("vercel-preview-protection", FRONT, {"vercelAuthentication": {"deploymentType": "none"}}),
        spoil("vercel-preview-protection", FRONT, {"vercelAuthentication": GONE}),
        spoil("vercel-browser-variable", PUBLIC, {"sensitive": True}),
        spoil("vercel-browser-variable", PUBLIC, {"key": "NEXT_PUBLIC_JWT_SECRET"}),
        spoil("vercel-browser-variable", PUBLIC, {"value": "rediss://:pw@h:6379"}),
        spoil(
            "vercel-browser-variable",
            FRONT,
            {"environments": [{"key": "VITE_A", "value": "rediss://:pw@h:6379", "sensitive": False}]},
        ),
        spoil("vercel-secret-sensitive", HIDDEN, {"sensitive": False}),
        spoil("redis-cloud-tls", REDIS_CLOUD, {"enableTls": False}),
        spoil("redis-cloud-networks-closed", REDIS_CLOUD, {"sourceIps": ["203.0.113.0/24", "::/0"]}),
        spoil("redis-cloud-persistence", REDIS_CLOUD, {"dataPersistence": "none"}),
        spoil("redis-storage-encrypted", REDIS, {"atRestEncryptionEnabled": False}),
        spoil("redis-storage-encrypted", REDIS, {"atRestEncryptionEnabled": GONE, "engine": "redis"}),
        spoil("redis-tls-required", REDIS, {"transitEncryptionEnabled": GONE}),
        spoil("redis-tls-required", REDIS, {"transitEncryptionMode": "preferred"}),
        spoil("redis-authentication", REDIS, {"userGroupIds": []}),
        spoil("redis-authentication", SERVERLESS, {"userGroupId": GONE}),
        spoil("redis-failover", REDIS, {"automaticFailoverEnabled": GONE}),
        spoil("redis-failover", REDIS, {"multiAzEnabled": False}),
        spoil("redis-failover", REDIS, {"numCacheClusters": 1}),
        spoil("redis-snapshots", REDIS, {"snapshotRetentionLimit": 0}, environment="staging"),
        spoil("redis-snapshots", SERVERLESS, {"snapshotRetentionLimit": GONE}, environment="staging"),
        spoil("redis-snapshots-week", REDIS, {"snapshotRetentionLimit": 6}),
        spoil("redis-private-network", REDIS, {"subnetGroupName": "default"}),
        spoil("redis-private-network", REDIS, {"securityGroupIds": GONE}),
        spoil("redis-serverless-private-network", SERVERLESS, {"subnetIds": GONE}),
        spoil("redis-minor-upgrades", REDIS, {"autoMinorVersionUpgrade": False}),
        spoil("upstash-tls", UPSTASH, {"tls": False}),
        spoil("upstash-eviction", UPSTASH, {"eviction": GONE}),
        spoil("upstash-zones", UPSTASH, {"multizone": False}),
    ]


def _service() -> list[Spoil]:
    return [
        spoil("service-no-public-address", SERVICE, {"networkConfiguration.assignPublicIp": True}),
        spoil("service-circuit-breaker", SERVICE, {"deploymentCircuitBreaker": GONE}),
        spoil("service-circuit-breaker", SERVICE, {"deploymentCircuitBreaker.rollback": False}),
        spoil("service-platform", SERVICE, {"platformVersion": "1.3.0"}),
        spoil("service-two-tasks", "Target/service-scaling", {"minCapacity": 1}, fails=SERVICE),
        spoil("service-two-tasks", SERVICE, links={"networkConfiguration": ["Subnet/network-private-a"]}),
        spoil("service-scaling", remove=["Target/service-scaling"], fails=SERVICE),
        spoil("scaling-bounds", "Target/service-scaling", {"maxCapacity": 8}),
        spoil(
            "scaling-target", "Policy/sample-scaling", {"targetTrackingScalingPolicyConfiguration.targetValue": 81}
        ),
        spoil("cluster-container-insights", "Cluster/cluster-ecs", {"settings.0.value": "disabled"}),
        spoil("cluster-container-insights", "Cluster/cluster-ecs", {"settings": GONE}),
        spoil("cluster-exec-logged", "Cluster/cluster-ecs", {"configuration": exec_configuration(logging="NONE")}),
        spoil("cluster-exec-logged", "Cluster/cluster-ecs", {"configuration": exec_configuration(kmsKeyId="")}),
        spoil("task-separate-roles", TASK, links={"taskRoleArn": ["Role/service-execution"]}),
        spoil("container-not-privileged", TASK, {DEFINITIONS: in_json("0.privileged", True)}),
        spoil("container-user", TASK, {DEFINITIONS: in_json("0.user", "root")}),
        spoil("container-user", TASK, {DEFINITIONS: in_json("0.user", "0:0")}),
        spoil("container-user", TASK, {DEFINITIONS: in_json("0.user", GONE)}),
        spoil("container-read-only-root", TASK, {DEFINITIONS: in_json("0.readonlyRootFilesystem", GONE)}),
        spoil("container-logs", TASK, {DEFINITIONS: in_json("0.logConfiguration", GONE)}),
        spoil(
            "container-image-pinned",
            TASK,
            {DEFINITIONS: in_json("0.image", "registry.example.com/service:latest")},
        ),
        spoil("container-no-secret-literal", TASK, {DEFINITIONS: variable("STRIPE_API_KEY", "short")}),
        spoil(
            "container-no-secret-literal", TASK, {DEFINITIONS: variable("QUEUE", "amqp://app:pass@queue.internal")}
        ),
        spoil("container-no-secret-literal", TASK, {DEFINITIONS: variable("SALT", RANDOM_TEXT)}),
        spoil("container-no-secret-in-browser", TASK, {DEFINITIONS: variable("VITE_MAPS_TOKEN", "short")}),
        spoil("container-no-secret-in-browser", TASK, {DEFINITIONS: variable("NEXT_PUBLIC_SITE", RANDOM_TEXT)}),
        spoil(
            "container-no-secret-in-browser", TASK, {DEFINITIONS: in_json("0.secrets.0.name", "REACT_APP_LOGIN")}
        ),
        spoil("container-no-secret-in-browser", TASK, {DEFINITIONS: in_json("0.secrets.0.name", "PUBLIC_LOGIN")}),
        spoil("service-error-reports", TASK, links={DEFINITIONS: []}),
    ]


def _balancer_and_network() -> list[Spoil]:
    ingress = "SecurityGroupIngressRule/pooler-tasks-into-database"
    return [
        spoil("balancer-https", "Listener/load-balancer-http", {"defaultActions.0.type": "forward"}),
        spoil("balancer-https", "Listener/load-balancer-http", {"defaultActions.0.redirect.protocol": "HTTP"}),
        spoil(
            "balancer-tls-version",
            HTTPS_LISTENER,
            {"sslPolicy": "ELBSecurityPolicy-TLS13-1-1-2021-06"},
        ),
        spoil("balancer-tls-version", HTTPS_LISTENER, {"sslPolicy": GONE}),
        spoil("balancer-invalid-headers", BALANCER, {"dropInvalidHeaderFields": GONE}),
        spoil("balancer-desync", BALANCER, {"desyncMitigationMode": "monitor"}),
        spoil("balancer-access-logs", BALANCER, {"accessLogs.enabled": False}),
        spoil("balancer-access-logs", BALANCER, {"accessLogs": GONE}),
        spoil("balancer-deletion-protection", BALANCER, {"enableDeletionProtection": GONE}),
        spoil("target-health-check", "TargetGroup/service-tg", {"healthCheck.path": GONE}),
        spoil("target-health-check", "TargetGroup/service-tg", {"healthCheck.enabled": False}),
        spoil("network-no-open-ingress", "SecurityGroupRule/sample-rule", {"fromPort": 22, "toPort": 22}),
        spoil(
            "network-no-open-ingress",
            "SecurityGroupIngressRule/service-front-into-task",
            {"cidrIpv4": "0.0.0.0/0"},
        ),
        spoil("network-no-open-ingress", "SecurityGroupIngressRule/service-front-into-task", {"cidrIpv6": "::/0"}),
        spoil("network-no-open-ingress", "SecurityGroupRule/sample-rule", {"protocol": "-1"}),
        spoil(
            "network-no-open-ingress",
            "SecurityGroup/redis-redis",
            {"ingress": [{"protocol": "tcp", "fromPort": 0, "toPort": 65535, "cidrBlocks": ["0.0.0.0/1"]}]},
        ),
        spoil(
            "network-default-group-closed", "DefaultSecurityGroup/network-closed", {"ingress": [{"self": True}]}
        ),
        spoil(
            "network-default-group-adopted",
            remove=["DefaultSecurityGroup/network-closed"],
            fails="Vpc/network-vpc",
        ),
        spoil("network-subnet-addresses", "Subnet/network-public-a", {"mapPublicIpOnLaunch": True}),
        spoil("network-flow-logs", remove=["FlowLog/network-flow"], fails="Vpc/network-vpc"),
        spoil("network-flow-logs", "FlowLog/network-flow", {"trafficType": "ACCEPT"}, fails="Vpc/network-vpc"),
        spoil(
            "database-ingress-from-pooler",
            ingress,
            links={"referencedSecurityGroupId": ["SecurityGroup/service-tasks"]},
        ),
        spoil(
            "database-ingress-from-pooler",
            ingress,
            {"cidrIpv4": "10.10.0.0/16", "referencedSecurityGroupId": GONE},
            links={"referencedSecurityGroupId": []},
        ),
        spoil(
            "database-ingress-from-pooler",
            "SecurityGroup/database-db",
            {"ingress": [{"protocol": "tcp", "self": True}]},
        ),
    ]


def _storage_and_iam() -> list[Spoil]:
    policy = "Policy/sample-policy"
    return [
        spoil(
            "bucket-no-public-access",
            "BucketPublicAccessBlock/storage-files-block",
            {"ignorePublicAcls": GONE},
            fails=FILES,
        ),
        spoil(
            "bucket-versions",
            "BucketVersioning/storage-files-versioning",
            {"versioningConfiguration.status": "Suspended"},
            fails=FILES,
        ),
        spoil(
            "bucket-lifecycle",
            "BucketLifecycleConfiguration/storage-files-lifecycle",
            {"rules.0.status": "Disabled"},
            fails=FILES,
        ),
        spoil("bucket-https", remove=["BucketPolicy/storage-files-policy"], fails=FILES),
        spoil(
            "bucket-https",
            "BucketPolicy/storage-files-policy",
            {"policy": in_json("Statement.0.Effect", "Allow")},
            fails=FILES,
        ),
        spoil("deploy-from-named-branches", DEPLOYED, {"deploymentBranchPolicy.customBranchPolicies": False}),
        spoil("deploy-from-named-branches", DEPLOYED, {"deploymentBranchPolicy": GONE}),
        spoil("deploy-reviewed", DEPLOYED, {"reviewers.0.teams": []}),
        spoil("deploy-reviewed", DEPLOYED, {"reviewers": GONE}),
        spoil("bucket-copy-measured", COPY, {"rules.0.status": "Disabled"}),
        spoil("bucket-copy-measured", COPY, {"rules.0.destination.metrics.status": GONE}),
        spoil("bucket-no-forced-deletion", FILES, {"forceDestroy": True}),
        spoil(
            "distribution-https",
            "Distribution/storage-cdn",
            {"defaultCacheBehavior.viewerProtocolPolicy": "allow-all"},
        ),
        spoil(
            "distribution-https",
            "Distribution/storage-cdn",
            {"orderedCacheBehaviors.1.viewerProtocolPolicy": GONE},
        ),
        spoil(
            "distribution-tls-version",
            "Distribution/storage-cdn",
            {"viewerCertificate.minimumProtocolVersion": "TLSv1"},
        ),
        spoil("distribution-tls-version", "Distribution/storage-cdn", {"viewerCertificate": GONE}),
        spoil("registry-fixed-tags", "Repository/sample-registry", {"imageTagMutability": GONE}),
        spoil("registry-scan", "Repository/sample-registry", {"imageScanningConfiguration": GONE}),
        spoil("secret-rotation", remove=["SecretRotation/service-environment"], fails=SECRET),
        spoil("secret-own-key", SECRET, {"kmsKeyId": GONE}),
        spoil("secret-recovery", SECRET, {"recoveryWindowInDays": 0}),
        spoil("log-retention", LOGS, {"retentionInDays": 14}, environment="staging"),
        spoil("log-retention", LOGS, {"retentionInDays": GONE}, environment="staging"),
        spoil("log-retention-year", LOGS, {"retentionInDays": 364}),
        spoil("log-own-key", LOGS, {"kmsKeyId": GONE}),
        spoil("iam-no-wildcard", policy, {"policy": in_json("Statement.0.Action", "*")}),
        spoil("iam-no-wildcard", policy, {"policy": in_json("Statement.0.Action", ["s3:GetObject", "*"])}),
        spoil("iam-no-wildcard", policy, {"policy": in_json("Statement.0.Resource", "*")}),
        spoil(
            "iam-no-wildcard",
            "RolePolicy/service-secrets",
            {"policy": in_json("Statement", {"Effect": "Allow", "NotAction": "a:b", "Resource": "r"})},
        ),
        spoil("iam-no-public-trust", "Role/service-task", {"assumeRolePolicy": public_trust("*")}),
        spoil(
            "iam-no-public-trust",
            "Role/service-task",
            {"assumeRolePolicy": public_trust({"AWS": ["arn:it", "*"]})},
        ),
        spoil(
            "iam-no-administrator",
            "RolePolicyAttachment/service-execution",
            {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        ),
    ]


def _zone_and_alerts() -> list[Spoil]:
    def setting(name: str) -> str:
        return f"ZoneSetting/edge-{name}"

    database_alerts = "RuleGroup/observability-database"
    return [
        spoil("edge-api-rate", LIMITS, {"rules.3.ratelimit.requestsPerPeriod": 101}),
        spoil("edge-api-burst", LIMITS, {"rules.2.ratelimit.requestsPerPeriod": 31}),
        spoil("edge-auth-rate", LIMITS, {"rules.1.ratelimit.requestsPerPeriod": 21}),
        spoil("edge-auth-rate", LIMITS, {"rules.1.enabled": False}),
        spoil("edge-failed-logins", LIMITS, {"rules.0.ratelimit.requestsPerPeriod": 5}),
        spoil("edge-rate-by-address", LIMITS, {"rules.1.ratelimit.characteristics": ["cf.colo.id"]}),
        spoil("edge-private-not-cached", CACHE, {"rules": disabled("bypass-authenticated")}),
        spoil("edge-private-not-cached", CACHE, {"rules": lambda rules: [rules[-1], *rules[:-1]]}),
        spoil("edge-cookies-not-cached", remove=["Ruleset/edge-http-response-cache-settings"], fails=ZONE),
        spoil("zone-strict-tls", setting("ssl"), {"value": "flexible"}),
        spoil("zone-tls-version", setting("min-tls-version"), {"value": "1.1"}),
        spoil("zone-https", setting("always-use-https"), {"value": "off"}),
        spoil("zone-settings", remove=[setting("ssl")], fails=ZONE),
        spoil("zone-managed-firewall", remove=["Ruleset/edge-http-request-firewall-managed"], fails=ZONE),
        spoil(
            "zone-managed-firewall",
            "Ruleset/edge-http-request-firewall-managed",
            {"rules.0.enabled": False},
            fails=ZONE,
        ),
        spoil(
            "alerts-on-data",
            database_alerts,
            {"rules": lambda rules: [it for it in rules if "replica-lag-browse" not in it["name"]]},
            fails=REPLICA,
        ),
        spoil("alerts-on-data", "RuleGroup/observability-redis", {"rules": []}, fails=REDIS),
        spoil("alerts-on-data", "MetricAlarm/sample-alarm-cluster", {"actionsEnabled": False}, fails=CLUSTER),
        spoil("alerts-on-data", "MetricAlarm/sample-alarm-memcached", {"actionsEnabled": False}, fails=MEMCACHED),
        spoil("alerts-on-services", remove=["RuleGroup/observability-pooler"], fails=POOLERS),
        spoil(
            "alerts-wake-nobody-for-staging",
            "ContactPoint/observability-page",
            {"pagerduties": [{"severity": "critical"}]},
            environment="staging",
        ),
        spoil(
            "alerts-wake-nobody-for-staging",
            "Alert/sample-errors",
            {"actionFilters.0.actions.0.type": "pagerduty"},
            environment="staging",
        ),
        spoil(
            "alerts-wake-nobody-for-staging",
            "TopicSubscription/sample-mail",
            {"protocol": "https"},
            environment="staging",
        ),
        spoil(
            "prometheus-store-not-on-nfs",
            "TaskDefinition/sample-prometheus",
            {"volumes.0.efsVolumeConfiguration": {"fileSystemId": "fs-1"}},
        ),
        spoil("stateful-protected", DB, options={"protect": False}),
        spoil("stateful-protected", ZONE, options={"protect": False}),
        spoil("stateful-protected", FILES, options={"protect": False}),
    ]


def _clusters() -> list[Spoil]:
    return [
        spoil("database-storage-encrypted", CLUSTER, {"storageEncrypted": GONE}),
        spoil("database-storage-encrypted", WORLDWIDE, {"storageEncrypted": False}),
        spoil("database-not-public", MEMBER, {"publiclyAccessible": True}),
        spoil("database-no-literal-password", CLUSTER, {"masterPassword": "hunter2hunter2"}),
        spoil("database-owner-name", CLUSTER, {"masterUsername": "postgres"}),
        spoil("database-backups-week", CLUSTER, {"backupRetentionPeriod": GONE}),
        spoil("database-deletion-protection", WORLDWIDE, {"deletionProtection": GONE}),
        spoil("database-final-snapshot", CLUSTER, {"skipFinalSnapshot": True}),
        spoil("database-private-network", CLUSTER, {"dbSubnetGroupName": GONE}),
        spoil("database-logs-exported", CLUSTER, {"enabledCloudwatchLogsExports": []}),
        spoil("database-minor-upgrades", MEMBER, {"autoMinorVersionUpgrade": False}),
        spoil("stateful-protected", CLUSTER, options={"protect": False}),
        spoil("redis-tls-required", MEMCACHED, {"transitEncryptionEnabled": GONE}),
        spoil("redis-private-network", MEMCACHED, {"subnetGroupName": "default"}),
    ]


def _platform() -> list[Spoil]:
    headers = "securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec"
    return [
        spoil("key-rotation", "Key/sample-key", {"enableKeyRotation": GONE}),
        spoil("key-deletion-window", "Key/sample-key", {"deletionWindowInDays": 6}),
        spoil("key-deletion-window", "Key/sample-key", {"bypassPolicyLockoutSafetyCheck": True}),
        spoil("topic-encrypted", "Topic/sample-topic", {"kmsMasterKeyId": GONE}),
        spoil("disk-encrypted", "Volume/sample-disk", {"encrypted": False}),
        spoil("table-recovery", "Table/sample-table", {"pointInTimeRecovery": GONE}),
        spoil("machine-metadata", MACHINE, {"metadataOptions.httpTokens": "optional"}),
        spoil("machine-metadata", MACHINE, {"metadataOptions.httpPutResponseHopLimit": 2}),
        spoil("machine-metadata", MACHINE, {"networkInterfaces.0.associatePublicIpAddress": "true"}),
        spoil("bucket-encrypted", fails=FILES, remove=[f"{ENCRYPTION}/storage-files-encryption"]),
        spoil("bucket-aborts-uploads", f"{LIFECYCLE}/storage-files-lifecycle", {UPLOADS: GONE}, fails=FILES),
        spoil("bucket-no-acls", f"{OWNERSHIP}/storage-files-owner", {OWNER: "ObjectWriter"}, fails=FILES),
        spoil("distribution-sni", "Distribution/storage-cdn", {"viewerCertificate.sslSupportMethod": "vip"}),
        spoil("database-iam-authentication", DB, {"iamDatabaseAuthenticationEnabled": GONE}),
        spoil("database-iam-authentication", CLUSTER, {"iamDatabaseAuthenticationEnabled": False}),
        spoil("service-no-exec", SERVICE, {"enableExecuteCommand": True}),
        spoil("balancer-cross-zone", "LoadBalancer/pooler-nlb", {"enableCrossZoneLoadBalancing": GONE}),
        spoil("task-own-processes", TASK, {"pidMode": "host"}),
        spoil(
            "network-no-open-egress",
            "SecurityGroupEgressRule/service-tasks-to-pooler",
            {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
        ),
        spoil("distribution-signs-requests", ACCESS, {"signingBehavior": "never"}),
        spoil("distribution-hsts", "ResponseHeadersPolicy/storage-headers", {headers: 300}),
        spoil("iam-no-wildcard", "UserPolicy/sample-userPolicy", {"policy": in_json("Statement.0.Action", "*")}),
        spoil("iam-no-administrator", "PolicyAttachment/sample-policyAttachment", {"policyArn": ADMINISTRATOR}),
        spoil("iam-no-administrator", ATTACHED, {"policyArns": ["arn:it", ADMINISTRATOR]}),
        spoil("iam-no-administrator", "Role/service-task", {"managedPolicyArns": [ADMINISTRATOR]}),
        spoil("iam-no-wildcard", "Role/service-task", {"inlinePolicies": [{"name": "all", "policy": EVERYTHING}]}),
        spoil(
            "iam-no-account-trust",
            "Role/service-task",
            {"assumeRolePolicy": public_trust({"AWS": "arn:aws:iam::123456789012:root"})},
        ),
    ]


ENCRYPTION, LIFECYCLE = "BucketServerSideEncryptionConfiguration", "BucketLifecycleConfiguration"
OWNERSHIP = "BucketOwnershipControls"
UPLOADS, OWNER = "rules.0.abortIncompleteMultipartUpload", "rule.objectOwnership"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
ATTACHED = "RolePolicyAttachmentsExclusive/sample-rolePolicyAttachmentsExclusive"
ACCESS = "OriginAccessControl/storage-access"
SPOILS = (
    *_clusters(),
    *_platform(),
    *(*_database(), *_pooler_and_redis(), *_service()),
    *(*_balancer_and_network(), *_storage_and_iam(), *_zone_and_alerts()),
)
