"""Thirty stacks that must be refused: each is production with one mistake, named as a person would say it."""

from collections.abc import Mapping

from good_stack import GONE, Edit, disabled, in_json

_TASK, _POOLER = "TaskDefinition/service-task", "TaskDefinition/pooler-task"
_DB, _REDIS = "Instance/database-primary", "ReplicationGroup/redis-store"
_LIMITS, _CACHE = "Ruleset/edge-http-ratelimit", "Ruleset/edge-http-request-cache-settings"


def _containers(path: str, value: object) -> dict[str, object]:
    return {"containerDefinitions": in_json(path, value)}


BAD_STACKS: Mapping[str, tuple[str, Edit]] = {
    "the database is reachable from the internet": (
        "database-not-public",
        Edit(on=_DB, set={"publiclyAccessible": True}),
    ),
    "the database's disk is not encrypted": (
        "database-storage-encrypted",
        Edit(on=_DB, set={"storageEncrypted": GONE}),
    ),
    "the database has no standby": ("database-multi-az", Edit(on=_DB, set={"multiAz": False})),
    "backups are kept for three days": ("database-backups-week", Edit(on=_DB, set={"backupRetentionPeriod": 3})),
    "the database can be deleted by one call": (
        "database-deletion-protection",
        Edit(on=_DB, set={"deletionProtection": False}),
    ),
    "deleting the database leaves no snapshot": (
        "database-final-snapshot",
        Edit(on=_DB, set={"skipFinalSnapshot": True}),
    ),
    "the owner's password is written in the program": (
        "database-no-literal-password",
        Edit(on=_DB, set={"password": "tr0ub4dor&3"}),
    ),
    "somebody took the protection off the database": (
        "stateful-protected",
        Edit(on=_DB, options={"protect": False}),
    ),
    "PostgreSQL accepts connections in the clear": (
        "database-forced-tls",
        Edit(on="ParameterGroup/database-parameters", set={"parameters.1.value": "0"}),
    ),
    "PostgreSQL accepts 500 connections": (
        "database-max-connections",
        Edit(on="ParameterGroup/database-parameters", set={"parameters.0.value": "500"}),
    ),
    "the poolers open more connections than the tag says": (
        "pooler-server-connections",
        Edit(on=_POOLER, set={"tags.footing:server-connections-per-task": "20"}),
    ),
    "the poolers double while they are replaced": (
        "connection-budget",
        Edit(on="Service/pooler-service", set={"deploymentMaximumPercent": 400}),
    ),
    "every client holds a connection of its own": (
        "pooler-transaction-mode",
        Edit(on=_POOLER, set={"tags.footing:pool-mode": "session"}),
    ),
    "the application may go around the pooler": (
        "database-ingress-from-pooler",
        Edit(
            on="SecurityGroupIngressRule/pooler-tasks-into-database",
            links={"referencedSecurityGroupId": ["SecurityGroup/service-tasks"]},
        ),
    ),
    "Redis asks for no password": ("redis-authentication", Edit(on=_REDIS, set={"userGroupIds": GONE})),
    "Redis accepts connections in the clear": (
        "redis-tls-required",
        Edit(on=_REDIS, set={"transitEncryptionMode": "preferred"}),
    ),
    "Redis has a single node": ("redis-failover", Edit(on=_REDIS, set={"numCacheClusters": 1})),
    "an API key is a plain variable": (
        "container-no-secret-literal",
        Edit(on=_TASK, set=_containers("0.environment.0", {"name": "STRIPE_API_KEY", "value": "sk_live_abcdef"})),
    ),
    "a token is built into the JavaScript": (
        "container-no-secret-in-browser",
        Edit(on=_TASK, set=_containers("0.environment.0", {"name": "VITE_API_TOKEN", "value": "abc"})),
    ),
    "the container runs as root": ("container-user", Edit(on=_TASK, set=_containers("0.user", "0"))),
    "the container owns its machine": (
        "container-not-privileged",
        Edit(on=_TASK, set=_containers("0.privileged", True)),
    ),
    "the image is whatever latest is today": (
        "container-image-pinned",
        Edit(on=_TASK, set=_containers("0.image", "registry.example.com/feed:latest")),
    ),
    "port 80 answers instead of redirecting": (
        "balancer-https",
        Edit(on="Listener/load-balancer-http", set={"defaultActions": [{"type": "forward"}]}),
    ),
    "the load balancer speaks TLS 1.0": (
        "balancer-tls-version",
        Edit(on="Listener/load-balancer-https", set={"sslPolicy": "ELBSecurityPolicy-2016-08"}),
    ),
    "Redis's port is open to the world": (
        "network-no-open-ingress",
        Edit(on="SecurityGroupIngressRule/service-tasks-into-redis", set={"cidrIpv4": "0.0.0.0/0"}),
    ),
    "a bucket may be published": (
        "bucket-no-public-access",
        Edit(on="BucketPublicAccessBlock/storage-files-block", set={"blockPublicPolicy": False}),
    ),
    "a role may do everything": (
        "iam-no-wildcard",
        Edit(on="RolePolicy/service-secrets", set={"policy": in_json("Statement.0.Action", "*")}),
    ),
    "sign-in may be tried 60 times a minute": (
        "edge-auth-rate",
        Edit(on=_LIMITS, set={"rules.1.ratelimit.requestsPerPeriod": 60}),
    ),
    "the edge caches what people see when signed in": (
        "edge-private-not-cached",
        Edit(on=_CACHE, set={"rules": disabled("bypass-authenticated")}),
    ),
    "nobody is told when the database fills up": (
        "alerts-on-data",
        Edit(remove=["RuleGroup/observability-database"]),
    ),
}
"""Name to the rule that refuses it, and the mistake."""
