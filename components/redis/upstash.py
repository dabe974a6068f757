"""Redis at Upstash: the same outputs as `Redis`, without a network or servers to run."""

from collections.abc import Sequence

import pulumi
import upstash_pulumi as upstash
from msgspec import Struct

from components.aws.security_groups import Upstream
from components.component import Component
from components.redis.roles import NO_EVICTION, UPSTASH_POLICIES, Role, policy_of
from components.redis.signals.upstash import signals
from components.redis.store import url
from components.redis.upstash_plans import DEFAULT_PLAN, PLANS, refusals
from observability import Signals

PORT = 6379
"""TCP port of every database. https://upstash.com/docs/redis/howto/connectclient"""

STATISTICS = "https://api.upstash.com/v2/redis/stats"
"""Address of the developer API under which each database has its statistics."""


class UpstashRedisArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `UpstashRedis`."""

    database_name: str
    """Physical name. Never changed: a new one is a new store."""
    role: Role
    """What the data is for. Source: config `redis.NAME.role`."""
    primary_region: str
    """Region that takes writes, for example `us-east-1`. Source: config `redis.NAME.primary_region`."""
    read_regions: Sequence[str] = ()
    """Regions that also answer reads; each takes every write, and is billed for it."""
    eviction_policy: str | None = None
    """`optimistic-volatile` or `noeviction`; left out, the role decides."""
    plan: str = DEFAULT_PLAN
    """A key of `PLANS`. Nothing sets it: what it lacks is refused. Source: config `redis.NAME.plan`."""
    prod_pack: bool = False
    """Several zones, encryption at rest. Source: config `redis.NAME.prod_pack`."""
    budget_usd: int | None = None
    """US dollars a month after which Upstash slows the store down until the next one, of `pay_as_you_go` alone."""
    has_statistics_datasource: bool = False
    """Whether Grafana has a data source for Upstash's developer API, so that there are panels."""
    protect: bool = True
    """Refuse to delete or replace the store. A cache is never protected: it holds copies only."""

    def __post_init__(self) -> None:
        """Refuse a store that would lose data, or cannot be made.

        Raises:
            ValueError: the sentences of `refusals`, or a number, a plan or a region is not one.

        """
        if self.plan not in PLANS:
            raise ValueError(f"plan is {self.plan!r}: one of {', '.join(PLANS)}")
        found = refusals(
            self.role,
            plan=self.plan,
            eviction_policy=self.eviction_policy,
            budget_usd=self.budget_usd,
            read_regions=len(self.read_regions),
            prod_pack=self.prod_pack,
            daily_backup=None,
            commands_per_day=None,
            size_mb=None,
            protect=self.protect,
        )
        if problems := [f"{key}: {sentence}" for key, sentence in found]:
            raise ValueError("; ".join(problems))
        if self.primary_region in self.read_regions:
            raise ValueError(f"read_regions has the primary region {self.primary_region!r}: leave it out")
        if self.budget_usd is not None and self.budget_usd < 1:
            raise ValueError(f"budget_usd is {self.budget_usd}: at least 1 US dollar a month")


class UpstashRedis(Component):
    """One global database. Stateful unless its role is `cache`."""

    url: pulumi.Output[str]
    """Secret. `rediss://` URL of the store, with user and password."""
    reader_url: pulumi.Output[str]
    """Secret. The same: Upstash sends reads to the nearest region by itself."""
    host: pulumi.Output[str]
    """Host name of the store, the nearest region first."""
    port: pulumi.Output[int]
    """TCP port, TLS only."""

    def __init__(self, name: str, args: UpstashRedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        store = upstash.RedisDatabase(
            f"{name}-store",
            database_name=args.database_name,
            region="global",
            primary_region=args.primary_region,
            read_regions=args.read_regions,
            eviction=policy_of(args.role, UPSTASH_POLICIES, args.eviction_policy) != NO_EVICTION,
            budget=args.budget_usd,
            prod_pack=args.prod_pack or None,
            tls=True,
            # Paid databases may answer with it as true, and the provider has no update for it.
            opts=self._child(protect=args.protect and args.role != Role.CACHE, ignore_changes=["multizone"]),
        )
        self.host = store.endpoint
        self.port = store.port
        self.url = self.reader_url = url(store.password, store.endpoint, store.port)
        self._signals = signals(
            pulumi.Output.concat(STATISTICS, "/", store.database_id), has_datasource=args.has_statistics_datasource
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
    def upstreams(self) -> Sequence[Upstream]:
        """Its port, outside the network."""
        return [Upstream(role=self._name, security_group_id=None, port=PORT)]
