"""A fake of Neon's API: to what its projects have, it adds roles, databases and their addresses."""

from simulator.vendors.fake import AbsentError, Answer, Request, operation
from simulator.vendors.neon_projects import BRANCH, PROJECT, Projects
from simulator.vendors.neon_shapes import database_shape, endpoint_shape, role_shape


class Neon(Projects):
    """Roles and databases of the branches."""

    @operation(f"GET {BRANCH}/roles")
    def list_roles(self, request: Request) -> Answer:
        """Return every role, without its password."""
        branch = self.own(request)
        return Answer(200, {"roles": [role_shape(branch, name) for name in branch["roles"]]})

    @operation(f"POST {BRANCH}/roles")
    def create_role(self, request: Request) -> Answer:
        """Make a role; the branch must have a compute."""
        branch, name = self.own(request), request.body["role"]["name"]
        if (refusal := self._refusal(request, taken=name in branch["roles"])) is not None:
            return refusal
        self.new_role(branch, name)
        begun = self.begin(self.found(request), "apply_config", branch)
        return Answer(201, {"role": role_shape(branch, name, told=True), "operations": begun})

    @operation(f"GET {BRANCH}/roles/{{role_name}}")
    def get_role(self, request: Request) -> Answer:
        """Return a role, without its password."""
        branch, name = self.own(request), request.names["role_name"]
        self.of(branch["roles"], name)
        return Answer(200, {"role": role_shape(branch, name)})

    @operation(f"DELETE {BRANCH}/roles/{{role_name}}")
    def delete_role(self, request: Request) -> Answer:
        """Delete a role, or say that it is gone."""
        branch, name = self.own(request), request.names["role_name"]
        if branch["roles"].pop(name, None) is None:
            return Answer(204)
        begun = self.begin(self.found(request), "apply_config", branch)
        return Answer(200, {"role": role_shape(branch, name), "operations": begun})

    @operation(f"GET {BRANCH}/roles/{{role_name}}/reveal_password")
    def reveal_password(self, request: Request) -> Answer:
        """Return the password of a role."""
        return Answer(200, {"password": self.of(self.own(request)["roles"], request.names["role_name"])})

    @operation(f"GET {BRANCH}/databases")
    def list_databases(self, request: Request) -> Answer:
        """Return every database."""
        branch = self.own(request)
        return Answer(200, {"databases": [database_shape(branch, it) for it in branch["databases"].values()]})

    @operation(f"POST {BRANCH}/databases")
    def create_database(self, request: Request) -> Answer:
        """Make a database; the branch must have a compute."""
        branch, body = self.own(request), request.body["database"]
        if (refusal := self._refusal(request, taken=body["name"] in branch["databases"])) is not None:
            return refusal
        self.of(branch["roles"], body["owner_name"])
        made = self.new_database(branch, body["name"], body["owner_name"])
        begun = self.begin(self.found(request), "apply_config", branch)
        return Answer(201, {"database": database_shape(branch, made), "operations": begun})

    @operation(f"PATCH {BRANCH}/databases/{{database_name}}")
    def update_database(self, request: Request) -> Answer:
        """Change name or owner of a database."""
        branch = self.own(request)
        found = self.of(branch["databases"], request.names["database_name"])
        found.update(request.body["database"])
        branch["databases"] = {it["name"]: it for it in branch["databases"].values()}
        begun = self.begin(self.found(request), "apply_config", branch)
        return Answer(200, {"database": database_shape(branch, found), "operations": begun})

    @operation(f"DELETE {BRANCH}/databases/{{database_name}}")
    def delete_database(self, request: Request) -> Answer:
        """Delete a database, or say that it is gone."""
        branch = self.own(request)
        found = branch["databases"].pop(request.names["database_name"], None)
        if found is None:
            return Answer(204)
        begun = self.begin(self.found(request), "apply_config", branch)
        return Answer(200, {"database": database_shape(branch, found), "operations": begun})

    @operation(f"GET {PROJECT}/connection_uri")
    def get_connection_uri(self, request: Request) -> Answer:
        """Return the address of a database at the branch's read-write compute, or at the pool in front."""
        project, query = self.found(request), request.query
        branch = self.of(project["branches"], query["branch_id"])
        computes = project["endpoints"].values()
        own = [it for it in computes if (it["branch_id"], it["type"]) == (branch["id"], "read_write")]
        self.of(branch["databases"], query["database_name"])
        if not own:
            raise AbsentError("the branch has no read-write endpoint")
        host = endpoint_shape(project, own[0])["host"]
        if query.get("pooled") == "true":
            host = host.replace(own[0]["id"], f"{own[0]['id']}-pooler")
        role = query["role_name"]
        password = self.of(branch["roles"], role)
        return Answer(
            200, {"uri": f"postgresql://{role}:{password}@{host}/{query['database_name']}?sslmode=require"}
        )

    def _refusal(self, request: Request, *, taken: bool) -> Answer | None:
        """Refuse a role or a database that there is, or that no compute can make."""
        branch = self.own(request)["id"]
        computes = self.found(request)["endpoints"].values()
        if not any((it["branch_id"], it["type"]) == (branch, "read_write") for it in computes):
            return Answer(400, {"code": "", "message": "the branch has no read-write endpoint"})
        return Answer(409, {"code": "", "message": "it already exists"}) if taken else None


FAKE = Neon
