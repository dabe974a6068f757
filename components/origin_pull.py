"""Authenticated origin pulls: a certificate authority of our own, so that the origin serves no other zone.

The certificate that Cloudflare offers for this is shared by all its customers and proves only that some zone at
Cloudflare is the client. https://developers.cloudflare.com/ssl/origin-configuration/authenticated-origin-pull/
"""

import pulumi
import pulumi_aws as aws
import pulumi_cloudflare as cloudflare
import pulumi_tls as tls
from msgspec import Struct

from components.aws.buckets import BucketRules, PrivateBucket
from components.component import Component
from observability import AwsQuestion, Check, Comparison, Group, Signals, Vendor, VendorQuestion, Wanted

YEAR_HOURS = 365 * 24
"""Hours of a year."""
LEAF_VALID_HOURS = 2 * YEAR_HOURS
"""Validity of the client certificate, in hours."""
LEAF_RENEWAL_HOURS = YEAR_HOURS
"""Remaining validity under which a deployment renews it, in hours."""
AUTHORITY_VALID_HOURS = 10 * YEAR_HOURS
"""Validity of the authority, in hours."""
AUTHORITY_RENEWAL_HOURS = LEAF_VALID_HOURS
"""Remaining validity under which a deployment renews it, in hours: no leaf may outlive its authority."""
AUTHORITY_KEY_BITS = 4096
"""Size of the authority's RSA key, in bits."""
LEAF_KEY_BITS = 2048
"""Size of the leaf's RSA key, in bits: each connection from Cloudflare signs with it."""
BUNDLE_KEY = "authorities.pem"
"""Key of the object with the authority's certificate."""
NONCURRENT_DAYS = 30
"""How long a replaced certificate of the authority is kept, in days."""


class OriginPullArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `OriginPull`."""

    zone_id: pulumi.Input[str]
    """Zone that shows the client certificate. Source: `Domain.zone_id`."""
    subject: str
    """Common name of the client certificate, up to 54 characters."""
    bucket_prefix: str
    """Prefix of the physical name of the bucket with the authority's certificate, up to 46 characters."""
    protect: bool = True
    """Refuse to delete that bucket: a load balancer reads its authorities from there."""


