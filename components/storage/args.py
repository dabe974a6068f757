"""What the storage is made from."""

from dataclasses import dataclass, field

import pulumi

CERTIFICATE_REGION = "us-east-1"
"""Where CloudFront looks for certificates, sends its logs from and keeps its metrics, wherever the bucket is.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""


@dataclass(frozen=True, kw_only=True)
class AliasArgs:
    """A host name of one's own before the files."""

    hostname: str
    """Name, one level below the zone. Source: config `storage.hostname`."""
    zone_id: pulumi.Input[str]
    """Zone that gets the record. Source: `Domain.zone_id`."""
    certificate_arn: pulumi.Input[str]
    """Certificate for the name, in us-east-1. Source: `Domain.certificate_arn`."""


@dataclass(frozen=True, kw_only=True)
class StorageArgs:
    """What `Storage` is made from."""

    bucket_prefix: str
    """Begin of the bucket's physical name, up to 41 characters: the bucket of logs adds five."""
    region: str
    """Region of the stack. Outside us-east-1 nothing can be measured, and no alias is possible."""
    cache_seconds: int
    """How long browsers and CloudFront keep a file, in seconds. Source: config `storage.cache_seconds`."""
    stale_seconds: int
    """How long browsers may show it while they ask for a newer one, in seconds."""
    fingerprinted_paths: list[str] = field(default_factory=list)
    """Directories, such as `/assets/`, whose files never change: kept for a year."""
    allowed_origins: list[str] = field(default_factory=list)
    """Origins, such as `https://feed.example`, whose scripts may read files; nobody's when empty."""
    price_class: str
    """Places that serve: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`."""
    noncurrent_days: int
    """How long an overwritten or deleted file can be brought back, in days."""
    intelligent_tiering: bool = True
    """Let S3 move files by how often they are read."""
    access_log_days: int | None = None
    """How long the record of requests is kept, in days; none is made when left out."""
    alias: AliasArgs | None = None
    """Name of one's own; CloudFront's, with its weaker TLS, when left out."""
    protect: bool = True
    """Refuse to delete the bucket and the distribution."""

    def __post_init__(self) -> None:
        """Refuse what CloudFront would.

        Raises:
            ValueError: an alias in a region whose certificates CloudFront does not see.

        """
        if self.alias and self.region != CERTIFICATE_REGION:
            raise ValueError(
                f"alias is {self.alias.hostname} and region {self.region}: CloudFront takes certificates of "
                f"{CERTIFICATE_REGION} only"
            )
