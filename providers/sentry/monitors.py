"""Monitors of Sentry's projects: of metrics, and of scheduled jobs.

https://docs.sentry.io/api/monitors/, https://docs.sentry.io/api/crons/
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from providers._server.api import Api
from providers._server.handler import Accepted, Found, Handler
from providers.sentry.projects import ordered, organization_path, places, project_path, switch
from providers.sentry.resources import DATASETS
from wire_format import Properties

OWNERS: Final = ("organization", "project")
METRIC: Final = "metric_issue"
"""Sentry's type of a monitor of a metric."""
RESULTS: Final = {"highAbove": ("gt", 75), "mediumAbove": ("gt", 50), "resolvedAt": ("lte", 0)}
"""Condition of each threshold, and the priority that it gives the issue: 0 resolves it."""
QUERY_TYPES: Final = {"events": 0, "events_analytics_platform": 1}
NEWEST_FIRST: Final = "-id"


class MetricHandler(Handler):
    """Monitors of a metric; an id is `ORGANIZATION/PROJECT/NUMBER`."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a monitor."""
        organization, project = (given[it] for it in OWNERS)
        query = {"project": project, "query": f"type:{METRIC}", "sortBy": NEWEST_FIRST}

        def alike() -> Mapping[str, Any]:
            found = api.get(organization_path(organization, "detectors/"), query)
            return {it["id"]: it for it in found if it["name"] == given["name"]}

        path = organization_path(organization, f"projects/{project}/detectors/")
        made = api.create(path, self._body(given), alike)
        accepted(f"{organization}/{project}/{made['id']}")
        return {"monitorId": made["id"]}

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a monitor."""
        organization, project, number = places(id_, given, *OWNERS)
        found = api.find(organization_path(organization, f"detectors/{number}/"))
        if found is None or found["type"] != METRIC:
            return None
        seen = found["dataSources"][0]["queryObj"]["snubaQuery"]
        values = {
            (it["type"], it["conditionResult"]): it["comparison"] for it in found["conditionGroup"]["conditions"]
        }
        inputs = {
            "organization": organization,
            "project": project,
            "name": found["name"],
            "dataset": seen["dataset"],
            "eventTypes": ordered(seen["eventTypes"], given.get("eventTypes")),
            "aggregate": seen["aggregate"],
            "windowSeconds": seen["timeWindow"],
            **({"query": seen["query"]} if seen["query"] or "query" in given else {}),
            **{name: values[key] for name, key in RESULTS.items() if key in values},
            **switch("enabled", found["enabled"], given),
        }
        return Found(inputs, {"monitorId": found["id"]})

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change a monitor."""
        organization, _, number = places(id_, news, *OWNERS)
        made = api.call("PUT", organization_path(organization, f"detectors/{number}/"), self._body(news))
        return {"monitorId": made["id"]}

    def delete(self, api: Api, id_: str, given: Properties) -> None:
        """Delete a monitor."""
        organization, _, number = places(id_, given, *OWNERS)
        api.remove("DELETE", organization_path(organization, f"detectors/{number}/"))

    def faults(self, given: Properties) -> list[tuple[str, str]]:
        """Refuse events that the dataset does not have, and thresholds in no order."""
        faults = []
        allowed = DATASETS[given["dataset"]]
        if foreign := [it for it in given["eventTypes"] if it not in allowed]:
            faults.append(("eventTypes", f"given {', '.join(foreign)}, allowed {', '.join(allowed)}"))
        steps = [given[name] for name in reversed(RESULTS) if isinstance(given.get(name), int)]
        if steps != sorted(steps):
            faults.append(("highAbove", "given thresholds in no order, allowed resolved, medium, high"))
        return faults

    def _body(self, given: Properties) -> Properties:
        source = {
            "aggregate": given["aggregate"],
            "dataset": given["dataset"],
            "environment": None,
            "eventTypes": given["eventTypes"],
            "query": given.get("query") or "",
            "queryType": QUERY_TYPES[given["dataset"]],
            "timeWindow": given["windowSeconds"],
        }
        conditions = [
            {"type": type_, "comparison": given[name], "conditionResult": result}
            for name, (type_, result) in RESULTS.items()
            if given.get(name) is not None
        ]
        return {
            "name": given["name"],
            "type": METRIC,
            "dataSources": [source],
            "config": {"detectionType": "static"},
            "conditionGroup": {"logicType": "any", "conditions": conditions},
            "enabled": given.get("enabled") is not False,
        }


class CronHandler(Handler):
    """Monitors of scheduled jobs; an id is `ORGANIZATION/PROJECT/SLUG`."""

    names: ClassVar = {
        "schedule": "schedule",
        "timezone": "timezone",
        "checkinMarginMinutes": "checkin_margin",
        "maxRuntimeMinutes": "max_runtime",
        "failureIssueThreshold": "failure_issue_threshold",
        "recoveryThreshold": "recovery_threshold",
    }

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a monitor."""
        organization, project = (given[it] for it in OWNERS)

        def alike() -> Mapping[str, Any]:
            found = api.find(project_path(organization, project, f"monitors/{given['slug']}/"))
            return {found["id"]: found} if found else {}

        made = api.create(organization_path(organization, "monitors/"), self._body(given), alike)
        accepted(f"{organization}/{project}/{made['slug']}")
        return {}

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a monitor; of its settings, those that are given, or all of them for an import."""
        organization, project, slug = places(id_, given, *OWNERS)
        found = api.find(project_path(organization, project, f"monitors/{slug}/"))
        if found is None:
            return None
        inputs = {"organization": organization, "project": project, "name": found["name"], "slug": found["slug"]}
        config = found["config"]
        seen = {key: config[name] for key, name in self.names.items() if key in given or not given}
        return Found({**inputs, **{key: value for key, value in seen.items() if value is not None}})

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change a monitor."""
        organization, project, slug = places(id_, news, *OWNERS)
        api.call("PUT", project_path(organization, project, f"monitors/{slug}/"), self._body(news))
        return {}

    def delete(self, api: Api, id_: str, given: Properties) -> None:
        """Delete a monitor."""
        organization, project, slug = places(id_, given, *OWNERS)
        api.remove("DELETE", project_path(organization, project, f"monitors/{slug}/"))

    def _body(self, given: Properties) -> Properties:
        config = {name: given[key] for key, name in self.names.items() if given.get(key) is not None}
        return {
            "project": given["project"],
            "name": given["name"],
            "slug": given["slug"],
            "config": {"schedule_type": "crontab", **config},
        }
