"""Inventories: every resource of a component with every input, beside what somebody wrote down by hand."""

import json
from collections.abc import Mapping
from typing import Any

from tests.components.recording import Recorded

JSON_TEXTS = ("assumeRolePolicy", "containerDefinitions", "policy")
"""Inputs that hold JSON; compared as what they say."""


def inventory(recorded: Recorded[Any]) -> dict[str, dict[str, Any]]:
    """Return the inputs of every child by its short type and name, and its options where they are set."""
    return {
        f"{it.type.rpartition(':')[2]} {it.name}": {
            **{key: json.loads(value) if key in JSON_TEXTS else value for key, value in it.inputs.items()},
            **({"protect": True} if it.protect else {}),
            **({"retainOnDelete": True} if it.retain_on_delete else {}),
            **({"ignoreChanges": list(it.ignore_changes)} if it.ignore_changes else {}),
        }
        for it in recorded.resources
        if it.custom
    }


def trust(service: str) -> dict[str, Any]:
    """Return the document by which `service` assumes a role."""
    return document({"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": service}})


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """Return an IAM policy document."""
    return {"Statement": list(statements), "Version": "2012-10-17"}


def private_bucket(
    name: str, bucket: str, *statements: Mapping[str, Any], protect: bool = True, **lifecycle: Any
) -> dict[str, dict[str, Any]]:
    """Return the inventory of a private bucket: `statements` beside TLS only, `lifecycle` beside what all have."""
    arn = f"arn:aws:made:::{name}-bucket"
    tls_only = {
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        "Effect": "Deny",
        "Principal": "*",
        "Resource": [arn, f"{arn}/*"],
        "Sid": "TlsOnly",
    }
    rule = {
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        "filter": {"prefix": ""},
        "id": "all",
        "status": "Enabled",
        **lifecycle,
    }
    encrypted = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    return {
        f"RandomId {name}-suffix": {"byteLength": 4},
        f"Bucket {name}-bucket": {
            "bucket": bucket,
            "forceDestroy": not protect,
            **({"protect": True} if protect else {}),
        },
        f"BucketPublicAccessBlock {name}-block": {
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "bucket": bucket,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        },
        f"BucketOwnershipControls {name}-owner": {
            "bucket": bucket,
            "rule": {"objectOwnership": "BucketOwnerEnforced"},
        },
        f"BucketServerSideEncryptionConfiguration {name}-encryption": {"bucket": bucket, "rules": [encrypted]},
        f"BucketVersioning {name}-versioning": {
            "bucket": bucket,
            "versioningConfiguration": {"status": "Enabled"},
        },
        f"BucketLifecycleConfiguration {name}-lifecycle": {"bucket": bucket, "rules": [rule]},
        f"BucketPolicy {name}-policy": {"bucket": bucket, "policy": document(tls_only, *statements)},
    }


def log_delivery(name: str, service: str, source: str) -> dict[str, Any]:
    """Return the statement by which a log service of AWS writes to the bucket `name`."""
    return {
        "Action": "s3:PutObject",
        "Condition": {"ArnLike": {"aws:SourceArn": [source]}},
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Resource": f"arn:aws:made:::{name}-bucket/*",
        "Sid": "LogDelivery",
    }
