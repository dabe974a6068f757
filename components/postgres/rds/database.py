"""PostgreSQL on Amazon RDS: private, encrypted, backed up, and hard to lose."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from msgspec import Struct

from components.aws import iam, security_groups
from components.aws.endpoints import DatabaseEndpoint
from components.aws.partition import managed_policy
from components.aws.security_groups import Upstream
from components.aws.urls import postgres_url
from components.component import Component
from components.postgres.rds import parameters, signals
from components.postgres.rds.args import DatabaseArgs, ReplicaArgs
from components.postgres.rds.credentials import Generated, Managed
from components.postgres.rds.guard import make_guard
from observability import Signals

POSTGRES_PORT = 5432
"""PostgreSQL's registered port."""
EXPORTED_LOGS = ("postgresql", "upgrade")
"""Logs that RDS sends to CloudWatch."""
TIMEOUTS = pulumi.CustomTimeouts(create="2h", update="12h", delete="2h")
"""How long the engine waits for RDS. A large disk, a blue/green copy and a final snapshot take hours."""


class Replica(Struct, frozen=True, kw_only=True):
    """A read replica, as a client inside the network reaches it."""

    address: pulumi.Output[str]
    """Host name."""
    upstream: Upstream
    """Its port, behind a group of its own: who reads there reaches the primary no sooner."""


