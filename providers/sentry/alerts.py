"""Alerts of Sentry: who is told of which issues of a monitor.

https://docs.sentry.io/api/monitors/create-an-alert-for-an-organization/
"""

from collections.abc import Mapping
from typing import Any, Final

from providers._server.api import Api, VendorError
from providers._server.handler import Accepted, Found, Handler
from providers.sentry.monitors import NEWEST_FIRST, OWNERS
from providers.sentry.projects import ordered, organization_path, places, switch
from wire_format import Properties, Value

ISSUE_STREAM: Final = "issue_stream"
"""Sentry's type of the monitor of a project that is every issue of it."""
SERVER_KEYS: Final = ("id", "organizationId", "status")
"""What Sentry adds to each part of an alert."""
_MARKS: Final = "#@"
"""Before the name of a channel, and of a person, of Slack."""


class AlertHandler(Handler):
    """Alerts; an id is `ORGANIZATION/PROJECT/NUMBER`."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make an alert."""
        organization, project = (given[it] for it in OWNERS)
        path = organization_path(organization, "workflows/")

        def alike() -> Mapping[str, Any]:
            found = api.get(path, {"project": project, "sortBy": NEWEST_FIRST})
            return {it["id"]: it for it in found if it["name"] == given["name"]}

        made = api.create(path, self._body(api, given), alike)
        accepted(f"{organization}/{project}/{made['id']}")
        return {}

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return an alert."""
        organization, project, number = places(id_, given, *OWNERS)
        found = api.find(organization_path(organization, f"workflows/{number}/"))
        if found is None:
            return None
        monitors = found["detectorIds"] or []
        everything = "monitorIds" not in given and monitors == [self._issue_stream(api, organization, project)]
        triggers = [it["type"] for it in (found["triggers"] or {"conditions": ()})["conditions"]]
        inputs = {
            "organization": organization,
            "project": project,
            "name": found["name"],
            **({} if everything else {"monitorIds": ordered(monitors, given.get("monitorIds"))}),
            "triggers": ordered(triggers, given.get("triggers")),
            "actionFilters": as_given(given.get("actionFilters"), found["actionFilters"] or []),
            "frequencyMinutes": found["config"].get("frequency"),
            **({"environment": found["environment"]} if found["environment"] else {}),
            **switch("enabled", found["enabled"], given),
        }
        return Found(inputs)

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change an alert."""
        organization, _, number = places(id_, news, *OWNERS)
        body = {"id": number, **self._body(api, news)}
        api.call("PUT", organization_path(organization, f"workflows/{number}/"), body)
        return {}

    def delete(self, api: Api, id_: str, given: Properties) -> None:
        """Delete an alert."""
        organization, _, number = places(id_, given, *OWNERS)
        api.remove("DELETE", organization_path(organization, f"workflows/{number}/"))

    def _body(self, api: Api, given: Properties) -> Properties:
        organization, project = (given[it] for it in OWNERS)
        monitors = given.get("monitorIds") or [self._issue_stream(api, organization, project)]
        conditions = [{"type": it, "comparison": True, "conditionResult": True} for it in given["triggers"]]
        return {
            "name": given["name"],
            "enabled": given.get("enabled") is not False,
            "detectorIds": [int(it) for it in monitors],
            "config": {"frequency": given["frequencyMinutes"]},
            "environment": given.get("environment"),
            "triggers": {"logicType": "any-short", "conditions": conditions},
            "actionFilters": given["actionFilters"],
        }

    def _issue_stream(self, api: Api, organization: str, project: str) -> str:
        query = {"project": project, "query": f"type:{ISSUE_STREAM}"}
        for it in api.get(organization_path(organization, "detectors/"), query):
            if it["type"] == ISSUE_STREAM:
                return str(it["id"])
        raise VendorError(f"project {project} has no monitor of all its issues")


def as_given(given: Value, found: Value) -> Value:
    """Return what was found in the form of what is given: without what Sentry adds, in an order of no meaning.

    An empty text that is given stands for one that Sentry finds itself: a channel's number by its name, which has
    its `#` again.
    """
    if isinstance(found, Mapping):
        known = given if isinstance(given, Mapping) else {it: None for it in found if it not in SERVER_KEYS}
        return {name: as_given(known[name], found.get(name)) for name in known}
    if isinstance(found, list):
        rest, same = list(found), []
        for item in given or ():
            match = next((it for it in rest if as_given(item, it) == item), None)
            if match is not None:
                rest.remove(match)
                same.append(item)
        return [*same, *(as_given(None, it) for it in rest)]
    if isinstance(given, str) and isinstance(found, str):
        return given if not given or given.lstrip(_MARKS) == found.lstrip(_MARKS) else found
    return found
