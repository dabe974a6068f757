"""Grafana Cloud: a stack with a hosted Prometheus, and a token that may write to it and expires."""

import pulumi
import pulumiverse_grafana as grafana
from msgspec import Struct

from components.aws import secrets_manager
from components.component import Component

WRITE_SCOPES = ("metrics:write",)
"""What the token may do. https://grafana.com/docs/grafana-cloud/account-management/authentication-and-permissions/"""
LEAST_TOKEN_DAYS = 2
"""Shortest life of a token: its second half is when a deployment replaces it."""


class GrafanaCloudArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `GrafanaCloud`; its provider needs a token of the organization."""

    slug: str
    """Subdomain of the stack at grafana.net: lower-case letters and digits. Fixed for its life."""
    region: str
    """Grafana's own name of the region, for example `prod-us-east-0`. Fixed for the stack's life."""
    token_days: int
    """After how many days a token no longer works, 2 or more. A deployment in the second half replaces it."""
    in_aws: bool = True
    """Whether the token is stored in AWS Secrets Manager, for tasks; not where nothing runs at AWS."""
    protect: bool = True
    """Refuse to delete the stack: its series and dashboards go with it."""

    def __post_init__(self) -> None:
        """Refuse a token that expires before it could be replaced.

        Raises:
            ValueError: `token_days` is below 2, or `slug` is no subdomain.

        """
        if self.token_days < LEAST_TOKEN_DAYS:
            raise ValueError(f"token_days is {self.token_days}: at least {LEAST_TOKEN_DAYS}")
        if not (self.slug.isascii() and self.slug.isalnum() and self.slug == self.slug.lower()):
            raise ValueError(f"slug is {self.slug!r}: lower-case letters and digits")


class GrafanaCloud(Component):
    """One stack at Grafana Cloud. Stateful: its series are nowhere else."""

    stack_url: pulumi.Output[str]
    """Address of its Grafana."""
    query_url: pulumi.Output[str]
    """Address of a data source."""
    remote_write_url: pulumi.Output[str]
    """Address that collectors write to."""
    remote_write_user: pulumi.Output[str]
    """User that they write as."""
    token_secret_arn: pulumi.Output[str]
    """ARN of the secret with the key `token`; empty where `in_aws` is false."""
    token_secret_version_id: pulumi.Output[str]
    """Version of that secret; a task that names it is replaced with the token."""

    def __init__(self, name: str, args: GrafanaCloudArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        stack = grafana.cloud.Stack(
            f"{name}-stack",
            name=args.slug,
            slug=args.slug,
            region_slug=args.region,
            delete_protection=args.protect,
            opts=self._protected(args.protect) or self._child(),
        )
        policy = grafana.cloud.AccessPolicy(
            f"{name}-write",
            name=f"{args.slug}-metrics-write",
            region=args.region,
            scopes=list(WRITE_SCOPES),
            realms=[{"type": "stack", "identifier": stack.id}],
            opts=self._child(),
        )
        token = grafana.cloud.AccessPolicyRotatingToken(
            f"{name}-write",
            access_policy_id=policy.policy_id,
            region=args.region,
            name_prefix=f"{args.slug}-metrics",
            expire_after=f"{args.token_days * 24}h",
            early_rotation_window=f"{args.token_days * 12}h",
            delete_on_destroy=True,
            opts=self._child(),
        )
        self.stack_url = stack.url
        self.query_url = stack.prometheus_remote_endpoint
        self.remote_write_url = stack.prometheus_remote_write_endpoint
        self.remote_write_user = stack.prometheus_user_id.apply(str)
        self._token: pulumi.Output[str] = pulumi.Output.secret(token.token)
        self.token_secret_arn = self.token_secret_version_id = pulumi.Output.from_input("")
        if args.in_aws:
            about = f"Writes metrics to {args.slug} at Grafana Cloud"
            secret = secrets_manager.make_secret(f"{name}-token", about, {"token": token.token}, self._child())
            self.token_secret_arn, self.token_secret_version_id = secret.secret_arn, secret.version_id
        self._finish()

    @property
    def token(self) -> pulumi.Output[str]:
        """Secret. The token itself, for what runs outside of AWS; no output of the component."""
        return self._token
