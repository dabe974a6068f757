"""Rules of Redis Cloud: TLS, who may connect, and whether what must stay is written to disk.

What a store is for is no property of it: the configuration refuses an eviction that its role does not bear.
"""

from typing import Final

from policies.rule import IN_PRODUCTION, Rule, Severity, StackRule
from policies.rules.links import each
from policies.rules.ranges import closed
from policies.rules.reading import flag, is_text, must, only, where
from policies.rules.tokens import REDIS_CLOUD

DOCS: Final = "https://redis.io/docs/latest/operate/rc"
KEEPS_KEYS: Final = where("dataEvictionPolicy", lambda policy: not str(policy).startswith("allkeys-"))
"""Whether a store may not drop just any key: what may is a cache."""

RULES: Final = (
    Rule(
        id="redis-cloud-tls",
        title="Redis Cloud refuses connections without TLS",
        why="passwords and sessions would cross the internet in the clear",
        source=f"{DOCS}/security/database-security/tls-ssl/",
        remedy="Set enableTls.",
        severity=Severity.CRITICAL,
        waivable=False,
        types=frozenset({REDIS_CLOUD}),
        check=flag("enableTls"),
    ),
    StackRule(
        id="redis-cloud-networks-closed",
        title="Not everybody may connect to Redis Cloud",
        why="a leaked password would be enough from anywhere",
        source=f"{DOCS}/security/cidr-whitelist/",
        remedy="Leave 0.0.0.0/0 and ::/0 out of sourceIps.",
        keys=("redis.NAME.allowed_cidrs",),
        severity=Severity.CRITICAL,
        waivable=False,
        types=frozenset({REDIS_CLOUD}),
        check=each((REDIS_CLOUD,), closed("sourceIps")),
    ),
    Rule(
        id="redis-cloud-persistence",
        title="Redis Cloud writes to disk what is no cache",
        why="a restart would lose work and sessions",
        source=f"{DOCS}/databases/configuration/data-persistence/",
        remedy="Set dataPersistence to aof-every-1-second; a cache drops keys by an allkeys policy.",
        keys=("redis.NAME.persistence", "redis.NAME.role"),
        levels=IN_PRODUCTION,
        types=frozenset({REDIS_CLOUD}),
        check=only(
            KEEPS_KEYS,
            must(
                "dataPersistence",
                hold=lambda value: is_text(value) and value != "none",
                required="dataPersistence, not none",
                known=("none",),
            ),
            what="dataEvictionPolicy",
        ),
    ),
)
