"""Arguments of the store of files."""

import pulumi
from msgspec import Struct, field

CERTIFICATE_REGION = "us-east-1"
"""Where CloudFront looks for certificates, sends its logs from and keeps its metrics, wherever the bucket is.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""


class AliasArgs(Struct, frozen=True, kw_only=True):
    """A custom host name of the distribution."""

    hostname: str
    """Name, one level below the zone. Source: config `storage.hostname`."""
    zone_id: pulumi.Input[str]
    """Zone that gets the record. Source: `Domain.zone_id`."""
    certificate_arn: pulumi.Input[str] | None = None
    """Certificate for the name, in us-east-1; one of its own is made there when left out.

    Source: `Domain.certificate_arn`, in a stack of us-east-1.
    """


class ReplicaArgs(Struct, frozen=True, kw_only=True):
    """A second bucket, in another region, to which S3 copies every file."""

    region: str
    """Another region than the stack's. Source: config `storage.replicate_to`."""
    delete_markers: bool = True
    """Delete there what is deleted here; both keep the older version for `noncurrent_days`."""


class StorageArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Storage`."""

    bucket_prefix: str
    """Prefix of the bucket's physical name, up to 41 characters: the bucket of logs adds five."""
    bucket_name: str | None = None
    """Whole name of the bucket; made of the prefix when left out. Source: config `storage.bucket`."""
    region: str
    """Region of the stack. Outside us-east-1 there are no metrics of the distribution."""
    cache_seconds: int
    """How long browsers and CloudFront keep a file, in seconds. Source: config `storage.cache_seconds`."""
    stale_seconds: int
    """How long browsers may serve a stale copy while they revalidate it, in seconds."""
    fingerprinted_paths: list[str] = field(default_factory=list)
    """Directories, such as `/assets/`, whose files never change: cached for a year."""
    allowed_origins: list[str] = field(default_factory=list)
    """Origins, such as `https://feed.example`, that CORS allows to read files; none when empty."""
    price_class: str
    """CloudFront price class: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`."""
    noncurrent_days: int
    """How long an overwritten or deleted file can be brought back, in days."""
    intelligent_tiering: bool = True
    """Let S3 move files by how often they are read."""
    access_log_days: int | None = None
    """How long the access log is kept, in days; none is written when left out."""
    alias: AliasArgs | None = None
    """Custom host name; CloudFront's own, with its weaker TLS policy, when left out."""
    replica: ReplicaArgs | None = None
    """Second bucket; none when left out."""
    protect: bool = True
    """Refuse to delete the buckets and the distribution."""
