"""A private bucket behind CloudFront."""

import pulumi
import pulumi_aws as aws
import pulumi_cloudflare as cloudflare

from components.aws import buckets, certificates, iam
from components.aws.buckets import BucketRules, PrivateBucket
from components.component import Component
from components.storage import headers
from components.storage.args import CERTIFICATE_REGION, StorageArgs
from components.storage.replication import RULE_ID, Replication
from components.storage.signals import replication_signals, storage_signals
from observability import Signal, Signals

TLS_POLICY = "TLSv1.2_2021"
"""TLS 1.2 and 1.3 with forward secrecy.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
"""

MISSING_SECONDS = 10
"""How long CloudFront caches that a file does not exist, in seconds."""
AUTOMATIC_TTL = 1
"""Cloudflare's word for "automatic" in a record's TTL."""
ORIGIN_ID = "bucket"
"""Name of the bucket's origin, inside the distribution."""
COPY_ID, GROUP_ID = "copy", "bucket-or-copy"
"""Name of the copy's origin there, and of the group that reads it while the first one fails."""


class Storage(Component):
    """Files of the application: a private bucket, read through CloudFront alone."""

    bucket_name: pulumi.Output[str]
    """Physical name of the bucket."""
    url: pulumi.Output[str]
    """Address that files are read at, without a slash at the end."""
    distribution_id: pulumi.Output[str]
    """Id of the distribution, for invalidations."""
    write_policy: pulumi.Output[str]
    """IAM policy document, as JSON: reads, writes and deletes files, and reads their copy."""
    replica_name: pulumi.Output[str] | None = None
    """Physical name of the bucket with the copy; None without one."""

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        rules = BucketRules(noncurrent_days=args.noncurrent_days, intelligent_tiering=args.intelligent_tiering)
        kept = self._protected(args.protect)
        self._files = PrivateBucket(
            f"{name}-files", args.bucket_prefix, rules, self._child(), kept=kept, bucket_name=args.bucket_name
        )
        self._replication = (
            Replication(
                name, f"{args.bucket_prefix}-copy", self._files, args.replica, rules, self._child(), kept=kept
            )
            if args.replica
            else None
        )
        self._certificate_arn, own = self._find_certificate()
        self._distribution = self._make_distribution()
        for held in self._buckets:
            # Objects alone: the distribution may not list them at "/".
            held.admit(
                {
                    "Sid": "ReadByDistribution",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudfront.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": pulumi.Output.concat(held.bucket.arn, "/*"),
                    "Condition": {"StringEquals": {"aws:SourceArn": self._distribution.arn}},
                }
            )
        if args.access_log_days is not None:
            self._make_access_log(args.access_log_days)
        hostname = self._make_alias() or self._distribution.domain_name
        self.bucket_name = self._files.bucket.bucket
        self.url = pulumi.Output.concat("https://", hostname)
        self.distribution_id = self._distribution.id
        arn = self._files.bucket.arn
        objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
        statements: list[buckets.Statement] = [
            {"Effect": "Allow", "Action": objects, "Resource": pulumi.Output.concat(arn, "/*")},
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn},
        ]
        copied: tuple[Signal, ...] = ()
        if args.replica and self._replication:
            copy = self._replication.copy.bucket
            self.replica_name = copy.bucket
            statements += [
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": pulumi.Output.concat(copy.arn, "/*")},
                {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": copy.arn},
            ]
            copied = replication_signals(self.bucket_name, copy.bucket, RULE_ID, args.replica.region)
        self.write_policy = pulumi.Output.from_input(iam.document(statements))
        self._signals = storage_signals(
            self._distribution.id, own, copied, measured=args.region == CERTIFICATE_REGION
        )
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals

    @property
    def replica_region(self) -> str | None:
        """Region of the bucket with the copy; None without one."""
        return self._args.replica.region if self._args.replica else None

    @property
    def _buckets(self) -> list[PrivateBucket]:
        """The bucket of the files, and that of their copy if there is one."""
        return [self._files, *([self._replication.copy] if self._replication else [])]

    def _find_certificate(self) -> tuple[pulumi.Input[str] | None, Signal | None]:
        """Return the certificate of the alias, and what to watch where it is the files' own."""
        alias = self._args.alias
        if alias is None:
            return None, None
        if alias.certificate_arn is not None:
            return alias.certificate_arn, None
        arn = certificates.issued(
            self._name, alias.hostname, alias.zone_id, self._child(), region=CERTIFICATE_REGION
        )
        expiry = certificates.expiry(
            "storage-certificate-expiry",
            "Files' certificate DaysToExpiry",
            f"Days left of the certificate of {alias.hostname}. At 0 browsers refuse every file.",
            f"{self._name}-proof",
            arn,
            CERTIFICATE_REGION,
        )
        return arn, expiry

    def _make_distribution(self) -> aws.cloudfront.Distribution:
        args = self._args
        control = aws.cloudfront.OriginAccessControl(
            f"{self._name}-access",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self._child(),
        )
        default, fingerprinted = self._make_behaviours()
        return aws.cloudfront.Distribution(
            f"{self._name}-cdn",
            enabled=True,
            comment=args.bucket_prefix,
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=args.price_class,
            aliases=[args.alias.hostname] if args.alias else [],
            origins=[
                {
                    "origin_id": origin,
                    # The regional name: the global one redirects while a new bucket becomes known.
                    "domain_name": held.bucket.bucket_regional_domain_name,
                    "origin_access_control_id": control.id,
                }
                for origin, held in zip((ORIGIN_ID, COPY_ID), self._buckets, strict=False)
            ],
            origin_groups=[
                {
                    "origin_id": GROUP_ID,
                    "failover_criteria": {"status_codes": [500, 502, 503, 504]},
                    "members": [{"origin_id": ORIGIN_ID}, {"origin_id": COPY_ID}],
                }
            ]
            if self._replication
            else None,
            default_cache_behavior=default,
            ordered_cache_behaviors=[
                {**fingerprinted, "path_pattern": f"{path}*"} for path in args.fingerprinted_paths
            ],
            custom_error_responses=[
                {"error_code": code, "error_caching_min_ttl": MISSING_SECONDS} for code in (403, 404)
            ],
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate={
                "acm_certificate_arn": self._certificate_arn,
                "ssl_support_method": "sni-only",
                "minimum_protocol_version": TLS_POLICY,
            }
            if args.alias
            # CloudFront's own name has an older TLS policy, which cannot be changed.
            else {"cloudfront_default_certificate": True},
            opts=self._child(protect=args.protect),
        )

    def _make_behaviours(self) -> list[aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict]:
        """Return the cache behaviours of files that may change, and of files that never do."""
        args = self._args
        policy = headers.make_headers_policy(f"{self._name}-headers", args.allowed_origins, self._child())
        kinds = {
            "changing": (args.cache_seconds, headers.changing(args.cache_seconds, args.stale_seconds)),
            "fingerprinted": (headers.YEAR_SECONDS, headers.FINGERPRINTED),
        }
        return [
            {
                "target_origin_id": GROUP_ID if self._replication else ORIGIN_ID,
                "viewer_protocol_policy": "redirect-to-https",
                "allowed_methods": ["GET", "HEAD", "OPTIONS"],
                "cached_methods": ["GET", "HEAD"],
                "compress": True,
                "cache_policy_id": headers.make_cache_policy(f"{self._name}-{kind}", seconds, self._child()).id,
                "response_headers_policy_id": policy.id,
                "function_associations": [
                    {
                        "event_type": "viewer-response",
                        "function_arn": headers.make_function(
                            f"{self._name}-{kind}", cache_control, self._child()
                        ).arn,
                    }
                ],
            }
            for kind, (seconds, cache_control) in kinds.items()
        ]

    def _make_access_log(self, days: int) -> None:
        rules = BucketRules(noncurrent_days=1, expire_days=days)
        prefix, kept = f"{self._args.bucket_prefix}-log", self._protected(self._args.protect)
        log = PrivateBucket(f"{self._name}-log", prefix, rules, self._child(), kept=kept)
        source = aws.cloudwatch.LogDeliverySource(
            f"{self._name}-log",
            region=CERTIFICATE_REGION,
            log_type="ACCESS_LOGS",
            resource_arn=self._distribution.arn,
            opts=self._child(),
        )
        admitted = log.admit(buckets.delivery("delivery.logs.amazonaws.com", log.bucket.arn, [source.arn]))
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{self._name}-log",
            region=CERTIFICATE_REGION,
            output_format="json",
            delivery_destination_configuration={"destination_resource_arn": log.bucket.arn},
            opts=self._child(),
        )
        aws.cloudwatch.LogDelivery(
            f"{self._name}-log",
            region=CERTIFICATE_REGION,
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            # Otherwise AWS writes a policy of its own, which the next deployment would take away.
            opts=self._child(depends_on=[admitted]),
        )

    def _make_alias(self) -> pulumi.Output[str] | None:
        alias = self._args.alias
        if alias is None:
            return None
        record = cloudflare.DnsRecord(
            f"{self._name}-alias",
            zone_id=alias.zone_id,
            name=alias.hostname,
            type="CNAME",
            content=self._distribution.domain_name,
            ttl=AUTOMATIC_TTL,
            # One cache is enough: two would have to be emptied in the right order.
            proxied=False,
            opts=self._child(),
        )
        return record.name
