"""What a vendor answers otherwise than it was told, so that a program that differs for ever differs here too.

Applied to what a resource was made with, when it is read and when a new program is compared with it. Documents of
JSON stay as given: the providers keep them while they mean the same, and `simulator.difference` compares so.
"""

from collections.abc import Callable

from wire_format import Properties, reveal

FAMILY_DEFAULTS = {"rds.force_ssl": ("1", 15), "rds.logical_replication": ("0", 10)}
"""Default of a parameter of PostgreSQL on RDS, and the first major version that has it."""


def as_read(token: str, inputs: Properties) -> Properties:
    """Return the inputs as the vendor answers them."""
    rule = READ_BACK.get(token)
    return {**inputs, **rule(inputs)} if rule else inputs


def _dnssec(inputs: Properties) -> Properties:
    # https://developers.cloudflare.com/api/resources/dns/subresources/dnssec/: answered whether given or not.
    names = ("dnssecMultiSigner", "dnssecPresigned", "dnssecUseNsec3")
    return {name: False for name in names if inputs.get(name) is None}


def _record(inputs: Properties) -> Properties:
    # https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/: proxied, the TTL is automatic.
    found: Properties = {"ttl": 1} if reveal(inputs.get("proxied")) else {}
    content = inputs.get("content")
    if inputs.get("type") == "CNAME" and isinstance(content, str):
        found |= {"content": content.rstrip(".").lower()} if content != content.rstrip(".").lower() else {}
    return found


def _parameters(inputs: Properties) -> Properties:
    # https://github.com/hashicorp/terraform-provider-aws/issues/39252: a method alone is not kept.
    family = str(inputs.get("family") or "")
    major = int(family.removeprefix("postgres")) if family.removeprefix("postgres").isdigit() else 0
    given = inputs.get("parameters")
    if not isinstance(given, list):
        return {}
    return {
        "parameters": [
            {**item, "applyMethod": "pending-reboot"}
            if (default := FAMILY_DEFAULTS.get(reveal(item.get("name"))))
            and major >= default[1]
            and reveal(item.get("value")) == default[0]
            else item
            for item in given
        ]
    }


def _replica(inputs: Properties) -> Properties:
    # botocore: CreateDBInstanceReadReplica has no EngineLifecycleSupport, so RDS's default stays.
    if inputs.get("replicateSourceDb") and inputs.get("engineLifecycleSupport"):
        return {"engineLifecycleSupport": "open-source-rds-extended-support"}
    return {}


READ_BACK: dict[str, Callable[[Properties], Properties]] = {
    "aws:rds/instance:Instance": _replica,
    "aws:rds/parameterGroup:ParameterGroup": _parameters,
    "cloudflare:index/dnsRecord:DnsRecord": _record,
    "cloudflare:index/zoneDnssec:ZoneDnssec": _dnssec,
}
"""What changes between the inputs and the answer, by type: the properties that are read otherwise."""
