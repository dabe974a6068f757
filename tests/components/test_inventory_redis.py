"""Settings of Redis that must be as they are, on nodes, serverless and at Upstash."""

from typing import Any

from tests.components import test_redis, test_redis_cloud, test_redis_serverless, test_redis_upstash
from tests.components.inventory import settings_inventory

NODES: dict[str, dict[str, Any]] = {
    "LogGroup/redis-engine-log": {
        "name": "/aws/elasticache/shop-staging-redis/engine-log",
        "retentionInDays": 365,
    },
    "LogGroup/redis-slow-log": {"name": "/aws/elasticache/shop-staging-redis/slow-log", "retentionInDays": 365},
    "ParameterGroup/redis-parameters": {
        "family": "valkey8",
        "name": "shop-staging-redis-valkey8-e792ed08",
        "parameters": [{"name": "maxmemory-policy", "value": "allkeys-lru"}],
    },
    "RandomPassword/redis-password-1": {"length": 64, "special": False},
    "ReplicationGroup/redis-store": {
        "applyImmediately": False,
        "atRestEncryptionEnabled": True,
        "authTokenUpdateStrategy": "DELETE",
        "autoMinorVersionUpgrade": True,
        "automaticFailoverEnabled": True,
        "engine": "valkey",
        "engineVersion": "8.0",
        "logDeliveryConfigurations": [
            {
                "destination": "/aws/elasticache/shop-staging-redis/slow-log",
                "destinationType": "cloudwatch-logs",
                "logFormat": "json",
                "logType": "slow-log",
            },
            {
                "destination": "/aws/elasticache/shop-staging-redis/engine-log",
                "destinationType": "cloudwatch-logs",
                "logFormat": "json",
                "logType": "engine-log",
            },
        ],
        "maintenanceWindow": "sun:04:00-sun:05:00",
        "multiAzEnabled": True,
        "nodeType": "cache.t4g.small",
        "numCacheClusters": 2,
        "parameterGroupName": "shop-staging-redis-valkey8-e792ed08",
        "port": 6379,
        "protect": True,
        "replicationGroupId": "shop-staging-redis",
        "securityGroupIds": ["redis-redis-id"],
        "snapshotRetentionLimit": 5,
        "snapshotWindow": "02:00-03:00",
        "subnetGroupName": "shop-staging-redis",
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "userGroupIds": ["shop-staging-redis"],
    },
    "SecurityGroup/redis-redis": {"vpcId": "vpc-1"},
    "SubnetGroup/redis-subnets": {"name": "shop-staging-redis", "subnetIds": ["subnet-1", "subnet-2"]},
    "User/redis-user": {
        "accessString": "on ~* &* +@all -flushall -flushdb -swapdb",
        "authenticationMode": {"passwords": [("secret", "generated-password")], "type": "password"},
        "engine": "redis",
        "userId": "shop-staging-redis",
        "userName": "default",
    },
    "UserGroup/redis-users": {
        "engine": "redis",
        "userGroupId": "shop-staging-redis",
        "userIds": ["shop-staging-redis"],
    },
}

SERVERLESS: dict[str, dict[str, Any]] = {
    "RandomPassword/redis-password-1": {"length": 64, "special": False},
    "SecurityGroup/redis-redis": {"vpcId": "vpc-1"},
    "ServerlessCache/redis-store": {
        "cacheUsageLimits": {"dataStorage": {"maximum": 5, "unit": "GB"}, "ecpuPerSeconds": [{"maximum": 5000}]},
        "dailySnapshotTime": "02:00",
        "engine": "valkey",
        "majorEngineVersion": "8",
        "name": "shop-staging-redis",
        "protect": True,
        "securityGroupIds": ["redis-redis-id"],
        "snapshotRetentionLimit": 7,
        "subnetIds": ["subnet-1", "subnet-2"],
        "userGroupId": "shop-staging-redis",
    },
    "User/redis-user": {
        "accessString": "on ~* &* +@all -flushall -flushdb -swapdb",
        "authenticationMode": {"passwords": [("secret", "generated-password")], "type": "password"},
        "engine": "redis",
        "userId": "shop-staging-redis",
        "userName": "default",
    },
    "UserGroup/redis-users": {
        "engine": "redis",
        "userGroupId": "shop-staging-redis",
        "userIds": ["shop-staging-redis"],
    },
}

UPSTASH: dict[str, dict[str, Any]] = {
    "RedisDatabase/redis-store": {
        "budget": 20,
        "databaseName": "shop-staging",
        "eviction": True,
        "ignoreChanges": ["multizone"],
        "primaryRegion": "eu-west-1",
        "protect": True,
        "readRegions": ["us-east-1"],
        "region": "global",
        "tls": True,
    }
}


def test_nodes_are_private_encrypted_and_need_a_password():
    assert settings_inventory(test_redis.record()) == NODES


def test_serverless_cache_has_ceilings_and_needs_a_password():
    assert settings_inventory(test_redis_serverless.record()) == SERVERLESS


def test_upstash_speaks_tls_and_has_a_budget():
    assert settings_inventory(test_redis_upstash.record()) == UPSTASH


REDIS_CLOUD: dict[str, dict[str, Any]] = {
    "EssentialsSubscription/redis-subscription": {"name": "shop-staging", "planId": 34858},
    "EssentialsDatabase/redis-store": {
        "alerts": {"datasets-size": 80},
        "dataEvictionPolicy": "volatile-lru",
        "dataPersistence": "aof-every-1-second",
        "enableTls": True,
        "name": "shop-staging",
        "periodicBackupPath": ("secret", "s3://backups/shop"),
        "protect": True,
        "replication": True,
        "sourceIps": ["203.0.113.0/24"],
        "subscriptionId": 100001,
    },
}


def test_redis_cloud_speaks_tls_to_few_and_keeps_what_it_holds():
    assert settings_inventory(test_redis_cloud.record()) == REDIS_CLOUD
