"""Redis on Amazon ElastiCache: encrypted, with a password, evicting only where a loss does no harm."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from msgspec import Struct, field
from msgspec.structs import replace

from components.aws import security_groups
from components.aws.placement import NetworkPlacement
from components.component import Component
from components.redis import auth
from components.redis.auth import AuthArgs, AuthMode
from components.redis.procedures import failover_procedures, redis_procedures
from components.redis.roles import DURABLE, ENGINE_POLICIES, NO_EVICTION, Role, policy_of, refusals, snapshot_days
from components.redis.signals.cloudwatch import of_nodes
from components.redis.store import url
from observability import Signals
from observability.records.exporters import RedisNames

REDIS_PORT = 6379
"""Redis's registered port."""
SNAPSHOT_WINDOW = "02:00-03:00"
"""Daily hour of the snapshot, UTC; apart from maintenance."""
MAINTENANCE_WINDOW = "sun:04:00-sun:05:00"
"""Weekly hour of maintenance, UTC."""
LOGS = ("slow-log", "engine-log")
"""Logs that ElastiCache sends to CloudWatch."""


class RedisArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Redis`."""

    replication_group_id: str
    """Physical name, up to 40 characters. Never changed: a new one is a new store."""
    subnet_group: str | None = None
    """Existing subnet group that the store stays in; one is made when left out."""
    role: Role
    """What the data is for. Source: config `redis.NAME.role`."""
    engine: str = "valkey"
    """`valkey` or `redis`."""
    engine_version: str
    """Major.minor, for example `8.0`. Source: config `redis.NAME.engine_version`."""
    node_type: str
    """For example `cache.r7g.large`. Source: config `redis.NAME.node_type`."""
    replicas: int
    """Read replicas, 0 to 5; with 0 there is no failover."""
    eviction_policy: str | None = None
    """What goes when memory is full; left out, the role decides."""
    snapshot_retention_days: int | None = None
    """Daily snapshots kept, in days, 0 to 35; left out, the role decides."""
    auth: AuthArgs = field(default_factory=AuthArgs)
    """Who may log in."""
    exporter_names: RedisNames | None = None
    """Metric names of redis_exporter; None where CloudWatch alone measures."""
    placement: NetworkPlacement
    """Private subnets."""
    protect: bool = True
    """Refuse to delete or replace it. ElastiCache itself has no such switch."""
    log_retention_days: int
    """How long CloudWatch keeps the slow and the engine log, in days. Source: config `logs.retention_days`."""

    def __post_init__(self) -> None:
        """Refuse a store that would lose the data of its role.

        Raises:
            ValueError: eviction, snapshots or replicas do not suit the role.

        """
        found = refusals(
            self.role,
            offered=ENGINE_POLICIES,
            eviction_policy=self.eviction_policy,
            snapshot_retention_days=self.snapshot_retention_days,
            replicas=self.replicas,
            protect=self.protect,
        )
        if problems := [f"{key}: {sentence}" for key, sentence in found]:
            raise ValueError("; ".join(problems))

    @property
    def policy(self) -> str:
        """`maxmemory-policy` in force."""
        return policy_of(self.role, ENGINE_POLICIES, self.eviction_policy)


class Redis(Component):
    """One replication group. Stateful unless its role is `cache`."""

    url: pulumi.Output[str]
    """Secret. `rediss://` URL of the primary, with user and password."""
    reader_url: pulumi.Output[str]
    """Secret. The same for the replicas; without any, for the primary."""
    host: pulumi.Output[str]
    """Host name of the primary."""
    port: pulumi.Output[int]
    """TCP port, TLS only."""
    security_group_id: pulumi.Output[str]
    """Group in front of it; clients add their own rule."""

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        group = security_groups.group(f"{name}-redis", "Redis", args.placement.vpc_id, self._child())
        passwords = auth.make_passwords(name, args.auth.credentials, self._child())
        store = self._make_store(group, self._login(passwords))
        self.host = store.primary_endpoint_address
        self.port = pulumi.Output.from_input(REDIS_PORT)
        self.url = url(passwords[-1].result, self.host, REDIS_PORT)
        self.reader_url = url(passwords[-1].result, store.reader_endpoint_address, REDIS_PORT)
        self.security_group_id = group.id
        own = failover_procedures(args.replication_group_id) if args.replicas else ()
        signals = of_nodes(
            [self._member(store, position) for position in range(1 + args.replicas)],
            args.role,
            evicts=args.policy != NO_EVICTION,
            exporter_names=args.exporter_names,
        )
        known = redis_procedures(evicts=args.policy != NO_EVICTION)
        self._signals = replace(signals, procedures=(*known, *own))
        self._finish()

    @property
    def signals(self) -> Signals:
        """Alerts, panels and checks."""
        return self._signals

    @property
    def url_reference(self) -> None:
        """None: the URL is known here."""

    @property
    def upstreams(self) -> Sequence[security_groups.Upstream]:
        """The one port that clients reach."""
        return [
            security_groups.Upstream(role=self._name, security_group_id=self.security_group_id, port=REDIS_PORT)
        ]

    def _member(self, store: aws.elasticache.ReplicationGroup, position: int) -> pulumi.Output[str]:
        """Return the name of the node at `position`; numbers may have gaps once nodes were removed."""
        expected = f"{self._args.replication_group_id}-{position + 1:03d}"

        def name(members: Sequence[str]) -> str:
            # While a new replica is being made the list is too short.
            return sorted(members)[position] if position < len(members) else expected

        return store.member_clusters.apply(name)

    def _login(self, passwords: list[random.RandomPassword]) -> dict[str, Any]:
        """Return the arguments that decide who may log in: token and user group exclude each other."""
        if self._args.auth.mode is AuthMode.TOKEN:
            return {
                "auth_token": passwords[-1].result,
                # ROTATE keeps what was accepted before, on a group without a token even no password at all;
                # SET ends that. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
                "auth_token_update_strategy": "ROTATE" if len(passwords) > 1 else "SET",
            }
        users = auth.make_user_group(self._name, self._args.replication_group_id, passwords, self._child())
        # DELETE takes effect only where the group had a token: it lets go of it in the same step.
        return {"user_group_ids": [users.user_group_id], "auth_token_update_strategy": "DELETE"}

    def _make_parameters(self) -> pulumi.Output[str]:
        """Return the name of the parameter group."""
        args = self._args
        family = f"{args.engine}{args.engine_version.split('.')[0]}"
        values = {"maxmemory-policy": args.policy}
        digest = hashlib.sha256(json.dumps([family, values], sort_keys=True).encode()).hexdigest()[:8]
        return aws.elasticache.ParameterGroup(
            f"{self._name}-parameters",
            # Named by its content: the next version's group can be made while this one is still in use.
            name=f"{args.replication_group_id}-{family}-{digest}",
            family=family,
            parameters=[{"name": key, "value": value} for key, value in values.items()],
            opts=self._child(),
        ).name

    def _make_store(self, group: aws.ec2.SecurityGroup, login: dict[str, Any]) -> aws.elasticache.ReplicationGroup:
        args, group_id = self._args, self._args.replication_group_id
        subnets = (
            args.subnet_group
            or aws.elasticache.SubnetGroup(
                f"{self._name}-subnets", name=group_id, subnet_ids=args.placement.subnet_ids, opts=self._child()
            ).name
        )
        last_snapshot = None
        if args.role in DURABLE:
            # Another name for each store: the snapshot of the one before it may still be there.
            suffix = random.RandomId(f"{self._name}-snapshot", byte_length=4, opts=self._child())
            last_snapshot = pulumi.Output.concat(group_id, "-final-", suffix.hex)
        return aws.elasticache.ReplicationGroup(
            f"{self._name}-store",
            replication_group_id=group_id,
            description=f"{args.role} store",
            engine=args.engine,
            engine_version=args.engine_version,
            node_type=args.node_type,
            num_cache_clusters=1 + args.replicas,
            automatic_failover_enabled=args.replicas > 0,
            multi_az_enabled=args.replicas > 0,
            parameter_group_name=self._make_parameters(),
            subnet_group_name=subnets,
            security_group_ids=[group.id],
            port=REDIS_PORT,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            log_delivery_configurations=[
                {
                    "destination": aws.cloudwatch.LogGroup(
                        f"{self._name}-{log}",
                        name=f"/aws/elasticache/{group_id}/{log}",
                        retention_in_days=args.log_retention_days,
                        opts=self._child(),
                    ).name,
                    "destination_type": "cloudwatch-logs",
                    "log_format": "json",
                    "log_type": log,
                }
                for log in LOGS
            ],
            snapshot_retention_limit=snapshot_days(args.role, args.snapshot_retention_days),
            snapshot_window=SNAPSHOT_WINDOW,
            final_snapshot_identifier=last_snapshot,
            maintenance_window=MAINTENANCE_WINDOW,
            auto_minor_version_upgrade=True,
            apply_immediately=False,
            opts=self._child(protect=args.protect),
            **login,
        )
