"""Rules of S3, CloudFront and ECR."""

from functools import partial
from typing import Final

from policies.judgement import PASSED, Judgement, decide, fail, seen, undecided
from policies.resource import Resource, Stack
from policies.rule import IN_PRODUCTION, ONLY_PRODUCTION, Rule, Severity, StackCheck, StackRule
from policies.rules.document import allows, statements, texts
from policies.rules.links import each, has_unresolved_links, siblings
from policies.rules.reading import (
    Check,
    at,
    flag,
    in_order,
    is_text,
    items,
    must,
    truth,
    unreadable,
    whole_number,
    word,
)
from policies.rules.tokens import BUCKETS

BLOCKS: Final = ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",)
VERSIONINGS: Final = ("aws:s3/bucketVersioning:BucketVersioning",)
LIFECYCLES: Final = ("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",)
ENCRYPTIONS: Final = ("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",)
OWNERSHIPS: Final = ("aws:s3/bucketOwnershipControls:BucketOwnershipControls",)
_ALGORITHM: Final = ("applyServerSideEncryptionByDefault", "sseAlgorithm")
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
BUCKET_POLICIES: Final = ("aws:s3/bucketPolicy:BucketPolicy",)
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
REPOSITORY = "aws:ecr/repository:Repository"
DOCS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
SWITCHES: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ONLY_HTTPS: Final = ("https-only", "redirect-to-https")
MODERN_TLS: Final = ("TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")


def _all_of(types: tuple[str, ...], missing: str, holds: Check) -> StackCheck:
    """Return the check that judges each bucket by the resources of `types` that settle something for it."""

    def judge(bucket: Resource, stack: Stack) -> Judgement:
        judgements = [holds(it) for it in siblings(stack, types, "bucket", bucket, "bucket")]
        if not judgements and has_unresolved_links(stack, types, "bucket"):
            return undecided("whose settings these are")
        absent = fail(missing, missing.removeprefix("no "))
        return PASSED if PASSED in judgements else next(iter(judgements), absent)

    return each(BUCKETS, judge)


def _ends(lifecycle: Resource) -> Judgement:
    rules = lifecycle.get("rules")
    if unreadable(rules):
        return undecided("rules")
    states = [at(it, "status") for it in items(rules)]
    holds, doubtful = "Enabled" in states, unreadable(*states)
    return decide("the status of a rule", "no rule in force", "a rule", holds=holds, doubtful=doubtful)


def _aborts(lifecycle: Resource) -> Judgement:
    rules = lifecycle.get("rules")
    found = items(None if unreadable(rules) else rules)
    # Whether a rule is in force at all is another rule's question.
    days = [at(it, "abortIncompleteMultipartUpload", "daysAfterInitiation") for it in found]
    return decide(
        "rules",
        "no rule that ends uploads",
        "abortIncompleteMultipartUpload",
        holds=any(whole_number(it) for it in days),
        doubtful=unreadable(rules, *found, *days),
    )


def _refuses_plain_http(policy: Resource) -> Judgement:
    found = statements(policy.get("policy"))
    if unreadable(found):
        return undecided("policy")
    for statement in found or ():
        insecure = truth(at(statement, "Condition", "Bool", "aws:SecureTransport")) is False
        actions, principals = texts(statement.get("Action")), at(statement, "Principal")
        everybody = principals == "*" or at(principals, "AWS") == "*"
        if not allows(statement) and insecure and everybody and ("s3:*" in actions or "*" in actions):
            return PASSED
    return fail("no statement that denies plain HTTP", "Deny where aws:SecureTransport is false")


def _copies(replication: Resource) -> Judgement:
    rules = replication.get("rules")
    states = [(at(it, "status"), at(it, "destination", "metrics", "status")) for it in items(rules)]
    bad = [it for it in states if not unreadable(*it) and it != ("Enabled", "Enabled")]
    if bad or (not unreadable(rules) and not states):
        return fail("a rule that is off, or unmeasured" if bad else "no rule", "rules and metrics with Enabled")
    return undecided("rules") if unreadable(rules, *(value for it in states for value in it)) else PASSED


