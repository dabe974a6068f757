"""A copy of the files in another region, made by S3 itself.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
"""

import pulumi
import pulumi_aws as aws

from components.aws import iam
from components.aws.buckets import BucketRules, PrivateBucket
from components.storage.args import ReplicaArgs

RULE_ID = "all"
"""Name of the only rule, by which CloudWatch knows its metrics."""


class Replication:
    """The second bucket, and the rule that copies into it. Whoever uses it calls `copy.admit` once."""

    def __init__(
        self,
        name: str,
        prefix: str,
        source: PrivateBucket,
        args: ReplicaArgs,
        rules: BucketRules,
        opts: pulumi.ResourceOptions,
        *,
        kept: pulumi.ResourceOptions | None,
    ) -> None:
        """`prefix`, `rules` and `kept` are those of a `PrivateBucket`."""
        self.copy = PrivateBucket(f"{name}-copy", prefix, rules, opts, kept=kept, region=args.region)
        role = aws.iam.Role(f"{name}-replication", assume_role_policy=iam.trust("s3.amazonaws.com"), opts=opts)
        written = ["s3:ReplicateObject", "s3:ReplicateTags"]
        statements = (
            (["s3:GetReplicationConfiguration", "s3:ListBucket"], source.bucket.arn),
            (
                [
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionTagging",
                ],
                pulumi.Output.concat(source.bucket.arn, "/*"),
            ),
            (
                [*written, "s3:ReplicateDelete"] if args.delete_markers else written,
                pulumi.Output.concat(self.copy.bucket.arn, "/*"),
            ),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-replication",
            role=role.name,
            policy=iam.document(
                [{"Effect": "Allow", "Action": actions, "Resource": arn} for actions, arn in statements]
            ),
            opts=opts,
        )
        aws.s3.BucketReplicationConfig(
            f"{name}-replication",
            # S3 refuses a rule between buckets that do not keep versions.
            bucket=source.versioning.bucket,
            role=iam.arn_with(role, policy, self.copy.versioning),
            rules=[
                {
                    "id": RULE_ID,
                    "status": "Enabled",
                    "priority": 1,
                    "filter": {"prefix": ""},
                    "delete_marker_replication": {"status": "Enabled" if args.delete_markers else "Disabled"},
                    # Both buckets encrypt with S3's own keys: the copy needs no key of its own.
                    "destination": {"bucket": self.copy.bucket.arn, "metrics": {"status": "Enabled"}},
                }
            ],
            opts=opts,
        )
