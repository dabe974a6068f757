"""Projects of Neon.

https://api-docs.neon.tech/reference/createproject
"""

from collections.abc import Mapping
from typing import Any

from providers._server.api import Api, VendorError
from providers._server.handler import Accepted, Found, Handler
from providers.neon.computes import compute_settings, hosts, setting_faults, settings, told
from providers.neon.operations import MOST_BRANCHES, change, path, ready, wait
from wire_format import Properties

MOST_PROJECTS = 400
"""On one page."""


def every_project(api: Api, organization: str | None) -> list[Any]:
    """Return every project of an organization, or of the key, page by page."""
    found: list[Any] = []
    query: dict[str, Any] = {"limit": MOST_PROJECTS, **({"org_id": organization} if organization else {})}
    while True:
        answer = api.get("/projects", query)
        found += answer["projects"]
        cursor = answer.get("pagination", {}).get("cursor")
        if len(answer["projects"]) < MOST_PROJECTS or not cursor:
            return found
        query["cursor"] = cursor


class ProjectHandler(Handler):
    """Projects."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a project, and wait for its first branch and compute."""
        fixed = {
            name: given[key]
            for key, name in {"regionId": "region_id", "pgVersion": "pg_version", "orgId": "org_id"}.items()
            if given.get(key) is not None
        }

        def alike() -> Mapping[str, Any]:
            every = every_project(api, given.get("orgId"))
            wanted = (given["name"], given["regionId"])
            return {it["id"]: {"project": it} for it in every if (it["name"], it["region_id"]) == wanted}

        answer = api.create("/projects", {"project": {**self._body(given), **fixed}}, alike)
        id_ = answer["project"]["id"]
        accepted(id_)
        wait(api, id_, answer)
        return self._ready(api, id_)

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a project; of a setting that its compute has otherwise, the compute's."""
        answer = api.find(path(id_))
        if answer is None:
            return None
        project = answer["project"]
        branch, endpoint = self._default(api, id_)
        defaults = told(project.get("default_endpoint_settings", {}), given)
        actual = told(endpoint, given) if endpoint else {}
        ips = project.get("settings", {}).get("allowed_ips", {})
        optional = {
            "pgVersion": project["pg_version"],
            "orgId": project.get("org_id"),
            "historyRetentionSeconds": project["history_retention_seconds"],
            "allowedIps": ips.get("ips", []),
            "allowedIpsProtectedBranchesOnly": ips.get("protected_branches_only", False),
        }
        inputs = {
            "name": project["name"],
            "regionId": project["region_id"],
            **{key: value for key, value in optional.items() if given.get(key) is not None or not given},
            **defaults,
            **{key: value for key, value in actual.items() if value != given.get(key)},
        }
        return Found(inputs, self._computed(branch, endpoint))

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change the project; what its compute has otherwise, there as well, which restarts it."""
        wait(api, id_)
        change(api, "PATCH", id_, "", {"project": self._body(news)})
        _, endpoint = self._default(api, id_)
        if endpoint and told(endpoint, news) != told(settings(news), news):
            change(api, "PATCH", id_, f"/endpoints/{endpoint['id']}", {"endpoint": compute_settings(news)})
        return self._ready(api, id_)

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a project with all its branches."""
        api.remove("DELETE", path(id_))

    def faults(self, given: Properties) -> list[tuple[str, str]]:
        """Return which sizes and times its compute cannot have, and a bound of addresses that are not given."""
        key = "allowedIpsProtectedBranchesOnly"
        alone = given.get(key) is not None and given.get("allowedIps") is None
        return [*setting_faults(given), *([(key, "is given, and no allowedIps")] if alone else ())]

    def _body(self, given: Properties) -> dict[str, Any]:
        """Return what can be given to a new project and to an old one."""
        body: dict[str, Any] = {"name": given["name"]}
        if given.get("historyRetentionSeconds") is not None:
            body["history_retention_seconds"] = given["historyRetentionSeconds"]
        if defaults := settings(given):
            body["default_endpoint_settings"] = defaults
        if given.get("allowedIps") is not None:
            only = bool(given.get("allowedIpsProtectedBranchesOnly"))
            body["settings"] = {"allowed_ips": {"ips": given["allowedIps"], "protected_branches_only": only}}
        return body

    def _default(self, api: Api, id_: str) -> tuple[Any, Any]:
        """Return the default branch and its read-write compute; None where somebody deleted that."""
        branch = next(
            it for it in api.get(path(id_, "/branches"), {"limit": MOST_BRANCHES})["branches"] if it["default"]
        )
        endpoints = api.get(path(id_, "/endpoints"))["endpoints"]
        own = (it for it in endpoints if (it["branch_id"], it["type"]) == (branch["id"], "read_write"))
        return branch, next(own, None)

    def _ready(self, api: Api, id_: str) -> Properties:
        branch, endpoint = self._default(api, id_)
        if endpoint is None:
            raise VendorError(f"the default branch {branch['id']} of {id_} has no read-write compute any more")
        return self._computed(ready("branch", branch), ready("compute", endpoint))

    def _computed(self, branch: Any, endpoint: Any) -> Properties:
        return {"defaultBranchId": branch["id"], **(hosts(endpoint) if endpoint else {})}
