from components.origin_pull import OriginPull, OriginPullArgs
from tests.components.inventory import inventory, private_bucket
from tests.components.recording import MADE, Secret, record_component

ARGS = OriginPullArgs(zone_id="zone-1", subject="shop origin pull", bucket_prefix="shop-origin")
BUCKET = "shop-origin-0a1b2c3d"
YEAR_HOURS = 8760

ORIGIN_PULL = {
    **private_bucket("pull-authority", BUCKET, noncurrentVersionExpiration={"noncurrentDays": 30}),
    "PrivateKey/pull-authority": {"algorithm": "RSA", "rsaBits": 4096},
    "SelfSignedCert/pull-authority": {
        "allowedUses": ["cert_signing", "crl_signing", "digital_signature"],
        "earlyRenewalHours": 2 * YEAR_HOURS,
        "isCaCertificate": True,
        "privateKeyPem": Secret("pull-authority key"),
        "setAuthorityKeyId": True,
        "setSubjectKeyId": True,
        "subject": {"commonName": "shop origin pull authority"},
        "validityPeriodHours": 10 * YEAR_HOURS,
    },
    "PrivateKey/pull-leaf": {"algorithm": "RSA", "rsaBits": 2048},
    "CertRequest/pull-leaf": {
        "privateKeyPem": Secret("pull-leaf key"),
        "subject": {"commonName": "shop origin pull"},
    },
    "LocallySignedCert/pull-leaf": {
        "allowedUses": ["digital_signature", "key_encipherment", "client_auth"],
        "caCertPem": "authority certificate",
        "caPrivateKeyPem": Secret("pull-authority key"),
        "certRequestPem": "request",
        "earlyRenewalHours": YEAR_HOURS,
        "validityPeriodHours": 2 * YEAR_HOURS,
    },
    "AuthenticatedOriginPullsCertificate/pull-leaf": {
        "certificate": "leaf certificate",
        "privateKey": Secret("pull-leaf key"),
        "retainOnDelete": True,
        "zoneId": "zone-1",
    },
    "AuthenticatedOriginPullsSettings/pull-shown": {"enabled": True, "zoneId": "zone-1"},
    "BucketObjectv2/pull-authority": {
        "bucket": BUCKET,
        "content": "authority certificate",
        "contentType": "application/x-pem-file",
        "key": "authorities.pem",
    },
    "TrustStore/pull-store": {
        "caCertificatesBundleS3Bucket": BUCKET,
        "caCertificatesBundleS3Key": "authorities.pem",
        "caCertificatesBundleS3ObjectVersion": "version-1",
    },
}


def test_origin_pull_is_as_written_down():
    made = {**MADE, "aws:s3/bucketObjectv2:BucketObjectv2": {"versionId": "version-1"}}
    assert inventory(record_component(lambda: OriginPull("pull", ARGS), made=made)) == ORIGIN_PULL
