from typing import Any

from tests.components.inventory import inventory, log_delivery, private_bucket
from tests.components.test_storage import ALIAS, BUCKET, record

YEAR_SECONDS = 31536000
FUNCTION = """\
function handler(event) {
    var response = event.response;
    if (!response.headers['cache-control']) {
        response.headers['cache-control'] = {value: '%s'};
    }
    return response;
}
"""
READ = {
    "Action": "s3:GetObject",
    "Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:made:::storage-cdn"}},
    "Effect": "Allow",
    "Principal": {"Service": "cloudfront.amazonaws.com"},
    "Resource": "arn:aws:made:::storage-files-bucket/*",
    "Sid": "ReadByDistribution",
}


def cached(kind: str) -> dict[str, Any]:
    return {
        "allowedMethods": ["GET", "HEAD", "OPTIONS"],
        "cachePolicyId": f"storage-{kind}-id",
        "cachedMethods": ["GET", "HEAD"],
        "compress": True,
        "functionAssociations": [
            {"eventType": "viewer-response", "functionArn": f"arn:aws:made:::storage-{kind}"}
        ],
        "responseHeadersPolicyId": "storage-headers-id",
        "targetOriginId": "bucket",
        "viewerProtocolPolicy": "redirect-to-https",
    }


def cache_policy(seconds: int) -> dict[str, Any]:
    return {
        "comment": "By path alone: no cookie, no header and no query reaches the bucket",
        "defaultTtl": seconds,
        "maxTtl": YEAR_SECONDS,
        "minTtl": 0,
        "parametersInCacheKeyAndForwardedToOrigin": {
            "cookiesConfig": {"cookieBehavior": "none"},
            "enableAcceptEncodingBrotli": True,
            "enableAcceptEncodingGzip": True,
            "headersConfig": {"headerBehavior": "none"},
            "queryStringsConfig": {"queryStringBehavior": "none"},
        },
    }


def function(cache_control: str) -> dict[str, Any]:
    return {
        "code": FUNCTION % cache_control,
        "comment": "Cache-Control of successful answers",
        "publish": True,
        "runtime": "cloudfront-js-2.0",
    }


STORAGE = {
    **private_bucket(
        "storage-files",
        BUCKET,
        READ,
        noncurrentVersionExpiration={"noncurrentDays": 30},
        transitions=[{"days": 0, "storageClass": "INTELLIGENT_TIERING"}],
    ),
    **private_bucket(
        "storage-log",
        "feed-files-log-0a1b2c3d",
        log_delivery("storage-log", "delivery.logs.amazonaws.com", "arn:aws:made:::storage-log"),
        noncurrentVersionExpiration={"noncurrentDays": 1},
        expiration={"days": 30},
    ),
    "OriginAccessControl/storage-access": {
        "originAccessControlOriginType": "s3",
        "signingBehavior": "always",
        "signingProtocol": "sigv4",
    },
    "ResponseHeadersPolicy/storage-headers": {
        "comment": "Security headers and cross-origin reads",
        "corsConfig": {
            "accessControlAllowCredentials": False,
            "accessControlAllowHeaders": {"items": ["*"]},
            "accessControlAllowMethods": {"items": ["GET", "HEAD"]},
            "accessControlAllowOrigins": {"items": ["https://feed.example"]},
            "originOverride": True,
        },
        "securityHeadersConfig": {
            "contentTypeOptions": {"override": True},
            "referrerPolicy": {"override": True, "referrerPolicy": "strict-origin-when-cross-origin"},
            "strictTransportSecurity": {"accessControlMaxAgeSec": YEAR_SECONDS, "override": True},
        },
    },
    "CachePolicy/storage-changing": cache_policy(3600),
    "CachePolicy/storage-fingerprinted": cache_policy(YEAR_SECONDS),
    "Function/storage-changing": function("public, max-age=3600, stale-while-revalidate=86400"),
    "Function/storage-fingerprinted": function("public, max-age=31536000, immutable"),
    "Distribution/storage-cdn": {
        "aliases": ["static.feed.example"],
        "comment": "feed-files",
        "customErrorResponses": [
            {"errorCachingMinTtl": 10, "errorCode": 403},
            {"errorCachingMinTtl": 10, "errorCode": 404},
        ],
        "defaultCacheBehavior": cached("changing"),
        "enabled": True,
        "httpVersion": "http2and3",
        "isIpv6Enabled": True,
        "orderedCacheBehaviors": [
            {**cached("fingerprinted"), "pathPattern": path} for path in ("/assets/*", "/_app/*")
        ],
        "origins": [
            {
                "domainName": "bucket.internal",
                "originAccessControlId": "storage-access-id",
                "originId": "bucket",
            }
        ],
        "priceClass": "PriceClass_100",
        "protect": True,
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {
            "acmCertificateArn": "arn:certificate",
            "minimumProtocolVersion": "TLSv1.2_2021",
            "sslSupportMethod": "sni-only",
        },
    },
    "DnsRecord/storage-alias": {
        "content": "d1.cdn.internal",
        "name": "static.feed.example",
        "proxied": False,
        "ttl": 1,
        "type": "CNAME",
        "zoneId": "zone-1",
    },
    "LogDeliverySource/storage-log": {
        "logType": "ACCESS_LOGS",
        "region": "us-east-1",
        "resourceArn": "arn:aws:made:::storage-cdn",
    },
    "LogDeliveryDestination/storage-log": {
        "deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:made:::storage-log-bucket"},
        "outputFormat": "json",
        "region": "us-east-1",
    },
    "LogDelivery/storage-log": {
        "deliveryDestinationArn": "arn:aws:made:::storage-log",
        "deliverySourceName": "storage-log",
        "region": "us-east-1",
    },
}


def test_storage_is_as_written_down():
    assert inventory(record(alias=ALIAS, access_log_days=30)) == STORAGE


def test_distribution_without_a_name_of_its_own_has_that_of_cloudfront():
    distribution = inventory(record())["Distribution/storage-cdn"]
    assert distribution["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
    assert distribution["aliases"] == []
