"""PostgreSQL on Amazon RDS: private, encrypted, backed up, and hard to lose."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components import _firewall, _iam, _secret
from components._component import Component
from components._signals import Signals
from components.database import signals
from components.database.args import DatabaseArgs, ReplicaArgs

POSTGRES_PORT = 5432
"""PostgreSQL's registered port."""

STATIC_PARAMETERS = frozenset({"max_connections", "rds.logical_replication", "shared_buffers"})
"""Parameters that PostgreSQL reads only at start; "immediate" is refused for them or differs for ever."""

EXPORTED_LOGS = ("postgresql", "upgrade")
"""Logs that RDS sends to CloudWatch."""


class Database(Component):
    """One PostgreSQL server with its replicas. Stateful: replacing it loses what is not in a snapshot."""

    address: pulumi.Output[str]
    """Host name of the primary."""
    port: pulumi.Output[int]
    """TCP port of the primary."""
    direct_url: pulumi.Output[str]
    """Secret. URL of the primary itself: migrations, LISTEN/NOTIFY, advisory locks; never application queries."""
    reader_urls: pulumi.Output[dict[str, str]]
    """Secret. URL of each replica by its purpose; empty without replicas."""
    password: pulumi.Output[str]
    """Secret. Password of `username`, generated."""
    secret_arn: pulumi.Output[str]
    """ARN of the secret with keys username, password, host, port, dbname."""
    secret_version_id: pulumi.Output[str]
    """Version of that secret; a task that names it is replaced when the password changes."""
    security_group_id: pulumi.Output[str]
    """Group in front of the server; clients add their own rule."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self._group = _firewall.group(f"{name}-db", "PostgreSQL", args.vpc_id, self._child())
        self._password = random.RandomPassword(f"{name}-password", length=32, special=False, opts=self._child())
        self._parameters = self._make_parameters()
        self._monitoring_role = self._make_monitoring_role()
        primary = self._make_primary()
        replicas = {replica.purpose: self._make_replica(replica, primary) for replica in args.replicas}
        secret = self._make_secret(primary)
        self.address, self.port = primary.address, primary.port
        self.password = pulumi.Output.secret(self._password.result)
        self.direct_url = self._url(primary.address)
        self.reader_urls = pulumi.Output.secret(
            pulumi.Output.all(**{purpose: self._url(made.address) for purpose, made in replicas.items()})
        )
        self.secret_arn, self.secret_version_id = secret.secret_arn, secret.version_id
        self.security_group_id = self._group.id
        self._signals = signals.signals(args.identifier, [replica.purpose for replica in args.replicas], args)
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals

    def _make_parameters(self) -> aws.rds.ParameterGroup:
        args = self._args
        values = {
            "max_connections": args.max_connections,
            "rds.force_ssl": 1,
            "statement_timeout": args.statement_timeout_seconds * 1000,
            "idle_in_transaction_session_timeout": args.idle_in_transaction_timeout_seconds * 1000,
            "log_min_duration_statement": args.slow_statement_ms,
        }
        return aws.rds.ParameterGroup(
            f"{self._name}-parameters",
            family=f"postgres{args.postgres_version.split('.')[0]}",
            # A prefix, so that a new major version's group exists before the old one goes.
            name_prefix=f"{args.identifier}-",
            parameters=[
                {
                    "name": key,
                    "value": str(value),
                    "apply_method": "pending-reboot" if key in STATIC_PARAMETERS else "immediate",
                }
                for key, value in values.items()
            ],
            opts=self._child(),
        )

    def _make_monitoring_role(self) -> aws.iam.Role:
        role = aws.iam.Role(
            f"{self._name}-monitoring",
            assume_role_policy=_iam.trust("monitoring.rds.amazonaws.com"),
            opts=self._child(),
        )
        aws.iam.RolePolicyAttachment(
            f"{self._name}-monitoring",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
            opts=self._child(),
        )
        return role

    def _make_primary(self) -> aws.rds.Instance:
        args = self._args
        subnets = aws.rds.SubnetGroup(
            f"{self._name}-subnets", name=args.identifier, subnet_ids=args.subnet_ids, opts=self._child()
        )
        suffix = random.RandomId(f"{self._name}-snapshot", byte_length=4, opts=self._child())
        logs = self._make_log_groups(args.identifier)
        return aws.rds.Instance(
            f"{self._name}-primary",
            identifier=args.identifier,
            engine="postgres",
            engine_version=args.postgres_version,
            db_name=args.database_name,
            username=args.username,
            password=self._password.result,
            allocated_storage=args.storage_gib,
            max_allocated_storage=args.storage_max_gib,
            multi_az=args.multi_az,
            db_subnet_group_name=subnets.name,
            backup_retention_period=args.backup_retention_days,
            backup_window="03:00-04:00",
            delete_automated_backups=not args.protect,
            skip_final_snapshot=False,
            final_snapshot_identifier=pulumi.Output.concat(args.identifier, "-final-", suffix.hex),
            opts=self._child(protect=args.protect, ignore_changes=["snapshotIdentifier"], depends_on=logs),
            **self._settings(args.instance_class),
        )

    def _make_replica(self, replica: ReplicaArgs, primary: aws.rds.Instance) -> aws.rds.Instance:
        identifier = f"{self._args.identifier}-{replica.purpose}"
        return aws.rds.Instance(
            f"{self._name}-{replica.purpose}",
            identifier=identifier,
            replicate_source_db=primary.identifier,
            max_allocated_storage=self._args.storage_max_gib,
            skip_final_snapshot=True,  # RDS refuses a final snapshot of a replica; the primary keeps the data
            opts=self._child(protect=self._args.protect, depends_on=self._make_log_groups(identifier)),
            **self._settings(replica.instance_class),
        )

    def _settings(self, instance_class: str) -> dict[str, Any]:
        """What the primary and its replicas share.

        The parameter group is among them: a replica that accepts fewer connections than its primary
        does not start.
        """
        return {
            "instance_class": instance_class,
            "storage_type": "gp3",
            "storage_encrypted": True,
            "publicly_accessible": False,
            "vpc_security_group_ids": [self._group.id],
            "parameter_group_name": self._parameters.name,
            "ca_cert_identifier": "rds-ca-rsa2048-g1",
            "port": POSTGRES_PORT,
            "maintenance_window": "sun:04:30-sun:05:30",
            "auto_minor_version_upgrade": True,
            "allow_major_version_upgrade": False,
            "apply_immediately": False,
            "deletion_protection": self._args.protect,
            "copy_tags_to_snapshot": True,
            "enabled_cloudwatch_logs_exports": list(EXPORTED_LOGS),
            "performance_insights_enabled": True,
            "monitoring_interval": 60,
            "monitoring_role_arn": self._monitoring_role.arn,
            # Past a version's end AWS bills "extended support" by the core and hour; upgrading is the way out.
            "engine_lifecycle_support": "open-source-rds-extended-support-disabled",
        }

    def _make_log_groups(self, identifier: str) -> list[aws.cloudwatch.LogGroup]:
        # RDS makes them itself when they are missing, but then keeps the logs for ever.
        return [
            aws.cloudwatch.LogGroup(
                f"{self._name}-{identifier}-{log}",
                name=f"/aws/rds/instance/{identifier}/{log}",
                retention_in_days=self._args.log_retention_days,
                opts=self._child(),
            )
            for log in EXPORTED_LOGS
        ]

    def _make_secret(self, primary: aws.rds.Instance) -> aws.secretsmanager.SecretVersion:
        return _secret.make_secret(
            f"{self._name}-credentials",
            f"Owner of {self._args.database_name} on {self._args.identifier}",
            {
                "username": self._args.username,
                "password": self._password.result,
                "host": primary.address,
                "port": POSTGRES_PORT,
                "dbname": self._args.database_name,
            },
            self._child(),
        )

    def _url(self, host: pulumi.Output[str]) -> pulumi.Output[str]:
        """Connection URL over verified TLS; a secret."""
        args = self._args
        credentials = pulumi.Output.concat(args.username, ":", self._password.result)
        place = pulumi.Output.concat(host, f":{POSTGRES_PORT}/{args.database_name}?sslmode=verify-full")
        url: pulumi.Output[str] = pulumi.Output.concat("postgresql://", credentials, "@", place)
        return pulumi.Output.secret(url)
