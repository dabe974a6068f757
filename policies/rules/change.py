"""Rules of what a change may destroy.

A pack sees resources, not the steps of a change, so these rules ask for what makes the engine refuse the step: a
stateful resource is protected. The engine does not tell a pack of `retain_on_delete`, so that is not asked for.
"""

from typing import Final

from policies.judgement import fail
from policies.resource import Resource
from policies.rule import ONLY_PRODUCTION, Rule, Severity
from policies.rules.reading import either, only, truth, where
from policies.rules.redis_cloud import KEEPS_KEYS
from policies.rules.tokens import (
    BUCKETS,
    CLUSTERS,
    DATABASE,
    FLY_DATABASE,
    FLY_POSTGRES,
    NEON_DATABASE,
    NEON_PROJECT,
    REDIS,
    REDIS_CLOUD,
    SERVERLESS_REDIS,
    SUPABASE_PROJECT,
    UPSTASH,
    ZONE,
)

STATEFUL: Final = (
    *(DATABASE, REDIS, SERVERLESS_REDIS, UPSTASH, REDIS_CLOUD, ZONE, *BUCKETS),
    *(SUPABASE_PROJECT, NEON_PROJECT, NEON_DATABASE, FLY_POSTGRES, FLY_DATABASE),
    *(*CLUSTERS, "aws:dynamodb/table:Table", "aws:efs/fileSystem:FileSystem", "aws:kms/key:Key"),
)
"""Types that cannot be made again as they were; a zone would come back with other name servers."""


_is_not_forced: Final = where("forceDestroy", lambda forced: truth(forced) is not True)
_is_no_cache: Final = where("eviction", lambda eviction: truth(eviction) is not True)


def _is_kept(resource: Resource) -> bool | None:
    """Return whether what a resource holds must stay, None where that is unknown; what evicts is a cache."""
    if resource.type == UPSTASH:
        return _is_no_cache(resource)
    if resource.type == REDIS_CLOUD:
        return KEEPS_KEYS(resource)
    return resource.type not in BUCKETS or _is_not_forced(resource)


RULES: Final = (
    Rule(
        id="stateful-protected",
        title="The engine refuses to delete what holds data",
        why="a renamed resource is a deleted one, and its data is gone",
        source="https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
        remedy="Set the resource option protect; an alias keeps the identity of a renamed resource.",
        keys=(
            *(
                "database.protect",
                "redis.NAME.protect",
                "edge.protect",
                "storage.protect",
                "load_balancer.protect",
            ),
            "cloudwatch_alarms.protect",
        ),
        severity=Severity.CRITICAL,
        levels=ONLY_PRODUCTION,
        types=frozenset(STATEFUL),
        # A bucket that says that its content may go is judged for saying so, by a rule of its own.
        check=either(
            lambda resource: resource.protect,
            only(
                _is_kept,
                lambda _: fail("no protect", "protect true"),
                what="forceDestroy, or eviction",
            ),
        ),
    ),
)
