"""Computes of Neon, which its API calls endpoints: their own settings, and those that a project has for them.

https://api-docs.neon.tech/reference/createprojectendpoint
"""

from collections.abc import Mapping
from typing import Any

from providers._server.api import Api
from providers._server.handler import Accepted, Found, Handler
from providers.neon.operations import change, make, path, ready, remove, wait
from providers.neon.plans import (
    COMPUTE_UNITS,
    LARGEST_AUTOSCALING_CU,
    NEVER_SUSPENDED,
    SHORTEST_SUSPEND_TIMEOUT_SECONDS,
    WIDEST_AUTOSCALING_CU,
)
from wire_format import Properties

NAMES: Mapping[str, str] = {
    "autoscalingLimitMinCu": "autoscaling_limit_min_cu",
    "autoscalingLimitMaxCu": "autoscaling_limit_max_cu",
    "suspendTimeoutSeconds": "suspend_timeout_seconds",
    "pgbouncerSettings": "pgbouncer_settings",
}
"""Settings of a compute, by our name on the wire."""


def settings(given: Properties) -> dict[str, Any]:
    """Return the settings that are given, by Neon's names."""
    return {name: given[key] for key, name in NAMES.items() if given.get(key) is not None}


def compute_settings(given: Properties) -> dict[str, Any]:
    """Return the settings that are given, in the shape that a compute has them."""
    flat = settings(given)
    pool = flat.pop("pgbouncer_settings", None)
    return flat if pool is None else {**flat, "settings": {"pgbouncer_settings": pool}}


def told(source: Mapping[str, Any], given: Properties) -> Properties:
    """Return, of a compute or of a project's defaults, the settings that are given; all of them for an import.

    Of PgBouncer's parameters those that are given are told of: Neon may have others of its own.
    """
    flat = {**source, **source.get("settings", {})}
    wanted = {key: flat.get(name) for key, name in NAMES.items() if given.get(key) is not None or not given}
    if pool := given.get("pgbouncerSettings"):
        found = wanted["pgbouncerSettings"] or {}
        wanted["pgbouncerSettings"] = {name: found[name] for name in pool if name in found}
    return {key: value for key, value in wanted.items() if value is not None}


def setting_faults(given: Properties) -> list[tuple[str, str]]:
    """Return which sizes and times no compute can have."""
    low, high, pause = (given.get(key) for key in list(NAMES)[:3])
    faults = [
        (key, f"given {value}, allowed {', '.join(f'{it:g}' for it in COMPUTE_UNITS)}")
        for key, value in zip(NAMES, (low, high), strict=False)
        if isinstance(value, int | float) and value not in COMPUTE_UNITS
    ]
    if isinstance(low, int | float) and isinstance(high, int | float) and low != high:
        largest = min(LARGEST_AUTOSCALING_CU, low + WIDEST_AUTOSCALING_CU)
        if not low <= high <= largest:
            allowed = f"allowed {low:g} to {largest:g}: it scales over 8 units, and above 16 not at all"
            faults.append(("autoscalingLimitMaxCu", f"given {high:g} with a least size of {low:g}, {allowed}"))
    if isinstance(pause, int) and pause not in (NEVER_SUSPENDED, 0) and pause < SHORTEST_SUSPEND_TIMEOUT_SECONDS:
        faults.append(("suspendTimeoutSeconds", f"given {pause}, allowed -1, 0, and 60 or more"))
    return faults


def hosts(endpoint: Mapping[str, Any]) -> Properties:
    """Return the host names of a compute: of PostgreSQL, and of the pool in front."""
    label, _, domain = endpoint["host"].partition(".")
    return {
        "endpointId": endpoint["id"],
        "host": endpoint["host"],
        "poolerHost": f"{label}-pooler.{domain}",
    }


class EndpointHandler(Handler):
    """Computes; an id is `PROJECT/ENDPOINT`."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a compute, and wait until it has started."""
        project, branch, kind = given["projectId"], given["branchId"], given["type"]
        body = {"endpoint": {"branch_id": branch, "type": kind, **compute_settings(given)}}

        def alike() -> Mapping[str, Any]:
            every = api.get(path(project, "/endpoints"))["endpoints"]
            return {it["id"]: {"endpoint": it} for it in every if (it["branch_id"], it["type"]) == (branch, kind)}

        def made(answer: Any) -> None:
            accepted(f"{project}/{answer['endpoint']['id']}")

        answer = make(api, project, "/endpoints", body, alike, made)
        return self._computed(api, project, answer["endpoint"]["id"])

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a compute."""
        project, endpoint = id_.split("/")
        answer = api.find(path(project, f"/endpoints/{endpoint}"))
        if answer is None:
            return None
        found = answer["endpoint"]
        inputs = {"projectId": project, "branchId": found["branch_id"], "type": found["type"]}
        return Found({**inputs, **told(found, given)}, hosts(found))

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change the settings, which restarts the compute."""
        project, endpoint = id_.split("/")
        wait(api, project)
        page = f"/endpoints/{endpoint}"
        if told(api.get(path(project, page))["endpoint"], news) != told(compute_settings(news), news):
            change(api, "PATCH", project, page, {"endpoint": compute_settings(news)})
        return self._computed(api, project, endpoint)

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a compute; the data stays with the branch."""
        project, endpoint = id_.split("/")
        remove(api, project, f"/endpoints/{endpoint}")

    def faults(self, given: Properties) -> list[tuple[str, str]]:
        """Return which sizes and times it cannot have."""
        return setting_faults(given)

    def _computed(self, api: Api, project: str, endpoint: str) -> Properties:
        return hosts(ready("compute", api.get(path(project, f"/endpoints/{endpoint}"))["endpoint"]))
