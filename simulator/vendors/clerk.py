"""A fake of Clerk's two APIs: the configuration of instances, templates of tokens and redirect addresses."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar

from simulator.vendors.fake import TOKEN, AbsentError, Answer, Fake, Request, operation

_CONFIG = "/platform/applications/{applicationID}/instances/{envOrInsID}/config"
_TEMPLATES = "/jwt_templates"
_TEMPLATE = _TEMPLATES + "/{template_id}"
_REDIRECTS = "/redirect_urls"
_REDIRECT = _REDIRECTS + "/{id}"
_CREATED = 1767225600000
_DEFAULTS = {"lifetime": 60, "allowed_clock_skew": 5, "custom_signing_key": False, "signing_algorithm": "RS256"}
"""Of a template that says nothing of them."""


class Clerk(Fake):
    """Every application is there, but for those that are `gone`; of names that are `unknown` none is noticed."""

    vendor = "clerk"
    endpoint_variable = "FOOTING_CLERK_ENDPOINT"
    environment: ClassVar = {
        "CLERK_PLATFORM_API_KEY": f"platform-{TOKEN}",
        "CLERK_SECRET_KEY": f"backend-{TOKEN}",
    }

    def headers_of(self, path: str) -> Mapping[str, str]:
        """Return the header of the API that a path is of."""
        api = "CLERK_PLATFORM_API_KEY" if path.startswith("/platform/") else "CLERK_SECRET_KEY"
        return {"Authorization": f"Bearer {self.environment[api]}"}

    def empty(self) -> dict[str, Any]:
        """Return no setting that was changed, no template and no address."""
        return {"configs": {}, "gone": [], "unknown": [], "templates": {}, "redirects": {}, "origins": []}

    @operation(f"GET {_CONFIG}")
    def get_config(self, request: Request) -> Answer:
        """Return the configuration of an instance, its secrets redacted."""
        return Answer(200, {"config_version": str(self.state.get("count", 0)), **_redacted(self._config(request))})

    @operation(f"PATCH {_CONFIG}")
    def change_config(self, request: Request) -> Answer:
        """Change settings, or say what would come of it."""
        config = self._config(request)
        lifetime = request.body.get("session", {}).get("lifetime", 1)
        if not isinstance(lifetime, int) or lifetime < 1:
            return _refused("session.lifetime must be a positive integer")
        before, after = deepcopy(config), deepcopy(config)
        _merge(after, request.body, self.state["unknown"])
        dry_run = request.query.get("dry_run") == "true"
        if not dry_run:
            self.number()
            _merge(config, request.body, self.state["unknown"])
        told = {
            key: {name: it[name] for name in request.body if name in it}
            for key, it in (("before", _redacted(before)), ("after", _redacted(after)))
        }
        return Answer(200, {"config_version": str(self.state.get("count", 0)), "dry_run": dry_run, **told})

    @operation("GET /instance")
    def get_instance(self, request: Request) -> Answer:  # noqa: ARG002
        """Return the instance of the key."""
        about = {"object": "instance", "id": "ins_1", "environment_type": "production", "workspace_id": None}
        return Answer(200, {**about, "allowed_origins": self.state["origins"]})

    @operation("PATCH /instance")
    def change_instance(self, request: Request) -> Answer:
        """Change what is given of the instance."""
        self.state["origins"] = request.body.get("allowed_origins", self.state["origins"])
        return Answer(204, None)

    @operation(f"GET {_TEMPLATES}")
    def list_templates(self, request: Request) -> Answer:
        """Return the templates of a page."""
        return Answer(200, _page(request, [_template(it) for it in self.state["templates"].values()]))

    @operation(f"POST {_TEMPLATES}")
    def create_template(self, request: Request) -> Answer:
        """Make a template, whose name no other has."""
        if any(it["name"] == request.body["name"] for it in self.state["templates"].values()):
            return _refused("there is a template with this name already")
        id_ = f"jtmp_{self.number():027d}"
        made = {"object": "jwt_template", "id": id_, "created_at": _CREATED, "updated_at": _CREATED, **_DEFAULTS}
        self.state["templates"][id_] = made
        return self._changed(made, request)

    @operation(f"GET {_TEMPLATE}")
    def get_template(self, request: Request) -> Answer:
        """Return a template without its key."""
        return Answer(200, _template(self._of("templates", request.names["template_id"])))

    @operation(f"PATCH {_TEMPLATE}")
    def change_template(self, request: Request) -> Answer:
        """Change a template."""
        return self._changed(self._of("templates", request.names["template_id"]), request)

    @operation(f"DELETE {_TEMPLATE}")
    def delete_template(self, request: Request) -> Answer:
        """Delete a template."""
        return self._deleted("templates", "jwt_template", request.names["template_id"])

    @operation(f"GET {_REDIRECTS}")
    def list_redirects(self, request: Request) -> Answer:
        """Return the addresses of a page."""
        return Answer(200, _page(request, list(self.state["redirects"].values())))

    @operation(f"POST {_REDIRECTS}")
    def create_redirect(self, request: Request) -> Answer:
        """Make an address known, once."""
        if any(it["url"] == request.body["url"] for it in self.state["redirects"].values()):
            return _refused("this address is allowed already")
        id_ = f"ru_{self.number():027d}"
        made = {"object": "redirect_url", "id": id_, "created_at": _CREATED, "updated_at": _CREATED}
        self.state["redirects"][id_] = {**made, "url": request.body["url"]}
        return Answer(200, self.state["redirects"][id_])

    @operation(f"GET {_REDIRECT}")
    def get_redirect(self, request: Request) -> Answer:
        """Return an address."""
        return Answer(200, self._of("redirects", request.names["id"]))

    @operation(f"DELETE {_REDIRECT}")
    def delete_redirect(self, request: Request) -> Answer:
        """Delete an address."""
        return self._deleted("redirects", "redirect_url", request.names["id"])

    def _config(self, request: Request) -> dict[str, Any]:
        application, instance = request.names["applicationID"], request.names["envOrInsID"]
        if application in self.state["gone"]:
            raise AbsentError(f"no application {application}")
        new = {"session": {"lifetime": 604800}, "sign_up": {"mode": "public"}}
        config: dict[str, Any] = self.state["configs"].setdefault(f"{application}/{instance}", new)
        return config

    def _of(self, kind: str, id_: str) -> dict[str, Any]:
        if id_ not in self.state[kind]:
            raise AbsentError(f"{id_} not found")
        found: dict[str, Any] = self.state[kind][id_]
        return found

    def _changed(self, template: dict[str, Any], request: Request) -> Answer:
        """Change a template by a request, in which null is the default."""
        template |= {name: _DEFAULTS.get(name) if it is None else it for name, it in request.body.items()}
        if not template["custom_signing_key"]:
            template |= {"signing_algorithm": _DEFAULTS["signing_algorithm"], "signing_key": None}
        return Answer(200, _template(template))

    def _deleted(self, kind: str, name: str, id_: str) -> Answer:
        self._of(kind, id_)
        del self.state[kind][id_]
        return Answer(200, {"object": name, "id": id_, "deleted": True})


FAKE = Clerk


def _refused(message: str) -> Answer:
    return Answer(
        422, {"errors": [{"message": "is invalid", "long_message": message, "code": "form_param_invalid"}]}
    )


def _page(request: Request, things: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return things[: int(request.query.get("limit", 10))]


def _template(found: dict[str, Any]) -> dict[str, Any]:
    return {name: it for name, it in found.items() if name != "signing_key"}


def _redacted(config: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _redacted(it) if isinstance(it, dict) else "REDACTED" if it and name.endswith("secret") else it
        for name, it in config.items()
    }


def _merge(config: dict[str, Any], settings: dict[str, Any], unknown: list[str]) -> None:
    """Put settings into a configuration, at every depth."""
    for name, value in settings.items():
        if isinstance(value, dict):
            _merge(config.setdefault(name, {}), value, unknown)
        elif name not in unknown:
            config[name] = value
