"""Branches of Neon, and the roles and databases on them.

https://api-docs.neon.tech/reference/createprojectbranch
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from providers._server.api import Api, VendorError
from providers._server.handler import Accepted, Found, Handler
from providers.neon.operations import MOST_BRANCHES, change, make, path, ready, remove, wait
from wire_format import Properties


class BranchHandler(Handler):
    """Branches; an id is `PROJECT/BRANCH`."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a branch, and wait for it."""
        project = given["projectId"]
        names = {"parentId": "parent_id", "initSource": "init_source", "protected": "protected"}
        names |= {"name": "name", "expiresAt": "expires_at"}
        body = {"branch": {name: given[key] for key, name in names.items() if given.get(key) is not None}}

        def alike() -> Mapping[str, Any]:
            every = api.get(path(project, "/branches"), {"limit": MOST_BRANCHES})["branches"]
            return {it["id"]: {"branch": it} for it in every if it["name"] == given["name"]}

        def made(answer: Any) -> None:
            accepted(f"{project}/{answer['branch']['id']}")

        answer = make(api, project, "/branches", body, alike, made)
        return self._ready(api, project, answer["branch"]["id"])

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a branch."""
        project, branch = id_.split("/")
        answer = api.find(path(project, f"/branches/{branch}"))
        if answer is None:
            return None
        found = answer["branch"]
        optional = {
            "parentId": found.get("parent_id"),
            "initSource": found.get("init_source"),
            "protected": found["protected"],
        }
        inputs = {key: value for key, value in optional.items() if given.get(key) is not None or not given}
        if found.get("expires_at"):
            inputs["expiresAt"] = found["expires_at"]
        return Found({"projectId": project, "name": found["name"], **inputs}, {"branchId": branch})

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:
        """Change name, protection and end."""
        project, branch = id_.split("/")
        wait(api, project)
        body = {"name": news["name"]}
        if news.get("protected") is not None:
            body["protected"] = news["protected"]
        if olds.get("expiresAt") != news.get("expiresAt"):
            body["expires_at"] = news.get("expiresAt")
        change(api, "PATCH", project, f"/branches/{branch}", {"branch": body})
        return self._ready(api, project, branch)

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a branch with its computes."""
        project, branch = id_.split("/")
        remove(api, project, f"/branches/{branch}")

    def _ready(self, api: Api, project: str, branch: str) -> Properties:
        ready("branch", api.get(path(project, f"/branches/{branch}"))["branch"])
        return {"branchId": branch}


class RoleHandler(Handler):
    """Roles; an id is `PROJECT/BRANCH/NAME`."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a role, and ask for its password."""
        project, branch, name = given["projectId"], given["branchId"], given["name"]
        page = f"/branches/{branch}/roles"

        def alike() -> Mapping[str, Any]:
            every = api.get(path(project, page))["roles"]
            return {it["name"]: {"role": it} for it in every if it["name"] == name}

        id_ = f"{project}/{branch}/{name}"
        make(api, project, page, {"role": {"name": name}}, alike, lambda _: accepted(id_))
        return self._password(api, id_)

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:  # noqa: ARG002
        """Return a role and its password."""
        project, branch, name = id_.split("/", 2)
        if api.find(path(project, self._page(branch, name))) is None:
            return None
        return Found({"projectId": project, "branchId": branch, "name": name}, self._password(api, id_))

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Return the password, once nothing is going on: each change makes a new role."""
        wait(api, id_.split("/", maxsplit=1)[0])
        return self._password(api, id_)

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a role."""
        project, branch, name = id_.split("/", 2)
        remove(api, project, self._page(branch, name))

    def _password(self, api: Api, id_: str) -> Properties:
        project, branch, name = id_.split("/", 2)
        return {"password": api.get(path(project, self._page(branch, name, "/reveal_password")))["password"]}

    def _page(self, branch: str, name: str, page: str = "") -> str:
        return f"/branches/{branch}/roles/{quote(name, safe='')}{page}"


class DatabaseHandler(Handler):
    """Databases; an id is `PROJECT/BRANCH/NUMBER`, for a database can be renamed."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a database, and ask for its addresses."""
        project, branch = given["projectId"], given["branchId"]
        body = {"database": {"name": given["name"], "owner_name": given["ownerName"]}}

        def alike() -> Mapping[str, Any]:
            every = self._all(api, project, branch)
            return {str(it["id"]): {"database": it} for it in every if it["name"] == given["name"]}

        def made(answer: Any) -> None:
            accepted(f"{project}/{branch}/{answer['database']['id']}")

        make(api, project, f"/branches/{branch}/databases", body, alike, made)
        return self._addresses(api, project, branch, given["name"], given["ownerName"])

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:  # noqa: ARG002
        """Return a database and its addresses."""
        project, branch, _ = id_.split("/")
        found = self._found(api, id_)
        if found is None:
            return None
        own = {"name": found["name"], "ownerName": found["owner_name"]}
        inputs = {"projectId": project, "branchId": branch, **own}
        return Found(inputs, self._addresses(api, project, branch, found["name"], found["owner_name"]))

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change name and owner of a database."""
        project, branch, number = id_.split("/")
        wait(api, project)
        found = self._found(api, id_)
        if found is None:
            raise VendorError(f"the database {number} of {project} is gone: `pulumi refresh` takes note of that")
        body = {"name": news["name"], "owner_name": news["ownerName"]}
        if any(found[name] != value for name, value in body.items()):
            page = f"/branches/{branch}/databases/{quote(found['name'], safe='')}"
            change(api, "PATCH", project, page, {"database": body})
        return self._addresses(api, project, branch, news["name"], news["ownerName"])

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a database with its data, whatever its name is by now."""
        project, branch, _ = id_.split("/")
        if found := self._found(api, id_):
            remove(api, project, f"/branches/{branch}/databases/{quote(found['name'], safe='')}")

    def _all(self, api: Api, project: str, branch: str) -> list[Any]:
        answer = api.find(path(project, f"/branches/{branch}/databases"))
        return list(answer["databases"]) if answer else []

    def _found(self, api: Api, id_: str) -> Any:
        project, branch, number = id_.split("/")
        return next((it for it in self._all(api, project, branch) if str(it["id"]) == number), None)

    def _addresses(self, api: Api, project: str, branch: str, name: str, owner: str) -> Properties:
        """Return the addresses; none where the branch has no compute any more."""
        query = {"branch_id": branch, "database_name": name, "role_name": owner}
        page = path(project, "/connection_uri")
        found = {
            key: api.find(page, {**query, "pooled": pooled})
            for key, pooled in {"connectionUri": "false", "pooledConnectionUri": "true"}.items()
        }
        return {key: answer and answer["uri"] for key, answer in found.items()}
