"""Pages of the settings of Supabase's projects.

https://supabase.com/docs/reference/api/introduction
"""

from abc import abstractmethod
from typing import Any, ClassVar

from providers._server.api import Api
from providers._server.handler import Found, Setting
from providers.supabase.projects import path, ready
from wire_format import Properties


class ProjectSetting(Setting):
    """A page of a project's settings: read at `page`, written by `method` at `page` or `write_page`."""

    owner = "projectRef"
    page: str
    method = "PATCH"
    write_page = ""

    @abstractmethod
    def body(self, given: Properties) -> Any:
        """Return what is sent."""

    @abstractmethod
    def seen(self, found: Any, given: Properties) -> Found:
        """Return what was read, without the project."""

    def write(self, api: Api, given: Properties) -> None:
        """Send the settings, and wait until the project is healthy again: some restart its server."""
        api.call(self.method, path(given[self.owner], self.write_page or self.page), self.body(given))
        ready(api, given[self.owner])

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return the settings; None where the project is gone."""
        found = api.find(path(id_, self.page))
        if found is None:
            return None
        seen = self.seen(found, given)
        return Found({self.owner: id_, **seen.inputs}, seen.computed)


class PublicKeyHandler(Setting):
    """Keys for browsers: read, and never written."""

    owner = "projectRef"

    def write(self, api: Api, given: Properties) -> None:
        """Wait for the project, which has its keys once it is healthy."""
        ready(api, given[self.owner])

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:  # noqa: ARG002
        """Return the key; None where the project, or every such key, is gone."""
        keys = api.find(path(id_, "/api-keys")) or []
        newer = [it for it in keys if it.get("type") == "publishable"]
        public = [*newer, *(it for it in keys if it["name"] == "anon")]
        found = next((it["api_key"] for it in public if it.get("api_key")), None)
        return Found({self.owner: id_}, {"key": found}) if found else None


class PoolerHandler(ProjectSetting):
    """Pools."""

    page = "/config/database/pooler"

    def body(self, given: Properties) -> Any:
        """Return mode and size."""
        return {"pool_mode": given["poolMode"], "default_pool_size": given["defaultPoolSize"]}

    def seen(self, found: Any, given: Properties) -> Found:  # noqa: ARG002
        """Return the primary's door."""
        door = next(it for it in found if it["database_type"] == "PRIMARY")
        return Found(
            {"poolMode": door["pool_mode"], "defaultPoolSize": door["default_pool_size"]},
            {
                "host": door["db_host"],
                "port": door["db_port"],
                "user": door["db_user"],
                "database": door["db_name"],
                "maxClientConnections": door["max_client_conn"],
            },
        )


class PostgresHandler(ProjectSetting):
    """Parameters of PostgreSQL."""

    page = "/config/database/postgres"
    method = "PUT"

    def body(self, given: Properties) -> Any:
        """Return the parameters; those that a start sets are set by one."""
        return {**given["settings"], "restart_database": True}

    def seen(self, found: Any, given: Properties) -> Found:
        """Return the parameters that are given; all of them for an import."""
        names = given.get("settings") or found
        return Found({"settings": {name: found.get(name) for name in names}})


class NetworkHandler(ProjectSetting):
    """Who may connect."""

    page = "/network-restrictions"
    method = "POST"
    write_page = "/network-restrictions/apply"

    def body(self, given: Properties) -> Any:
        """Return the ranges by family."""
        families = {colon: [it for it in given["cidrs"] if (":" in it) is colon] for colon in (False, True)}
        return {"dbAllowedCidrs": families[False], "dbAllowedCidrsV6": families[True]}

    def seen(self, found: Any, given: Properties) -> Found:
        """Return the ranges, in the given order where they are the same."""
        cidrs = [*(found["config"].get("dbAllowedCidrs") or ()), *(found["config"].get("dbAllowedCidrsV6") or ())]
        return Found({"cidrs": given["cidrs"] if sorted(cidrs) == sorted(given.get("cidrs", ())) else cidrs})


class TlsHandler(ProjectSetting):
    """Whether TLS is enforced."""

    page = "/ssl-enforcement"
    method = "PUT"

    def body(self, given: Properties) -> Any:
        """Return whether it shall be."""
        return {"requestedConfig": {"database": given["enforced"]}}

    def seen(self, found: Any, given: Properties) -> Found:  # noqa: ARG002
        """Return whether it is."""
        return Found({"enforced": found["currentConfig"]["database"]})


class AuthHandler(ProjectSetting):
    """Settings of the authentication service."""

    page = "/config/auth"

    def body(self, given: Properties) -> Any:
        """Return the settings, the secret ones too."""
        return {**given["settings"], **(given.get("secrets") or {})}

    def seen(self, found: Any, given: Properties) -> Found:
        """Return the settings that are given; secrets as they are given, for nobody tells them."""
        names = given.get("settings") or [name for name, value in found.items() if value is not None]
        kept = {"secrets": given["secrets"]} if "secrets" in given else {}
        return Found({"settings": {name: found.get(name) for name in names}, **kept})


class ApiHandler(ProjectSetting):
    """Settings of PostgREST."""

    page = "/postgrest"
    names: ClassVar = {
        "maxRows": "max_rows",
        "dbSchema": "db_schema",
        "dbExtraSearchPath": "db_extra_search_path",
        "dbPool": "db_pool",
    }

    def body(self, given: Properties) -> Any:
        """Return the settings that are given."""
        return {name: given[key] for key, name in self.names.items() if given.get(key) is not None}

    def seen(self, found: Any, given: Properties) -> Found:
        """Return the settings that are given; all of them for an import."""
        return Found({key: found[name] for key, name in self.names.items() if key in given or not given})
