"""Sign-in by Clerk."""

from typing import Any

import pulumi

from components.clerk.component import Clerk, ClerkArgs, JwtTemplateArgs
from stacks.compose.stack import Stack


def make_clerk(stack: Stack) -> Clerk | None:
    """Return the configuration of the instance; None without the block `clerk`."""
    config = stack.config.clerk
    if config is None:
        return None
    settings: dict[str, Any] = dict(config.settings)
    own: dict[str, dict[str, Any]] = {
        "session": {"lifetime": config.session_lifetime_seconds} if config.session_lifetime_seconds else {},
        "sign_up": {"mode": config.sign_up} if config.sign_up else {},
    }
    for name, values in own.items():
        if values:
            settings[name] = {**settings.get(name, {}), **values}
    return Clerk(
        "clerk",
        ClerkArgs(
            application_id=config.application_id,
            instance=config.instance,
            publishable_key=config.publishable_key,
            issuer=config.issuer,
            secret_key=stack.secrets[config.secret_key_secret],
            settings=settings,
            setting_secrets={key: stack.secrets[name] for key, name in config.setting_secrets.items()},
            allowed_origins=config.allowed_origins,
            jwt_templates={
                name: JwtTemplateArgs(
                    claims=it.claims,
                    lifetime_seconds=it.lifetime_seconds,
                    allowed_clock_skew_seconds=it.allowed_clock_skew_seconds,
                )
                for name, it in config.jwt_templates.items()
            },
            redirect_urls=config.redirect_urls,
        ),
        stack.opts,
    )


def clerk_outputs(clerk: Clerk | None) -> dict[str, pulumi.Input[Any]]:
    """Return the stack's outputs about who verifies its tokens."""
    return {"clerk_issuer": clerk.issuer, "clerk_jwks_url": clerk.jwks_url} if clerk else {}
