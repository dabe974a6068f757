"""Types of the provider `footing-rediscloud`. Settings that a program does not give stay as they are."""

from collections.abc import Mapping, Sequence

from providers.description import Property, Resource, computed, optional, required
from providers.rediscloud.plans import EVICTION_POLICIES, PERSISTENCE

PACKAGE = "footing-rediscloud"


class EssentialsSubscription(Resource, package=PACKAGE):
    """A subscription of one plan, in which there are databases. One with a database in it cannot be deleted."""

    name: Property[str] = required("Name, for people.", pattern=r".{1,}")
    plan_id: Property[int] = required("Plan: a size in a region, with or without replicas.", minimum=1)
    payment_method: Property[str | None] = optional(
        "Who is paid; the account's own way when left out.",
        default=None,
        replaces=True,
        choices=("credit-card", "marketplace"),
    )
    payment_method_id: Property[int | None] = optional("Which credit card.", default=None, minimum=1)
    subscription_id: Property[int] = computed("Redis Cloud's id.")


class EssentialsDatabase(Resource, package=PACKAGE, holds_data=True):
    """A database. TLS and allowed addresses are always sent: left out, Redis Cloud takes no TLS and everybody."""

    subscription_id: Property[int] = required("Id of the subscription.", replaces=True)
    name: Property[str] = required("Name.", pattern=r"[A-Za-z](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?")
    protocol: Property[str | None] = optional(
        "What it speaks; `stack` has the modules. The plan's own when left out.",
        default=None,
        replaces=True,
        choices=("redis", "stack", "memcached"),
    )
    data_persistence: Property[str] = required("How it is written to disk.", choices=PERSISTENCE)
    data_eviction_policy: Property[str] = required("What it forgets when it is full.", choices=EVICTION_POLICIES)
    replication: Property[bool] = required("Whether it has a replica, which takes half of the plan's size.")
    enable_tls: Property[bool] = required("Whether it refuses connections without TLS.")
    source_ips: Property[Sequence[str]] = required(
        "Addresses and ranges that may connect; `0.0.0.0/0` is everybody."
    )
    alerts: Property[Mapping[str, int] | None] = optional(
        "Bounds by name: datasets-size in percent, latency in ms, throughput-higher-than, throughput-lower-than, "
        "connections-limit.",
        default=None,
    )
    periodic_backup_path: Property[str | None] = optional(
        "Where it is backed up to every 24 hours: `s3://backups/cache`. Some kinds of address have a key in them.",
        default=None,
        secret=True,
    )
    database_id: Property[int] = computed("Redis Cloud's id.")
    host: Property[str] = computed("Host name.")
    port: Property[int] = computed("TCP port.")
    password: Property[str] = computed("Password of the default user, which Redis Cloud makes.", secret=True)
