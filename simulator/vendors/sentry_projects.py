"""The part of the fake of Sentry's API that has projects and their keys."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from simulator.vendors.contracts import operations
from simulator.vendors.fake import TOKEN, AbsentError, Answer, Fake, Request, operation

CREATED = "2026-01-01T00:00:00Z"
PROJECT = "/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/"


class SentryProjects(Fake):
    """Projects by organization and slug."""

    vendor = "sentry"
    endpoint_variable = "FOOTING_SENTRY_ENDPOINT"
    credentials: ClassVar = {"Authorization": f"Bearer {TOKEN}"}
    environment: ClassVar = {"SENTRY_AUTH_TOKEN": TOKEN}

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(file)
        self._operations = {name: partial(_complete, name, it) for name, it in self._operations.items()}

    def empty(self) -> dict[str, Any]:
        """Return no project."""
        return {"projects": {}, "keys": {}, "detectors": {}, "workflows": {}, "monitors": {}}

    @operation("POST /api/0/teams/{organization_id_or_slug}/{team_id_or_slug}/projects/")
    def create_project(self, request: Request) -> Answer:
        """Make a project with a key, and the monitors that every project has."""
        organization, team = request.names["organization_id_or_slug"], request.names["team_id_or_slug"]
        body = request.body
        slug = body.get("slug") or re.sub(r"[^a-z0-9_]+", "-", body["name"].lower())
        place = f"{organization}/{slug}"
        if place in self.state["projects"]:
            return Answer(409, {"detail": "A project with this slug already exists."})
        number = str(self.number())
        made = {"id": number, "slug": slug, "name": body["name"], "platform": body.get("platform")}
        self.state["projects"][place] = {**made, "teams": [team], "organization": organization}
        self._add_key(place, {"name": "Default"})
        for kind in ("error", "issue_stream"):
            id_ = self._id()
            plain: dict[str, Any] = {"dataSources": None, "conditionGroup": None, "config": {}, "enabled": True}
            self.state["detectors"][id_] = {"id": id_, "place": place, "name": kind, "type": kind, **plain}
        return self._project_answer(request, 201, place)

    @operation(f"GET {PROJECT}")
    def get_project(self, request: Request) -> Answer:
        """Return a project."""
        return self._project_answer(request, 200)

    @operation(f"PUT {PROJECT}")
    def update_project(self, request: Request) -> Answer:
        """Change a project."""
        self._project(request).update(request.body)
        return self._project_answer(request, 200)

    @operation(f"DELETE {PROJECT}")
    def delete_project(self, request: Request) -> Answer:
        """Delete a project with its issues, keys and monitors."""
        self._project(request)
        place = place_of(request)
        del self.state["projects"][place]
        for kind in ("keys", "detectors", "monitors"):
            self.state[kind] = {id_: it for id_, it in self.state[kind].items() if it["place"] != place}
        return Answer(204)

    @operation(f"POST {PROJECT}teams/{{team_id_or_slug}}/")
    def add_team(self, request: Request) -> Answer:
        """Make a team an owner of a project."""
        teams = self._project(request)["teams"]
        teams.extend({request.names["team_id_or_slug"]} - {*teams})
        return self._project_answer(request, 201)

    @operation(f"DELETE {PROJECT}teams/{{team_id_or_slug}}/")
    def remove_team(self, request: Request) -> Answer:
        """Remove a project from a team."""
        self._project(request)["teams"].remove(request.names["team_id_or_slug"])
        return self._project_answer(request, 200)

    @operation(f"GET {PROJECT}keys/")
    def list_keys(self, request: Request) -> Answer:
        """Return a project's keys."""
        self._project(request)
        keys = [_key(it) for it in self.state["keys"].values() if it["place"] == place_of(request)]
        return Answer(200, keys)

    @operation(f"POST {PROJECT}keys/")
    def create_key(self, request: Request) -> Answer:
        """Make a key."""
        self._project(request)
        return Answer(201, _key(self._add_key(place_of(request), request.body)))

    @operation(f"GET {PROJECT}keys/{{key_id}}/")
    def get_key(self, request: Request) -> Answer:
        """Return a key."""
        return Answer(200, _key(self._of("keys", request, "key_id")))

    @operation(f"PUT {PROJECT}keys/{{key_id}}/")
    def update_key(self, request: Request) -> Answer:
        """Change a key."""
        key = self._of("keys", request, "key_id")
        key.update(request.body)
        return Answer(200, _key(key))

    @operation(f"DELETE {PROJECT}keys/{{key_id}}/")
    def delete_key(self, request: Request) -> Answer:
        """Delete a key."""
        del self.state["keys"][self._of("keys", request, "key_id")["id"]]
        return Answer(204)

    def _id(self) -> str:
        return str(self.number())

    def _project(self, request: Request) -> dict[str, Any]:
        found: dict[str, Any] = self.state["projects"].get(place_of(request))
        if found is None:
            raise AbsentError("The requested resource does not exist")
        return found

    def _of(self, kind: str, request: Request, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.state[kind].get(request.names[name])
        if found is None or ("project_id_or_slug" in request.names and found["place"] != place_of(request)):
            raise AbsentError("The requested resource does not exist")
        return found

    def _project_answer(self, request: Request, status: int, place: str | None = None) -> Answer:
        found = self.state["projects"][place] if place else self._project(request)
        teams = [{"id": it, "name": it, "slug": it} for it in found["teams"]]
        known = {name: found[name] for name in ("id", "slug", "name", "platform")}
        return Answer(status, {**known, "dateCreated": CREATED, "teams": teams})

    def _add_key(self, place: str, body: Mapping[str, Any]) -> dict[str, Any]:
        id_ = f"{self.number():032x}"
        project = int(self.state["projects"][place]["id"])
        made = {"id": id_, "place": place, "projectId": project, "isActive": True, "rateLimit": None}
        self.state["keys"][id_] = {**made, **body}
        key: dict[str, Any] = self.state["keys"][id_]
        return key


def _key(key: Mapping[str, Any]) -> dict[str, Any]:
    address = f"{key['id']}@o1.ingest.sentry.example.com/{key['projectId']}"
    limit = key["rateLimit"] if key["rateLimit"] and key["rateLimit"]["count"] else None
    return {
        **{name: key[name] for name in ("id", "name", "isActive", "projectId")},
        "label": key["name"],
        "public": key["id"],
        "secret": "simulated-secret",
        "rateLimit": limit,
        "dsn": {
            "public": f"https://{address}",
            "secret": f"https://{address.replace('@', ':simulated-secret@')}",
        },
    }


def place_of(request: Request) -> str:
    """Return the organization and the project that a request names."""
    return f"{request.names['organization_id_or_slug']}/{request.names['project_id_or_slug']}"


def _complete(name: str, answered: Callable[[Request], Answer], request: Request) -> Answer:
    """Return an answer that has every name of the document: what the fake does not know is empty."""
    answer = answered(request)
    schema = operations(SentryProjects.vendor)[name]["answers"].get(str(answer.status))
    return Answer(answer.status, _completed(schema, answer.body)) if schema else answer


def _completed(schema: Mapping[str, Any], known: Any) -> Any:
    options = schema.get("anyOf")
    if options and (known is None or options[0] != {"type": "null"}):
        return _completed(options[0], None) if known is None else known
    if options or "allOf" in schema:
        return _completed((options or schema["allOf"])[-1], known)
    kind = schema.get("type")
    if kind == "array":
        return [_completed(schema.get("items", {}), it) for it in known or ()]
    if kind == "object":
        every = {**dict.fromkeys(schema.get("required", ())), **(known or {})}
        properties = schema.get("properties", {})
        return {name: _completed(properties.get(name, {}), value) for name, value in every.items()}
    if known is not None:
        return known
    if "enum" in schema:
        return schema["enum"][0]
    return {"string": "", "integer": 0, "number": 0, "boolean": False}.get(str(kind))
