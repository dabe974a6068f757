"""What Datadog may read: its agents' key, and this account's metrics at AWS."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
import pulumi_datadog as datadog
import pulumi_random as random
from msgspec import Struct

from components.aws import iam, secrets_manager
from components.component import Component
from components.datadog.names import NAMESPACES
from components.document import json_text

API_KEY = "api_key"
"""Key of the value in the secret."""
TRUSTED_ACCOUNTS: Mapping[str, str] = dict.fromkeys(
    ("datadoghq.com", "us3.datadoghq.com", "us5.datadoghq.com", "datadoghq.eu"), "464622532012"
)
"""Account at AWS from which each site of Datadog reads; others have one of their own.

https://docs.datadoghq.com/integrations/faq/error-datadog-not-authorized-sts-assume-role (of 2026-11-26)
"""
READING = (
    *("cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics"),
    *("tag:GetResources", "tag:GetTagKeys", "tag:GetTagValues", "ec2:DescribeRegions"),
    *("ecs:ListClusters", "ecs:ListServices"),
)
"""What the integration asks of everything: none of these actions knows a resource.

https://docs.datadoghq.com/integrations/guide/aws-manual-setup/
"""
COUNTING = ("ecs:DescribeClusters", "ecs:DescribeServices")
"""What it asks of clusters and services: CloudWatch alone does not tell how many tasks there should be."""


class DatadogKeyArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `DatadogKey`."""

    api_key: pulumi.Input[str]
    """The key, a secret. Source: config `datadog.agent.api_key_secret`."""


class DatadogKey(Component):
    """The API key of the agents, as a secret that tasks read by reference."""

    secret_arn: pulumi.Output[str]
    """ARN of the secret."""
    version_id: pulumi.Output[str]
    """Its version: a new key replaces the tasks."""

    def __init__(self, name: str, args: DatadogKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        version = secrets_manager.make_secret(
            f"{name}-secret", "API key of Datadog's agents", {API_KEY: args.api_key}, self._child()
        )
        self.secret_arn, self.version_id = version.secret_arn, version.version_id
        self._finish()


class DatadogAwsArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `DatadogAws`."""

    role_name: str
    """Physical name of the role."""
    account_id: str
    """Account at AWS. Source: config `aws_account_id`."""
    partition: str
    """Its partition: `aws`."""
    regions: Sequence[str]
    """Regions whose metrics are read."""
    site: str
    """A key of `TRUSTED_ACCOUNTS`. Source: config `datadog.site`."""

    def __post_init__(self) -> None:
        """Refuse a site whose account is not known.

        Raises:
            ValueError: the site is not in `TRUSTED_ACCOUNTS`.

        """
        if self.site not in TRUSTED_ACCOUNTS:
            raise ValueError(f"site is {self.site!r}: one of {', '.join(TRUSTED_ACCOUNTS)}")


class DatadogAws(Component):
    """The integration of one account at AWS: Datadog takes a role that may read metrics, and nothing else."""

    role_arn: pulumi.Output[str]
    """ARN of the role."""

    def __init__(self, name: str, args: DatadogAwsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        external = random.RandomId(f"{name}-external", byte_length=16, opts=self._child())
        trust = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": f"arn:{args.partition}:iam::{TRUSTED_ACCOUNTS[args.site]}:root"},
            # Datadog's account is that of all its customers: this says whose role it takes.
            "Condition": {"StringEquals": {"sts:ExternalId": external.hex}},
        }
        role = aws.iam.Role(
            f"{name}-role",
            name=args.role_name,
            assume_role_policy=json_text({"Version": iam.POLICY_VERSION, "Statement": [trust]}),
            opts=self._child(),
        )
        services = [f"arn:{args.partition}:ecs:*:{args.account_id}:{kind}/*" for kind in ("cluster", "service")]
        statements = [
            {"Effect": "Allow", "Action": list(READING), "Resource": "*"},
            {"Effect": "Allow", "Action": list(COUNTING), "Resource": services},
        ]
        policy = aws.iam.RolePolicy(
            f"{name}-role", role=role.id, policy=iam.document(statements), opts=self._child()
        )
        datadog.aws.IntegrationAccount(
            f"{name}-account",
            aws_account_id=args.account_id,
            aws_partition=args.partition,
            aws_regions={"include_onlies": list(args.regions)},
            auth_config={"aws_auth_config_role": {"role_name": role.name, "external_id": external.hex}},
            metrics_config={
                "enabled": True,
                "automute_enabled": False,
                "collect_cloudwatch_alarms": False,
                "collect_custom_metrics": False,
                "namespace_filters": {"include_onlies": sorted(NAMESPACES)},
            },
            logs_config={"lambda_forwarder": {}},
            resources_config={"cloud_security_posture_management_collection": False, "extended_collection": False},
            traces_config={"xray_services": {"include_onlies": []}},
            opts=self._child(depends_on=[policy]),
        )
        self.role_arn = role.arn
        self._finish()