class OriginPull(Component):
    """A client certificate that one zone shows its origin, and the trust store that verifies it.

    `trust_store_arn` waits until the zone shows its certificate. When it goes, the engine changes the listener
    first and deletes the certificate last.
    """

    trust_store_arn: pulumi.Output[str]
    """ARN of the trust store; known once the zone shows its certificate."""
    authority_pem: pulumi.Output[str]
    """Certificate of the authority, in PEM. No secret."""

    def __init__(self, name: str, args: OriginPullArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        key, authority = self._make_authority()
        shown = self._make_client_certificate(*self._make_leaf(key, authority))
        self.trust_store_arn = self._make_trust_store(authority, shown).arn
        self.authority_pem = authority.cert_pem
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return SIGNALS

    def _make_authority(self) -> tuple[tls.PrivateKey, tls.SelfSignedCert]:
        key = tls.PrivateKey(
            f"{self._name}-authority", algorithm="RSA", rsa_bits=AUTHORITY_KEY_BITS, opts=self._child()
        )
        # Renewed with the same key and name, so that what the former certificate signed stays good.
        certificate = tls.SelfSignedCert(
            f"{self._name}-authority",
            private_key_pem=key.private_key_pem,
            subject={"common_name": f"{self._args.subject} authority"},
            is_ca_certificate=True,
            set_subject_key_id=True,
            set_authority_key_id=True,
            allowed_uses=["cert_signing", "crl_signing", "digital_signature"],
            validity_period_hours=AUTHORITY_VALID_HOURS,
            early_renewal_hours=AUTHORITY_RENEWAL_HOURS,
            opts=self._child(),
        )
        return key, certificate

    def _make_leaf(
        self, authority_key: tls.PrivateKey, authority: tls.SelfSignedCert
    ) -> tuple[tls.PrivateKey, tls.LocallySignedCert]:
        key = tls.PrivateKey(f"{self._name}-leaf", algorithm="RSA", rsa_bits=LEAF_KEY_BITS, opts=self._child())
        request = tls.CertRequest(
            f"{self._name}-leaf",
            private_key_pem=key.private_key_pem,
            subject={"common_name": self._args.subject},
            opts=self._child(),
        )
        certificate = tls.LocallySignedCert(
            f"{self._name}-leaf",
            cert_request_pem=request.cert_request_pem,
            ca_cert_pem=authority.cert_pem,
            ca_private_key_pem=authority_key.private_key_pem,
            allowed_uses=["digital_signature", "key_encipherment", "client_auth"],
            validity_period_hours=LEAF_VALID_HOURS,
            early_renewal_hours=LEAF_RENEWAL_HOURS,
            opts=self._child(),
        )
        return key, certificate

    def _make_client_certificate(
        self, key: tls.PrivateKey, leaf: tls.LocallySignedCert
    ) -> cloudflare.AuthenticatedOriginPullsSettings:
        """Return the setting by which Cloudflare shows the leaf to every origin of the zone."""
        uploaded = cloudflare.AuthenticatedOriginPullsCertificate(
            f"{self._name}-leaf",
            zone_id=self._args.zone_id,
            certificate=leaf.cert_pem,
            private_key=key.private_key_pem,
            # A new leaf takes minutes to reach all of Cloudflare; the old one must not go before.
            opts=self._child(retain_on_delete=True),
        )
        return cloudflare.AuthenticatedOriginPullsSettings(
            f"{self._name}-shown",
            zone_id=self._args.zone_id,
            enabled=True,
            opts=self._child(depends_on=[uploaded]),
        )

    def _make_trust_store(
        self, authority: tls.SelfSignedCert, shown: cloudflare.AuthenticatedOriginPullsSettings
    ) -> aws.lb.TrustStore:
        store = PrivateBucket(
            f"{self._name}-authority",
            self._args.bucket_prefix,
            BucketRules(noncurrent_days=NONCURRENT_DAYS),
            self._child(),
            kept=self._protected(self._args.protect),
        )
        store.admit()
        bundle = aws.s3.BucketObjectv2(
            f"{self._name}-authority",
            # Versions are kept from the first on: the trust store names the one it was made from.
            bucket=store.versioning.bucket,
            key=BUNDLE_KEY,
            content=authority.cert_pem,
            content_type="application/x-pem-file",
            opts=self._child(),
        )
        return aws.lb.TrustStore(
            f"{self._name}-store",
            ca_certificates_bundle_s3_bucket=bundle.bucket,
            ca_certificates_bundle_s3_key=bundle.key,
            # Without the version a new bundle under the old key would go unnoticed.
            ca_certificates_bundle_s3_object_version=bundle.version_id,
            opts=self._child(depends_on=[shown]),
        )


SIGNALS = Signals(
    subject="Authenticated origin pulls",
    checks=(
        Check(
            id="origin-pull-certificate",
            group=Group.EDGE,
            title="The zone's client certificate is valid for 60 days more",
            # https://developers.cloudflare.com/api/resources/origin_tls_client_auth/
            question=VendorQuestion(
                vendor=Vendor.CLOUDFLARE,
                url="/zones/{id:cloudflare.Zone domain-zone}/origin_tls_client_auth",
                path="max(result[?status=='active'].days_left(expires_on))",
                wanted=Wanted(Comparison.AT_LEAST, 60),
            ),
            fix="Deploy the stack: a deployment in the certificate's last year renews it.",
        ),
        Check(
            id="origin-refuses-strangers",
            group=Group.EDGE,
            title="The load balancer refuses clients without a certificate",
            # A handshake from here ends at the security group, which admits Cloudflare's addresses alone.
            question=AwsQuestion(
                service="elbv2",
                operation="DescribeListeners",
                parameters={"ListenerArns": ["{id:aws.lb.Listener load-balancer-https}"]},
                path="Listeners[0].MutualAuthentication.Mode",
                wanted=Wanted(Comparison.IS, "verify"),
            ),
            fix="Set edge.origin_pull to verify and deploy.",
        ),
    ),
)
"""Checks alone: neither provider has a metric."""
