"""Types of the provider `footing-clerk`."""

from collections.abc import Mapping, Sequence
from typing import Any

from providers.description import Property, Resource, optional, required

PACKAGE = "footing-clerk"


class InstanceConfig(Resource, package=PACKAGE):
    """Settings of an instance, as sign-in methods and sessions; those that are not given stay as they are."""

    application_id: Property[str] = required("Id of the application.", replaces=True, pattern=r"[\w-]+")
    instance: Property[str] = required(
        "Its environment, `development` or `production`, or the id of the instance.",
        replaces=True,
        pattern=r"[\w-]+",
    )
    settings: Property[Mapping[str, Any]] = required(
        "Settings by the API's names, nested as there: `session` with `lifetime` in it."
    )
    secrets: Property[Mapping[str, Any] | None] = optional(
        "The same, for what must not be shown: `connection_oauth_google` with `client_secret`. Clerk does not "
        "tell them: a change elsewhere is not noticed.",
        default=None,
        secret=True,
    )


class JwtTemplate(Resource, package=PACKAGE):
    """A template of tokens that an application asks for by its name. The secret key says of which instance."""

    name: Property[str] = required("Name, by which it is asked for.", pattern=r".+")
    claims: Property[Mapping[str, Any]] = required("Claims, with Clerk's shortcodes: `{{user.id}}`.")
    lifetime_seconds: Property[int | None] = optional(
        "How long a token is valid.", default=None, minimum=30, maximum=315360000
    )
    allowed_clock_skew_seconds: Property[int | None] = optional(
        "How far clocks may differ.", default=None, minimum=0, maximum=300
    )
    signing_algorithm: Property[str | None] = optional(
        "Algorithm of a key of one's own, for example `HS256`; the instance's key signs when left out.",
        default=None,
    )
    signing_key: Property[str | None] = optional(
        "Key of one's own. Clerk does not tell it: a change elsewhere is not noticed.", default=None, secret=True
    )


class AllowedOrigins(Resource, package=PACKAGE):
    """Who may ask an instance beside its own domain. The secret key says of which instance."""

    origins: Property[Sequence[str]] = required(
        "Origins of native applications and extensions: `chrome-extension://ID`, `capacitor://localhost`."
    )


class RedirectUrl(Resource, package=PACKAGE):
    """An address to which native applications may be sent back. The secret key says of which instance."""

    url: Property[str] = required(
        "The whole address, of https or a scheme of one's own: `shop://callback`.",
        replaces=True,
        pattern=r"[a-z][a-z0-9+.-]*://\S+",
    )
