"""Redis on ElastiCache Serverless: no nodes to size, a ceiling on what it may cost."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from msgspec import Struct

from components.aws import security_groups
from components.aws.placement import NetworkPlacement
from components.component import Component
from components.redis import auth
from components.redis.roles import SERVERLESS_POLICIES, Role, refusals, snapshot_days
from components.redis.signals.serverless import of_serverless
from components.redis.store import url
from observability import Signals
from observability.records.exporters import RedisNames

REDIS_PORT = 6379
"""Port that takes reads and writes."""
READER_PORT = 6380
"""Port of the reader endpoint. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/set-up.html"""
SNAPSHOT_TIME = "02:00"
"""Daily time of the snapshot, UTC."""
STORAGE_GB = (1, 5000)
"""Least and greatest storage limit, GB. Source: the SDK, `ServerlessCacheCacheUsageLimitsDataStorageArgs`."""
ECPU_PER_SECOND = (1000, 15_000_000)
"""Least and greatest limit of processing units a second. Source: as above."""


class ServerlessRedisArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `ServerlessRedis`."""

    cache_name: str
    """Physical name, up to 40 characters. Never changed: a new one is a new store."""
    role: Role
    """What the data is for; at its storage limit the store evicts, so only `cache` and `session`."""
    engine: str = "valkey"
    """`valkey` or `redis`."""
    major_version: str
    """For example `8`. Source: config `redis.NAME.major_version`."""
    storage_max_gb: int
    """Data at the most, GB; then keys with a TTL go. Source: config `redis.NAME.storage_max_gb`."""
    ecpu_max_per_second: int
    """Processing units a second at the most; then commands are throttled."""
    snapshot_retention_days: int | None = None
    """Daily snapshots kept, 0 to 35; left out, the role decides."""
    credentials: Sequence[int] = (1,)
    """Numbers of the accepted passwords, the newest last: one, or two while a rotation is under way."""
    exporter_names: RedisNames | None = None
    """Metric names of redis_exporter; None where CloudWatch alone measures."""
    placement: NetworkPlacement
    """Private subnets, two or three."""
    protect: bool = True
    """Refuse to delete or replace it. ElastiCache itself has no such switch."""

    def __post_init__(self) -> None:
        """Refuse a store that would lose the data of its role, or has no ceiling.

        Raises:
            ValueError: the role does not bear eviction, snapshots are missing, or a limit is out of range.

        """
        problems = [
            f"{key}: {sentence}"
            for key, sentence in refusals(
                self.role, offered=SERVERLESS_POLICIES, snapshot_retention_days=self.snapshot_retention_days
            )
        ]
        for key, (low, high) in {"storage_max_gb": STORAGE_GB, "ecpu_max_per_second": ECPU_PER_SECOND}.items():
            given = getattr(self, key)
            if not low <= given <= high:
                problems.append(f"{key}: given {given}, allowed {low} to {high}")
        if problems:
            raise ValueError("; ".join(problems))


class ServerlessRedis(Component):
    """One serverless cache, over several zones. Stateful unless its role is `cache`."""

    url: pulumi.Output[str]
    """Secret. `rediss://` URL, with user and password."""
    reader_url: pulumi.Output[str]
    """Secret. The same for the reader endpoint."""
    host: pulumi.Output[str]
    """Host name that takes writes."""
    port: pulumi.Output[int]
    """TCP port, TLS only."""
    security_group_id: pulumi.Output[str]
    """Group in front of it; clients add their own rules."""

    def __init__(self, name: str, args: ServerlessRedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        group = security_groups.group(f"{name}-redis", "Redis", args.placement.vpc_id, self._child())
        passwords = auth.make_passwords(name, args.credentials, self._child())
        users = auth.make_user_group(name, args.cache_name, passwords, self._child())
        store = aws.elasticache.ServerlessCache(
            f"{name}-store",
            name=args.cache_name,
            description=f"{args.role} store",
            engine=args.engine,
            major_engine_version=args.major_version,
            cache_usage_limits={
                "data_storage": {"maximum": args.storage_max_gb, "unit": "GB"},
                "ecpu_per_seconds": [{"maximum": args.ecpu_max_per_second}],
            },
            user_group_id=users.user_group_id,
            security_group_ids=[group.id],
            subnet_ids=args.placement.subnet_ids,
            snapshot_retention_limit=snapshot_days(args.role, args.snapshot_retention_days),
            daily_snapshot_time=SNAPSHOT_TIME,
            opts=self._child(protect=args.protect),
        )
        self.host = store.endpoints[0].address
        self.port = pulumi.Output.from_input(REDIS_PORT)
        self.url = url(passwords[-1].result, self.host, REDIS_PORT)
        self.reader_url = url(passwords[-1].result, store.reader_endpoints[0].address, READER_PORT)
        self.security_group_id = group.id
        self._signals = of_serverless(
            args.cache_name,
            args.role,
            storage_gb=args.storage_max_gb,
            ecpu_per_second=args.ecpu_max_per_second,
            exporter_names=args.exporter_names,
        )
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
        """The ports that clients reach: one to write, one to read."""
        return [
            security_groups.Upstream(role=role, security_group_id=self.security_group_id, port=port)
            for role, port in ((self._name, REDIS_PORT), (f"{self._name}-reader", READER_PORT))
        ]
