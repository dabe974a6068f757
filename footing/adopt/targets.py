"""What can be adopted, by the words of the command, and the keys of the stack file that keep it as it is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from footing.adopt.text import Values
from stacks.config.adopt import import_ids
from stacks.config.database import RdsConfig
from stacks.config.errors import ConfigError
from stacks.config.redis import ElastiCacheConfig
from stacks.config.stack import StackConfig
from stacks.naming import component_name

INSTANCE: Final = "aws:rds/instance:Instance"
GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
BUCKET: Final = "aws:s3/bucket:Bucket"

FOR_LIFE: Final[Mapping[str, Mapping[str, str]]] = {
    INSTANCE: {"dbName": "database_name", "username": "username", "dbSubnetGroupName": "subnet_group"},
    GROUP: {"subnetGroupName": "subnet_group"},
}
"""Keys of what never changes of a running resource, by the provider's property: written as it is."""

KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    INSTANCE: {
        **FOR_LIFE[INSTANCE],
        "identifier": "identifier",
        "kmsKeyId": "kms_key_arn",
        "engineVersion": "postgres_version",
        "instanceClass": "instance_class",
        "allocatedStorage": "storage_gib",
        "maxAllocatedStorage": "storage_max_gib",
        "multiAz": "multi_az",
        "backupRetentionPeriod": "backup_retention_days",
        "backupWindow": "backup_window",
        "maintenanceWindow": "maintenance_window",
        "deletionProtection": "protect",
        "performanceInsightsRetentionPeriod": "insights_retention_days",
    },
    GROUP: {
        **FOR_LIFE[GROUP],
        "replicationGroupId": "identifier",
        "engine": "engine",
        "engineVersion": "engine_version",
        "nodeType": "node_type",
        "numCacheClusters": "replicas",
        "snapshotRetentionLimit": "snapshot_retention_days",
    },
    BUCKET: {"bucket": "bucket"},
    "aws:ec2/vpc:Vpc": {"cidrBlock": "cidr"},
    "aws:ec2/subnet:Subnet": {"cidrBlock": "cidr", "availabilityZone": "zones"},
    "aws:ec2/natGateway:NatGateway": {"subnetId": "nat", "allocationId": "nat"},
}
"""Key of the resource's block in the stack file, by type and the provider's property."""


class Target(Struct, frozen=True):
    """One thing to adopt."""

    name: str
    """Name of the resource, as `footing plan` shows it."""
    identifier: str
    """Id to import it by."""
    block: tuple[str, ...] = ()
    """Block of the stack file that describes it; empty for a resource that was given by its own name."""
    named_by: str | None = None
    """Key of the block that holds its physical name."""


def targets(given: Sequence[str], config: StackConfig) -> list[Target]:
    """Return what the words `database=ID`, `redis.NAME=ID`, `network=ID`, `storage=ID` or `RESOURCE=ID` name.

    Raises:
        ConfigError: a word is none of these, or its block is not one that makes such a resource.
    """
    found, problems = [], []
    for word in given:
        what, _, identifier = word.partition("=")
        if not re.fullmatch(r"[a-z][a-z0-9.-]*", what) or not identifier:
            allowed = "database=ID, redis.NAME=ID, network=ID, storage=ID or the name of a resource=ID"
            problems.append(f"adopt: given {word!r}, allowed {allowed}")
        elif reason := _lacking(what, config):
            problems.append(reason)
        else:
            found.append(_target(what, identifier))
    if problems:
        raise ConfigError("footing adopt", problems)
    return found


def _lacking(what: str, config: StackConfig) -> str | None:
    """Return why the stack makes no such resource; None where it does, or where the composition will tell."""
    store = config.redis.get(what.removeprefix("redis."))
    if what == "database" and not isinstance(config.database, RdsConfig):
        return "database: no block with provider rds, so there is no server to adopt; write it first"
    if what.startswith("redis.") and not isinstance(store, ElastiCacheConfig):
        return f"{what}: no store of that name with provider elasticache; write it first"
    if what == "storage" and config.storage is None:
        return "storage: missing, so there is no bucket to adopt; write provider: s3 first"
    if what == "network" and config.network.existing:
        return "network.existing: given, so the stack uses that VPC and makes none; leave it out to adopt one"
    return None


def _target(what: str, identifier: str) -> Target:
    block = tuple(what.split(".", 1))
    match block:
        case ("database",):
            return Target("database-primary", identifier, block, "identifier")
        case ("redis", name):
            return Target(f"{component_name('redis', name)}-store", identifier, block, "identifier")
        case ("storage",):
            return Target("storage-files-bucket", identifier, block, "bucket")
        case ("network",):
            return Target("network-vpc", identifier, block)
        case _:
            return Target(what, identifier)


def values_of(adopted: Iterable[Target], config: StackConfig) -> Values:
    """Return what the stack file says of what is adopted: the ids, and the keys of physical names."""
    ids = {name: import_ids(given) for name, given in config.adopt.items()}
    values: dict[tuple[str, ...], str | list[str]] = {}
    for it in adopted:
        if it.named_by:
            values[*it.block, it.named_by] = it.identifier
        # Resources of several types share a name: their ids differ in form, and one replaces another of its form.
        known = [] if it.block else [i for i in ids.get(it.name, []) if _form(i) != _form(it.identifier)]
        ids[it.name] = [*known, it.identifier]
        values["adopt", it.name] = ids[it.name][0] if len(ids[it.name]) == 1 else ids[it.name]
    return values


def _form(identifier: str) -> str:
    return re.sub(r"[0-9a-f]{8,17}", "", identifier)
