"""Settings of the hosted metric stores that must be as they are."""

from typing import Any

from tests.components import test_amp, test_grafana_cloud
from tests.components.inventory import settings_inventory

AMP: dict[str, dict[str, Any]] = {
    "LogGroup/metrics-log": {"name": "/aws/vendedlogs/prometheus/shop-staging-metrics", "retentionInDays": 365},
    "Workspace/metrics-workspace": {
        "alias": "shop-staging-metrics",
        "loggingConfiguration": {"logGroupArn": "arn:aws:made:::metrics-log:*"},
        "protect": True,
    },
    "WorkspaceConfiguration/metrics-configuration": {
        "retentionPeriodInDays": 30,
        "workspaceId": "metrics-workspace-id",
    },
}

GRAFANA_CLOUD: dict[str, dict[str, Any]] = {
    "AccessPolicy/metrics-write": {
        "name": "shopstaging-metrics-write",
        "realms": [{"identifier": "metrics-stack-id", "type": "stack"}],
        "region": "prod-us-east-0",
        "scopes": ["metrics:write"],
    },
    "AccessPolicyRotatingToken/metrics-write": {
        "accessPolicyId": "policy-1",
        "deleteOnDestroy": True,
        "earlyRotationWindow": "1080h",
        "expireAfter": "2160h",
        "namePrefix": "shopstaging-metrics",
        "region": "prod-us-east-0",
    },
    "Secret/metrics-token": {},
    "SecretVersion/metrics-token": {
        "secretId": "metrics-token-id",
        "secretString": ("secret", {"token": "glc_made"}),
    },
    "Stack/metrics-stack": {
        "deleteProtection": True,
        "name": "shopstaging",
        "protect": True,
        "regionSlug": "prod-us-east-0",
        "slug": "shopstaging",
    },
}


def test_workspace_at_amazon_keeps_its_series():
    assert settings_inventory(test_amp.record()) == AMP


def test_stack_at_grafana_cloud_has_a_token_that_expires():
    assert settings_inventory(test_grafana_cloud.record()) == GRAFANA_CLOUD
