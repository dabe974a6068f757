"""A fake of Supabase's management API: projects and the settings of their databases."""

import hashlib
import string
from datetime import UTC, datetime
from typing import Any, ClassVar

from simulator.vendors.contracts import operations
from simulator.vendors.fake import TOKEN, AbsentError, Answer, Fake, Request, operation
from simulator.vendors.supabase_shapes import CREATED, door_shape, project_shape

_POLLS = 2
"""How often a new project is asked for before it is healthy."""
_LENGTH = 6
"""Of one-time passwords; the settings of the authentication service that always have a number."""


class Supabase(Fake):
    """Projects by reference."""

    vendor = "supabase"
    endpoint_variable = "FOOTING_SUPABASE_ENDPOINT"
    credentials: ClassVar = {"Authorization": f"Bearer {TOKEN}"}
    environment: ClassVar = {"SUPABASE_ACCESS_TOKEN": TOKEN}

    def empty(self) -> dict[str, Any]:
        """Return no project."""
        return {"projects": {}}

    @operation("GET /v1/projects")
    def list_projects(self, request: Request) -> Answer:  # noqa: ARG002
        """Return every project."""
        return Answer(200, [project_shape(it) for it in self.state["projects"].values()])

    @operation("POST /v1/projects")
    def create_project(self, request: Request) -> Answer:
        """Make a project, which is healthy after a few polls."""
        body, number = request.body, self.number()
        letters = string.ascii_lowercase
        ref = "".join(letters[(number * 7 + place * (number + 3)) % 26] for place in range(16))
        ref += "".join(letters[number // 26**place % 26] for place in range(4))
        region = (body.get("region_selection") or {}).get("code") or body.get("region", "us-east-1")
        size = body.get("desired_instance_size")
        self.state["projects"][ref] = {
            "ref": ref,
            "name": body["name"],
            "organization_slug": body["organization_slug"],
            "region": region,
            "polls": _POLLS,
            "engine": body.get("postgres_engine", "17"),
            "pooler": {"pool_mode": "transaction", "default_pool_size": None},
            "postgres": {},
            "networks": {"dbAllowedCidrs": ["0.0.0.0/0"], "dbAllowedCidrsV6": ["::/0"]},
            "tls": False,
            "auth": {},
            "api": {"db_schema": "public", "max_rows": 1000, "db_extra_search_path": "public", "db_pool": None},
            "addons": {"compute_instance": f"ci_{size}"} if size not in (None, "nano", "pico") else {},
            "replicas": {},
            "secrets": {},
        }
        shown = project_shape(self.state["projects"][ref])
        del shown["database"]
        return Answer(201, shown)

    @operation("GET /v1/projects/{ref}")
    def get_project(self, request: Request) -> Answer:
        """Return a project, one poll nearer to being healthy."""
        project = self._project(request)
        shown = project_shape(project)
        project["polls"] = max(0, project["polls"] - 1)
        return Answer(200, shown)

    @operation("GET /v1/projects/{ref}/api-keys")
    def list_keys(self, request: Request) -> Answer:
        """Return a project's keys: those of two roles, and the newer one for browsers."""
        ref = self._project(request)["ref"]
        tokens = [{"name": it, "api_key": f"{it}-of-{ref}", "type": "legacy"} for it in ("anon", "service_role")]
        newer = {"name": "default", "api_key": f"sb_publishable_{ref}", "type": "publishable"}
        return Answer(200, [*tokens, *([newer] if self.state.get("publishable", True) else [])])

    @operation("PATCH /v1/projects/{ref}")
    def rename_project(self, request: Request) -> Answer:
        """Rename a project."""
        project = self._project(request)
        project["name"] = request.body["name"]
        return Answer(200, {"id": 1, "ref": project["ref"], "name": project["name"]})

    @operation("DELETE /v1/projects/{ref}")
    def delete_project(self, request: Request) -> Answer:
        """Delete a project with all its data."""
        project = self._project(request)
        del self.state["projects"][project["ref"]]
        return Answer(200, {"id": 1, "ref": project["ref"], "name": project["name"]})

    @operation("PATCH /v1/projects/{ref}/database/password")
    def change_password(self, request: Request) -> Answer:
        """Take a new password, which is not kept."""
        self._project(request)
        return Answer(200, {"message": "ok"})

    @operation("GET /v1/projects/{ref}/config/database/pooler")
    def get_pooler(self, request: Request) -> Answer:
        """Return the pooler's doors: one to the primary, one to each replica."""
        project = self._project(request)
        doors = [(project["ref"], "PRIMARY", project["region"])]
        doors += [(name, "READ_REPLICA", region) for name, region in sorted(project["replicas"].items())]
        return Answer(200, [door_shape(project, *door) for door in doors])

    @operation("PATCH /v1/projects/{ref}/config/database/pooler")
    def set_pooler(self, request: Request) -> Answer:
        """Change mode and size of the pool."""
        return self._merged(request, "pooler")

    @operation("GET /v1/projects/{ref}/config/database/postgres")
    def get_postgres(self, request: Request) -> Answer:
        """Return the parameters that were set."""
        return self._merged(request, "postgres")

    @operation("PUT /v1/projects/{ref}/config/database/postgres")
    def set_postgres(self, request: Request) -> Answer:
        """Set parameters, and leave the others."""
        given = {name: value for name, value in request.body.items() if name != "restart_database"}
        return self._merged(Request(request.names, given, request.query), "postgres")

    @operation("GET /v1/projects/{ref}/config/auth")
    def get_auth(self, request: Request) -> Answer:
        """Return the settings of the authentication service: of most that were not set, none."""
        project = self._project(request)
        schema = operations(self.vendor)["GET /v1/projects/{ref}/config/auth"]["answers"]["200"]
        unset = {
            name: _LENGTH if it.get("type") == "integer" else None for name, it in schema["properties"].items()
        }
        return Answer(200, {**unset, **project["auth"]})

    @operation("PATCH /v1/projects/{ref}/config/auth")
    def set_auth(self, request: Request) -> Answer:
        """Change settings of the authentication service."""
        project = self._project(request)
        project["auth"].update(request.body)
        return self.get_auth(request)

    @operation("GET /v1/projects/{ref}/postgrest")
    def get_api(self, request: Request) -> Answer:
        """Return the settings of PostgREST."""
        return self._merged(request, "api")

    @operation("PATCH /v1/projects/{ref}/postgrest")
    def set_api(self, request: Request) -> Answer:
        """Change settings of PostgREST."""
        return self._merged(request, "api")

    @operation("GET /v1/projects/{ref}/network-restrictions")
    def get_networks(self, request: Request) -> Answer:
        """Return who may connect."""
        project = self._project(request)
        return Answer(200, _networks(project))

    @operation("POST /v1/projects/{ref}/network-restrictions/apply")
    def set_networks(self, request: Request) -> Answer:
        """Change who may connect."""
        project = self._project(request)
        project["networks"] = {"dbAllowedCidrs": [], "dbAllowedCidrsV6": [], **request.body}
        return Answer(201, _networks(project))

    @operation("GET /v1/projects/{ref}/ssl-enforcement")
    def get_tls(self, request: Request) -> Answer:
        """Return whether TLS is enforced."""
        project = self._project(request)
        return Answer(200, _tls(project))

    @operation("PUT /v1/projects/{ref}/ssl-enforcement")
    def set_tls(self, request: Request) -> Answer:
        """Enforce TLS, or not."""
        project = self._project(request)
        project["tls"] = request.body["requestedConfig"]["database"]
        return Answer(200, _tls(project))

    @operation("GET /v1/projects/{ref}/health")
    def get_health(self, request: Request) -> Answer:
        """Return whether each service is healthy: all but those that the state names as `unhealthy`."""
        self._project(request)
        ill = self.state.get("unhealthy", [])
        words = {
            name: "UNHEALTHY" if name in ill else "ACTIVE_HEALTHY" for name in ("auth", "db", "pooler", "rest")
        }
        shown = [{"name": name, "healthy": name not in ill, "status": word} for name, word in words.items()]
        return Answer(200, shown)

    @operation("GET /v1/projects/{ref}/database/backups")
    def get_backups(self, request: Request) -> Answer:
        """Return the backups: those of the state, else one of this moment, as if a night had passed."""
        project, now = self._project(request), datetime.now(UTC).isoformat()
        newest = {"is_physical_backup": True, "status": "COMPLETED", "inserted_at": now}
        kept = self.state.get("backups", {"backups": [newest], "physical_backup_data": {}})
        return Answer(200, {"region": project["region"], "walg_enabled": True, "pitr_enabled": False, **kept})

    @operation("GET /v1/projects/{ref}/advisors/security")
    def get_findings(self, request: Request) -> Answer:
        """Return what the security advisor finds: the `lints` of the state."""
        self._project(request)
        return Answer(200, {"lints": self.state.get("lints", [])})

    @operation("GET /v1/projects/{ref}/billing/addons")
    def get_addons(self, request: Request) -> Answer:
        """Return what is bought beside the plan."""
        project = self._project(request)
        price = {"description": "", "type": "usage", "interval": "hourly", "amount": 0}
        bought = [
            {"type": kind, "variant": {"id": variant, "name": variant, "price": price}}
            for kind, variant in sorted(project["addons"].items())
        ]
        return Answer(200, {"selected_addons": bought, "available_addons": []})

    @operation("PATCH /v1/projects/{ref}/billing/addons")
    def set_addon(self, request: Request) -> Answer:
        """Buy an add-on, or another variant of it."""
        project = self._project(request)
        kind, variant = request.body["addon_type"], request.body["addon_variant"]
        if kind == "pitr" and "compute_instance" not in project["addons"]:
            # https://supabase.com/docs/guides/platform/backups#point-in-time-recovery: at least Small
            return Answer(400, {"message": "Point in time recovery requires at least a Small compute add-on"})
        project["addons"][kind] = variant
        return Answer(200)

    @operation("DELETE /v1/projects/{ref}/billing/addons/{addon_variant}")
    def remove_addon(self, request: Request) -> Answer:
        """End an add-on."""
        project = self._project(request)
        removed = request.names["addon_variant"]
        project["addons"] = {kind: it for kind, it in project["addons"].items() if it != removed}
        return Answer(200)

    @operation("POST /v1/projects/{ref}/read-replicas/setup")
    def add_replica(self, request: Request) -> Answer:
        """Make a read replica."""
        project = self._project(request)
        region = request.body["read_replica_region"]
        project["replicas"][f"{project['ref']}-rr-{region}-{self.number():05d}"] = region
        return Answer(201)

    @operation("POST /v1/projects/{ref}/read-replicas/remove")
    def remove_replica(self, request: Request) -> Answer:
        """Delete a read replica."""
        project = self._project(request)
        project["replicas"].pop(request.body["database_identifier"], None)
        return Answer(201)

    @operation("GET /v1/projects/{ref}/secrets")
    def get_secrets(self, request: Request) -> Answer:
        """Return the names of the functions' secrets; in place of a value, its digest."""
        project = self._project(request)
        return Answer(200, [{"name": name, "value": it} for name, it in sorted(project["secrets"].items())])

    @operation("POST /v1/projects/{ref}/secrets")
    def set_secrets(self, request: Request) -> Answer:
        """Set secrets of the functions."""
        project = self._project(request)
        for it in request.body:
            project["secrets"][it["name"]] = hashlib.sha256(it["value"].encode()).hexdigest()
        return Answer(201)

    @operation("DELETE /v1/projects/{ref}/secrets")
    def remove_secrets(self, request: Request) -> Answer:
        """Delete secrets of the functions."""
        project = self._project(request)
        for name in request.body:
            project["secrets"].pop(name, None)
        return Answer(200)

    def _project(self, request: Request) -> dict[str, Any]:
        found: dict[str, Any] = self.state["projects"].get(request.names["ref"])
        if found is None:
            raise AbsentError("Project not found")
        return found

    def _merged(self, request: Request, name: str) -> Answer:
        """Return a page of a project's settings, with what the request changes."""
        project = self._project(request)
        project[name].update(request.body or {})
        return Answer(200, dict(project[name]))


FAKE = Supabase


def _networks(project: dict[str, Any]) -> dict[str, Any]:
    return {"entitlement": "allowed", "config": project["networks"], "status": "applied", "updated_at": CREATED}


def _tls(project: dict[str, Any]) -> dict[str, Any]:
    return {"currentConfig": {"database": project["tls"]}, "appliedSuccessfully": True}
