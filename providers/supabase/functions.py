"""Secrets of the edge functions of Supabase's projects.

https://supabase.com/docs/reference/api/introduction
"""

import hashlib
from collections.abc import Mapping

from providers._server.api import Api
from providers._server.handler import Accepted, Found, Handler
from providers.supabase.projects import path
from wire_format import Properties


class SecretsHandler(Handler):
    """Secrets of edge functions. Supabase tells a digest in place of a value: a change elsewhere shows by it."""

    page = "/secrets"

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Set the secrets."""
        self._set(api, given["projectRef"], given["secrets"])
        accepted(given["projectRef"])
        return {}

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return the secrets that are still as given; of one that is not, the digest."""
        found = api.find(path(id_, self.page))
        if found is None:
            return None
        digests = {it["name"]: it["value"] for it in found}
        wanted = given.get("secrets") or digests
        secrets = {
            name: value if digests[name] in (value, hashlib.sha256(value.encode()).hexdigest()) else digests[name]
            for name, value in wanted.items()
            if name in digests
        }
        return Found({"projectRef": id_, "secrets": secrets})

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:
        """Set the secrets, and delete those that are not given any more."""
        self._set(api, id_, news["secrets"])
        if gone := sorted(olds.get("secrets", {}).keys() - news["secrets"].keys()):
            api.call("DELETE", path(id_, self.page), gone)
        return {}

    def delete(self, api: Api, id_: str, given: Properties) -> None:
        """Delete the secrets that were given."""
        api.remove("DELETE", path(id_, self.page), sorted(given["secrets"]))

    def faults(self, given: Properties) -> list[tuple[str, str]]:
        """Refuse the names that Supabase keeps for itself."""
        taken = sorted(name for name in given["secrets"] if name.startswith("SUPABASE_"))
        return (
            [("secrets", f"given {', '.join(taken)}, allowed names that do not begin with SUPABASE_")]
            if taken
            else []
        )

    def _set(self, api: Api, ref: str, secrets: Mapping[str, str]) -> None:
        body = [{"name": name, "value": value} for name, value in sorted(secrets.items())]
        api.call("POST", path(ref, self.page), body)
