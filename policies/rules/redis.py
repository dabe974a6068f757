"""Rules of Redis: ElastiCache with nodes, ElastiCache Serverless, Upstash."""

from functools import partial
from typing import Final

from policies.judgement import NOT_APPLICABLE, Judgement, decide, seen, undecided
from policies.resource import Resource
from policies.rule import ADVICE, IN_PRODUCTION, ONLY_PRODUCTION, Rule, Severity
from policies.rules.reading import (
    Check,
    both,
    days,
    either,
    flag,
    is_text,
    must,
    some,
    text,
    truth,
    unreadable,
    whole_number,
    word,
)
from policies.rules.tokens import CACHE, REDIS, SERVERLESS_REDIS, UPSTASH

DOCS = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg"
WEEK_DAYS, LONGEST_SNAPSHOT_DAYS = 7, 35
_TLS_MODES = ("preferred", "required")


def _alone(check: Check, *, memcached: bool = False) -> Check:
    """Return the check that leaves out a member of a replication group, which is judged as a whole.

    A cluster by itself has none of a group's properties, so that Redis there fails; `memcached`, which keeps
    nothing and knows no password, is asked only where that means something.
    """

    def checked(resource: Resource) -> Judgement:
        if resource.type != CACHE:
            return check(resource)
        group, engine = resource.get("replicationGroupId"), resource.get("engine")
        if is_text(group) or (engine == "memcached" and not memcached):
            return NOT_APPLICABLE
        return undecided("engine") if unreadable(engine) and not memcached else check(resource)

    return checked


def _snapshots(minimum: int) -> Check:
    return _alone(days("snapshotRetentionLimit", minimum=minimum, maximum=LONGEST_SNAPSHOT_DAYS, default=0))


def _encrypted(resource: Resource) -> Judgement:
    engine = resource.get("engine")
    if resource.get("atRestEncryptionEnabled") is None and unreadable(engine):
        return undecided("engine")
    # ElastiCache encrypts Valkey unless told not to, Redis only if told to.
    return flag("atRestEncryptionEnabled", default=engine == "valkey")(resource)


def _has_a_standby(resource: Resource) -> Judgement:
    nodes = resource.get("numCacheClusters"), resource.get("replicasPerNodeGroup")
    cluster, replicas = (whole_number(value) or 0 for value in nodes)
    return decide(
        "the number of nodes",
        f"numCacheClusters {seen(nodes[0])}",
        "2 nodes at least",
        holds=not unreadable(*nodes) and (cluster >= 2 or replicas >= 1),
        doubtful=unreadable(*nodes),
    )


_rule = partial(Rule, types=frozenset({REDIS, CACHE}))
_any_elasticache = partial(Rule, types=frozenset({REDIS, SERVERLESS_REDIS, CACHE}))
_upstash = partial(Rule, types=frozenset({UPSTASH}), source="https://upstash.com/docs/redis")
_unwaivable = partial(_rule, severity=Severity.CRITICAL, waivable=False)

