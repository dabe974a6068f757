"""Asks vendors' APIs what only they know, with the tokens that deploy; nothing but GET is ever sent."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from observability import Vendor, VendorQuestion
from readiness.answer import AbsentError, Asker, Askers, NotAskedError
from readiness.context import LiveStack, filled
from readiness.look_up import value_at
from readiness.web import LOOPBACK, send

REFUSED: Final = (401, 403)
NOT_FOUND: Final = 404
GOOD: Final = range(200, 300)


class Access(Struct, frozen=True, kw_only=True):
    """How a vendor is asked."""

    address: str = ""
    """Address of its API; empty where the question has it."""
    variable: str = ""
    """Variable of the environment with another address, as deploying reads it."""
    headers: Mapping[str, tuple[str, str]]
    """Variable with each credential, and what is made of it: a header and its text."""
    basic: bool = False
    """Whether the credentials are a user and a password."""
    more: Mapping[str, str] = {}
    """Further headers."""


_BEARER: Final = ("Authorization", "Bearer {}")
ACCESS: Final[Mapping[Vendor, Access]] = {
    # https://clerk.com/docs/reference/platform-api
    Vendor.CLERK: Access(
        address="https://api.clerk.com/v1",
        variable="FOOTING_CLERK_ENDPOINT",
        headers={"CLERK_PLATFORM_API_KEY": _BEARER},
    ),
    # https://developers.cloudflare.com/api/
    Vendor.CLOUDFLARE: Access(
        address="https://api.cloudflare.com/client/v4", headers={"CLOUDFLARE_API_TOKEN": _BEARER}
    ),
    # https://docs.datadoghq.com/api/latest/authentication/
    Vendor.DATADOG: Access(
        headers={"DATADOG_API_KEY": ("DD-API-KEY", "{}"), "DATADOG_APP_KEY": ("DD-APPLICATION-KEY", "{}")}
    ),
    # https://fly.io/docs/machines/api/
    Vendor.FLY: Access(address="https://api.machines.dev/v1", headers={"FLY_MACHINES_APIKEY": _BEARER}),
    # https://docs.github.com/rest
    Vendor.GITHUB: Access(
        address="https://api.github.com",
        headers={"GITHUB_TOKEN": _BEARER},
        more={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
    ),
    # https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/
    Vendor.GRAFANA: Access(headers={"GRAFANA_AUTH": _BEARER}),
    # https://api-docs.neon.tech/reference/getting-started-with-neon-api
    Vendor.NEON: Access(
        address="https://console.neon.tech/api/v2",
        variable="FOOTING_NEON_ENDPOINT",
        headers={"NEON_API_KEY": _BEARER},
    ),
    # https://redis.io/docs/latest/operate/rc/api/
    Vendor.REDIS_CLOUD: Access(
        address="https://api.redislabs.com/v1",
        variable="FOOTING_REDISCLOUD_ENDPOINT",
        headers={
            "REDISCLOUD_ACCESS_KEY": ("x-api-key", "{}"),
            "REDISCLOUD_SECRET_KEY": ("x-api-secret-key", "{}"),
        },
    ),
    # https://docs.sentry.io/api/
    Vendor.SENTRY: Access(
        address="https://sentry.io", variable="FOOTING_SENTRY_ENDPOINT", headers={"SENTRY_AUTH_TOKEN": _BEARER}
    ),
    # https://supabase.com/docs/reference/api/introduction
    Vendor.SUPABASE: Access(
        address="https://api.supabase.com",
        variable="FOOTING_SUPABASE_ENDPOINT",
        headers={"SUPABASE_ACCESS_TOKEN": _BEARER},
    ),
    # https://upstash.com/docs/devops/developer-api/introduction
    Vendor.UPSTASH: Access(
        address="https://api.upstash.com/v2",
        headers={"UPSTASH_EMAIL": ("Authorization", "{}"), "UPSTASH_API_KEY": ("Authorization", "{}")},
        basic=True,
    ),
    # https://vercel.com/docs/rest-api
    Vendor.VERCEL: Access(address="https://api.vercel.com", headers={"VERCEL_API_TOKEN": _BEARER}),
}
"""Every vendor; the variables are those of deploying."""


def askers(live: LiveStack) -> Askers:
    """Return what asks vendors, by the kind of its questions."""
    return {VendorQuestion: asker(live)}


def asker(live: LiveStack, access: Mapping[Vendor, Access] = ACCESS) -> Asker:
    """Return what asks vendors."""

    def ask(question: VendorQuestion) -> object:
        asked, way = filled(question, live), access[question.vendor]
        headers = credentials(question.vendor, way, live.environment)
        return value_at(_get(asked, way, live, headers), asked.path)

    return ask


def credentials(vendor: Vendor, access: Access, environment: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that say who asks.

    Raises:
        NotAskedError: a variable is not set, or no line of text.

    """
    given = {name: str(environment.get(name) or "").strip() for name in access.headers}
    if missing := [name for name, value in given.items() if not value]:
        raise NotAskedError(f"{' and '.join(missing)} not set: {vendor} is asked with what deploys")
    if wrong := [name for name, value in given.items() if not (value.isascii() and value.isprintable())]:
        raise NotAskedError(f"{' and '.join(wrong)} is no line of text")
    if access.basic or (vendor is Vendor.GRAFANA and ":" in given["GRAFANA_AUTH"]):
        return {
            **access.more,
            "Authorization": f"Basic {base64.b64encode(':'.join(given.values()).encode()).decode()}",
        }
    return {**access.more, **{header: text.format(given[name]) for name, (header, text) in access.headers.items()}}


def _get(question: VendorQuestion, access: Access, live: LiveStack, headers: Mapping[str, str]) -> Any:
    """Return the JSON that the vendor answers."""
    base = str(live.environment.get(access.variable) or "") if access.variable else ""
    url = (base or access.address).rstrip("/") + question.url
    place = urlsplit(url)
    if place.scheme != "https" and not (place.scheme == "http" and place.hostname in LOOPBACK):
        raise NotAskedError(f"{place.netloc or url} is not asked: a token goes over https alone")
    if live.simulated and place.hostname not in LOOPBACK:
        raise NotAskedError(f"the stack is simulated: {question.vendor} knows nothing of it")
    answer = send("GET", url, headers)
    asked = f"GET {place.path}"
    if answer.status == NOT_FOUND:
        raise AbsentError(f"{question.vendor} has nothing at {place.path}")
    if answer.status in REFUSED:
        names = " and ".join(access.headers)
        raise NotAskedError(f"{question.vendor} refuses {names}: {asked} answers {answer.status}")
    if answer.status not in GOOD:
        raise NotAskedError(f"{question.vendor}: {asked} answers {answer.status}")
    try:
        return json.loads(answer.body)
    except ValueError:
        raise NotAskedError(f"{question.vendor}: {asked} answers something that is no JSON") from None
