"""Database with two replicas, and Redis."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from reference.network import TAGS, Network, allow


@dataclass(frozen=True)
class Database:
    main: aws.rds.Instance
    replicas: Sequence[aws.rds.Instance]
    secret: aws.secretsmanager.Secret


def database(net: Network, pooler: aws.ec2.SecurityGroup) -> Database:
    group = net.group("database")
    allow("database-from-pooler", group, pooler, 5432)
    limit = aws.rds.ParameterGroupParameterArgs(name="max_connections", value="200", apply_method="pending-reboot")
    settings = aws.rds.ParameterGroup("database", family="postgres15", parameters=[limit], tags=TAGS)
    subnets = aws.rds.SubnetGroup("database", subnet_ids=net.private_ids(), tags=TAGS)
    secret = aws.secretsmanager.Secret("database", tags=TAGS)
    password = pulumi.Output.secret("not-a-password")
    aws.secretsmanager.SecretVersion("database", secret_id=secret.id, secret_string=password)
    shared = {
        "instance_class": "db.r6g.large",
        "storage_encrypted": True,
        "vpc_security_group_ids": [group.id],
        "parameter_group_name": settings.name,
        "performance_insights_enabled": True,
        "skip_final_snapshot": True,
        "tags": TAGS,
    }
    main = aws.rds.Instance(
        "database",
        engine="postgres",
        engine_version="15",
        allocated_storage=100,
        multi_az=True,
        backup_retention_period=7,
        db_name="app",
        username="app",
        password=password,
        db_subnet_group_name=subnets.name,
        deletion_protection=True,
        **shared,
    )
    replicas = [aws.rds.Instance(f"replica-{n}", replicate_source_db=main.identifier, **shared) for n in range(2)]
    return Database(main, replicas, secret)


def redis(net: Network) -> aws.elasticache.ReplicationGroup:
    group = net.group("redis")
    subnets = aws.elasticache.SubnetGroup("redis", subnet_ids=net.private_ids())
    return aws.elasticache.ReplicationGroup(
        "redis",
        description="cache",
        engine="redis",
        node_type="cache.t4g.small",
        num_cache_clusters=2,
        automatic_failover_enabled=True,
        multi_az_enabled=True,
        at_rest_encryption_enabled=True,
        transit_encryption_enabled=True,
        subnet_group_name=subnets.name,
        security_group_ids=[group.id],
        tags=TAGS,
    )
