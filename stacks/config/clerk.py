"""Configuration of Clerk, which signs people in."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from stacks.config.base import HOSTNAME, UNIQUE, Model, Problem, VariableName

SECRET_KEY = "clerk.secret_key"  # noqa: S105  name of a source
"""Source of a secret variable."""
_KEY = re.compile(r"pk_(live|test)_([A-Za-z0-9+/_-]+=*)")
_ENDINGS = {"production": "live", "development": "test"}
"""What Clerk's keys of an instance say of it."""
_OWN_CLAIMS = frozenset({"azp", "exp", "iat", "iss", "jti", "nbf", "sid", "sub"})
"""Claims that a template may not set. https://clerk.com/docs/backend-requests/jwt-templates"""


def frontend_api(publishable_key: str) -> str:
    """Return the host that a publishable key names: Clerk writes it there in base64, with a `$` behind.

    Raises:
        ValueError: it names none.

    """
    found = _KEY.fullmatch(publishable_key)
    if found is None:
        raise ValueError("no publishable key")
    text = found[2].rstrip("=")
    try:
        host = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError("no publishable key") from None
    if not host.endswith("$") or not re.fullmatch(HOSTNAME, host[:-1]):
        raise ValueError("no publishable key")
    return host[:-1]


def _publishable(given: str) -> str:
    if given.startswith("sk_"):
        raise PydanticCustomError("publishable", "pk_..., for everybody: this is the secret key, change it")
    try:
        frontend_api(given)
    except ValueError:
        raise PydanticCustomError("publishable", "a key pk_live_... or pk_test_..., whole") from None
    return given


ORIGIN = r"^[a-z][a-z0-9+.-]*://[^\s/?#*]+$"
Origin = Annotated[str, Field(pattern=ORIGIN)]
"""Scheme and host, with a port if any."""


_DottedName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+$")]


class JwtTemplateConfig(Model):
    """A template of tokens, by which another service knows who is signed in."""

    claims: dict[str, Any] = Field(description="Claims, with Clerk's shortcodes: {role: authenticated}.")
    lifetime_seconds: Annotated[int, Field(ge=30, le=315_360_000)] = Field(
        default=60, description="How long a token is valid, in seconds."
    )
    allowed_clock_skew_seconds: Annotated[int, Field(ge=0, le=300)] = Field(
        default=5, description="How far clocks may differ, in seconds."
    )


class ClerkConfig(Model):
    """One instance of an application at Clerk; whatever is left out stays as it is there."""

    application_id: Annotated[str, Field(pattern=r"^app_[A-Za-z0-9_]+$")] = Field(
        description="Id of the application."
    )
    instance: Literal["production", "development"] = Field(
        default="production", description="Its instance: development has limits on users, and shows it."
    )
    publishable_key: Annotated[str, AfterValidator(_publishable)] = Field(
        description="The instance's publishable key, which everybody may know: it names the host of its API."
    )
    secret_key_secret: VariableName = Field(
        default="CLERK_SECRET_KEY",
        description="Name under `footing:secrets` of the instance's secret key, which clerk.secret_key is.",
    )
    sign_up: Literal["public", "restricted", "waitlist"] | None = Field(
        default=None, description="Who may sign up: everybody, whom somebody invites, or whom somebody lets in."
    )
    session_lifetime_seconds: Annotated[int, Field(ge=300, le=315_360_000)] | None = Field(
        default=None, description="After how long people have to sign in again, in seconds."
    )
    settings: dict[str, Any] = Field(
        default={},
        description="Further settings by the names of Clerk's API, as `clerk config pull` prints them: "
        "{connection_oauth_google: {enabled: true, client_id: ...}}.",
    )
    setting_secrets: dict[_DottedName, VariableName] = Field(
        default={},
        description="Settings that are secrets: name under `footing:secrets` by dotted name: "
        "{connection_oauth_google.client_secret: GOOGLE_CLIENT_SECRET}.",
    )
    allowed_origins: Annotated[list[Origin], UNIQUE] = Field(
        default=[],
        description="Origins beside the application's own domain that may ask the instance: of native "
        "applications and extensions of browsers. Left out, they stay as they are.",
    )
    jwt_templates: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")], JwtTemplateConfig] = Field(
        default={}, description="Templates of tokens by name, for example supabase."
    )
    redirect_urls: Annotated[list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9+.-]*://\S+$")]], UNIQUE] = Field(
        default=[], description="Addresses to which native applications may be sent back."
    )

    @property
    def issuer(self) -> str:
        """Issuer of its tokens."""
        return f"https://{frontend_api(self.publishable_key)}"

    @property
    def secret_names(self) -> list[str]:
        """Names under `footing:secrets` that it needs."""
        return [self.secret_key_secret, *self.setting_secrets.values()]


def clerk_problems(config: ClerkConfig | None) -> Iterator[Problem]:
    """Yield what does not fit: keys of another instance, and settings that are there twice or are secrets."""
    if config is None:
        return
    ending = _ENDINGS[config.instance]
    if not config.publishable_key.startswith(f"pk_{ending}_"):
        allowed = f"allowed pk_{ending}_... with instance {config.instance}"
        yield "clerk.publishable_key", f"given a key of the other instance, {allowed}"
    for origin in config.allowed_origins:
        if re.match(r"http://(?!localhost(:|$))", origin):
            yield "clerk.allowed_origins", f"given {origin}, allowed https://, or http://localhost"
    yield from _setting_problems(config)
    for name, template in config.jwt_templates.items():
        if taken := sorted(_OWN_CLAIMS & set(template.claims)):
            given = f"given {', '.join(taken)}, which Clerk sets itself, allowed other claims"
            yield f"clerk.jwt_templates.{name}.claims", given


def _setting_problems(config: ClerkConfig) -> Iterator[Problem]:
    own = {"session.lifetime": "session_lifetime_seconds", "sign_up.mode": "sign_up"}
    for block in (config.settings, config.setting_secrets):
        for name in _dotted(block):
            if name in own:
                yield f"clerk.settings.{name}", f"given, allowed as clerk.{own[name]}"
    for name in ("session", "sign_up"):
        if not isinstance(config.settings.get(name, {}), Mapping):
            yield f"clerk.settings.{name}", f"given {config.settings[name]!r}, allowed a block of keys"
    for name in _dotted(config.settings):
        if name in config.setting_secrets:
            yield f"clerk.settings.{name}", "given, which setting_secrets has too, allowed one place"
        if name.endswith(("secret", "private_key", "token")):
            yield f"clerk.settings.{name}", "looks like a secret; move it to clerk.setting_secrets"


def _dotted(settings: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from _dotted(value, f"{before}{name}.")
        else:
            yield before + name