RULES: Final = (
    _unwaivable(
        id="redis-storage-encrypted",
        title="What Redis writes to disk is encrypted",
        why="a snapshot that leaves the account can be read",
        source=f"{DOCS}/at-rest-encryption.html",
        remedy="Set atRestEncryptionEnabled; an existing store is made again from a snapshot.",
        controls=("CKV_AWS_29", "AWS-0045"),
        check=_alone(_encrypted),
    ),
    _unwaivable(
        id="redis-tls-required",
        title="Redis refuses connections without TLS",
        why="passwords and sessions would cross the network in the clear",
        source=f"{DOCS}/in-transit-encryption.html",
        remedy="Set transitEncryptionEnabled, and transitEncryptionMode to required.",
        controls=("CKV_AWS_30", "CKV_AWS_31", "AWS-0051"),
        check=_alone(
            both(
                flag("transitEncryptionEnabled"),
                word("transitEncryptionMode", allowed=("required",), default="required", known=_TLS_MODES),
            ),
            memcached=True,
        ),
    ),
    _any_elasticache(
        id="redis-authentication",
        title="Redis asks for a password",
        why="everything that reaches the port reads every session",
        source=f"{DOCS}/Clusters.RBAC.html",
        remedy="Set userGroupIds, or authToken.",
        severity=Severity.CRITICAL,
        controls=("CKV_AWS_31",),
        waivable=False,
        check=_alone(
            either(
                lambda resource: any(
                    is_text(resource.get(key)) for key in ("authToken", "authTokenWo", "userGroupId")
                ),
                some("userGroupIds", observed="no token, no user group", required="authToken, or a user group"),
            )
        ),
    ),
    _rule(
        id="redis-failover",
        title="Redis fails over to another zone by itself",
        why="the loss of one node stops the application until somebody wakes up",
        source=f"{DOCS}/AutoFailover.html",
        remedy="Set automaticFailoverEnabled, multiAzEnabled, and two nodes at least.",
        keys=("redis.NAME.replicas",),
        levels=IN_PRODUCTION,
        controls=("CKV2_AWS_50",),
        check=_alone(both(flag("automaticFailoverEnabled"), flag("multiAzEnabled"), _has_a_standby)),
    ),
    _any_elasticache(
        id="redis-snapshots",
        title="Redis is saved every day",
        why="a FLUSHALL cannot be undone",
        source=f"{DOCS}/backups-automatic.html",
        remedy="Set snapshotRetentionLimit.",
        keys=("redis.NAME.snapshot_retention_days",),
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_134", "AWS-0050"),
        check=_snapshots(1),
    ),
    _any_elasticache(
        id="redis-snapshots-week",
        title="Snapshots of Redis are kept for a week at least",
        why="damage is often found after days",
        source=f"{DOCS}/backups-automatic.html",
        remedy="Raise snapshotRetentionLimit.",
        keys=("redis.NAME.snapshot_retention_days",),
        severity=Severity.MEDIUM,
        levels=ONLY_PRODUCTION,
        check=_snapshots(WEEK_DAYS),
    ),
    _rule(
        id="redis-private-network",
        title="Redis is in its own subnets, behind its own security group",
        why="the default ones are shared with everything",
        source=f"{DOCS}/SubnetGroups.html",
        remedy="Set subnetGroupName and securityGroupIds.",
        severity=Severity.CRITICAL,
        controls=("CKV_AWS_323",),
        check=_alone(
            both(text("subnetGroupName", refused=("default",)), some("securityGroupIds")), memcached=True
        ),
    ),
    Rule(
        id="redis-serverless-private-network",
        title="Serverless Redis is in chosen subnets, behind its own security group",
        why="the default ones are shared with everything",
        source=f"{DOCS}/SubnetGroups.html",
        remedy="Set subnetIds and securityGroupIds.",
        severity=Severity.CRITICAL,
        types=frozenset({SERVERLESS_REDIS}),
        check=both(some("subnetIds"), some("securityGroupIds")),
    ),
    _rule(
        id="redis-minor-upgrades",
        title="Minor versions of Redis are installed by themselves",
        why="security fixes wait for somebody to remember them",
        source=f"{DOCS}/VersionManagement.html",
        remedy="Set autoMinorVersionUpgrade.",
        severity=Severity.LOW,
        levels=ADVICE,
        check=_alone(flag("autoMinorVersionUpgrade", default=True), memcached=True),
    ),
    _upstash(
        id="upstash-tls",
        title="Upstash refuses connections without TLS",
        why="passwords and sessions would cross the internet in the clear",
        remedy="Set tls.",
        severity=Severity.CRITICAL,
        waivable=False,
        check=flag("tls", default=True),
    ),
    _upstash(
        id="upstash-eviction",
        title="It is stated whether Upstash may drop keys when it is full",
        why="a cache stops at its ceiling, or a queue loses work",
        remedy="Set eviction: true for a cache, false for everything else.",
        keys=("redis.NAME.role", "redis.NAME.eviction_policy"),
        severity=Severity.MEDIUM,
        check=must("eviction", hold=lambda value: truth(value) is not None, required="eviction, true or false"),
    ),
    _upstash(
        id="upstash-zones",
        title="Upstash keeps the data in several zones",
        why="the loss of one zone stops the application",
        remedy="Unset multizone, or set prodPack.",
        levels=IN_PRODUCTION,
        # Upstash spreads paid databases over zones unless told not to.
        check=either(lambda resource: truth(resource.get("prodPack")) is True, flag("multizone", default=True)),
    ),
)
