"""Redis on Amazon ElastiCache: encrypted, with a password, evicting only where a loss does no harm."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components import _firewall
from components._component import Component
from components._signals import Signals
from components.redis import signals
from components.redis.role import EVICTING, Role

REDIS_PORT = 6379
"""Redis's registered port."""


EVICTION_POLICY: Mapping[Role, str] = {
    Role.CACHE: "allkeys-lru",
    Role.SESSION: "volatile-lru",
    Role.QUEUE: "noeviction",
    Role.PRIMARY_STORE: "noeviction",
}
"""`maxmemory-policy` by role."""


@dataclass(frozen=True, kw_only=True)
class RedisArgs:
    """What `Redis` is made from."""

    replication_group_id: str
    """Physical name, up to 40 characters. Never changed: a new one is a new store."""
    role: Role
    """What the data is for. Source: config `redis.role`."""
    engine: str = "valkey"
    """`valkey` or `redis`."""
    engine_version: str
    """Major.minor, for example `8.0`. Source: config `redis.engine_version`."""
    node_type: str
    """For example `cache.r7g.large`. Source: config `redis.node_type`."""
    replicas: int
    """Read replicas, 0 to 5; with 0 there is no failover."""
    snapshot_retention_days: int
    """Daily snapshots kept, in days, 0 to 35."""
    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets. Source: `Network.private_subnet_ids`."""
    protect: bool = True
    """Refuse to delete or replace it. ElastiCache itself has no such switch."""


class Redis(Component):
    """One replication group. Stateful unless its role is `cache`."""

    url: pulumi.Output[str]
    """Secret. `rediss://` URL of the primary, with password."""
    host: pulumi.Output[str]
    """Host name of the primary."""
    port: pulumi.Output[int]
    """TCP port, TLS only."""
    security_group_id: pulumi.Output[str]
    """Group in front of it; clients add their own rule."""

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        group = _firewall.group(f"{name}-redis", "Redis", args.vpc_id, self._child())
        token = random.RandomPassword(f"{name}-token", length=64, special=False, opts=self._child())
        store = self._make_store(group, token)
        self.host = store.primary_endpoint_address
        self.port = pulumi.Output.from_input(REDIS_PORT)
        self.url = pulumi.Output.secret(
            pulumi.Output.concat("rediss://:", token.result, "@", self.host, f":{REDIS_PORT}")
        )
        self.security_group_id = group.id
        self._signals = signals.signals(args.replication_group_id, 1 + args.replicas, evicts=args.role in EVICTING)
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals

    def _make_parameters(self) -> aws.elasticache.ParameterGroup:
        args = self._args
        family = f"{args.engine}{args.engine_version.split('.')[0]}"
        values = {"maxmemory-policy": EVICTION_POLICY[args.role]}
        digest = hashlib.sha256(json.dumps([family, values], sort_keys=True).encode()).hexdigest()[:8]
        return aws.elasticache.ParameterGroup(
            f"{self._name}-parameters",
            # Named by its content: the next version's group can be made while this one is still in use.
            name=f"{args.replication_group_id}-{family}-{digest}",
            family=family,
            parameters=[{"name": key, "value": value} for key, value in values.items()],
            opts=self._child(),
        )

    def _make_store(
        self, group: aws.ec2.SecurityGroup, token: random.RandomPassword
    ) -> aws.elasticache.ReplicationGroup:
        args = self._args
        subnets = aws.elasticache.SubnetGroup(
            f"{self._name}-subnets",
            name=args.replication_group_id,
            subnet_ids=args.subnet_ids,
            opts=self._child(),
        )
        return aws.elasticache.ReplicationGroup(
            f"{self._name}-store",
            replication_group_id=args.replication_group_id,
            description=f"{args.role.value} store",
            engine=args.engine,
            engine_version=args.engine_version,
            node_type=args.node_type,
            num_cache_clusters=1 + args.replicas,
            automatic_failover_enabled=args.replicas > 0,
            multi_az_enabled=args.replicas > 0,
            parameter_group_name=self._make_parameters().name,
            subnet_group_name=subnets.name,
            security_group_ids=[group.id],
            port=REDIS_PORT,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=token.result,
            auth_token_update_strategy="ROTATE",  # noqa: S106  a strategy, not a token
            snapshot_retention_limit=args.snapshot_retention_days,
            snapshot_window="02:00-03:00",
            maintenance_window="sun:04:00-sun:05:00",
            auto_minor_version_upgrade=True,
            apply_immediately=False,
            opts=self._child(protect=args.protect),
        )
