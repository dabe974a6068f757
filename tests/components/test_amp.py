import json
from typing import Any

import pytest
from msgspec.structs import replace

from components.amp import (
    ManagedPrometheus,
    ManagedPrometheusArgs,
    ManagedPrometheusRules,
    ManagedPrometheusRulesArgs,
)
from tests.components.recording import MADE, record_component

ARGS = ManagedPrometheusArgs(alias="shop-staging-metrics", retention_days=30, log_retention_days=365)
WORKSPACE = {"prometheusEndpoint": "https://aps.example.com/workspaces/ws-1/", "arn": "arn:workspace"}
MADE_HERE = {**MADE, "aws:amp/workspace:Workspace": WORKSPACE}


def record(**changes: Any) -> Any:
    return record_component(lambda: ManagedPrometheus("metrics", replace(ARGS, **changes)), made=MADE_HERE)


def test_series_are_kept_as_long_as_asked_and_not_deleted_with_the_stack():
    recorded = record(retention_days=90)
    configuration = recorded.one("WorkspaceConfiguration").inputs
    assert configuration["retentionPeriodInDays"] == 90
    assert configuration["workspaceId"] == "metrics-workspace-id"
    assert recorded.one("Workspace").protect
    assert not record(protect=False).one("Workspace").protect


def test_collector_may_write_to_this_workspace_and_nothing_else():
    recorded = record()
    statement = json.loads(recorded.outputs["write_policy"])["Statement"]
    assert statement == [{"Effect": "Allow", "Action": ["aps:RemoteWrite"], "Resource": ["arn:workspace"]}]
    assert recorded.outputs["remote_write_url"] == f"{WORKSPACE['prometheusEndpoint']}api/v1/remote_write"


def test_what_fails_in_rules_and_routes_is_logged():
    recorded = record()
    log = recorded.one("LogGroup")
    assert log.inputs["name"].startswith("/aws/vendedlogs/")
    assert log.inputs["retentionInDays"] == 365
    logging = recorded.one("Workspace").inputs["loggingConfiguration"]
    assert logging["logGroupArn"] == f"arn:aws:made:::{log.name}:*"


@pytest.mark.parametrize("days", [0, 1096])
def test_retention_that_amazon_lacks_is_refused(days: int):
    with pytest.raises(ValueError, match="1 to 1095 days"):
        record(retention_days=days)


def test_rules_and_routes_belong_to_the_workspace():
    args = ManagedPrometheusRulesArgs(workspace_id="ws-1", namespace="shop-staging", rules="groups: []")

    def made(**changes: Any) -> Any:
        return record_component(lambda: ManagedPrometheusRules("rules", replace(args, **changes)))

    rules = made().one("RuleGroupNamespace").inputs
    assert (rules["name"], rules["data"], rules["workspaceId"]) == ("shop-staging", "groups: []", "ws-1")
    assert made().of("AlertManagerDefinition") == []
    routes = made(alertmanager="alertmanager_config: |\n").one("AlertManagerDefinition").inputs
    assert (routes["definition"], routes["workspaceId"]) == ("alertmanager_config: |\n", "ws-1")
