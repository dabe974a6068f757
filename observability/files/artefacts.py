"""The files that are written from a stack's records; each is one function, and one line of `ARTEFACTS`."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from observability import Objective, Signal
from observability.alerting.alerts import Alert, alerts
from observability.alerting.evaluators import without_cloudwatch
from observability.alerting.rules import groups
from observability.alerting.rules import to_yaml as rules_yaml
from observability.dashboards.boards import models
from observability.durations import MINUTE_SECONDS, duration
from observability.files.operations import operations
from observability.records import rpc
from observability.routing.alertmanager import configuration, templates, to_yaml
from observability.stack import ObservedStack

ALERTMANAGER_HEADER = """\
# Made by `footing observe`. Each secret is the content of a file that the configuration names.
"""
PROFILES: dict[str, dict[str, Any]] = {
    "smoke": {"users": 10, "minutes": 1},
    "load": {"users": 100, "minutes": 10},
    "stress": {"users": 500, "minutes": 10},
    "day-one": {"users": 2000, "minutes": 15},
}
"""Users and length of each profile. Source: S1-78 to S1-83."""
ACHIEVED_SHARE = 0.95
"""Share of the offered requests that the generator has to send: under it, the generator was the limit."""
FEED_REQUESTS_PER_SECOND = 200
"""Rate of the feed's scenario. Source: S0-54."""
AUTH_ATTEMPTS_PER_SECOND = 100
"""Rate of the sign-in scenario. Source: S0-53."""
POSTS_PER_SECOND = 50
"""Rate of the scenario that writes too often. Source: S0-55."""


def grants(observed: ObservedStack) -> str:
    """Return SQL that lets Grafana read the recorded remote calls; a remark without a PostgreSQL data source."""
    if observed.granted_database is None:
        return "-- No grafana.postgres_datasource_uid: no dashboard queries PostgreSQL.\n"
    return rpc.grants(observed.granted_database)


def rules(observed: ObservedStack) -> str:
    """Return every recording and alerting rule, for a Prometheus whose alerts no Grafana evaluates."""
    return rules_yaml(groups(observed.signals, observed.identity))


def load_limits(observed: ObservedStack) -> str:
    """Return what a run of load tests has to keep, as JSON; shares between 0 and 1, times in milliseconds."""
    targets = observed.load_targets
    common = {
        "latency": [
            {"population": it.population, "percentile": it.percentile, "at_most_ms": it.milliseconds}
            for it in targets.latency
        ],
        "failed_share_at_most": targets.failed_share,
    }
    # By the window of the limit: a fixed one lets twice as many pass around its edge.
    sign_in = {
        "attempts_per_second": AUTH_ATTEMPTS_PER_SECOND,
        "accepted_per_window_at_most": targets.auth_requests_per_minute,
        "window_seconds": MINUTE_SECONDS,
        "refused_with": {"status": 429},
    }
    # Once warm: the answers of the first time to live are left out.
    feed: dict[str, Any] = {
        "requests_per_second": FEED_REQUESTS_PER_SECOND,
        "hit_share_at_least": dict(targets.hit_shares),
        **({"hit_byte_share_at_least": dict(targets.byte_shares)} if targets.byte_shares else {}),
    }
    # Writes of one address far over its limit: most are refused, and the database does not feel it.
    accepted_share = targets.api_requests_per_minute / (POSTS_PER_SECOND * MINUTE_SECONDS)
    posts = {
        "requests_per_second": POSTS_PER_SECOND,
        "refused_share_at_least": round(1 - accepted_share, 4),
        "database_connections_at_most": targets.server_connections,
    }
    content = {
        "profiles": {name: {**profile, **common} for name, profile in PROFILES.items()},
        "scenarios": {"sign_in": sign_in, "feed": feed, "posts": posts},
        "achieved_rate_share": ACHIEVED_SHARE,
    }
    return json.dumps(content, indent=2) + "\n"


def runbook(observed: ObservedStack) -> str:
    """Return a section for each record, its id the anchor, in Markdown for the page at `alerts.runbook_url`."""
    lines = [
        f"# Runbook: {observed.identity.app} {observed.identity.environment}",
        "",
        "Made by `footing observe`; every message of an alert links to its section here.",
    ]
    for component in observed.signals:
        if not component.signals and not component.objectives:
            continue
        lines += ["", f"## {component.subject}"]
        alerts_by_record: dict[str, list[Alert]] = {}
        for alert in alerts([component]):
            alerts_by_record.setdefault(alert.anchor, []).append(alert)
        records: tuple[Objective | Signal, ...] = (*component.objectives, *component.signals)
        for record in records:
            if record.id not in alerts_by_record:
                continue
            lines += ["", f'<a id="{record.id}"></a>', "", f"### {record.title}"]
            lines += ["", record.description, "", record.runbook, "", f"Owner: {record.owner or observed.owner}."]
            lines += ["", "| alert | severity | fires when | for |", "|---|---|---|---|"]
            lines += [
                f"| `{alert.name}` | {alert.severity.value} | {alert.summary} | {duration(alert.for_seconds)} |"
                for alert in alerts_by_record[record.id]
            ]
    return "\n".join(lines) + "\n"


def alertmanager_yml(observed: ObservedStack) -> str:
    """Return the configuration of Alertmanager."""
    return ALERTMANAGER_HEADER + to_yaml(configuration(observed.receivers))


def alertmanager_tmpl(observed: ObservedStack) -> str:
    """Return the message templates of Alertmanager."""
    return templates(observed.grafana_url)


def dashboards(observed: ObservedStack) -> dict[str, str]:
    """Return one JSON file for each board, for a Grafana that Pulumi does not manage."""
    asked = observed.panels.sources.cloudwatch_uid is not None
    drawn = observed.signals if asked else without_cloudwatch(observed.signals)
    return {
        f"{board.value}.json": json.dumps(model, indent=2, sort_keys=True) + "\n"
        for board, model in models(drawn, observed.panels).items()
    }


ARTEFACTS: Mapping[str, Callable[[ObservedStack], str]] = {
    "grants.sql": grants,
    "rules.yml": rules,
    "load-limits.json": load_limits,
    "runbook.md": runbook,
    "operations.md": operations,
    "alertmanager.yml": alertmanager_yml,
    "alertmanager.tmpl": alertmanager_tmpl,
}
"""By file name, in the order in which they are written; the dashboards follow, one file for each board."""


def render(observed: ObservedStack) -> dict[str, str]:
    """Return the text of every file by its path under the output directory."""
    files = {name: text_of(observed) for name, text_of in ARTEFACTS.items()}
    return files | {f"dashboards/{name}": text for name, text in dashboards(observed).items()}
