import json
from typing import Any

import pytest
from msgspec.structs import replace

from components.grafana_cloud import GrafanaCloud, GrafanaCloudArgs
from tests.components.recording import MADE, Secret, record_component

ARGS = GrafanaCloudArgs(slug="shopstaging", region="prod-us-east-0", token_days=90)
MADE_HERE = {
    **MADE,
    "grafana:cloud/stack:Stack": {
        "prometheusRemoteWriteEndpoint": "https://push.example.com/api/prom/push",
        "prometheusRemoteEndpoint": "https://query.example.com",
        "prometheusUserId": 4711,
        "url": "https://shopstaging.grafana.net",
    },
    "grafana:cloud/accessPolicy:AccessPolicy": {"policyId": "policy-1"},
    "grafana:cloud/accessPolicyRotatingToken:AccessPolicyRotatingToken": {"token": "glc_made"},
}


def record(**changes: Any) -> Any:
    return record_component(lambda: GrafanaCloud("metrics", replace(ARGS, **changes)), made=MADE_HERE)


def test_token_may_write_metrics_to_this_stack_and_nothing_else():
    policy = record().one("AccessPolicy").inputs
    assert policy["scopes"] == ["metrics:write"]
    assert policy["realms"] == [{"identifier": "metrics-stack-id", "type": "stack"}]


def test_token_expires_and_is_replaced_before_it_does():
    token = record(token_days=30).one("AccessPolicyRotatingToken").inputs
    assert (token["expireAfter"], token["earlyRotationWindow"]) == ("720h", "360h")
    assert token["accessPolicyId"] == "policy-1"
    assert token["deleteOnDestroy"] is True
    with pytest.raises(ValueError, match="at least 2"):
        record(token_days=1)


def test_token_is_handed_on_by_reference_only():
    recorded = record()
    kept = recorded.one("SecretVersion").inputs["secretString"]
    assert isinstance(kept, Secret)
    assert json.loads(kept.value) == {"token": "glc_made"}
    assert "glc_made" not in str(recorded.outputs)
    assert recorded.outputs["token_secret_arn"] == "arn:aws:made:::secret"
    assert recorded.outputs["remote_write_user"] == "4711"
    assert recorded.outputs["remote_write_url"] == "https://push.example.com/api/prom/push"


def test_token_for_what_runs_outside_of_aws_is_stored_nowhere_there():
    outside = replace(ARGS, in_aws=False)
    made = record_component(lambda: GrafanaCloud("metrics", outside), read=lambda it: it.token, made=MADE_HERE)
    assert made.read == Secret("glc_made")
    assert made.of("SecretVersion") == []
    assert made.outputs["token_secret_arn"] == ""


def test_stack_is_guarded_here_and_there():
    stack = record().one("cloud/stack:Stack")
    assert stack.protect
    assert stack.inputs["deleteProtection"] is True
    assert not record(protect=False).one("cloud/stack:Stack").protect


@pytest.mark.parametrize("slug", ["Shop", "shop-staging", ""])
def test_slug_that_is_no_subdomain_is_refused(slug: str):
    with pytest.raises(ValueError, match="lower-case letters and digits"):
        record(slug=slug)
