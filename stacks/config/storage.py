"""Configuration of the application's files."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from components.aws.partition import partition
from policies.nearest import nearest_name
from stacks.config.base import Hostname, Model, Problem
from stacks.config.edge import UrlPath
from stacks.config.identity import REGIONS


class S3Config(Model):
    """Files in a private S3 bucket, read through CloudFront."""

    provider: Literal["s3"]
    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")] | None = Field(
        default=None,
        description="Name of the bucket, for life; <app>-<environment>-files and a random end when left out.",
    )
    hostname: Hostname | None = Field(
        default=None,
        description="Name for the files, one level below the zone, with its own certificate outside us-east-1; "
        "CloudFront's own name, with its older TLS, when left out.",
    )
    cache_seconds: int = Field(
        default=3600, ge=0, le=31536000, description="How long browsers and CloudFront keep a file, in seconds."
    )
    stale_seconds: Annotated[int, Field(ge=0, le=31536000)] = Field(
        default=86400, description="How long browsers may serve a stale copy while they revalidate it, in seconds."
    )
    fingerprinted_paths: list[UrlPath] = Field(
        default=["/_app/", "/assets/"],
        description="Directories of files whose name changes with their content: kept for a year.",
    )
    price_class: Literal["100", "200", "all"] = Field(
        default="100",
        description="Where CloudFront serves from: 100 is North America and Europe, 200 adds Asia and Africa.",
    )
    noncurrent_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30, description="How long an overwritten or deleted file can be brought back, in days."
    )
    intelligent_tiering: bool = Field(
        default=True, description="Let S3 move files by how often they are read; all stay readable at once."
    )
    access_log_days: Literal[7, 14, 30, 60, 90, 180, 365] | None = Field(
        default=None, description="How long the access log is kept, in days; none when left out."
    )
    replicate_to: str | None = Field(
        default=None,
        description="Another AWS region, to which S3 copies every file written from then on: CloudFront reads it "
        "where the bucket answers 5xx, and services find it in STORAGE_REPLICA_BUCKET. No copy when left out.",
    )
    replicate_deletions: bool = Field(
        default=True,
        description="Delete in the copy what is deleted; with false deleted files stay readable there.",
    )
    protect: bool = Field(default=True, description="Refuse to delete the buckets and the distribution.")


StorageConfig = S3Config
"""The files' configuration; becomes a union discriminated by `provider` with the second backend."""


def replication_problems(storage: StorageConfig, region: str) -> Iterator[Problem]:
    """Yield a key and a sentence for each reason against the copy of the files of a stack in `region`."""
    other = storage.replicate_to
    if other is None:
        if not storage.replicate_deletions:
            yield "storage.replicate_deletions", "given false, allowed with storage.replicate_to"
    elif other == region:
        yield "storage.replicate_to", f"given {other}, the stack's own region, allowed another one"
    elif other not in REGIONS or partition(other) != partition(region):
        nearest = nearest_name(other, REGIONS)
        hint = f"; did you mean {nearest}?" if nearest and nearest != other else ""
        yield (
            "storage.replicate_to",
            f"given {other!r}, allowed a region of the partition {partition(region)}{hint}",
        )


REFUSED_BUCKETS = re.compile(
    r".*\.\..*|\d+(\.\d+){3}|(xn--|sthree-|amzn-s3-demo-).*|.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)"
)
"""Names of a bucket that S3 keeps for itself, or takes for an address.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""


def bucket_problems(storage: StorageConfig | None) -> Iterator[Problem]:
    """Yield a key and a sentence where S3 refuses the name of the bucket."""
    if storage and storage.bucket and REFUSED_BUCKETS.fullmatch(storage.bucket):
        allowed = "no dots side by side, no IP address, no beginning or end that S3 keeps for itself"
        yield "storage.bucket", f"given {storage.bucket}, allowed a bucket's name with {allowed}"


def storage_problems(storage: StorageConfig | None, *, zone: str, hostnames: list[str]) -> Iterator[Problem]:
    """Return a key and a sentence for each reason against the host name of the files."""
    if storage is None or storage.hostname is None:
        return
    given = storage.hostname
    label = given.removesuffix(f".{zone}")
    if label == given or "." in label:
        yield "storage.hostname", f"given {given}, allowed one level below {zone}"
    elif given in hostnames:
        yield (
            "storage.hostname",
            f"given {given}, allowed a name that is not one of edge.hostnames or redirect_hostnames",
        )
