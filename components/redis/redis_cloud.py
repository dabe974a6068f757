"""Redis at Redis Cloud, on an Essentials plan: the same outputs as `Redis`, without servers to run."""

from collections.abc import Mapping, Sequence
from typing import cast

import pulumi
from msgspec import Struct, field

from components.aws.security_groups import Upstream
from components.component import Component
from components.redis.procedures import redis_procedures
from components.redis.redis_cloud_refusals import persistence_of, refusals
from components.redis.roles import Role, policy_of
from components.redis.store import url
from observability import Board, Signals
from providers.rediscloud import resources as rediscloud
from providers.rediscloud.plans import EVICTION_POLICIES, PLANS


class RedisCloudArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `RedisCloud`."""

    database_name: str
    """Name of the subscription and of its only database. Source: config `redis.NAME.identifier`."""
    role: Role
    """What the data is for. Source: config `redis.NAME.role`."""
    plan_id: int
    """Id of the plan at Redis Cloud. Source: config `redis.NAME.plan_id`."""
    size: str
    """Size of that plan: a key of `PLANS`. Source: config `redis.NAME.size`."""
    eviction_policy: str | None = None
    """One of `EVICTION_POLICIES`; left out, the role decides."""
    persistence: str | None = None
    """One of `PERSISTENCE`; left out, the role decides."""
    replication: bool = True
    """A replica, which takes half of the size."""
    allowed_cidrs: Sequence[pulumi.Input[str]]
    """Who may connect."""
    alerts: Mapping[str, int] = field(default_factory=dict)
    """Bounds over which Redis Cloud writes a mail, by its names."""
    backup_path: pulumi.Input[str] | None = None
    """Where it is backed up to every 24 hours. Source: config `redis.NAME.backup_path_secret`."""
    protect: bool = True
    """Refuse to delete or replace the store. A cache is never protected: it holds copies only."""

    def __post_init__(self) -> None:
        """Refuse what loses data, or what the plan cannot do.

        Raises:
            ValueError: the sentences of `refusals`, or a size that does not exist.

        """
        if self.size not in PLANS:
            raise ValueError(f"size is {self.size!r}: one of {', '.join(PLANS)}")
        found = refusals(
            self.role,
            size=self.size,
            ranges=len(self.allowed_cidrs),
            eviction_policy=self.eviction_policy,
            persistence=self.persistence,
            replication=self.replication,
            protect=self.protect,
        )
        if problems := [f"{key}: {sentence}" for key, sentence in found]:
            raise ValueError("; ".join(problems))


class RedisCloud(Component):
    """One subscription with one database. Stateful unless its role is `cache`."""

    url: pulumi.Output[str]
    """Secret. `rediss://` URL of the store, with user and password."""
    reader_url: pulumi.Output[str]
    """Secret. The same: a replica of Redis Cloud only stands in."""
    host: pulumi.Output[str]
    """Host name of the store."""
    port: pulumi.Output[int]
    """TCP port, TLS only: Redis Cloud chooses it."""

    def __init__(self, name: str, args: RedisCloudArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        subscription = rediscloud.EssentialsSubscription(
            f"{name}-subscription", name=args.database_name, plan_id=args.plan_id, opts=self._child()
        )
        store = rediscloud.EssentialsDatabase(
            f"{name}-store",
            subscription_id=subscription.subscription_id,
            name=args.database_name,
            data_persistence=persistence_of(args.role, args.persistence),
            data_eviction_policy=policy_of(args.role, EVICTION_POLICIES, args.eviction_policy),
            replication=args.replication,
            enable_tls=True,
            # One by one: a rule sees those that are known.
            source_ips=cast("Sequence[str]", list(args.allowed_cidrs)),
            alerts=dict(args.alerts),
            periodic_backup_path=args.backup_path,
            opts=self._child(protect=args.protect and args.role != Role.CACHE),
        )
        self.host, self.port = store.host, store.port
        self.url = self.reader_url = url(store.password, store.host, store.port)
        self._finish()

    @property
    def signals(self) -> Signals:
        """Checks; Redis Cloud's own console has the metrics, and its alerts come by mail."""
        return Signals(subject="Redis", board=Board.CACHE, procedures=redis_procedures(evicts=True))

    @property
    def url_reference(self) -> None:
        """None: the URL is known here."""

    @property
    def upstreams(self) -> Sequence[Upstream]:
        """Its port, outside the network."""
        return [Upstream(role=self._name, security_group_id=None, port=self.port)]
