"""The role at AWS that one environment of one repository takes, by a token of GitHub that lives for minutes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from msgspec import Struct, field

from components.aws import iam
from components.component import Component
from components.document import json_text

ISSUER = "token.actions.githubusercontent.com"
"""Who issues the tokens of workflows. https://docs.github.com/actions/concepts/security/openid-connect"""
AUDIENCE = "sts.amazonaws.com"
"""For whom a token is meant that AWS takes."""
SERVICES = ("ecs:DescribeServices", "ecs:UpdateService")
"""What a deployment of an image does to services."""


class DeployRoleArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `DeployRole`."""

    repository: str
    """Owner and name: `example/shop`. Source: config `github.repository`."""
    github_environment: str
    """Environment of the repository whose workflows take the role."""
    partition: str
    """Partition of the account: `aws`."""
    account_id: str
    """The account. Source: config `aws_account_id`."""
    makes_provider: bool = False
    """Whether GitHub's identity provider is made here: an account has one of them."""
    services_arn: str | None = None
    """ARN of the services that may be deployed, with `*` for those of a cluster; none when left out."""
    statements: Sequence[Mapping[str, Any]] = field(default_factory=list)
    """What else it may do, as statements of a policy document. Source: config `github.permissions`."""


class DeployRole(Component):
    """One role, and GitHub's identity provider where the account has none yet."""

    role_arn: pulumi.Output[str]
    """ARN of the role, once it may do what it is for."""

    def __init__(self, name: str, args: DeployRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        needed = (
            [
                aws.iam.OpenIdConnectProvider(
                    f"{name}-issuer", url=f"https://{ISSUER}", client_id_lists=[AUDIENCE], opts=self._child()
                )
            ]
            if args.makes_provider
            else []
        )
        trust = {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            # Its name is known before it is made, so that the gate reads all of the trust.
            "Principal": {"Federated": f"arn:{args.partition}:iam::{args.account_id}:oidc-provider/{ISSUER}"},
            # GitHub issues tokens to every repository of the world: the subject alone says whose this is.
            "Condition": {
                "StringEquals": {
                    f"{ISSUER}:aud": AUDIENCE,
                    f"{ISSUER}:sub": f"repo:{args.repository}:environment:{args.github_environment}",
                }
            },
        }
        role = aws.iam.Role(
            f"{name}-role",
            assume_role_policy=json_text({"Version": iam.POLICY_VERSION, "Statement": [trust]}),
            opts=self._child(depends_on=needed),
        )
        deploying = {"Effect": "Allow", "Action": list(SERVICES), "Resource": args.services_arn}
        statements = [*([deploying] if args.services_arn else []), *args.statements]
        policies = [
            aws.iam.RolePolicy(f"{name}-role", role=role.id, policy=iam.document(statements), opts=self._child())
            for statements in ([statements] if statements else [])
        ]
        self.role_arn = iam.arn_with(role, *policies)
        self._finish()
