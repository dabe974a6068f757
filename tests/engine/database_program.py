"""A program of PostgreSQL and its pooler, on a network, that tests change by the stack's configuration."""

from typing import Any

import pulumi

from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.cluster import Cluster, ClusterArgs
from components.network import Nat, Network, NetworkArgs
from components.postgres.pooler.args import PoolerArgs, PoolerDeployment, PoolerImages, PoolerTimeouts
from components.postgres.pooler.pgbouncer import PoolSize
from components.postgres.pooler.service import Pooler
from components.postgres.rds.args import (
    BackupArgs,
    ConnectionAlertArgs,
    CredentialsArgs,
    DatabaseArgs,
    DiskArgs,
    ParameterArgs,
    ReplicaArgs,
    UpgradeArgs,
)
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
POOL = {"tasks": 2, "server_connections": 80, "client_connections": 1000}
TIMEOUTS = {"query_wait_timeout_seconds": 30, "statement_timeout_seconds": 30, "server_idle_timeout_seconds": 600}
PARAMETERS = (
    *("max_connections", "statement_timeout_seconds"),
    *("idle_in_transaction_timeout_seconds", "slow_statement_ms"),
)


def make(changes: dict[str, Any]) -> None:
    """Both components, with `changes` put over their arguments."""
    identifier = changes.get("database", {}).get("identifier", DATABASE["identifier"])
    network, cluster = Network("network", NETWORK), Cluster("cluster", ClusterArgs(cluster_name=identifier))
    placement = NetworkPlacement(vpc_id=network.vpc_id, subnet_ids=network.private_subnet_ids)
    database = _database(changes, placement)
    given = changes.get("pooler", {})
    others = {key: value for key, value in given.items() if key not in {*POOL, *TIMEOUTS}}
    Pooler(
        "pool",
        PoolerArgs(
            service_name=f"{identifier}-pooler",
            pool=PoolSize(**{key: given.get(key, value) for key, value in POOL.items()}),
            timeouts=PoolerTimeouts(**{key: given.get(key, value) for key, value in TIMEOUTS.items()}),
            deployment=PoolerDeployment(minimum_healthy_percent=50, maximum_percent=100),
            database=database.endpoint,
            application_role="app_rows",
            placement=placement,
            cluster=ClusterRef(arn=cluster.arn, name=identifier),
            region="us-east-1",
            task=TaskArgs(cpu=256, memory_mib=512, architecture="X86_64", log_retention_days=30),
            images=PoolerImages(
                pgbouncer="example/pgbouncer:1",
                curl="example/curl:1",
                psql="example/psql:1",
                exporter="example/exporter:1",
            ),
            **others,
        ),
    )
    pulumi.export("direct_url", database.direct_url)


def _database(changes: dict[str, Any], placement: NetworkPlacement) -> Database:
    values = {**DATABASE, **changes.get("database", {})}
    backup_window = {"window": values.pop("backup_window")} if "backup_window" in values else {}
    args = DatabaseArgs(
        disk=DiskArgs(
            size_gib=values.pop("storage_gib"),
            max_gib=values.pop("storage_max_gib"),
            kms_key_arn=values.pop("kms_key_arn", None),
        ),
        parameters=ParameterArgs(
            **{key: values.pop(key) for key in PARAMETERS}, others=values.pop("parameters", {})
        ),
        backup=BackupArgs(retention_days=values.pop("backup_retention_days"), **backup_window),
        connection_alerts=ConnectionAlertArgs(
            warning=values.pop("connection_warning"), critical=values.pop("connection_critical")
        ),
        region="us-east-1",
        placement=placement,
        replicas=[ReplicaArgs(**replica) for replica in values.pop("replicas", [])],
        credentials=CredentialsArgs(**values.pop("credentials", {})),
        upgrade=UpgradeArgs(**values.pop("upgrade", {})),
        **values,
    )
    aliases = [pulumi.Alias(name=changes["was"])] if "was" in changes else None
    return Database(changes.get("name", "db"), args, pulumi.ResourceOptions(aliases=aliases))
