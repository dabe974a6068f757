"""What belongs to one of Clerk's instances, which the secret key names: templates of tokens, redirect addresses.

https://github.com/clerk/openapi-specs/blob/main/bapi/2026-05-12.yml
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from providers._server.api import Api
from providers._server.handler import Accepted, Found, Handler, Setting
from wire_format import Properties

SECRET_KEY = "CLERK_SECRET_KEY"  # noqa: S105  name of a variable
_MOST = 500
"""Things of one page of a list, the API's largest."""
_NAMES: Mapping[str, str] = {
    "name": "name",
    "claims": "claims",
    "lifetimeSeconds": "lifetime",
    "allowedClockSkewSeconds": "allowed_clock_skew",
    "signingAlgorithm": "signing_algorithm",
    "signingKey": "signing_key",
}
"""Clerk's names of a template's properties, by ours on the wire."""


def _alike(api: Api, page: str, name: str, value: str) -> Mapping[str, Any]:
    return {it["id"]: it for it in api.get(page, {"limit": _MOST}) if it[name] == value}


class TemplateHandler(Handler):
    """Templates of tokens."""

    credentials = (SECRET_KEY,)
    page = "/jwt_templates"

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a template."""
        alike = partial(_alike, api, self.page, "name", given["name"])
        accepted(api.create(self.page, self._body({}, given), alike)["id"])
        return {}

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a template; a key of one's own as it is given, unless Clerk signs with another."""
        found = api.find(f"{self.page}/{id_}")
        if found is None:
            return None
        names = [key for key in ("lifetimeSeconds", "allowedClockSkewSeconds") if key in given or not given]
        own = given.get("signingKey") is not None and found["custom_signing_key"]
        names += ["signingAlgorithm"] if own else []
        inputs = {key: found[_NAMES[key]] for key in ("name", "claims", *names)}
        return Found({**inputs, **({"signingKey": given["signingKey"]} if own else {})})

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:
        """Change a template."""
        api.call("PATCH", f"{self.page}/{id_}", self._body(olds, news))
        return {}

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a template."""
        api.remove("DELETE", f"{self.page}/{id_}")

    def faults(self, given: Properties) -> list[tuple[str, str]]:
        """Refuse an algorithm without a key, and a key without one."""
        key, algorithm = (given.get(name) is not None for name in ("signingKey", "signingAlgorithm"))
        missing = {"signingKey": algorithm and not key, "signingAlgorithm": key and not algorithm}
        return [(name, "is missing: key and algorithm go together") for name, it in missing.items() if it]

    def _body(self, olds: Properties, news: Properties) -> dict[str, Any]:
        """Return what is given, and null for what is not any more."""
        body = {name: news.get(key) for key, name in _NAMES.items() if key in news or key in olds}
        return {**body, "custom_signing_key": news.get("signingKey") is not None}


class OriginsHandler(Setting):
    """Origins beside an instance's own domain; its id is one word, for the key names the instance."""

    credentials = (SECRET_KEY,)
    page = "/instance"

    def identity(self, given: Properties) -> str:  # noqa: ARG002
        """Return the word."""
        return "instance"

    def write(self, api: Api, given: Properties) -> None:
        """Send all origins."""
        api.call("PATCH", self.page, {"allowed_origins": given["origins"]})

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:  # noqa: ARG002
        """Return the origins, in the order in which they are given where they are the same."""
        found, wanted = api.get(self.page)["allowed_origins"] or [], given.get("origins")
        same = wanted is not None and sorted(found) == sorted(wanted)
        return Found({"origins": wanted if same else found})


class RedirectHandler(Handler):
    """Redirect addresses."""

    credentials = (SECRET_KEY,)
    page = "/redirect_urls"

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make an address known."""
        alike = partial(_alike, api, self.page, "url", given["url"])
        accepted(api.create(self.page, {"url": given["url"]}, alike)["id"])
        return {}

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:  # noqa: ARG002
        """Return an address."""
        found = api.find(f"{self.page}/{id_}")
        return found and Found({"url": found["url"]})

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Return nothing: each change allows a new address."""
        return {}

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete an address."""
        api.remove("DELETE", f"{self.page}/{id_}")
