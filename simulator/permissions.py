"""Who may do what, where a test says so: `allowed.json` in the state directory, read before each operation.

An object: `actions`, the IAM actions that are allowed, and `reads`, by type of resource those that reading one
takes. Without the file everything is allowed. A call that changes something is judged by its own name and, where
it hands a role on, by `iam:PassRole`; what a policy says of resources and conditions is not judged.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from simulator.moto_aws.refusal import RefusedError

FILE_NAME = "allowed.json"
PREFIXES = {"amp": "aps", "elbv2": "elasticloadbalancing", "stepfunctions": "states"}
"""Services whose actions begin otherwise than botocore calls them."""
ACTIONS = {
    "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
"""Actions by the operation, where they have another name.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""
_READS = ("Describe", "Get", "Head", "List")
_allowed: ContextVar[frozenset[str] | None] = ContextVar("allowed", default=None)


@contextmanager
def enforced(directory: Path) -> Iterator[None]:
    """Let calls of the block be judged, where the state directory says what is allowed."""
    content = _content(directory)
    token = _allowed.set(None if content is None else frozenset(content["actions"]))
    try:
        yield
    finally:
        _allowed.reset(token)


def check_call(params: Mapping[str, Any], service: str, operation: str) -> None:
    """Judge a call that changes something; reads are judged by the type, for moto is read otherwise than AWS.

    Raises:
        RefusedError: it is not allowed.

    """
    if operation.startswith(_READS):
        return
    name = f"{PREFIXES.get(service, service)}:{operation}"
    _check(_allowed.get(), ACTIONS.get(name, name))
    if service != "iam" and ":role/" in json.dumps(params, default=str):
        _check(_allowed.get(), "iam:PassRole")


def check_read(directory: Path, token: str) -> None:
    """Judge the reading of a resource.

    Raises:
        RefusedError: an action that it takes is not allowed.

    """
    content = _content(directory)
    if content is not None:
        for action in content["reads"].get(token, ()):
            _check(frozenset(content["actions"]), action)


def _check(allowed: frozenset[str] | None, action: str) -> None:
    if allowed is not None and action not in allowed:
        raise RefusedError(f"AccessDenied: not authorized to perform {action}: no identity-based policy allows it")


def _content(directory: Path) -> dict[str, Any] | None:
    path = directory / FILE_NAME
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