def _https_only(distribution: Resource) -> Judgement:
    behaviours = [distribution.get("defaultCacheBehavior"), *items(distribution.get("orderedCacheBehaviors"))]
    policies = [at(it, "viewerProtocolPolicy") for it in behaviours]
    bad = [it for it in policies if it not in ONLY_HTTPS and not unreadable(it)]
    if bad:
        return fail(f"viewerProtocolPolicy {seen(bad[0], 'allow-all')}", " or ".join(ONLY_HTTPS))
    return undecided("viewerProtocolPolicy") if unreadable(*policies) else PASSED


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
        check=_all_of(BLOCKS, "no BucketPublicAccessBlock", in_order(*(flag(switch) for switch in SWITCHES))),
    ),
    _over_buckets(
        id="bucket-versions",
        title="Buckets keep what is overwritten or deleted",
        why="a wrong deletion cannot be undone",
        source=f"{DOCS}/Versioning.html",
        remedy="Add a BucketVersioning with status Enabled.",
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_21", "AWS-0090"),
        check=_all_of(
            VERSIONINGS,
            "no BucketVersioning",
            must(
                "versioningConfiguration",
                "status",
                hold=lambda status: status == "Enabled",
                required="Enabled",
                observed=lambda status: f"versioning {seen(status, 'Suspended', 'Disabled')}",
                what="the status of versioning",
            ),
        ),
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
        check=_all_of(LIFECYCLES, "no BucketLifecycleConfiguration", _ends),
    ),
    _over_buckets(
        id="bucket-https",
        title="Buckets refuse plain HTTP",
        why="a client that forgets the s sends its data in the clear",
        source=f"{DOCS}/security-best-practices.html",
        remedy="Add a BucketPolicy that denies s3:* to everybody where aws:SecureTransport is false.",
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_379",),
        check=_all_of(BUCKET_POLICIES, "no BucketPolicy", _refuses_plain_http),
    ),
    _over_buckets(
        id="bucket-encrypted",
        title="Buckets say how they encrypt",
        why="whoever reads the settings cannot tell whose key it is",
        source=f"{DOCS}/default-bucket-encryption.html",
        remedy="Add a BucketServerSideEncryptionConfiguration with AES256 or aws:kms.",
        severity=Severity.LOW,
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_19", "AWS-0088"),
        check=_all_of(
            ENCRYPTIONS,
            "no BucketServerSideEncryptionConfiguration",
            must(
                "rules",
                hold=lambda rules: any(is_text(at(it, *_ALGORITHM)) for it in items(rules)),
                required="an algorithm",
                observed=lambda _: "no rule with an algorithm",
            ),
        ),
    ),
    _over_buckets(
        id="bucket-aborts-uploads",
        title="Buckets let go of uploads that never ended",
        why="their parts are paid for, for ever, and no list shows them",
        source=f"{DOCS}/mpu-abort-incomplete-mpu-lifecycle-config.html",
        remedy="Add a rule with abortIncompleteMultipartUpload to the BucketLifecycleConfiguration.",
        severity=Severity.LOW,
        levels=IN_PRODUCTION,
        controls=("CKV_AWS_300",),
        check=_all_of(LIFECYCLES, "no BucketLifecycleConfiguration", _aborts),
    ),
    _over_buckets(
        id="bucket-no-acls",
        title="Buckets know no access lists",
        why="an object that another account wrote could not be read by its owner",
        source=f"{DOCS}/about-object-ownership.html",
        remedy="Add BucketOwnershipControls with BucketOwnerEnforced.",
        severity=Severity.MEDIUM,
        levels=IN_PRODUCTION,
        controls=("CKV2_AWS_65",),
        check=_all_of(
            OWNERSHIPS,
            "no BucketOwnershipControls",
            word("rule", "objectOwnership", allowed=("BucketOwnerEnforced",), known=("ObjectWriter",)),
        ),
    ),
    Rule(
        id="bucket-copy-measured",
        title="A copy of a bucket is kept up, and S3 says how far it is behind",
        why="a copy that stopped is found on the day when it is needed",
        source=f"{DOCS}/repl-metrics.html",
        remedy="Set status and destination.metrics.status to Enabled in each rule of the BucketReplicationConfig.",
        keys=("storage.replicate_to",),
        severity=Severity.MEDIUM,
        levels=IN_PRODUCTION,
        types=frozenset({REPLICATION}),
        check=_copies,
    ),
    Rule(
        id="bucket-no-forced-deletion",
        title="A bucket that holds something is not deleted",
        why="a deletion by mistake takes everything in it along",
        source="https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucket/",
        remedy="Unset forceDestroy.",
        keys=("storage.protect", "load_balancer.protect", "edge.protect"),
        severity=Severity.CRITICAL,
        levels=ONLY_PRODUCTION,
        types=frozenset(BUCKETS),
        check=flag("forceDestroy", expected=False),
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
    _distribution(
        id="distribution-sni",
        title="CloudFront shares its addresses by the name that is asked for",
        why="an address of one's own costs 600 dollars a month and adds nothing",
        source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-https-dedicated-ip-or-sni.html",
        remedy="Set viewerCertificate.sslSupportMethod to sni-only.",
        severity=Severity.LOW,
        levels=IN_PRODUCTION,
        check=word(
            "viewerCertificate", "sslSupportMethod", allowed=("sni-only",), default="sni-only", known=("vip",)
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
        check=flag("imageScanningConfiguration", "scanOnPush"),
    ),
)
