"""The application's files."""

from collections.abc import Mapping

import pulumi

from components.domain import Domain
from components.storage.args import CERTIFICATE_REGION, AliasArgs, ReplicaArgs, StorageArgs
from components.storage.file_store import FileStore
from components.storage.storage import Storage
from stacks.compose.stack import Stack

PRICE_CLASSES = {"100": "PriceClass_100", "200": "PriceClass_200", "all": "PriceClass_All"}
"""CloudFront's names, by ours."""


def make_storage(stack: Stack, domain: Domain | None) -> FileStore | None:
    """Return the store of files; None where the configuration has none."""
    storage = stack.config.storage
    if storage is None:
        return None
    hostname, edge = storage.hostname, stack.config.edge
    return Storage(
        "storage",
        StorageArgs(
            bucket_prefix=stack.names.of("files"),
            bucket_name=storage.bucket,
            region=stack.config.region,
            cache_seconds=storage.cache_seconds,
            stale_seconds=storage.stale_seconds,
            fingerprinted_paths=storage.fingerprinted_paths,
            allowed_origins=[f"https://{served}" for served in (edge.hostnames if edge else ())],
            price_class=PRICE_CLASSES[storage.price_class],
            noncurrent_days=storage.noncurrent_days,
            intelligent_tiering=storage.intelligent_tiering,
            access_log_days=storage.access_log_days,
            alias=AliasArgs(
                hostname=hostname,
                zone_id=domain.zone_id,
                # The zone's own is in the stack's region.
                certificate_arn=domain.certificate_arn if stack.config.region == CERTIFICATE_REGION else None,
            )
            if hostname is not None and domain is not None
            else None,
            replica=ReplicaArgs(region=storage.replicate_to, delete_markers=storage.replicate_deletions)
            if storage.replicate_to
            else None,
            protect=storage.protect,
        ),
        stack.opts,
    )


def storage_variables(storage: FileStore | None) -> Mapping[str, pulumi.Input[str]]:
    """Return the environment variables by which the service finds its files, and their copy."""
    if storage is None:
        return {}
    found: dict[str, pulumi.Input[str]] = {"STORAGE_BUCKET": storage.bucket_name, "STORAGE_URL": storage.url}
    if storage.replica_name is not None and storage.replica_region is not None:
        found |= {"STORAGE_REPLICA_BUCKET": storage.replica_name, "STORAGE_REPLICA_REGION": storage.replica_region}
    return found


def storage_outputs(storage: FileStore | None) -> Mapping[str, pulumi.Input[str]]:
    """Return the stack outputs of the store of files."""
    if storage is None:
        return {}
    return {
        "storage_bucket": storage.bucket_name,
        "storage_url": storage.url,
        "storage_distribution_id": storage.distribution_id,
        "storage_write_policy": storage.write_policy,
        **({"storage_replica_bucket": storage.replica_name} if storage.replica_name is not None else {}),
    }
