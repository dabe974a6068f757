"""A stack made by an earlier release previews no change that the changelog does not name.

The states are those of both stacks as version 0.1.0 of 2026-11-25 made them on the simulated cloud, packed; their
secrets are encrypted with the passphrase of a try-out. Type tokens, names of resources and inputs are in them.
"""

import json
import lzma
import re
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from footing.pulumi_cli.tryout import try_out

pytestmark = pytest.mark.engine

STATES = Path(__file__).parent / "earlier_state"

COMPONENT = "footing:index:"
"""Components have no provider: a change of their inputs is a change of what the state says, of nothing else."""

CHANGED: dict[str, set[str]] = {
    "aws:cloudwatch/eventRule:EventRule": {"eventPattern"},
    "aws:amp/ruleGroupNamespace:RuleGroupNamespace": {"data"},
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {"alarmDescription"},
    "aws:cloudwatch/logGroup:LogGroup": {"retentionInDays"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {"alarmDescription", "dimensions", "metricQueries"},
    "aws:ecs/service:Service": {"taskDefinition"},
    "aws:ecs/taskDefinition:TaskDefinition": {"containerDefinitions", "tags", "tagsAll", "volumes"},
    "aws:iam/rolePolicy:RolePolicy": {"policy"},
    "aws:lb/listener:Listener": {"defaultActions"},
    "aws:lb/listenerRule:ListenerRule": {"priority"},
    "aws:lb/targetGroup:TargetGroup": {"healthCheck"},
    "aws:secretsmanager/secretVersion:SecretVersion": {"secretString"},
    "aws:rds/parameterGroup:ParameterGroup": {"parameters"},
    "aws:rds/instance:Instance": {"databaseInsightsMode", "engineLifecycleSupport", "vpcSecurityGroupIds"},
    "cloudflare:index/ruleset:Ruleset": {"rules"},
    "cloudflare:index/zoneDnssec:ZoneDnssec": {"dnssecMultiSigner", "dnssecPresigned", "dnssecUseNsec3"},
    "grafana:alerting/messageTemplate:MessageTemplate": {"template"},
    "grafana:alerting/ruleGroup:RuleGroup": {"rules"},
    "grafana:oss/dashboard:Dashboard": {"configJson"},
    "sentry:index/sentryProject:SentryProject": {"platform"},
}
"""Properties that changed since, by type: titles, the retention of logs, the tags of the pooler's task, the load
balancer's default answer, whose metrics alarms read, and what the clouds read back otherwise.

Each has its lines in CHANGELOG.md. A task definition is a new revision whatever changes in it.
"""
REVISED = {
    "pooler-task": "replace",
    "pooler-service": "update",
    "pooler-credentials": "replace",
    "collector-task": "replace",
    "collector-service": "update",
    "service-task": "replace",
    "service-service": "update",
    "service-environment": "replace",
}
"""Tasks, services and versions of secrets that change, and how."""
NEW = {
    *("pooler-database", "pooler-reader"),
    *("load-balancer", "observability-load-balancer", "service-production"),
    *("probe", "probe-check", "observability-domain", "observability-probe", "observability-edge"),
    *("alarms-certificate-expiry-page-below", "alarms-database-slot-lag-page", "alarms-probe-status-page-below"),
}
"""Resources that the changelog adds: passwords of the application's roles; the load balancer as a component and a
service's rule on it; what watches the certificate, the zone from outside and replication slots.
"""
GONE = {f"sentry-{alert}" for alert in ("errors", "new-issue", "slow-issue", "slow")}
"""Alerts that Sentry no longer takes."""
READERS = re.compile(r"database-\w+-db|service-tasks-(into|to)-replica-\w+")
"""Groups and rules by which the service reads from its replicas, new since."""


def steps(tree: Path, stack: str) -> Iterator[dict[str, Any]]:
    """Every step that the engine would take on the earlier state; one that keeps a resource is `same`."""
    state = json.loads(lzma.decompress((STATES / f"{stack}.json.xz").read_bytes()))
    salt = state["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"]
    directory = tree / ".footing" / stack
    kept = directory / f"state/.pulumi/stacks/footing/{stack}.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps(state))
    configuration = directory / f"project/Pulumi.{stack}.yaml"
    configuration.parent.mkdir()
    configuration.write_text(f"encryptionsalt: {salt}\n")
    with chdir(tree), try_out(stack, root=tree, directory=directory) as session:
        previewed = session.ask("preview", "--json", "--show-sames", *session.options)
    assert previewed.returncode == 0, previewed.stderr
    found = json.loads(previewed.stdout)["steps"]
    earlier = {resource["urn"] for resource in state["checkpoint"]["latest"]["resources"] if resource["custom"]}
    assert len(earlier & {step["urn"] for step in found}) > 150
    yield from found


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_earlier_state_previews_only_the_changes_that_are_named(tree: Path, stack: str):
    revised = {}
    for step in (it for it in steps(tree, stack) if it["op"] != "same"):
        qualified, name = step["urn"].split("::")[-2:]
        type_ = qualified.rpartition("$")[2]
        if type_.startswith(COMPONENT):
            assert step["op"] == ("create" if name in NEW else "update"), step["urn"]
            continue
        if step["op"] == "create" and READERS.fullmatch(name):
            continue
        if step["op"] in ("create", "delete"):
            assert name in (NEW if step["op"] == "create" else GONE), (step["urn"], step["op"])
            continue
        changed = {re.split(r"[.\[]", key)[0] for key in step.get("detailedDiff") or {}}
        assert changed <= CHANGED.get(type_, set()), (step["urn"], step["op"], changed)
        if type_.startswith(("aws:ecs/", "aws:secretsmanager/secretVersion:")):
            revised[name] = (
                step["op"].replace("create-replacement", "replace").replace("delete-replaced", "replace")
            )
        else:
            assert step["op"] == "update", step["urn"]
    assert revised == {name: REVISED[name] for name in revised}
