"""A program that a vendor would read back otherwise differs here as well, in a preview and after a refresh."""

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2
from simulated_provider import Connection, Provider, provider_over, urn

from simulator.read_back import READ_BACK, as_read
from wire_format import decode, encode, secret

DNSSEC = "cloudflare:index/zoneDnssec:ZoneDnssec"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
GROUP = "aws:rds/parameterGroup:ParameterGroup"
DATABASE = "aws:rds/instance:Instance"
POLICY = "aws:iam/rolePolicy:RolePolicy"
SIGNED = {"zoneId": "z", "status": "active"}
SAID = {"dnssecMultiSigner": False, "dnssecPresigned": False, "dnssecUseNsec3": False}
ADDRESS = {"zoneId": "z", "type": "CNAME", "name": "a.example.com", "content": "lb.example.com", "ttl": 1}


def group(method: str, *, family: str = "postgres16", value: object = "1") -> dict[str, Any]:
    return {"name": "g", "family": family, "parameters": [
        {"name": "rds.force_ssl", "value": value, "applyMethod": method},
        {"name": "work_mem", "value": "1", "applyMethod": "immediate"},
    ]}  # fmt: skip


DISABLED = {"engineLifecycleSupport": "open-source-rds-extended-support-disabled"}


@pytest.mark.parametrize(
    ("token", "wrong", "right"),
    [
        (DNSSEC, SIGNED, {**SIGNED, **SAID}),
        (DNSSEC, {**SIGNED, "dnssecPresigned": False}, {**SIGNED, **SAID}),
        (RECORD, {**ADDRESS, "proxied": True, "ttl": 300}, {**ADDRESS, "proxied": True}),
        (RECORD, {**ADDRESS, "content": "LB.example.com."}, ADDRESS),
        (GROUP, group("immediate"), group("pending-reboot")),
        (GROUP, group("immediate", value=secret("1")), group("immediate", family="postgres14")),
        (GROUP, group("immediate", family="postgres17"), group("immediate", value="0")),
        (DATABASE, {"replicateSourceDb": "feed", **DISABLED}, {"replicateSourceDb": "feed"}),
        (DATABASE, {"replicateSourceDb": "feed", **DISABLED}, DISABLED),
    ],
)
def test_the_wrong_program_differs_and_the_right_one_does_not(
    provider: Provider, token: str, wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    assert provider.diff(token, wrong, wrong).changes == provider_pb2.DiffResponse.DIFF_SOME
    assert provider.diff(token, right, right).changes == provider_pb2.DiffResponse.DIFF_NONE
    assert as_read(token, as_read(token, wrong)) == as_read(token, wrong) != wrong


def test_a_refresh_reads_what_the_vendor_answers(tmp_path: Path) -> None:
    with provider_over(tmp_path, "cloudflare") as provider:
        made, outputs = provider.create(DNSSEC, "it", SIGNED)
        read = provider.read(DNSSEC, "it", made)
    assert outputs | SAID == outputs == decode(read.properties)
    assert decode(read.inputs) == SIGNED | SAID


def test_what_a_program_ignores_does_not_differ(provider: Provider) -> None:
    request = provider_pb2.DiffRequest(
        urn=urn(DNSSEC, "it"), old_inputs=encode(SIGNED), news=encode(SIGNED), ignoreChanges=list(SAID)
    )
    assert provider.servicer.Diff(request, Connection()).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_documents_are_compared_by_what_they_mean(provider: Provider) -> None:
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}
    one, same = json.dumps({"Statement": [statement]}), {**statement, "Action": "s3:GetObject"}
    other = json.dumps({"Statement": [{**statement, "Action": ["s3:PutObject"]}]})
    for news, kind in (
        (json.dumps({"Statement": [same]}, indent=1), provider_pb2.DiffResponse.DIFF_NONE),
        (other, provider_pb2.DiffResponse.DIFF_SOME),
    ):
        assert provider.diff(POLICY, {"role": "r", "policy": one}, {"role": "r", "policy": news}).changes == kind


def test_every_rule_is_tried() -> None:
    assert set(READ_BACK) == {DNSSEC, RECORD, GROUP, DATABASE}
