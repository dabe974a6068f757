"""Projects, branches and computes of the fake of Neon's API, and the operations that make them."""

from typing import Any, ClassVar

from simulator.vendors.fake import TOKEN, AbsentError, Answer, Fake, Request, operation
from simulator.vendors.neon_shapes import branch_shape, endpoint_shape, operation_shape, project_shape

_POLLS = 1
"""How often an operation is asked for before it is finished."""
_DEFAULTS = {"autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 2, "suspend_timeout_seconds": 0}
UNFINISHED = "running"
PROJECT = "/projects/{project_id}"
BRANCH = PROJECT + "/branches/{branch_id}"
_ENDPOINT = PROJECT + "/endpoints/{endpoint_id}"


class Projects(Fake):
    """Projects by id. `failing` in the state are the actions whose operations fail; `locked` counts refusals."""

    vendor = "neon"
    endpoint_variable = "FOOTING_NEON_ENDPOINT"
    credentials: ClassVar = {"Authorization": f"Bearer {TOKEN}"}
    environment: ClassVar = {"NEON_API_KEY": TOKEN}

    def empty(self) -> dict[str, Any]:
        """Return no project."""
        return {"projects": {}, "failing": [], "locked": 0}

    def _checked(self, name: str, request: Request) -> Answer:
        """Refuse to change a project while an operation of it is going on."""
        project = self.state["projects"].get(request.names.get("project_id", ""), {"operations": {}})
        if not name.startswith("GET") and any(it["status"] == UNFINISHED for it in project["operations"].values()):
            self.state["locked"] += 1
            return Answer(423, {"code": "", "message": "project already has running operations"})
        return super()._checked(name, request)

    @operation("GET /projects")
    def list_projects(self, request: Request) -> Answer:
        """Return the projects of an organization."""
        organization, cursor = request.query.get("org_id"), request.query.get("cursor", "")
        every = [project_shape(it) for id_, it in sorted(self.state["projects"].items()) if id_ > cursor]
        shown = [it for it in every if organization in (None, it["org_id"])][: int(request.query.get("limit", 10))]
        page = {"pagination": {"cursor": shown[-1]["id"]}} if shown else {}
        return Answer(200, {"projects": shown, **page, "applications": {}, "integrations": {}})

    @operation("POST /projects")
    def create_project(self, request: Request) -> Answer:
        """Make a project with a branch, a compute, a role and a database."""
        body, number = request.body["project"], self.number()
        id_ = f"quiet-lake-{number:08d}"
        project = self.state["projects"][id_] = {
            "id": id_,
            "name": body["name"],
            "region_id": body["region_id"],
            "pg_version": body.get("pg_version", 17),
            "org_id": body.get("org_id", "org-own-00000001"),
            "history_retention_seconds": body.get("history_retention_seconds", 86_400),
            "default_endpoint_settings": {**_DEFAULTS, **body.get("default_endpoint_settings", {})},
            "settings": body.get("settings", {}),
            "branches": {},
            "endpoints": {},
            "operations": {},
        }
        branch = self._new_branch(project, {"name": "main"})
        self.new_database(branch, "neondb", self.new_role(branch, "neondb_owner"))
        endpoint = self._new_endpoint(project, {"branch_id": branch["id"], "type": "read_write"})
        begun = self.begin(project, "create_timeline", branch) + self.begin(project, "start_compute", endpoint)
        shown = {
            "connection_uris": [],
            "roles": [],
            "databases": [],
            "endpoints": [endpoint_shape(project, endpoint)],
        }
        return Answer(
            201,
            {
                "project": project_shape(project),
                "branch": branch_shape(project, branch),
                "operations": begun,
                **shown,
            },
        )

    @operation(f"GET {PROJECT}")
    def get_project(self, request: Request) -> Answer:
        """Return a project."""
        return Answer(200, {"project": project_shape(self.found(request))})

    @operation(f"PATCH {PROJECT}")
    def update_project(self, request: Request) -> Answer:
        """Change a project; its computes stay as they are."""
        project, body = self.found(request), request.body["project"]
        merged = ("default_endpoint_settings", "settings")
        project.update({name: value for name, value in body.items() if name not in merged})
        for name in merged:
            project[name].update(body.get(name, {}))
        return Answer(200, {"project": project_shape(project), "operations": []})

    @operation(f"DELETE {PROJECT}")
    def delete_project(self, request: Request) -> Answer:
        """Delete a project, unless a branch of it is protected."""
        project = self.found(request)
        if any(it["protected"] for it in project["branches"].values()):
            return Answer(422, {"code": "", "message": "project has protected branches"})
        del self.state["projects"][project["id"]]
        return Answer(200, {"project": project_shape(project)})

    @operation(f"GET {PROJECT}/operations")
    def list_operations(self, request: Request) -> Answer:
        """Return every operation, the newest first."""
        found = [operation_shape(it) for it in reversed(self.found(request)["operations"].values())]
        return Answer(200, {"operations": found})

    @operation(f"GET {PROJECT}/operations/{{operation_id}}")
    def get_operation(self, request: Request) -> Answer:
        """Return an operation, one poll nearer to its end."""
        project = self.found(request)
        found = self.of(project["operations"], request.names["operation_id"])
        shown = operation_shape(found)
        found["polls"] -= 1
        if found["polls"] < 0:
            failed = found["action"] in self.state["failing"]
            found["status"] = "failed" if failed else "finished"
            for it in () if failed else (*project["branches"].values(), *project["endpoints"].values()):
                it["state"] = it["ready"] if it["id"] == found["of"] else it["state"]
        return Answer(200, {"operation": shown})

    @operation(f"GET {PROJECT}/branches")
    def list_branches(self, request: Request) -> Answer:
        """Return every branch."""
        project = self.found(request)
        shown = [branch_shape(project, it) for it in project["branches"].values()]
        return Answer(200, {"branches": shown, "annotations": {}, "pagination": {}})

    @operation(f"POST {PROJECT}/branches")
    def create_branch(self, request: Request) -> Answer:
        """Make a branch with the roles and databases of its parent."""
        project = self.found(request)
        body = request.body["branch"]
        default = next(it["id"] for it in project["branches"].values() if it["default"])
        parent = self.of(project["branches"], body.get("parent_id", default))
        branch = self._new_branch(project, {**body, "parent_id": parent["id"]})
        branch["roles"] = dict(parent["roles"])
        for it in parent["databases"].values():
            self.new_database(branch, it["name"], it["owner_name"])
        begun = self.begin(project, "create_branch", branch)
        shown: dict[str, Any] = {"endpoints": [], "roles": [], "databases": []}
        return Answer(201, {"branch": branch_shape(project, branch), "operations": begun, **shown})

    @operation(f"GET {BRANCH}")
    def get_branch(self, request: Request) -> Answer:
        """Return a branch."""
        project = self.found(request)
        annotation = {"object": {"type": "console/branch", "id": request.names["branch_id"]}, "value": {}}
        return Answer(200, {"branch": branch_shape(project, self.own(request)), "annotation": annotation})

    @operation(f"PATCH {BRANCH}")
    def update_branch(self, request: Request) -> Answer:
        """Change a branch."""
        branch = self.own(request)
        branch.update(request.body["branch"])
        return Answer(200, {"branch": branch_shape(self.found(request), branch), "operations": []})

    @operation(f"DELETE {BRANCH}")
    def delete_branch(self, request: Request) -> Answer:
        """Delete a branch with its computes, unless it is protected or others come from it."""
        project, branch = self.found(request), self.own(request)
        if branch["protected"] or any(it["parent_id"] == branch["id"] for it in project["branches"].values()):
            return Answer(422, {"code": "", "message": "branch is protected, or has children"})
        del project["branches"][branch["id"]]
        computes = project["endpoints"].values()
        project["endpoints"] = {it["id"]: it for it in computes if it["branch_id"] != branch["id"]}
        begun = self.begin(project, "delete_timeline", branch)
        return Answer(200, {"branch": branch_shape(project, branch), "operations": begun})

    @operation(f"GET {PROJECT}/endpoints")
    def list_endpoints(self, request: Request) -> Answer:
        """Return every compute."""
        project = self.found(request)
        return Answer(200, {"endpoints": [endpoint_shape(project, it) for it in project["endpoints"].values()]})

    @operation(f"POST {PROJECT}/endpoints")
    def create_endpoint(self, request: Request) -> Answer:
        """Make a compute; a branch has one that may write at most."""
        project, body = self.found(request), request.body["endpoint"]
        self.of(project["branches"], body["branch_id"])
        taken = [(it["branch_id"], it["type"]) for it in project["endpoints"].values()]
        if body["type"] == "read_write" and (body["branch_id"], "read_write") in taken:
            return Answer(400, {"code": "", "message": "read-write endpoint already exists"})
        endpoint = self._new_endpoint(project, body)
        begun = self.begin(project, "start_compute", endpoint)
        return Answer(201, {"endpoint": endpoint_shape(project, endpoint), "operations": begun})

    @operation(f"GET {_ENDPOINT}")
    def get_endpoint(self, request: Request) -> Answer:
        """Return a compute."""
        project = self.found(request)
        found = self.of(project["endpoints"], request.names["endpoint_id"])
        return Answer(200, {"endpoint": endpoint_shape(project, found)})

    @operation(f"PATCH {_ENDPOINT}")
    def update_endpoint(self, request: Request) -> Answer:
        """Change a compute, which restarts it."""
        project = self.found(request)
        found = self.of(project["endpoints"], request.names["endpoint_id"])
        found.update(request.body["endpoint"])
        begun = self.begin(project, "apply_config", found)
        return Answer(200, {"endpoint": endpoint_shape(project, found), "operations": begun})

    @operation(f"DELETE {_ENDPOINT}")
    def delete_endpoint(self, request: Request) -> Answer:
        """Delete a compute, or say that it is gone."""
        project = self.found(request)
        found = project["endpoints"].pop(request.names["endpoint_id"], None)
        if found is None:
            return Answer(204)
        begun = self.begin(project, "suspend_compute", found)
        return Answer(200, {"endpoint": endpoint_shape(project, found), "operations": begun})

    def of(self, things: dict[str, Any], id_: str) -> Any:
        """Return one of several things; an error that answers 404 where it is not there."""
        if id_ not in things:
            raise AbsentError(f"{id_} not found")
        return things[id_]

    def found(self, request: Request) -> dict[str, Any]:
        """Return the project of a request."""
        found: dict[str, Any] = self.of(self.state["projects"], request.names["project_id"])
        return found

    def own(self, request: Request) -> dict[str, Any]:
        """Return the branch of a request."""
        branch: dict[str, Any] = self.of(self.found(request)["branches"], request.names["branch_id"])
        return branch

    def begin(self, project: dict[str, Any], action: str, thing: dict[str, Any]) -> list[Any]:
        """Start an operation on a branch or a compute, and return it as an answer has it."""
        id_ = f"00000000-0000-4000-8000-{self.number():012d}"
        made = {"id": id_, "project_id": project["id"], "action": action, "status": UNFINISHED}
        project["operations"][id_] = {**made, "polls": _POLLS, "of": thing["id"]}
        return [operation_shape(project["operations"][id_])]

    def new_role(self, branch: dict[str, Any], name: str) -> str:
        """Make a role with a password."""
        branch["roles"][name] = f"npg_battery{self.number():08d}"
        return name

    def new_database(self, branch: dict[str, Any], name: str, owner: str) -> dict[str, Any]:
        """Make a database."""
        made = {"id": self.number(), "name": name, "owner_name": owner}
        branch["databases"][name] = made
        return made

    def _new_branch(self, project: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        branch = {
            "id": f"br-calm-pond-{self.number():08d}",
            "name": body["name"],
            "parent_id": body.get("parent_id"),
            "protected": body.get("protected", False),
            "expires_at": body.get("expires_at"),
            "init_source": body.get("init_source", "parent-data"),
            "default": not project["branches"],
            "state": "init",
            "ready": "ready",
            "roles": {},
            "databases": {},
        }
        project["branches"][branch["id"]] = branch
        return branch

    def _new_endpoint(self, project: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        id_ = f"ep-still-rain-{self.number():08d}"
        defaults = dict(project["default_endpoint_settings"])
        pool = defaults.pop("pgbouncer_settings", None)
        own = {"settings": {"pgbouncer_settings": pool} if pool else {}, **defaults, **body}
        project["endpoints"][id_] = {"id": id_, **own, "state": "init", "ready": "active"}
        found: dict[str, Any] = project["endpoints"][id_]
        return found
