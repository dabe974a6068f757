import json
from typing import Any

from msgspec.structs import replace

from components.storage.args import AliasArgs, ReplicaArgs, StorageArgs
from components.storage.headers import FINGERPRINTED, changing
from components.storage.storage import Storage
from tests.components.recording import MADE, Recorded, record_component

ARGS = StorageArgs(
    bucket_prefix="feed-files",
    region="us-east-1",
    cache_seconds=3600,
    stale_seconds=86400,
    fingerprinted_paths=["/assets/", "/_app/"],
    allowed_origins=["https://feed.example"],
    price_class="PriceClass_100",
    noncurrent_days=30,
)
ALIAS = AliasArgs(hostname="static.feed.example", zone_id="zone-1", certificate_arn="arn:certificate")
BUCKET = "feed-files-0a1b2c3d"


def record(**changes: Any) -> Recorded[Storage]:
    return record_component(lambda: Storage("storage", replace(ARGS, **changes)))


def statements(recorded: Recorded[Storage], name: str = "storage-files-policy") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(recorded.one("BucketPolicy", name).inputs["policy"])["Statement"]
    return found


def test_bucket_is_private_encrypted_versioned_and_hard_to_lose():
    recorded = record()
    bucket = recorded.one("Bucket")
    assert (bucket.protect, bucket.inputs["bucket"], bucket.inputs["forceDestroy"]) == (True, BUCKET, False)
    block = recorded.one("BucketPublicAccessBlock").inputs
    assert sorted(key for key, value in block.items() if value is True) == [
        *("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"),
    ]
    assert recorded.one("BucketOwnershipControls").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    [rule] = recorded.one("BucketServerSideEncryptionConfiguration").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert recorded.one("BucketVersioning").inputs["versioningConfiguration"] == {"status": "Enabled"}


def test_bucket_that_nobody_protects_goes_with_its_files():
    recorded = record(protect=False)
    assert recorded.one("Bucket").inputs["forceDestroy"] is True
    assert not any(it.protect for it in recorded.resources)


