"""One instance of an application at Clerk: its settings, origins, templates of tokens and redirect addresses."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from msgspec import Struct, field

from components.component import Component
from observability import (
    Board,
    ByHand,
    Check,
    Comparison,
    Group,
    HttpQuestion,
    Signals,
    Vendor,
    VendorQuestion,
    Wanted,
)
from providers.clerk import resources as clerk

JWKS_PATH = "/.well-known/jwks.json"
"""Where an issuer publishes the keys that verify its tokens. https://clerk.com/docs/backend-requests/manual-jwt"""


class JwtTemplateArgs(Struct, frozen=True, kw_only=True):
    """A template of tokens."""

    claims: Mapping[str, Any]
    """Claims, with Clerk's shortcodes."""
    lifetime_seconds: int = 60
    """How long a token is valid."""
    allowed_clock_skew_seconds: int = 5
    """How far clocks may differ."""


class ClerkArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Clerk`."""

    application_id: str
    """Id of the application. Source: config `clerk.application_id`."""
    instance: str = "production"
    """Its instance. Source: config `clerk.instance`."""
    publishable_key: str
    """Key of the instance for everybody. Source: config `clerk.publishable_key`."""
    issuer: str
    """Address of the instance's API for browsers, which the publishable key names."""
    secret_key: pulumi.Input[str]
    """Key of the instance for servers."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings by the names of Clerk's API, nested as there; the others stay as they are."""
    setting_secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Settings that are secrets, by dotted name."""
    allowed_origins: Sequence[str] = ()
    """Origins beside the instance's own domain; empty leaves them as they are."""
    jwt_templates: Mapping[str, JwtTemplateArgs] = field(default_factory=dict)
    """Templates of tokens by name."""
    redirect_urls: Sequence[str] = ()
    """Addresses to which native applications may be sent back."""


class Clerk(Component):
    """An instance's configuration. The application and its domain are made in Clerk's pages."""

    publishable_key: pulumi.Output[str]
    """Key for browsers."""
    secret_key: pulumi.Output[str]
    """Secret. Key for servers."""
    issuer: pulumi.Output[str]
    """Issuer of its tokens."""
    jwks_url: pulumi.Output[str]
    """Address of the keys that verify its tokens."""

    def __init__(self, name: str, args: ClerkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        if args.settings or args.setting_secrets:
            secrets = _nested(args.setting_secrets)
            clerk.InstanceConfig(
                f"{name}-instance",
                application_id=args.application_id,
                instance=args.instance,
                settings=dict(args.settings),
                secrets=pulumi.Output.from_input(secrets) if secrets else None,
                opts=self._child(),
            )
        if args.allowed_origins:
            clerk.AllowedOrigins(f"{name}-origins", origins=list(args.allowed_origins), opts=self._child())
        for template, it in args.jwt_templates.items():
            clerk.JwtTemplate(
                f"{name}-template-{template}",
                name=template,
                claims=dict(it.claims),
                lifetime_seconds=it.lifetime_seconds,
                allowed_clock_skew_seconds=it.allowed_clock_skew_seconds,
                opts=self._child(),
            )
        for number, url in enumerate(args.redirect_urls, 1):
            clerk.RedirectUrl(f"{name}-redirect-{number}", url=url, opts=self._child())
        self.publishable_key = pulumi.Output.from_input(args.publishable_key)
        self.secret_key = pulumi.Output.secret(args.secret_key)
        self.issuer = pulumi.Output.from_input(args.issuer)
        self.jwks_url = pulumi.Output.concat(args.issuer, JWKS_PATH)
        self._finish()

    @property
    def signals(self) -> Signals:
        """Checks; Clerk's own pages count users."""
        return Signals(subject="Sign-in", board=Board.EDGE, checks=clerk_checks(self._args))


def clerk_checks(args: ClerkArgs) -> tuple[Check, ...]:
    """Return the checks of an instance; each setting of the stack's file is compared with Clerk's."""
    instance = f"/platform/applications/{args.application_id}/instances/{args.instance}/config"
    told = ((path, json.dumps(value)) for path, value in _leaves(args.settings))
    wanted = [f"{path} == `{value}`" for path, value in told if "`" not in value]
    return (
        Check(
            id="clerk-keys",
            group=Group.SIGN_IN,
            title="The keys that verify Clerk's tokens are published",
            question=HttpQuestion(
                url=args.issuer + JWKS_PATH, part="json keys[0].kid", wanted=Wanted(Comparison.PRESENT)
            ),
            fix="Enter the records of its page Domains at the zone; compare clerk.publishable_key with that page.",
        ),
        Check(
            id="clerk-sign-in",
            group=Group.SIGN_IN,
            title="Clerk's sign-in methods are those of the stack's file",
            question=VendorQuestion(
                vendor=Vendor.CLERK,
                url=instance,
                path=" && ".join(wanted) or "type(@) == 'object'",
                wanted=Wanted(Comparison.IS, value=True),
            ),
            fix="Apply again: what somebody changed in Clerk's pages shows in `pulumi preview --refresh`.",
        ),
        Check(
            id="clerk-webhooks",
            group=Group.SIGN_IN,
            title="Clerk's webhooks arrive",
            question=ByHand("Clerk's page Webhooks: no endpoint with failed messages"),
            fix="Add or enable the endpoint there: no API does. Its signing secret goes to services.NAME.secrets.",
        ),
    )


def _leaves(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each setting by the JMESPath at which it is told."""
    for name, value in settings.items():
        path = f'{above}"{name}"'
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def _nested(dotted: Mapping[str, pulumi.Input[str]]) -> dict[str, Any]:
    """Return settings by dotted name as Clerk nests them."""
    found: dict[str, Any] = {}
    for name, value in dotted.items():
        *above, last = name.split(".")
        block = found
        for key in above:
            block = block.setdefault(key, {})
        block[last] = value
    return found
