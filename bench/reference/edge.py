"""Files behind a content network."""

import pulumi
import pulumi_aws as aws

from reference.network import TAGS
from reference.service import document


def edge() -> None:
    bucket = aws.s3.Bucket("assets", tags=TAGS)
    aws.s3.BucketVersioning("assets", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
    aws.s3.BucketPublicAccessBlock(
        "assets",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    access = aws.cloudfront.OriginAccessControl(
        "assets", origin_access_control_origin_type="s3", signing_behavior="always", signing_protocol="sigv4"
    )
    origin = aws.cloudfront.DistributionOriginArgs(
        domain_name=bucket.bucket_regional_domain_name, origin_id="s3", origin_access_control_id=access.id
    )
    behavior = aws.cloudfront.DistributionDefaultCacheBehaviorArgs(
        allowed_methods=["GET", "HEAD"],
        cached_methods=["GET", "HEAD"],
        target_origin_id="s3",
        viewer_protocol_policy="redirect-to-https",
        cache_policy_id="658327ea-f89d-4fab-a63d-7e88639e58f6",
    )
    cdn = aws.cloudfront.Distribution(
        "assets",
        enabled=True,
        origins=[origin],
        default_cache_behavior=behavior,
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
        tags=TAGS,
    )
    reads = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": pulumi.Output.concat(bucket.arn, "/*"),
        "Condition": {"StringEquals": {"AWS:SourceArn": cdn.arn}},
    }
    aws.s3.BucketPolicy("assets", bucket=bucket.id, policy=document(reads))