def test_only_this_distribution_reads_and_nobody_lists():
    tls_only, reading = statements(record())
    assert (tls_only["Effect"], tls_only["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert reading["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert reading["Action"] == "s3:GetObject"
    assert reading["Resource"] == "arn:aws:made:::storage-files-bucket/*"
    assert reading["Condition"] == {"StringEquals": {"aws:SourceArn": "arn:aws:made:::storage-cdn"}}


def test_distribution_signs_its_requests_and_does_not_wait_for_the_policy_that_names_it():
    recorded = record()
    control = recorded.one("OriginAccessControl").inputs
    assert (control["signingBehavior"], control["signingProtocol"]) == ("always", "sigv4")
    distribution = recorded.one("Distribution")
    [origin] = distribution.inputs["origins"]
    assert origin["originAccessControlId"] == "storage-access-id"
    assert origin["domainName"] == "bucket.internal"
    assert recorded.of("OriginAccessIdentity") == []
    assert "storage-files-policy" not in distribution.dependencies
    assert {"storage-cdn", "storage-files-block"} <= recorded.one("BucketPolicy").dependencies


def test_successful_answers_carry_the_documented_cache_headers_and_errors_none():
    recorded = record()
    code = {it.name: it.inputs["code"] for it in recorded.of("Function")}
    assert "'public, max-age=3600, stale-while-revalidate=86400'" in code["storage-changing"]
    assert "'public, max-age=31536000, immutable'" in code["storage-fingerprinted"]
    assert all("if (!response.headers['cache-control'])" in text for text in code.values())
    distribution = recorded.one("Distribution").inputs
    behaviours = [distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]]
    functions = [(it.get("pathPattern"), it["functionAssociations"]) for it in behaviours]
    assert functions == [
        (path, [{"eventType": "viewer-response", "functionArn": f"arn:aws:made:::storage-{kind}"}])
        for path, kind in [(None, "changing"), ("/assets/*", "fingerprinted"), ("/_app/*", "fingerprinted")]
    ]
    assert "customHeadersConfig" not in recorded.one("ResponseHeadersPolicy").inputs
    errors = {it["errorCode"]: it["errorCachingMinTtl"] for it in distribution["customErrorResponses"]}
    assert errors == {403: 10, 404: 10}


def test_one_copy_of_a_file_serves_all_visitors():
    recorded = record()
    policies = {it.name: it.inputs for it in recorded.of("CachePolicy")}
    assert {name: it["defaultTtl"] for name, it in policies.items()} == {
        "storage-changing": 3600,
        "storage-fingerprinted": 31536000,
    }
    for it in policies.values():
        key = it["parametersInCacheKeyAndForwardedToOrigin"]
        assert {key[part][f"{kind}Behavior"] for part, kind in KEY_PARTS.items()} == {"none"}
        assert key["enableAcceptEncodingBrotli"] is key["enableAcceptEncodingGzip"] is True
    distribution = recorded.one("Distribution").inputs
    assert distribution["defaultCacheBehavior"]["viewerProtocolPolicy"] == "redirect-to-https"
    assert distribution["httpVersion"] == "http2and3"


KEY_PARTS = {"cookiesConfig": "cookie", "headersConfig": "header", "queryStringsConfig": "queryString"}


def test_scripts_of_the_own_pages_alone_may_read_files():
    policy = record().one("ResponseHeadersPolicy").inputs["corsConfig"]
    assert policy["accessControlAllowOrigins"] == {"items": ["https://feed.example"]}
    assert policy["accessControlAllowCredentials"] is False
    assert "corsConfig" not in record(allowed_origins=[]).one("ResponseHeadersPolicy").inputs


def test_lifecycle_ends_uploads_and_versions_and_keeps_every_file_readable():
    [rule] = record().one("BucketLifecycleConfiguration").inputs["rules"]
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert rule["transitions"] == [{"days": 0, "storageClass": "INTELLIGENT_TIERING"}]
    assert "expiration" not in rule
    assert record().of("BucketIntelligentTieringConfiguration") == []
    [plain] = record(intelligent_tiering=False).one("BucketLifecycleConfiguration").inputs["rules"]
    assert "transitions" not in plain
    assert "storage-files-versioning" in record().one("BucketLifecycleConfiguration").dependencies


def test_alias_has_a_modern_policy_and_a_record_that_no_second_cache_stands_before():
    recorded = record(alias=ALIAS)
    distribution = recorded.one("Distribution").inputs
    assert distribution["aliases"] == ["static.feed.example"]
    assert distribution["viewerCertificate"] == {
        "acmCertificateArn": "arn:certificate",
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }
    record_ = recorded.one("DnsRecord").inputs
    assert (record_["name"], record_["content"]) == ("static.feed.example", "d1.cdn.internal")
    assert record_["proxied"] is False
    assert recorded.outputs["url"] == "https://static.feed.example"
    assert record().outputs["url"] == "https://d1.cdn.internal"
    assert record().one("Distribution").inputs["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}


def test_alias_without_a_certificate_gets_one_where_cloudfront_reads_it():
    proof = {
        "resourceRecordName": "_1.static.feed.example.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": "_2.acm.example.",
    }
    args = replace(ARGS, region="eu-central-1", alias=replace(ALIAS, certificate_arn=None))
    recorded = record_component(
        lambda: Storage("storage", args),
        made={**MADE, "aws:acm/certificate:Certificate": {"domainValidationOptions": [proof]}},
    )
    certificate, validation = recorded.one("Certificate"), recorded.one("CertificateValidation")
    assert (certificate.inputs["domainName"], certificate.inputs["region"]) == ("static.feed.example", "us-east-1")
    assert "subjectAlternativeNames" not in certificate.inputs
    assert validation.inputs["region"] == "us-east-1"
    record_ = recorded.one("DnsRecord", "storage-proof").inputs
    assert (record_["name"], record_["content"]) == ("_1.static.feed.example", "_2.acm.example")
    distribution = recorded.one("Distribution")
    assert distribution.inputs["viewerCertificate"]["acmCertificateArn"] == "arn:aws:made:::storage-certificate"
    assert "storage-issued" in distribution.dependencies
    [expiry] = recorded.component.signals.signals
    assert (expiry.id, expiry.query.region) == ("storage-certificate-expiry", "us-east-1")
    assert record(alias=ALIAS).of("Certificate") == []


def test_access_log_is_delivered_to_a_closed_bucket_whose_policy_is_there_first():
    recorded = record(access_log_days=90)
    _, writing = statements(recorded, "storage-log-policy")
    assert writing["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert writing["Condition"] == {"ArnLike": {"aws:SourceArn": ["arn:aws:made:::storage-log"]}}
    delivery = recorded.one("LogDelivery")
    assert "storage-log-policy" in delivery.dependencies
    regions = {it.inputs["region"] for kind in LOGGING for it in recorded.of(kind)}
    assert regions == {"us-east-1"}
    [rule] = recorded.one("BucketLifecycleConfiguration", "storage-log-lifecycle").inputs["rules"]
    assert rule["expiration"] == {"days": 90}
    owner = recorded.one("BucketOwnershipControls", "storage-log-owner").inputs["rule"]
    assert owner == {"objectOwnership": "BucketOwnerEnforced"}
    assert record().of("LogDelivery") == []


LOGGING = ("LogDelivery", "LogDeliverySource", "LogDeliveryDestination")


def test_writers_get_this_bucket_and_nothing_else():
    objects, listing = json.loads(record().outputs["write_policy"])["Statement"]
    assert objects["Resource"] == "arn:aws:made:::storage-files-bucket/*"
    assert set(objects["Action"]) == {
        *("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
    }
    assert (listing["Action"], listing["Resource"]) == ("s3:ListBucket", "arn:aws:made:::storage-files-bucket")


def test_signals_are_told_only_where_cloudfront_can_be_measured():
    recorded = record_component(
        lambda: Storage("storage", ARGS),
        read=lambda storage: [signal.query.dimensions for signal in storage.signals.signals],
    )
    assert recorded.read == [{"DistributionId": "storage-cdn-id", "Region": "Global"}] * 3
    elsewhere = record(region="eu-west-1").component.signals
    assert (elsewhere.signals, len(elsewhere.checks)) == ((), 2)


def test_cache_headers_are_the_documented_ones():
    assert changing(3600, 86400) == "public, max-age=3600, stale-while-revalidate=86400"
    assert FINGERPRINTED == "public, max-age=31536000, immutable"


def test_copy_is_another_bucket_in_the_other_region_with_all_that_the_first_one_has():
    recorded = record(replica=ReplicaArgs(region="us-west-2"))
    kinds = (
        *("Bucket", "BucketPublicAccessBlock", "BucketOwnershipControls", "BucketVersioning", "BucketPolicy"),
        *("BucketServerSideEncryptionConfiguration", "BucketLifecycleConfiguration"),
    )
    for kind in kinds:
        places = {it.name.rpartition("-")[0]: it.inputs.get("region") for it in recorded.of(kind)}
        assert places == {"storage-files": None, "storage-copy": "us-west-2"}
    copy = recorded.one("Bucket", "storage-copy-bucket")
    assert (copy.protect, copy.inputs["forceDestroy"]) == (True, False)
    tls_only, reading = statements(recorded, "storage-copy-policy")
    assert (tls_only["Effect"], reading["Action"], reading["Principal"]) == (
        "Deny",
        "s3:GetObject",
        {"Service": "cloudfront.amazonaws.com"},
    )
    assert recorded.outputs["replica_name"] == copy.inputs["bucket"] != BUCKET
    assert "replica_name" not in record().outputs


def test_s3_copies_every_file_by_a_role_that_may_do_nothing_else():
    recorded = record(replica=ReplicaArgs(region="us-west-2"))
    config = recorded.one("BucketReplicationConfig")
    source, copy = "arn:aws:made:::storage-files-bucket", "arn:aws:made:::storage-copy-bucket"
    assert config.inputs["bucket"] == BUCKET
    [rule] = config.inputs["rules"]
    assert rule == {
        "id": "all",
        "status": "Enabled",
        "priority": 1,
        "filter": {"prefix": ""},
        "deleteMarkerReplication": {"status": "Enabled"},
        "destination": {"bucket": copy, "metrics": {"status": "Enabled"}},
    }
    # S3 refuses the rule while either bucket keeps no versions, or the role may not write yet.
    assert {"storage-files-versioning", "storage-copy-versioning"} <= config.dependencies
    role = recorded.one("Role", "storage-replication").inputs
    [trusted] = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trusted["Principal"] == {"Service": "s3.amazonaws.com"}
    allowed = json.loads(recorded.one("RolePolicy", "storage-replication").inputs["policy"])["Statement"]
    assert {it["Resource"]: set(it["Action"]) for it in allowed} == {
        source: {"s3:GetReplicationConfiguration", "s3:ListBucket"},
        f"{source}/*": {
            *("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"),
        },
        f"{copy}/*": {"s3:ReplicateObject", "s3:ReplicateTags", "s3:ReplicateDelete"},
    }
    kept = record(replica=ReplicaArgs(region="us-west-2", delete_markers=False))
    [rule] = kept.one("BucketReplicationConfig").inputs["rules"]
    assert rule["deleteMarkerReplication"] == {"status": "Disabled"}
    assert "ReplicateDelete" not in kept.one("RolePolicy").inputs["policy"]


def test_cloudfront_reads_the_copy_where_the_bucket_fails():
    recorded = record(replica=ReplicaArgs(region="us-west-2"))
    distribution = recorded.one("Distribution").inputs
    assert {it["originId"]: it["originAccessControlId"] for it in distribution["origins"]} == dict.fromkeys(
        ("bucket", "copy"), "storage-access-id"
    )
    [group] = distribution["originGroups"]
    assert group["failoverCriteria"] == {"statusCodes": [500, 502, 503, 504]}
    assert [it["originId"] for it in group["members"]] == ["bucket", "copy"]
    behaviours = [distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]]
    assert {it["targetOriginId"] for it in behaviours} == {group["originId"]}
    assert "originGroups" not in record().one("Distribution").inputs


def test_services_read_the_copy_and_never_write_it():
    document = json.loads(record(replica=ReplicaArgs(region="us-west-2")).outputs["write_policy"])
    of_copy = [it for it in document["Statement"] if "storage-copy-bucket" in it["Resource"]]
    assert [it["Action"] for it in of_copy] == ["s3:GetObject", "s3:ListBucket"]


def test_delay_of_the_copy_is_measured_where_the_copy_is():
    recorded = record_component(
        lambda: Storage("storage", replace(ARGS, region="eu-west-1", replica=ReplicaArgs(region="us-west-2"))),
        read=lambda storage: [
            (it.id, it.query.region, it.query.dimensions["RuleId"]) for it in storage.signals.signals
        ],
    )
    assert recorded.read == [
        ("storage-replication-failed", None, "all"),
        ("storage-replication-latency", "us-west-2", "all"),
    ]
