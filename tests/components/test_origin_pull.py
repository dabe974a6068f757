import json
import subprocess
from pathlib import Path

import pytest

from components import origin_pull
from components.origin_pull import OriginPull, OriginPullArgs
from tests.components.recording import MADE, Recorded, Secret, record_component

ARGS = OriginPullArgs(zone_id="zone-1", subject="feed origin pull", bucket_prefix="feed-origin")
MADE_HERE = {**MADE, "aws:s3/bucketObjectv2:BucketObjectv2": {"versionId": "version-7"}}


@pytest.fixture(scope="module")
def recorded() -> Recorded[OriginPull]:
    return record_component(lambda: OriginPull("pull", ARGS), made=MADE_HERE)


def test_zone_shows_a_leaf_of_our_own_authority(recorded: Recorded[OriginPull]):
    authority, leaf = recorded.one("SelfSignedCert").inputs, recorded.one("LocallySignedCert").inputs
    assert authority["isCaCertificate"] is True
    assert "cert_signing" in authority["allowedUses"]
    assert leaf["caCertPem"] == "authority certificate"
    assert leaf["caPrivateKeyPem"] == Secret("pull-authority key")
    assert leaf["allowedUses"] == ["digital_signature", "key_encipherment", "client_auth"]
    shown = recorded.one("AuthenticatedOriginPullsCertificate").inputs
    assert (shown["zoneId"], shown["certificate"]) == ("zone-1", "leaf certificate")
    assert shown["privateKey"] == Secret("pull-leaf key")
    assert recorded.one("AuthenticatedOriginPullsSettings").inputs == {"zoneId": "zone-1", "enabled": True}


def test_private_keys_are_in_no_input_and_no_output_in_the_clear(recorded: Recorded[OriginPull]):
    def clear(value: object) -> str:
        if isinstance(value, Secret):
            return ""
        if isinstance(value, dict):
            return "".join(clear(item) for item in value.values())
        return "".join(map(clear, value)) if isinstance(value, list) else str(value)

    exposed = [it.inputs for it in recorded.resources] + [recorded.outputs, recorded.registered_outputs]
    assert " key" not in clear(exposed)
    assert "leaf certificate" in clear(exposed)


def test_trust_store_comes_after_the_zone_shows_its_certificate(recorded: Recorded[OriginPull]):
    store = recorded.one("TrustStore")
    shown = recorded.one("AuthenticatedOriginPullsSettings")
    assert "pull-shown" in store.dependencies
    assert recorded.one("AuthenticatedOriginPullsCertificate").name in shown.dependencies
    assert recorded.outputs["trust_store_arn"] == "arn:aws:made:::pull-store"


def test_trust_store_follows_a_new_bundle_under_the_old_key(recorded: Recorded[OriginPull]):
    store, bundle = recorded.one("TrustStore").inputs, recorded.one("BucketObjectv2")
    assert bundle.inputs["content"] == "authority certificate"
    assert store["caCertificatesBundleS3Key"] == bundle.inputs["key"]
    assert store["caCertificatesBundleS3ObjectVersion"] == "version-7"
    assert "pull-authority-versioning" in bundle.dependencies


def test_bucket_of_the_authority_is_closed_and_takes_tls_only(recorded: Recorded[OriginPull]):
    assert set(recorded.one("BucketPublicAccessBlock").inputs.values()) == {"feed-origin-0a1b2c3d", True}
    [statement] = json.loads(recorded.one("BucketPolicy").inputs["policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    bucket = recorded.one("Bucket")
    assert (bucket.protect, bucket.inputs["forceDestroy"]) == (True, False)


def test_former_leaf_stays_until_the_new_one_is_everywhere(recorded: Recorded[OriginPull]):
    kept = [it.type.rpartition(":")[2] for it in recorded.resources if it.retain_on_delete]
    assert kept == ["AuthenticatedOriginPullsCertificate"]


def test_no_leaf_outlives_its_authority_and_every_year_has_a_renewal():
    assert origin_pull.AUTHORITY_RENEWAL_HOURS >= origin_pull.LEAF_VALID_HOURS
    assert origin_pull.LEAF_VALID_HOURS - origin_pull.LEAF_RENEWAL_HOURS <= origin_pull.YEAR_HOURS


def test_leaf_of_a_renewed_authority_is_still_accepted(tmp_path: Path):
    """With real certificates: same key, same name and same identifiers, as the component asks for them."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=tmp_path, check=True, capture_output=True)

    def authority(name: str) -> None:
        uses = ["-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature"]
        openssl(
            *("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=feed origin pull authority"),
            *("-set_serial", str(len(name)), "-days", "10", *uses, "-out", name),
        )

    openssl("genrsa", "-out", "ca.key", "2048")
    authority("old.pem")
    authority("renewed.pem")
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-subj", "/CN=feed", "-out", "r")
    (tmp_path / "uses").write_text("extendedKeyUsage=clientAuth\nauthorityKeyIdentifier=keyid\n")
    sign = ("-CA", "old.pem", "-CAkey", "ca.key", "-set_serial", "9", "-days", "2", "-extfile", "uses")
    openssl("x509", "-req", "-in", "r", *sign, "-out", "leaf.pem")
    assert (tmp_path / "old.pem").read_text() != (tmp_path / "renewed.pem").read_text()
    openssl("verify", "-purpose", "sslclient", "-CAfile", "renewed.pem", "leaf.pem")
    openssl("genrsa", "-out", "ca.key", "2048")
    authority("stranger.pem")
    with pytest.raises(subprocess.CalledProcessError):
        openssl("verify", "-purpose", "sslclient", "-CAfile", "stranger.pem", "leaf.pem")
