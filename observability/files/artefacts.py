"""The files that are written from a stack's records; each is one function, and one line of `ARTEFACTS`."""

import json
from collections.abc import Callable, Mapping

from observability.alerting.rules import groups
from observability.alerting.rules import to_yaml as rules_yaml
from observability.dashboards.boards import models
from observability.files.load_limits import load_limits
from observability.files.runbook import runbook
from observability.records import rpc
from observability.routing.alertmanager import configuration, templates, to_yaml
from observability.stack import ObservedStack

ALERTMANAGER_HEADER = """\
# Made by `footing observe`. Each secret is the content of a file that the configuration names.
"""


def grants(observed: ObservedStack) -> str:
    """Return SQL that lets Grafana read the recorded remote calls; a remark without a PostgreSQL data source."""
    if observed.granted_database is None:
        return "-- No grafana.postgres_datasource_uid: no dashboard queries PostgreSQL.\n"
    return rpc.grants(observed.granted_database)


def rules(observed: ObservedStack) -> str:
    """Return every recording and alerting rule, for a Prometheus whose alerts no Grafana evaluates."""
    return rules_yaml(groups(observed.signals, observed.identity))


def alertmanager_yml(observed: ObservedStack) -> str:
    """Return the configuration of Alertmanager."""
    return ALERTMANAGER_HEADER + to_yaml(configuration(observed.receivers))


def alertmanager_tmpl(observed: ObservedStack) -> str:
    """Return the message templates of Alertmanager."""
    return templates(observed.grafana_url)


def dashboards(observed: ObservedStack) -> dict[str, str]:
    """Return one JSON file for each board, for a Grafana that Pulumi does not manage."""
    return {
        f"{board.value}.json": json.dumps(model, indent=2, sort_keys=True) + "\n"
        for board, model in models(observed.signals, observed.panels).items()
    }


ARTEFACTS: Mapping[str, Callable[[ObservedStack], str]] = {
    "grants.sql": grants,
    "rules.yml": rules,
    "load-limits.json": load_limits,
    "runbook.md": runbook,
    "alertmanager.yml": alertmanager_yml,
    "alertmanager.tmpl": alertmanager_tmpl,
}
"""By file name, in the order in which they are written; the dashboards follow, one file for each board."""


def render(observed: ObservedStack) -> dict[str, str]:
    """Return the text of every file by its path under the output directory."""
    files = {name: text_of(observed) for name, text_of in ARTEFACTS.items()}
    return files | {f"dashboards/{name}": text for name, text in dashboards(observed).items()}
