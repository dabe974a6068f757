"""Rules of S3, CloudFront and ECR."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.rule import (
    IN_PRODUCTION,
    ONLY_PRODUCTION,
    PASSED,
    Judgement,
    Resource,
    Rule,
    Severity,
    Stack,
    StackRule,
    fail,
    seen,
    undecided,
)
from policies.rules.document import allows, statements, texts
from policies.rules.links import has_unresolved_links, siblings
from policies.rules.reading import at, flag, items, truth, unreadable, word
from policies.rules.tokens import BUCKETS

BLOCKS: Final = ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",)
VERSIONINGS: Final = ("aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2")
LIFECYCLES: Final = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
)
BUCKET_POLICIES: Final = ("aws:s3/bucketPolicy:BucketPolicy",)
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
REPOSITORY = "aws:ecr/repository:Repository"
DOCS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
SWITCHES: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ONLY_HTTPS: Final = ("https-only", "redirect-to-https")
MODERN_TLS: Final = ("TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")

Found = Iterator[tuple[Resource, Judgement]]


def _all_of(stack: Stack, types: tuple[str, ...], missing: str, holds: Any) -> Found:
    """Judge each bucket by the resources of `types` that settle something for it."""
    for bucket in stack.of(*BUCKETS):
        judgements = [holds(it) for it in siblings(stack, types, "bucket", bucket, "bucket")]
        if any(judgement is PASSED for judgement in judgements):
            yield bucket, PASSED
        elif judgements:
            yield bucket, judgements[0]
        elif has_unresolved_links(stack, types, "bucket"):
            yield bucket, undecided("whose settings these are")
        else:
            yield bucket, fail(missing, missing.removeprefix("no "))


def _blocks_public_access(block: Resource) -> Judgement:
    for switch in SWITCHES:
        judgement = flag(switch, expected=True, default=False)(block)
        if judgement is not PASSED:
            return judgement
    return PASSED


def _keeps_versions(versioning: Resource) -> Judgement:
    status = at(versioning, "versioningConfiguration", "status")
    if unreadable(status):
        return undecided("the status of versioning")
    return (
        PASSED if status == "Enabled" else fail(f"versioning {seen(status, 'Suspended', 'Disabled')}", "Enabled")
    )


def _ends(lifecycle: Resource) -> Judgement:
    rules = lifecycle.get("rules")
    if unreadable(rules):
        return undecided("rules")
    states = [at(it, "status") for it in items(rules)]
    if "Enabled" in states:
        return PASSED
    return (
        undecided("the status of a rule") if any(map(unreadable, states)) else fail("no rule in force", "a rule")
    )


def _refuses_plain_http(policy: Resource) -> Judgement:
    try:
        found = statements(policy.get("policy"))
    except LookupError:
        return undecided("policy")
    refused = any(_denies_plain_http(statement) for statement in found or ())
    return (
        PASSED
        if refused
        else fail("no statement that denies plain HTTP", "Deny where aws:SecureTransport is false")
    )


def _denies_plain_http(statement: Mapping[str, Any]) -> bool:
    insecure = at(statement, "Condition", "Bool", "aws:SecureTransport")
    actions, principals = texts(statement.get("Action")), at(statement, "Principal")
    everybody = principals == "*" or at(principals, "AWS") == "*"
    everything = "s3:*" in actions or "*" in actions
    return not allows(statement) and truth(insecure) is False and everybody and everything


def _https_only(distribution: Resource) -> Judgement:
    behaviours = [distribution.get("defaultCacheBehavior"), *items(distribution.get("orderedCacheBehaviors"))]
    policies = [at(it, "viewerProtocolPolicy") for it in behaviours]
    bad = [it for it in policies if it not in ONLY_HTTPS and not unreadable(it)]
    if bad:
        return fail(f"viewerProtocolPolicy {seen(bad[0], 'allow-all')}", " or ".join(ONLY_HTTPS))
    return undecided("viewerProtocolPolicy") if any(map(unreadable, policies)) else PASSED


_over_buckets = partial(StackRule, types=frozenset(BUCKETS))
_distribution = partial(Rule, types=frozenset({DISTRIBUTION}))
_repository = partial(Rule, types=frozenset({REPOSITORY}), levels=IN_PRODUCTION)

RULES: Final = (
    _over_buckets(
        id="bucket-no-public-access",
        title="Buckets refuse every kind of public access",
        why="one wrong ACL publishes everything in them",
        source=f"{DOCS}/access-control-block-public-access.html",
        remedy=f"Add a BucketPublicAccessBlock with {', '.join(SWITCHES)}.",
        severity=Severity.CRITICAL,
        controls=("CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6", "AWS-0094"),
        waivable=False,
        check=lambda stack: _all_of(stack, BLOCKS, "no BucketPublicAccessBlock", _blocks_public_access),
    ),
    _over_buckets(
        id="bucket-versions",
        title="Buckets keep what is overwritten or deleted",
        why="a wrong deletion cannot be undone",
        source=f"{DOCS}/Versioning.html",
        remedy="Add a BucketVersioning with status Enabled.",
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_21", "AWS-0090"),
        check=lambda stack: _all_of(stack, VERSIONINGS, "no BucketVersioning", _keeps_versions),
    ),
    _over_buckets(
        id="bucket-lifecycle",
        title="Buckets let go of what nobody needs",
        why="old versions are paid for, for ever",
        source=f"{DOCS}/object-lifecycle-mgmt.html",
        remedy="Add a BucketLifecycleConfiguration with a rule.",
        keys=("storage.noncurrent_days",),
        severity=Severity.LOW,
        levels=IN_PRODUCTION,
        controls=("CKV2_AWS_61",),
        check=lambda stack: _all_of(stack, LIFECYCLES, "no BucketLifecycleConfiguration", _ends),
    ),
    _over_buckets(
        id="bucket-https",
        title="Buckets refuse plain HTTP",
        why="a client that forgets the s sends its data in the clear",
        source=f"{DOCS}/security-best-practices.html",
        remedy="Add a BucketPolicy that denies s3:* to everybody where aws:SecureTransport is false.",
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_379",),
        check=lambda stack: _all_of(stack, BUCKET_POLICIES, "no BucketPolicy", _refuses_plain_http),
    ),
    Rule(
        id="bucket-no-forced-deletion",
        title="A bucket that holds something is not deleted",
        why="a deletion by mistake takes everything in it along",
        source="https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucket/",
        remedy="Unset forceDestroy.",
        keys=("storage.protect", "service.protect"),
        severity=Severity.CRITICAL,
        levels=ONLY_PRODUCTION,
        types=frozenset(BUCKETS),
        check=flag("forceDestroy", expected=False, default=False),
    ),
    _distribution(
        id="distribution-https",
        title="CloudFront answers over HTTPS alone",
        why="a request in the clear shows its cookies to everybody on the way",
        source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https.html",
        remedy="Set viewerProtocolPolicy to redirect-to-https in every behaviour.",
        severity=Severity.CRITICAL,
        controls=("CKV_AWS_34", "AWS-0012"),
        check=_https_only,
    ),
    _distribution(
        id="distribution-tls-version",
        title="CloudFront speaks TLS 1.2 and later",
        why="TLS 1.0 and 1.1 are broken, and every client in use speaks 1.2",
        source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
        "secure-connections-supported-viewer-protocols-ciphers.html",
        remedy="Set viewerCertificate.minimumProtocolVersion, with a certificate of your own.",
        keys=("storage.hostname",),
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_174", "AWS-0013"),
        # Without a certificate of one's own CloudFront speaks TLS 1.0 too.
        check=word(
            "viewerCertificate", "minimumProtocolVersion", allowed=MODERN_TLS, known=("TLSv1", "TLSv1_2016")
        ),
    ),
    _repository(
        id="registry-fixed-tags",
        title="A tag in ECR stays on its image",
        why="the next task may run another program under the same name",
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
        remedy="Set imageTagMutability to IMMUTABLE.",
        severity=Severity.MEDIUM,
        controls=("CKV_AWS_51", "AWS-0031"),
        check=word("imageTagMutability", allowed=("IMMUTABLE",), default="MUTABLE", known=("MUTABLE",)),
    ),
    _repository(
        id="registry-scan",
        title="ECR scans every image that is pushed",
        why="known holes go to production unseen",
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html",
        remedy="Set imageScanningConfiguration.scanOnPush.",
        severity=Severity.MEDIUM,
        controls=("CKV_AWS_163", "AWS-0030"),
        check=flag("imageScanningConfiguration", "scanOnPush", expected=True, default=False),
    ),
)
