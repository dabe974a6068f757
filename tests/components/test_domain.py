from components.domain import Domain, DomainArgs
from tests.components.recording import MADE, Recorded, record_component

PROOF = {
    "resourceRecordName": "_1.shop.example.",
    "resourceRecordType": "CNAME",
    "resourceRecordValue": "_2.acm.example.",
    "domainName": "shop.example",
}


def record(**changes: str) -> Recorded[Domain]:
    args = DomainArgs(zone_name="shop.example", account_id="a" * 32, **changes)
    made = {**MADE, "aws:acm/certificate:Certificate": {"domainValidationOptions": [PROOF]}}
    return record_component(lambda: Domain("domain", args), made=made)


def test_zone_is_protected_and_names_its_servers():
    recorded = record()
    zone = recorded.one("Zone")
    assert zone.protect
    assert zone.inputs["name"] == "shop.example"
    assert recorded.outputs["name_servers"] == ["ada.ns.example.com", "bob.ns.example.com"]


def test_zone_that_exists_is_adopted_by_its_id():
    assert record().one("Zone").import_id == ""
    assert record(adopt_zone_id="b" * 32).one("Zone").import_id == "b" * 32


def test_certificate_covers_one_level_and_is_proven_in_the_zone():
    recorded = record()
    assert recorded.one("Certificate").inputs["subjectAlternativeNames"] == ["*.shop.example"]
    record_ = recorded.one("DnsRecord").inputs
    assert (record_["name"], record_["type"], record_["content"]) == ("_1.shop.example", "CNAME", "_2.acm.example")
    assert record_["proxied"] is False
    validation = recorded.one("CertificateValidation")
    assert {"domain-certificate", "domain-proof"} <= validation.dependencies


def test_certificate_is_watched_until_it_expires_and_not_before_it_is_measured():
    [signal] = record().component.signals.signals
    assert (signal.query.namespace, signal.query.metric) == ("AWS/CertificateManager", "DaysToExpiry")
    assert set(signal.query.dimensions) == {"CertificateArn"}
    # ACM publishes it each twelve hours.
    assert signal.query.period_seconds >= 43_200
    assert {(it.severity.value, it.value, it.below) for it in signal.thresholds} == {
        ("ticket", 30, True),
        ("page", 7, True),
    }
    assert signal.sparse
