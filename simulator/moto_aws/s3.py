"""Buckets and their settings.

Parameters: https://docs.aws.amazon.com/AmazonS3/latest/API/
"""

from collections.abc import Callable
from typing import Any

from simulator.identity import arn, dns_suffix
from simulator.moto_aws.kind import Call, Created, Existing, Kind, deletion, without
from simulator.moto_aws.parameters import pairs
from wire_format import Properties

_ZONE = "Z3AQBSTGFYJSTF"


def _create_bucket(call: Call, inputs: Properties) -> Created:
    name = inputs["bucket"]
    fixed: dict[str, Any] = {"ObjectLockEnabledForBucket": True} if inputs.get("objectLockEnabled") else {}
    if call.region != "us-east-1":
        fixed["CreateBucketConfiguration"] = {"LocationConstraint": call.region}
    client = call.client("s3")
    client.create_bucket(Bucket=name, **fixed)
    _tag_bucket(call, inputs)
    outputs = {
        "arn": arn("s3", name, region=call.region),
        "bucketDomainName": f"{name}.s3.{dns_suffix(call.region)}",
        "bucketRegion": call.region,
        "bucketRegionalDomainName": f"{name}.s3.{call.region}.{dns_suffix(call.region)}",
        "hostedZoneId": _ZONE,
    }
    return Created(name, outputs)


def _tag_bucket(call: Call, inputs: Properties) -> None:
    if inputs.get("tags"):
        call.client("s3").put_bucket_tagging(Bucket=inputs["bucket"], Tagging={"TagSet": pairs(inputs["tags"])})


def _setting(operation: str, body: Callable[[Properties], Properties], removal: str | None) -> Kind:
    """Return the kind of a bucket's setting: one call puts it, new or changed; `removal` takes it away."""

    def create(call: Call, inputs: Properties) -> Created:
        call.send("s3", operation, {"bucket": inputs["bucket"], **body(inputs)})
        return Created(inputs["bucket"])

    def delete(call: Call, existing: Existing) -> None:
        if removal:
            getattr(call.client("s3"), removal)(Bucket=existing.id)

    return Kind(create=create, delete=delete)


def _rules(name: str, key: str) -> Callable[[Properties], Properties]:
    return lambda inputs: {name: {key: inputs.get("rules") or [inputs["rule"]]}}


KINDS = {
    "aws:s3/bucket:Bucket": Kind(
        create=_create_bucket,
        delete=deletion("s3", "delete_bucket", "Bucket"),
        update=lambda call, _existing, news: _tag_bucket(call, news),
    ),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": _setting(
        "put_bucket_cors",
        lambda inputs: {"corsConfiguration": {"CORSRules": inputs["corsRules"]}},
        "delete_bucket_cors",
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        "put_bucket_lifecycle_configuration", _rules("lifecycleConfiguration", "rules"), "delete_bucket_lifecycle"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _setting(
        "put_bucket_ownership_controls", _rules("ownershipControls", "rules"), "delete_bucket_ownership_controls"
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _setting(
        "put_bucket_policy", lambda inputs: {"policy": inputs["policy"]}, "delete_bucket_policy"
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting(
        "put_public_access_block",
        lambda inputs: {"publicAccessBlockConfiguration": without(inputs, "bucket", "region")},
        "delete_public_access_block",
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _setting(
        "put_bucket_encryption", _rules("serverSideEncryptionConfiguration", "rules"), "delete_bucket_encryption"
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _setting(
        "put_bucket_replication",
        lambda inputs: {"replicationConfiguration": {"role": inputs["role"], "rules": inputs["rules"]}},
        "delete_bucket_replication",
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _setting(
        "put_bucket_versioning",
        lambda inputs: {"versioningConfiguration": inputs["versioningConfiguration"]},
        None,
    ),
}
