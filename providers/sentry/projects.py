"""Projects of Sentry and their keys.

https://docs.sentry.io/api/projects/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from providers._server.api import Api, VendorError
from providers._server.handler import Accepted, Found, Handler
from wire_format import Properties


def organization_path(organization: str, page: str) -> str:
    """Return the path of a page of an organization."""
    return f"/api/0/organizations/{organization}/{page}"


def project_path(organization: str, project: str, page: str = "") -> str:
    """Return the path of a project, or of a page of it."""
    return f"/api/0/projects/{organization}/{project}/{page}"


def places(id_: str, given: Properties, *owners: str) -> tuple[str, ...]:
    """Return the parts of an id, `ORGANIZATION/SLUG`; an earlier release's has the last one alone.

    Raises:
        VendorError: nothing says what is before it.

    """
    *before, own = id_.split("/")
    before = before or [given[it] for it in owners if it in given]
    if len(before) != len(owners):
        raise VendorError(f"given the id {id_!r}, allowed {'/'.join(it.upper() for it in owners)}/ID")
    return (*before, own)


def ordered(found: Sequence[str], given: Sequence[str] | None) -> list[str]:
    """Return what was found, in the given order where it is the same: Sentry keeps none."""
    return list(given if given is not None and sorted(found) == sorted(given) else found)


def switch(name: str, value: bool, given: Properties) -> Properties:  # noqa: FBT001
    """Return a switch that is on where it is left out, as it was found."""
    return {} if value and name not in given else {name: value}


class ProjectHandler(Handler):
    """Projects; an id is `ORGANIZATION/SLUG`."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a project of its first team, and give it the others."""
        organization, team = given["organization"], given["teams"][0]

        def alike() -> Mapping[str, Any]:
            found = api.find(project_path(organization, given["slug"]))
            return {found["id"]: found} if found else {}

        made = api.create(f"/api/0/teams/{organization}/{team}/projects/", self._body(given), alike)
        accepted(f"{organization}/{made['slug']}")
        self._set_teams(api, organization, made["slug"], given["teams"])
        return {}

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a project."""
        organization, slug = places(id_, given, "organization")
        found = api.find(project_path(organization, slug))
        if found is None:
            return None
        teams = ordered([it["slug"] for it in found["teams"]], given.get("teams"))
        inputs = {"organization": organization, "teams": teams, "name": found["name"], "slug": found["slug"]}
        known = "platform" in given or not given
        return Found({**given, **inputs, **({"platform": found["platform"]} if known else {})})

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change name, platform and teams."""
        organization, slug = places(id_, news, "organization")
        api.call("PUT", project_path(organization, slug), self._body(news))
        self._set_teams(api, organization, slug, news["teams"])
        return {}

    def delete(self, api: Api, id_: str, given: Properties) -> None:
        """Delete a project with its issues."""
        api.remove("DELETE", project_path(*places(id_, given, "organization")))

    def faults(self, given: Properties) -> list[tuple[str, str]]:
        """Refuse a project of nobody."""
        return [("teams", "given none, allowed one or more")] if given["teams"] == [] else []

    def _body(self, given: Properties) -> Properties:
        return {name: given[name] for name in ("name", "slug", "platform") if given.get(name) is not None}

    def _set_teams(self, api: Api, organization: str, slug: str, teams: Sequence[str]) -> None:
        found = {it["slug"] for it in api.get(project_path(organization, slug))["teams"]}
        for team in sorted(set(teams) - found):
            api.call("POST", project_path(organization, slug, f"teams/{team}/"))
        for team in sorted(found - set(teams)):
            api.remove("DELETE", project_path(organization, slug, f"teams/{team}/"))


class KeyHandler(Handler):
    """Client keys; an id is `ORGANIZATION/PROJECT/KEY`."""

    owners = ("organization", "project")

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a key."""
        organization, project = given["organization"], given["project"]
        path = project_path(organization, project, "keys/")
        made = api.create(path, self._body(given), lambda: {it["id"]: it for it in api.get(path)})
        accepted(f"{organization}/{project}/{made['id']}")
        if given.get("isActive") is False:
            made = api.call("PUT", f"{path}{made['id']}/", {"isActive": False})
        return self._computed(made)

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a key."""
        organization, project, key = places(id_, given, *self.owners)
        found = api.find(project_path(organization, project, f"keys/{key}/"))
        if found is None:
            return None
        limit = found["rateLimit"]
        limits = {"rateLimitCount": limit["count"], "rateLimitWindow": limit["window"]} if limit else {}
        inputs = {"organization": organization, "project": project, "name": found["name"], **limits}
        return Found({**inputs, **switch("isActive", found["isActive"], given)}, self._computed(found))

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change a key."""
        organization, project, key = places(id_, news, *self.owners)
        active = news.get("isActive") is not False
        body = {**self._body(news), "isActive": active}
        return self._computed(api.call("PUT", project_path(organization, project, f"keys/{key}/"), body))

    def delete(self, api: Api, id_: str, given: Properties) -> None:
        """Delete a key: what is sent with it is refused."""
        organization, project, key = places(id_, given, *self.owners)
        api.remove("DELETE", project_path(organization, project, f"keys/{key}/"))

    def faults(self, given: Properties) -> list[tuple[str, str]]:
        """Refuse half a limit."""
        names = ("rateLimitCount", "rateLimitWindow")
        left_out = [it for it in names if given.get(it) is None]
        return [(left_out[0], "is missing: a limit is a count in a window")] if len(left_out) == 1 else []

    def _body(self, given: Properties) -> Properties:
        limit = {"count": given.get("rateLimitCount"), "window": given.get("rateLimitWindow")}
        return {"name": given["name"], "rateLimit": limit}

    def _computed(self, found: Any) -> Properties:
        return {"dsnPublic": found["dsn"]["public"], "dsnSecret": found["dsn"]["secret"]}
