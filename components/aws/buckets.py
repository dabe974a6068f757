"""Private buckets: closed to the public, encrypted, versioned, TLS only, and cleaned up after."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from msgspec import Struct

from components.aws import iam

ABORT_UPLOAD_DAYS = 7
"""After how long the parts of an upload that never ended are removed, in days: they are billed and invisible."""

Statement = Mapping[str, Any]
"""One statement of a policy document; may hold Outputs."""


class BucketRules(Struct, frozen=True, kw_only=True):
    """What happens to objects in time."""

    noncurrent_days: int
    """How long a version is kept after another took its place, in days."""
    expire_days: int | None = None
    """After how long an object goes, in days; never when left out."""
    intelligent_tiering: bool = False
    """Let S3 move objects by how often they are read; all stay readable at once."""


class PrivateBucket:
    """One bucket with its settings. Whoever uses it calls `admit` once, with who may read or write it."""

    def __init__(
        self,
        name: str,
        prefix: str,
        rules: BucketRules,
        opts: pulumi.ResourceOptions,
        *,
        kept: pulumi.ResourceOptions | None = None,
        bucket_name: str | None = None,
        region: str | None = None,
    ) -> None:
        """`prefix`, up to 46 characters, begins the physical name where no `bucket_name` is given.

        `kept` are the bucket's own options. A bucket without options of its own holds what can be made again, and
        goes with what is in it. `region` is that of the stack when left out.
        """
        self._name, self._opts, self._region = name, opts, region
        # Names are shared by all accounts of the world. The suffix is random but known to the state, so that the
        # name stays what it is when the program changes.
        physical: pulumi.Input[str] | None = bucket_name
        if physical is None:
            suffix = random.RandomId(f"{name}-suffix", byte_length=4, opts=opts)
            physical = pulumi.Output.concat(prefix, "-", suffix.hex)
        self.bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=physical,
            region=region,
            force_destroy=kept is None and bucket_name is None,
            opts=kept or opts,
        )
        self._block = aws.s3.BucketPublicAccessBlock(
            f"{name}-block",
            region=region,
            bucket=self.bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=opts,
        )
        self._make_settings()
        self._make_lifecycle(rules)

    def _make_settings(self) -> None:
        aws.s3.BucketOwnershipControls(
            f"{self._name}-owner",
            region=self._region,
            bucket=self.bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._opts,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            region=self._region,
            bucket=self.bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self._opts,
        )
        self.versioning = aws.s3.BucketVersioning(
            f"{self._name}-versioning",
            region=self._region,
            bucket=self.bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=self._opts,
        )

    def _make_lifecycle(self, rules: BucketRules) -> None:
        rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "all",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": ABORT_UPLOAD_DAYS},
            "noncurrent_version_expiration": {"noncurrent_days": rules.noncurrent_days},
        }
        if rules.expire_days is not None:
            rule["expiration"] = {"days": rules.expire_days}
        if rules.intelligent_tiering:
            # From the first day: the class has no fee for early deletion and none for reading.
            rule["transitions"] = [{"days": 0, "storage_class": "INTELLIGENT_TIERING"}]
        aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-lifecycle",
            region=self._region,
            # A rule about old versions is refused until the bucket keeps them.
            bucket=self.versioning.bucket,
            rules=[rule],
            opts=self._opts,
        )

    def admit(self, *statements: Statement) -> aws.s3.BucketPolicy:
        """Write the bucket's policy: TLS or nothing, and `statements` on top."""
        arn = self.bucket.arn
        tls_only = {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, pulumi.Output.concat(arn, "/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return aws.s3.BucketPolicy(
            f"{self._name}-policy",
            region=self._region,
            # After the block: S3 refuses two changes of who may enter at the same time.
            bucket=self._block.bucket,
            policy=iam.document([tls_only, *statements]),
            opts=self._opts,
        )


def delivery(service: str, bucket_arn: pulumi.Input[str], sources: Sequence[pulumi.Input[str]]) -> Statement:
    """Let a log service of AWS, such as `delivery.logs.amazonaws.com`, write objects, for `sources` only."""
    return {
        "Sid": "LogDelivery",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "s3:PutObject",
        "Resource": pulumi.Output.concat(bucket_arn, "/*"),
        "Condition": {"ArnLike": {"aws:SourceArn": list(sources)}},
    }