class Database(Component):
    """One PostgreSQL server with its replicas. Stateful: replacing it loses what is not in a snapshot."""

    address: pulumi.Output[str]
    """Host name of the primary."""
    port: pulumi.Output[int]
    """TCP port of the primary."""
    direct_url: pulumi.Output[str]
    """Secret. URL of the primary itself: migrations, LISTEN/NOTIFY, advisory locks; never application queries.

    Without a password where RDS manages it: read that from the secret.
    """
    secret_arn: pulumi.Output[str]
    """ARN of the secret with the keys username and password."""
    secret_version_id: pulumi.Output[str]
    """Version of that secret; a task that names it is replaced when the password changes. Empty where RDS
    manages the password, for it rotates without a deployment."""
    security_group_id: pulumi.Output[str]
    """Group in front of the server; clients add their own rule."""
    server_arn: pulumi.Output[str]
    """ARN of the primary."""
    subnet_group: pulumi.Output[str]
    """Subnet group of the primary."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self._group = security_groups.group(f"{name}-db", "PostgreSQL", args.placement.vpc_id, self._child())
        self._credentials = (
            Managed(name, args, self._child())
            if args.credentials.managed
            else Generated(name, args, POSTGRES_PORT, self._child())
        )
        self._parameters = parameters.make_group(
            f"{name}-parameters", f"{args.identifier}-", args, {}, self._child()
        )
        monitoring = aws.iam.Role(
            f"{name}-monitoring", assume_role_policy=iam.trust("monitoring.rds.amazonaws.com"), opts=self._child()
        )
        attached = aws.iam.RolePolicyAttachment(
            f"{name}-monitoring",
            role=monitoring.name,
            policy_arn=managed_policy(args.region, "service-role/AmazonRDSEnhancedMonitoringRole"),
            opts=self._child(),
        )
        self._monitoring_role_arn = iam.arn_with(monitoring, attached)
        primary = self._make_primary()
        self._replicas = {replica.purpose: self._make_replica(replica, primary) for replica in args.replicas}
        secret = self._credentials.store(primary)
        self.address, self.port = primary.address, primary.port
        self.server_arn, self.subnet_group = primary.arn, primary.db_subnet_group_name
        self.direct_url = postgres_url(
            self._credentials.user_information, primary.address, POSTGRES_PORT, args.database_name
        )
        self.secret_arn, self.secret_version_id = secret.arn, secret.version_id
        self.security_group_id = self._group.id
        self._signals = signals.signals(args)
        self._finish()

    @property
    def endpoint(self) -> DatabaseEndpoint:
        """The primary, as a client inside the network reaches it."""
        return DatabaseEndpoint(
            host=self.address,
            port=POSTGRES_PORT,
            database_name=self._args.database_name,
            user=self._args.username,
            secret_arn=self.secret_arn,
            secret_version_id=self.secret_version_id,
            security_group_id=self.security_group_id,
        )

    @property
    def replicas(self) -> Mapping[str, Replica]:
        """The read replicas by purpose."""
        return self._replicas

    @property
    def max_connections(self) -> int:
        """Connections that the primary accepts."""
        return self._args.parameters.max_connections

    @property
    def signals(self) -> Signals:
        """Alerts, panels and checks."""
        return self._signals

    def _make_primary(self) -> aws.rds.Instance:
        args = self._args
        # RDS moves no server to another subnet group of the same VPC.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.VPC2VPC.html
        subnets = (
            args.subnet_group
            or aws.rds.SubnetGroup(
                f"{self._name}-subnets",
                name=args.identifier,
                subnet_ids=args.placement.subnet_ids,
                opts=self._child(),
            ).name
        )
        suffix = random.RandomId(f"{self._name}-snapshot", byte_length=4, opts=self._child())
        return aws.rds.Instance(
            f"{self._name}-primary",
            identifier=args.identifier,
            engine="postgres",
            engine_version=args.postgres_version,
            db_name=args.database_name,
            username=args.username,
            allocated_storage=args.disk.size_gib,
            kms_key_id=args.disk.kms_key_arn,
            multi_az=args.multi_az,
            db_subnet_group_name=subnets,
            backup_retention_period=args.backup.retention_days,
            backup_window=args.backup.window,
            delete_automated_backups=not args.protect,
            skip_final_snapshot=False,
            final_snapshot_identifier=pulumi.Output.concat(args.identifier, "-final-", suffix.hex),
            blue_green_update={"enabled": True} if args.upgrade.blue_green else None,
            parameter_group_name=self._parameters.name,
            # A replica takes both from its primary: CreateDBInstanceReadReplica has no such member, or ignores it.
            # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
            database_insights_mode="standard",
            # Past a version's end AWS bills "extended support" by the core and hour; upgrading is the way out.
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            opts=self._instance_opts(args.identifier, hooks=make_guard(self._name)),
            **self._credentials.settings,
            **self._settings(args.instance_class, self._group),
        )

    def _make_replica(self, replica: ReplicaArgs, primary: aws.rds.Instance) -> Replica:
        name, identifier = f"{self._name}-{replica.purpose}", f"{self._args.identifier}-{replica.purpose}"
        group = security_groups.group(
            f"{name}-db", f"PostgreSQL, {replica.purpose}", self._args.placement.vpc_id, self._child()
        )
        instance = aws.rds.Instance(
            name,
            identifier=identifier,
            replicate_source_db=primary.identifier,
            skip_final_snapshot=True,  # RDS refuses a final snapshot of a replica; the primary keeps the data
            parameter_group_name=(
                self._parameters
                if replica.max_connections in (None, self._args.parameters.max_connections)
                else parameters.make_group(
                    f"{name}-parameters",
                    f"{self._args.identifier}-{replica.purpose}-",
                    self._args,
                    {"max_connections": str(replica.max_connections)},
                    self._child(),
                    tags={parameters.REPLICA_TAG: replica.purpose},
                )
            ).name,
            opts=self._instance_opts(identifier),
            **self._settings(replica.instance_class, self._group, group),
        )
        return Replica(
            address=instance.address,
            upstream=Upstream(
                role=f"replica-{replica.purpose}", security_group_id=group.id, port=POSTGRES_PORT, ready=[instance]
            ),
        )

    def _instance_opts(self, identifier: str, **more: Any) -> pulumi.ResourceOptions:
        return self._child(
            protect=self._args.protect,
            # RDS answers with the snapshot that an instance came from; taken as a change it would replace it.
            ignore_changes=["snapshotIdentifier"],
            # RDS makes log groups itself when they are missing, but then without an end of retention.
            depends_on=[
                aws.cloudwatch.LogGroup(
                    f"{self._name}-{identifier}-{log}",
                    name=f"/aws/rds/instance/{identifier}/{log}",
                    retention_in_days=self._args.log_retention_days,
                    opts=self._child(),
                )
                for log in EXPORTED_LOGS
            ],
            custom_timeouts=TIMEOUTS,
            **more,
        )

    def _settings(self, instance_class: str, *groups: aws.ec2.SecurityGroup) -> dict[str, Any]:
        """Return what the primary and its replicas share."""
        args = self._args
        return {
            "instance_class": instance_class,
            "max_allocated_storage": args.disk.max_gib,
            "storage_type": "gp3",
            "storage_encrypted": True,
            "publicly_accessible": False,
            "vpc_security_group_ids": [group.id for group in groups],
            "iam_database_authentication_enabled": True,
            "ca_cert_identifier": "rds-ca-rsa2048-g1",
            "port": POSTGRES_PORT,
            "maintenance_window": args.maintenance_window,
            "auto_minor_version_upgrade": True,
            "allow_major_version_upgrade": args.upgrade.allow_major,
            "apply_immediately": args.upgrade.apply_immediately,
            "deletion_protection": args.protect,
            "copy_tags_to_snapshot": True,
            "enabled_cloudwatch_logs_exports": list(EXPORTED_LOGS),
            "performance_insights_enabled": True,
            "performance_insights_retention_period": args.insights_retention_days,
            "monitoring_interval": 60,
            "monitoring_role_arn": self._monitoring_role_arn,
        }
