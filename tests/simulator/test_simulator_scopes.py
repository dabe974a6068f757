"""A name is unique where its vendor says so, and may be used again everywhere else."""

import json
import os
import socket
from pathlib import Path
from threading import Thread
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from simulated_provider import AbortedError, provider_over, urn

from simulator import simulated_cloud
from wire_format import encode

RECORD = "cloudflare:index/dnsRecord:DnsRecord"
RULESET = "cloudflare:index/ruleset:Ruleset"
GROUP = "grafana:alerting/ruleGroup:RuleGroup"
DASHBOARD = "grafana:oss/dashboard:Dashboard"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
RULE = "aws:cloudwatch/eventRule:EventRule"
CACHE = "aws:cloudfront/cachePolicy:CachePolicy"
ADDRESS = {"zoneId": "z", "type": "A", "name": "www.example.com", "content": "192.0.2.1", "ttl": 1}
PHASE = {"zoneId": "z", "kind": "zone", "phase": "http_ratelimit", "name": "default"}
RULES = {"name": "Database", "folderUid": "one", "intervalSeconds": 60, "rules": []}
PARAMETERS = {
    "parametersInCacheKeyAndForwardedToOrigin": {
        f"{name}sConfig": {f"{name}Behavior": "none"} for name in ("cookie", "header", "queryString")
    }
}
EVENTS = {"name": "failover", "eventPattern": '{"source": ["aws.rds"]}'}


@pytest.mark.parametrize(
    ("token", "one", "other"),
    [
        (RECORD, ADDRESS, {"type": "AAAA", "content": "2001:db8::1"}),
        (RECORD, ADDRESS, {"content": "192.0.2.2"}),
        (RULESET, PHASE, {"phase": "http_request_firewall_custom"}),
        (RULESET, {**PHASE, "kind": "custom"}, {}),
        (GROUP, RULES, {"folderUid": "two"}),
        (LOGS, {"name": "/app", "region": "us-east-1"}, {"region": "eu-west-1"}),
        (RULE, EVENTS, {"eventBusName": "orders"}),
    ],
)
def test_another_scope_takes_the_same_name(
    tmp_path: Path, token: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    with provider_over(tmp_path, token.split(":", maxsplit=1)[0]) as provider:
        if "eventBusName" in other:
            provider.create("aws:cloudwatch/eventBus:EventBus", "bus", {"name": other["eventBusName"]})
        made, _ = provider.create(token, "one", one)
        provider.create(token, "two", {**one, **other})
        assert provider.read(token, "one", made).id == made


@pytest.mark.parametrize(
    ("token", "one", "other"),
    [
        (RECORD, ADDRESS, {}),
        (RECORD, ADDRESS, {"type": "CNAME", "content": "lb.example.com"}),
        (RULESET, PHASE, {"name": "other"}),
        (GROUP, RULES, {}),
        (DASHBOARD, {"configJson": json.dumps({"title": "one", "uid": "u"})}, {}),
        (RULE, EVENTS, {}),
        (CACHE, {"name": "files", **PARAMETERS}, {}),
    ],
)
def test_the_same_scope_refuses_the_second(
    tmp_path: Path, token: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    with provider_over(tmp_path, token.split(":", maxsplit=1)[0]) as provider:
        provider.create(token, "one", one)
        with pytest.raises(AbortedError, match=r"already exists, made by urn:.*::one"):
            provider.create(token, "two", {**one, **other})


def test_nothing_of_the_environment_leads_a_request_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reached = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def count() -> None:
            while True:
                connection, _ = server.accept()
                reached.append(connection.recv(80))
                connection.close()

        Thread(target=count, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        profile = tmp_path / "config"
        profile.write_text(f"[default]\nendpoint_url = {address}\n")
        for name in (
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_EC2",
            "AWS_ENDPOINT_URL_LOGS",
            "HTTPS_PROXY",
            "http_proxy",
        ):
            monkeypatch.setenv(name, address)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(profile))
        monkeypatch.setenv("AWS_CA_BUNDLE", str(profile))
        with simulated_cloud(tmp_path / "cloud", ["aws"]) as added:
            port = added["PULUMI_DEBUG_PROVIDERS"].split(":")[1]
            with grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.enable_http_proxy", 0)]) as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                for token, inputs in ((LOGS, {"name": "/app"}), ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})):
                    stub.Create(provider_pb2.CreateRequest(urn=urn(token, "it"), properties=encode(inputs)))
        assert os.environ["AWS_ENDPOINT_URL"] == address
    assert reached == []
