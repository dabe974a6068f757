from tests.components.inventory import inventory
from tests.components.test_domain import record

DOMAIN = {
    "Zone/domain-zone": {"account": {"id": "a" * 32}, "name": "shop.example", "type": "full", "protect": True},
    "Certificate/domain-certificate": {
        "domainName": "shop.example",
        "subjectAlternativeNames": ["*.shop.example"],
        "validationMethod": "DNS",
    },
    "DnsRecord/domain-proof": {
        "content": "_2.acm.example",
        "name": "_1.shop.example",
        "proxied": False,
        "ttl": 1,
        "type": "CNAME",
        "zoneId": "domain-zone-id",
    },
    "CertificateValidation/domain-issued": {
        "certificateArn": "arn:aws:made:::domain-certificate",
        "validationRecordFqdns": ["_1.shop.example"],
    },
}


def test_domain_is_as_written_down():
    assert inventory(record()) == DOMAIN
