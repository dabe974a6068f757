"""A program of PostgreSQL and its pooler, on a network, that tests change by the stack's configuration."""

from typing import Any

import pulumi

from components.aws.fargate import TaskArgs
from components.cluster import Cluster, ClusterArgs
from components.network import Nat, Network, NetworkArgs
from components.postgres.pooler.args import PoolerArgs
from components.postgres.pooler.service import Pooler
from components.postgres.rds.args import CredentialsArgs, DatabaseArgs, ReplicaArgs, UpgradeArgs
from components.postgres.rds.database import Database

DATABASE = {
    "identifier": "shop-db",
    "database_name": "shop",
    "username": "shop",
    "postgres_version": "16",
    "instance_class": "db.t4g.medium",
    "storage_gib": 100,
    "storage_max_gib": 200,
    "backup_retention_days": 7,
    "max_connections": 200,
    "statement_timeout_seconds": 30,
    "idle_in_transaction_timeout_seconds": 60,
    "slow_statement_ms": 500,
    "connection_warning": 80,
    "connection_critical": 95,
    "log_retention_days": 30,
    "protect": True,
}
NETWORK = NetworkArgs(
    cidr="10.0.0.0/16",
    zones=["us-east-1a", "us-east-1b"],
    nat=Nat("none"),
    region="us-east-1",
    flow_log_retention_days=7,
)
POOLER = {
    "tasks": 2,
    "server_connections": 80,
    "client_connections": 1000,
    "minimum_healthy_percent": 50,
    "maximum_percent": 100,
    "query_wait_timeout_seconds": 30,
    "statement_timeout_seconds": 30,
    "server_idle_timeout_seconds": 600,
    "image": "example/pgbouncer:1",
    "prepare_image": "example/curl:1",
    "exporter_image": "example/exporter:1",
    "region": "us-east-1",
    "database_name": "shop",
    "database_user": "shop",
    "database_port": 5432,
}


def make(changes: dict[str, Any]) -> None:
    """Both components, with `changes` put over their arguments."""
    identifier = changes.get("database", {}).get("identifier", DATABASE["identifier"])
    network, cluster = Network("network", NETWORK), Cluster("cluster", ClusterArgs(cluster_name=identifier))
    place = {"vpc_id": network.vpc_id, "subnet_ids": network.private_subnet_ids}
    database = _database(changes, place)
    Pooler(
        "pool",
        PoolerArgs(
            **{**POOLER, **changes.get("pooler", {})},
            cluster_name=identifier,
            service_name=f"{identifier}-pooler",
            **place,
            task=TaskArgs(cpu=256, memory_mib=512, architecture="X86_64", log_retention_days=30),
            cluster_arn=cluster.arn,
            database_host=database.address,
            database_secret_arn=database.secret_arn,
            database_secret_version_id=database.secret_version_id,
            database_security_group_id=database.security_group_id,
        ),
    )
    pulumi.export("direct_url", database.direct_url)


def _database(changes: dict[str, Any], place: dict[str, Any]) -> Database:
    values = {**DATABASE, **place, **changes.get("database", {})}
    values["replicas"] = [ReplicaArgs(**replica) for replica in values.get("replicas", [])]
    values["credentials"] = CredentialsArgs(**values.get("credentials", {}))
    values["upgrade"] = UpgradeArgs(**values.get("upgrade", {}))
    aliases = [pulumi.Alias(name=changes["was"])] if "was" in changes else None
    return Database(changes.get("name", "db"), DatabaseArgs(**values), pulumi.ResourceOptions(aliases=aliases))
