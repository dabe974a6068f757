"""Who judges a type's inputs beyond the installed SDK, and the reviewed list of types that nobody judges."""

from simulator.fly import JUDGED as FLY_JUDGED
from simulator.moto_aws import kind_of
from simulator.moto_aws.models import RECORDED
from simulator.published import published
from simulator.shapes import Enumerated, resource_shape
from simulator.vercel_values import JUDGED as VERCEL_JUDGED
from simulator.zone_values import SETTING

_SWITCH = "one switch, which the SDK's type bounds"
_IDS = "ids of other resources alone"
UNJUDGED = {
    "aws:acm/certificateValidation:CertificateValidation": "waits; nothing is sent",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "adopts what the VPC has",
    "aws:ec2/internetGateway:InternetGateway": _IDS,
    "aws:sns/topicPolicy:TopicPolicy": "one document, whose grammar no model has",
    "cloudflare:index/authenticatedOriginPullsCertificate:AuthenticatedOriginPullsCertificate": "PEM alone",
    "cloudflare:index/authenticatedOriginPullsSettings:AuthenticatedOriginPullsSettings": _SWITCH,
    "cloudflare:index/leakedCredentialCheck:LeakedCredentialCheck": _SWITCH,
    "tls:index/certRequest:CertRequest": "made up: PEM in form alone",
    "tls:index/locallySignedCert:LocallySignedCert": "made up: PEM in form alone",
    "tls:index/privateKey:PrivateKey": "made up: PEM in form alone",
    "tls:index/selfSignedCert:SelfSignedCert": "made up: PEM in form alone",
}
"""Types whose inputs are only recorded, each with the reason."""


def judge(token: str) -> str | None:
    """Return who judges a type's inputs; None for one that is only recorded."""
    package = token.split(":", 1)[0]
    if kind_of(token) is not None:
        return "botocore and made in moto"
    if token in RECORDED:
        return "the models of AWS"
    enums = package == "cloudflare" and any(
        isinstance(field.shape, Enumerated) for field in resource_shape(token).inputs.values()
    )
    if enums or token in published():
        return "the vendor's OpenAPI document"
    if token == SETTING or token in FLY_JUDGED or token in VERCEL_JUDGED:
        return "a reviewed table"
    return "the rules of its package" if package == "random" else None
