"""Amazon Managed Service for Prometheus: a store of metrics without a server of ours, and its rules."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from msgspec import Struct

from components.aws import iam
from components.component import Component

LONGEST_RETENTION_DAYS = 1095
"""https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-workspace-configuration.html"""
LOG_PREFIX = "/aws/vendedlogs/prometheus/"
"""Begin of the log group's name; another would use up the account's ten policies of log delivery.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
"""


class ManagedPrometheusArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `ManagedPrometheus`."""

    alias: str
    """Name of the workspace, for people."""
    retention_days: int
    """How long series are kept, in days, 1 to 1095. Source: config `metrics.store.retention_days`."""
    kms_key_arn: str | None = None
    """Key that encrypts the series, for the life of the workspace; AWS's own when left out."""
    log_retention_days: int
    """How long CloudWatch keeps what failed in rules and routes, in days. Source: config `logs.retention_days`."""
    protect: bool = True
    """Refuse to delete the workspace: its series go with it."""

    def __post_init__(self) -> None:
        """Refuse what AWS refuses.

        Raises:
            ValueError: `retention_days` is out of range.

        """
        if not 1 <= self.retention_days <= LONGEST_RETENTION_DAYS:
            raise ValueError(f"retention_days is {self.retention_days}: 1 to {LONGEST_RETENTION_DAYS} days")


class ManagedPrometheus(Component):
    """One workspace. Stateful: its series are nowhere else."""

    workspace_id: pulumi.Output[str]
    """Id of the workspace."""
    query_url: pulumi.Output[str]
    """Address of a data source; requests are signed for the service `aps`."""
    remote_write_url: pulumi.Output[str]
    """Address that collectors write to, signed for the service `aps`."""
    write_policy: pulumi.Output[str]
    """IAM document that lets a role write to this workspace, and nothing else."""

    def __init__(self, name: str, args: ManagedPrometheusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        log = aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=f"{LOG_PREFIX}{args.alias}",
            retention_in_days=args.log_retention_days,
            opts=self._child(),
        )
        workspace = aws.amp.Workspace(
            f"{name}-workspace",
            alias=args.alias,
            kms_key_arn=args.kms_key_arn,
            logging_configuration={"log_group_arn": pulumi.Output.concat(log.arn, ":*")},
            opts=self._protected(args.protect) or self._child(),
        )
        aws.amp.WorkspaceConfiguration(
            f"{name}-configuration",
            workspace_id=workspace.id,
            retention_period_in_days=args.retention_days,
            opts=self._child(),
        )
        self.workspace_id = workspace.id
        self.query_url = workspace.prometheus_endpoint
        self.remote_write_url = pulumi.Output.concat(workspace.prometheus_endpoint, "api/v1/remote_write")
        self.write_policy = pulumi.Output.from_input(iam.allow(["aps:RemoteWrite"], [workspace.arn]))
        self._finish()


class ManagedPrometheusRulesArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `ManagedPrometheusRules`."""

    workspace_id: pulumi.Input[str]
    """Source: `ManagedPrometheus.workspace_id`."""
    namespace: str
    """Name of the set of rules, for example `feed-production`."""
    rules: str
    """Recording and alerting rules, as a rules file of Prometheus."""
    needed: Sequence[pulumi.Resource] = ()
    """What the alerts watch: none fires for what is not there yet."""
    alertmanager: pulumi.Input[str] | None = None
    """Configuration of the workspace's Alertmanager; it knows SNS as its only receiver. None sends nothing."""


class ManagedPrometheusRules(Component):
    """The rules that a workspace evaluates. Holds no data."""

    def __init__(
        self, name: str, args: ManagedPrometheusRulesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        aws.amp.RuleGroupNamespace(
            f"{name}-namespace",
            name=args.namespace,
            workspace_id=args.workspace_id,
            data=args.rules,
            opts=self._child(depends_on=list(args.needed)),
        )
        if args.alertmanager is not None:
            aws.amp.AlertManagerDefinition(
                f"{name}-alertmanager",
                workspace_id=args.workspace_id,
                definition=args.alertmanager,
                opts=self._child(),
            )
        self._finish()
