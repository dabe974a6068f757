"""Projects of Supabase, their replicas and what is bought for them.

https://supabase.com/docs/reference/api/introduction
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from providers._server.api import Api, VendorError
from providers._server.handler import Accepted, Found, Handler, changed
from wire_format import Properties

HEALTHY = "ACTIVE_HEALTHY"
LOST = frozenset({"INIT_FAILED", "REMOVED", "RESTORE_FAILED"})
READY_SECONDS = 1200
REPLICA_SECONDS = 1800
NONE_OF_THESE = ("nano", "pico")
"""Sizes that no add-on stands for: the plan has them."""


def path(ref: str, page: str = "") -> str:
    """Return the path of a project, or of a page of its settings."""
    return f"/v1/projects/{ref}{page}"


def ready(api: Api, ref: str) -> Any:
    """Return a project once it is healthy.

    Raises:
        VendorError: it is not in time, or never will be.

    """

    def done(found: Any) -> bool:
        if found["status"] in LOST:
            raise VendorError(f"project {ref} is {found['status']}")
        return bool(found["status"] == HEALTHY)

    ask = partial(api.get, path(ref))
    return api.wait(ask, done, what=f"project {ref} is not healthy", timeout_seconds=READY_SECONDS)


class ProjectHandler(Handler):
    """Projects."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a project, and wait for it."""
        body = {
            "name": given["name"],
            "organization_slug": given["organizationSlug"],
            "db_pass": given["databasePassword"],
            "region_selection": {"type": "specific", "code": given["region"]},
        }
        if engine := given.get("postgresEngine"):
            body["postgres_engine"] = engine
        if size := given.get("compute"):
            body["desired_instance_size"] = size

        def alike() -> Mapping[str, Any]:
            every = api.get("/v1/projects")
            wanted = (given["name"], given["organizationSlug"], given["region"])
            return {it["ref"]: it for it in every if (it["name"], it["organization_slug"], it["region"]) == wanted}

        ref = api.create("/v1/projects", body, alike)["ref"]
        accepted(ref)
        return self._computed(ready(api, ref))

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a project; its password is never told."""
        found = api.find(path(id_))
        if found is None:
            return None
        inputs = {
            **given,
            "name": found["name"],
            "organizationSlug": found["organization_slug"],
            "region": found["region"],
        }
        if "postgresEngine" in given or not given:
            inputs["postgresEngine"] = found["database"]["postgres_engine"]
        if "compute" in given or not given:
            inputs["compute"] = self._size(api, id_, given.get("compute"))
        return Found(inputs, self._computed(found))

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:
        """Change name, password and size; a smaller size than there was restarts the server too."""
        ready(api, id_)
        if name := changed("name", olds, news):
            api.call("PATCH", path(id_), {"name": name})
        if password := changed("databasePassword", olds, news):
            api.call("PATCH", path(id_, "/database/password"), {"password": password})
        size = news.get("compute")
        if size and size != self._size(api, id_, size):
            if size in NONE_OF_THESE:
                api.call("DELETE", path(id_, f"/billing/addons/ci_{self._size(api, id_, None)}"))
            else:
                variant = {"addon_type": "compute_instance", "addon_variant": f"ci_{size}"}
                api.call("PATCH", path(id_, "/billing/addons"), variant)
        return self._computed(ready(api, id_))

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a project with all its data."""
        api.remove("DELETE", path(id_))

    def _size(self, api: Api, ref: str, given: str | None) -> str:
        """Return the size that is paid for; `given` where none is and it needs none."""
        addons = api.get(path(ref, "/billing/addons"))["selected_addons"]
        sizes = [it["variant"]["id"].removeprefix("ci_") for it in addons if it["type"] == "compute_instance"]
        return sizes[0] if sizes else given if given in NONE_OF_THESE and given else NONE_OF_THESE[0]

    def _computed(self, found: Any) -> Properties:
        return {"ref": found["ref"], "host": found["database"]["host"], "status": found["status"]}


class AddonHandler(Handler):
    """What is bought beside the plan; an id is `REF/KIND`."""

    kinds: ClassVar = {"pitr": "pitr", "ipv4": "ipv4", "cd": "custom_domain"}

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Buy it."""
        kind = self.kinds[given["variant"].split("_")[0]]
        self._buy(api, given["projectRef"], kind, given["variant"])
        accepted(f"{given['projectRef']}/{kind}")
        return {}

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:  # noqa: ARG002
        """Return its variant; None where it is not bought any more."""
        ref, kind = id_.split("/")
        found = api.find(path(ref, "/billing/addons"))
        bought = [
            it["variant"]["id"]
            for it in (found or {"selected_addons": ()})["selected_addons"]
            if it["type"] == kind
        ]
        return Found({"projectRef": ref, "variant": bought[0]}) if bought else None

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:
        """Buy the other variant; where it is another thing, end the old one."""
        ref, kind = id_.split("/")
        wanted = self.kinds[news["variant"].split("_")[0]]
        self._buy(api, ref, wanted, news["variant"])
        if wanted != kind:
            api.remove("DELETE", path(ref, f"/billing/addons/{olds['variant']}"))
        return {}

    def delete(self, api: Api, id_: str, given: Properties) -> None:
        """End it."""
        api.remove("DELETE", path(id_.split("/", maxsplit=1)[0], f"/billing/addons/{given['variant']}"))

    def _buy(self, api: Api, ref: str, kind: str, variant: str) -> None:
        api.call("PATCH", path(ref, "/billing/addons"), {"addon_type": kind, "addon_variant": variant})


class ReplicaHandler(Handler):
    """Read replicas; an id is `REF/IDENTIFIER`."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a replica, and find which of the project's doors is new."""
        ref = given["projectRef"]
        before = self._doors(api, ref)
        api.call("POST", path(ref, "/read-replicas/setup"), {"read_replica_region": given["region"]})
        what = f"the replica of {ref} in {given['region']} has no door"
        ask = partial(self._doors, api, ref)
        found = api.wait(ask, lambda it: it.keys() - before.keys(), what=what, timeout_seconds=REPLICA_SECONDS)
        identifier = sorted(found.keys() - before.keys())[0]
        accepted(f"{ref}/{identifier}")
        return self._computed(found[identifier])

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a replica; where it is can be told of by its host name alone."""
        ref, identifier = id_.split("/")
        door = self._doors(api, ref).get(identifier)
        if door is None:
            return None
        region = given.get("region") or next(it for it in identifier.split("-rr-")[1:])
        return Found({"projectRef": ref, "region": region}, self._computed(door))

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Return what there is: each change makes a new replica."""
        ref, identifier = id_.split("/")
        return self._computed(self._doors(api, ref)[identifier])

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a replica."""
        ref, identifier = id_.split("/")
        api.remove("POST", path(ref, "/read-replicas/remove"), {"database_identifier": identifier})

    def _doors(self, api: Api, ref: str) -> dict[str, Any]:
        doors = api.find(path(ref, "/config/database/pooler")) or []
        return {it["identifier"]: it for it in doors if it["database_type"] == "READ_REPLICA"}

    def _computed(self, door: Any) -> Properties:
        return {
            "identifier": door["identifier"],
            "host": door["db_host"],
            "port": door["db_port"],
            "user": door["db_user"],
        }
