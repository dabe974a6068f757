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
DOCS = Path(__file__).parents[2] / "docs"

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
    "footing-sentry:index:Project": {"platform"},
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
    *("sentry-errors", "sentry-errors-alert", "sentry-new-issue", "sentry-slow-issue"),
    *("sentry-slow", "sentry-slow-alert", "service-tasks-to-redis"),
    *("alarms-certificate-expiry-page-below", "alarms-database-slot-lag-page", "alarms-probe-status-page-below"),
}
"""Resources that the changelog adds: passwords of the application's roles; the load balancer as a component and a
service's rule on it; Sentry's monitors and alerts; the way to a store outside the network; what watches the
certificate, the zone from outside and replication slots.
"""
FORMER_ALERTS = ("sentry:index/sentryIssueAlert:", "sentry:index/sentryMetricAlert:")
"""Alerts of an API that Sentry took away: components/sentry/README.md says how they leave the state."""
READERS = re.compile(r"database-\w+-db|service-tasks-(into|to)-replica-\w+")
"""Groups and rules by which the service reads from its replicas, new since."""


def steps(tree: Path, stack: str) -> Iterator[dict[str, Any]]:
    """Every step that the engine would take on the earlier state; one that keeps a resource is `same`."""
    state = json.loads(lzma.decompress((STATES / f"{stack}.json.xz").read_bytes()))
    latest = state["checkpoint"]["latest"]
    latest["resources"] = [it for it in latest["resources"] if not it["type"].startswith(FORMER_ALERTS)]
    salt = latest["secrets_providers"]["state"]["salt"]
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
    earlier = {resource["urn"] for resource in latest["resources"] if resource["custom"]}
    assert len(earlier & {step["urn"] for step in found}) > 150
    yield from found


@pytest.mark.parametrize(("stack", "overrides"), [("staging", "services.md"), ("production", None)])
def test_earlier_state_previews_only_the_changes_that_are_named(tree: Path, stack: str, overrides: str | None):
    if overrides:
        [text] = re.findall(r"```python\n(.*?)```", (DOCS / overrides).read_text(), re.DOTALL)
        (tree / "overrides.py").write_text(text)
    revised, found = {}, [it for it in steps(tree, stack) if it["op"] != "same"]
    ops = {it["urn"].rpartition("::")[2]: it["op"] for it in found}
    # The listener may answer 404 once the service's rule is there: the page has the way to wait for it.
    assert (ops.get("service-production"), ops.get("load-balancer-https")) == (
        "create",
        None if overrides else "update",
    )
    for step in found:
        qualified, name = step["urn"].split("::")[-2:]
        type_ = qualified.rpartition("$")[2]
        if type_.startswith(COMPONENT):
            assert step["op"] == ("create" if name in NEW else "update"), step["urn"]
            continue
        if step["op"] == "create" and READERS.fullmatch(name):
            continue
        if step["op"] == "create":
            assert name in NEW, step["urn"]
            continue
        changed = {re.split(r"[.\[]", key)[0] for key in step.get("detailedDiff") or step.get("diffReasons") or ()}
        assert changed <= CHANGED.get(type_, set()), (step["urn"], step["op"], changed)
        if type_.startswith(("aws:ecs/", "aws:secretsmanager/secretVersion:")):
            revised[name] = (
                step["op"].replace("create-replacement", "replace").replace("delete-replaced", "replace")
            )
        else:
            assert step["op"] == "update", step["urn"]
    assert revised == {name: REVISED[name] for name in revised}
