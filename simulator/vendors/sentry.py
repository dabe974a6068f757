"""A fake of Sentry's API: projects, client keys, monitors and alerts.

The rules of alerts that Sentry took away in 2026 it does not have: https://github.com/getsentry/sentry/pull/121879
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.vendors.fake import Answer, Request, operation
from simulator.vendors.sentry_projects import CREATED, PROJECT, place_of
from simulator.vendors.sentry_releases import SentryReleases

_ORGANIZATION = "/api/0/organizations/{organization_id_or_slug}/"
_SOURCE = frozenset({"aggregate", "dataset", "environment", "eventTypes", "query", "queryType", "timeWindow"})
_PAUSES = frozenset({0, 5, 10, 30, 60, 180, 720, 1440})


class Sentry(SentryReleases):
    """Projects by organization and slug; monitors and alerts by number."""

    def _checked(self, name: str, request: Request) -> Answer:
        """Return an answer: monitors and alerts take names in both forms."""
        if isinstance(request.body, dict) and re.search(r"/(detectors|workflows)/", name):
            request = replace(request, body=_snake(request.body))
        return super()._checked(name, request)

    @operation(f"GET {_ORGANIZATION}detectors/")
    def list_detectors(self, request: Request) -> Answer:
        """Return monitors, of one project and one type where these are asked for, the newest first."""
        kind = request.query.get("query", "").removeprefix("type:")
        found = [
            _shown(it)
            for it in reversed(self.state["detectors"].values())
            if it["place"].endswith(f"/{request.query.get('project', '')}") and kind in ("", it["type"])
        ]
        return Answer(200, found)

    @operation(f"POST {_ORGANIZATION}projects/{{project_id_or_slug}}/detectors/")
    def create_detector(self, request: Request) -> Answer:
        """Make a monitor of a metric."""
        self._project(request)
        if refused := _refused_monitor(request.body):
            return Answer(400, {"detail": refused})
        return Answer(201, _shown(self._add_detector(request.body, place_of(request))))

    @operation(f"GET {_ORGANIZATION}detectors/{{detector_id}}/")
    def get_detector(self, request: Request) -> Answer:
        """Return a monitor."""
        return Answer(200, _shown(self._of("detectors", request, "detector_id")))

    @operation(f"PUT {_ORGANIZATION}detectors/{{detector_id}}/")
    def update_detector(self, request: Request) -> Answer:
        """Change a monitor of a metric."""
        detector = self._of("detectors", request, "detector_id")
        if refused := _refused_monitor(request.body):
            return Answer(400, {"detail": refused})
        detector.update(self._detector(request.body))
        return Answer(200, _shown(detector))

    @operation(f"DELETE {_ORGANIZATION}detectors/{{detector_id}}/")
    def delete_detector(self, request: Request) -> Answer:
        """Delete a monitor; alerts forget it."""
        number = self._of("detectors", request, "detector_id")["id"]
        del self.state["detectors"][number]
        for it in self.state["workflows"].values():
            it["detectorIds"] = [id_ for id_ in it["detectorIds"] if id_ != number]
        return Answer(204)

    @operation(f"GET {_ORGANIZATION}workflows/")
    def list_workflows(self, request: Request) -> Answer:
        """Return alerts, of one project's monitors where these are asked for, the newest first."""
        project = request.query.get("project", "")
        own = {id_ for id_, it in self.state["detectors"].items() if it["place"].endswith(f"/{project}")}
        found = [it for it in reversed(self.state["workflows"].values()) if own & {*it["detectorIds"]}]
        return Answer(200, found)

    @operation(f"POST {_ORGANIZATION}workflows/")
    def create_workflow(self, request: Request) -> Answer:
        """Make an alert."""
        if refused := self._refused_alert(request.body):
            return Answer(400, {"detail": refused})
        number = str(self.number())
        self.state["workflows"][number] = {"id": number, **self._workflow(request.body)}
        return Answer(201, self.state["workflows"][number])

    @operation(f"GET {_ORGANIZATION}workflows/{{workflow_id}}/")
    def get_workflow(self, request: Request) -> Answer:
        """Return an alert."""
        return Answer(200, self._of("workflows", request, "workflow_id"))

    @operation(f"PUT {_ORGANIZATION}workflows/{{workflow_id}}/")
    def update_workflow(self, request: Request) -> Answer:
        """Change an alert."""
        workflow = self._of("workflows", request, "workflow_id")
        if refused := self._refused_alert(request.body):
            return Answer(400, {"detail": refused})
        workflow.update(self._workflow(request.body))
        return Answer(200, workflow)

    @operation(f"DELETE {_ORGANIZATION}workflows/{{workflow_id}}/")
    def delete_workflow(self, request: Request) -> Answer:
        """Delete an alert."""
        del self.state["workflows"][self._of("workflows", request, "workflow_id")["id"]]
        return Answer(204)

    @operation(f"POST {_ORGANIZATION}monitors/")
    def create_monitor(self, request: Request) -> Answer:
        """Make a monitor of a scheduled job."""
        body = request.body
        place = f"{request.names['organization_id_or_slug']}/{body['project']}"
        monitor = {"id": str(self.number()), "place": place, "slug": body.get("slug") or body["name"]}
        self.state["monitors"][monitor["slug"]] = monitor
        return self._monitor_answer(request, 201, monitor)

    @operation(f"GET {PROJECT}monitors/{{monitor_id_or_slug}}/")
    def get_monitor(self, request: Request) -> Answer:
        """Return a monitor of a scheduled job."""
        return self._monitor_answer(request, 200, self._of("monitors", request, "monitor_id_or_slug"))

    @operation(f"PUT {PROJECT}monitors/{{monitor_id_or_slug}}/")
    def update_monitor(self, request: Request) -> Answer:
        """Change a monitor of a scheduled job."""
        return self._monitor_answer(request, 200, self._of("monitors", request, "monitor_id_or_slug"))

    @operation(f"DELETE {PROJECT}monitors/{{monitor_id_or_slug}}/")
    def delete_monitor(self, request: Request) -> Answer:
        """Delete a monitor of a scheduled job."""
        del self.state["monitors"][self._of("monitors", request, "monitor_id_or_slug")["slug"]]
        return Answer(202)

    def _detector(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a monitor as Sentry keeps it."""
        sources = [{"id": self._id(), "queryObj": {"snubaQuery": dict(it)}} for it in body.get("data_sources", ())]
        group = body.get("condition_group")
        return {
            "name": body["name"],
            "type": body["type"],
            "dataSources": sources or None,
            "conditionGroup": {"logicType": group["logic_type"], "conditions": self._numbered(group["conditions"])}
            if group
            else None,
            "config": body.get("config", {}),
            "enabled": body.get("enabled", True),
        }

    def _add_detector(self, body: Mapping[str, Any], place: str) -> dict[str, Any]:
        number = self._id()
        self.state["detectors"][number] = {"id": number, "place": place, **self._detector(body)}
        detector: dict[str, Any] = self.state["detectors"][number]
        return detector

    def _refused_alert(self, body: Mapping[str, Any]) -> str | None:
        """Return why an alert is refused: what it hears is not there, or how often it may speak."""
        if lost := [it for it in body.get("detector_ids", ()) if str(it) not in self.state["detectors"]]:
            return f"Some detectors do not exist: {lost}"
        frequency = body.get("config", {}).get("frequency")
        return f"frequency: {frequency} is not one of {sorted(_PAUSES)}" if frequency not in _PAUSES else None

    def _workflow(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return an alert as Sentry keeps it: numbered, and with a channel's number beside its name."""
        filters = []
        for number, it in enumerate(body["action_filters"]):
            actions = [{"status": "active", **action} for action in self._numbered(it["actions"])]
            for action in actions:
                config = {"targetDisplay": None, **action["config"]}
                if action["type"] == "slack" and not config["targetIdentifier"]:
                    config |= {
                        "targetIdentifier": f"C{number:010d}",
                        "targetDisplay": f"#{config['targetDisplay']}",
                    }
                action["config"] = config
            conditions = self._numbered(it["conditions"])
            filters.append({"id": self._id(), **it, "conditions": conditions, "actions": actions})
        triggers = body["triggers"]
        conditions = self._numbered(triggers["conditions"])
        return {
            "name": body["name"],
            "detectorIds": [str(it) for it in body.get("detector_ids", ())],
            "triggers": {"id": self._id(), "logicType": triggers["logic_type"], "conditions": conditions},
            "actionFilters": filters,
            "config": body["config"],
            "environment": body.get("environment"),
            "enabled": body.get("enabled", True),
        }

    def _numbered(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return conditions or actions with a number each, in an order of Sentry's own."""
        return [{"id": self._id(), **it} for it in sorted(items, key=str, reverse=True)]

    def _monitor_answer(self, request: Request, status: int, monitor: dict[str, Any]) -> Answer:
        body = request.body or {}
        monitor.update({name: body[name] for name in ("name", "config") if name in body})
        return Answer(status, {"status": "active", "dateCreated": CREATED, **_shown(monitor)})


FAKE = Sentry


def _snake(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body as Sentry reads it: names of objects, and not of lists, in both forms.

    https://github.com/getsentry/sentry/blob/master/src/sentry/api/serializers/rest_framework/base.py
    """
    return {
        re.sub(r"(?<=[a-z])[A-Z]", lambda it: f"_{it[0].lower()}", name): _snake(value)
        if isinstance(value, dict) and name != "config"
        else value
        for name, value in body.items()
    }


def _refused_monitor(body: Mapping[str, Any]) -> str | None:
    """Return why a monitor is refused: what it counts."""
    if body["type"] != "metric_issue":
        return f"type: {body['type']} cannot be made"
    for source in body.get("data_sources", ()):
        if source.get("dataset") not in ("events", "events_analytics_platform"):
            return "Creation of transaction-based alerts is disabled, as we migrate to the span dataset."
        if missing := _SOURCE - source.keys():
            return f"dataSources: {', '.join(sorted(missing))} missing"
    return None


def _shown(thing: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name != "place"}
