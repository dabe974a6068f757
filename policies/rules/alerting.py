"""Rules of alerts: everything that holds data is watched, and nobody is woken for staging."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, decide, fail, undecided
from policies.resource import UNKNOWN, Resource, Stack
from policies.rule import IN_PRODUCTION, Level, Levels, Rule, Severity, StackCheck, StackRule
from policies.rules.links import by_urn, each, linked
from policies.rules.pooler import is_pooler
from policies.rules.reading import at, items, must, parsed, truth, unreadable
from policies.rules.stores import is_measuring
from policies.rules.tokens import (
    ALERTS,
    BASTION,
    CACHE,
    CLUSTERS,
    DATABASE,
    REDIS,
    SERVERLESS_REDIS,
    SERVICE,
    TASK,
    UPSTASH,
)

CONTACT = "grafana:alerting/contactPoint:ContactPoint"
SENTRY_ALERT = "footing-sentry:index:Alert"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
RINGING_ACTIONS: Final = ("pagerduty", "opsgenie", "victorops")
"""Actions of an alert at Sentry that wake somebody."""
RINGING_PROTOCOLS: Final = ("http", "https", "sms")
"""Ways out of a topic that a pager service listens at, or that ring a telephone."""
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
MONITOR = "datadog:index/monitor:Monitor"
SCALING_POLICY = "aws:appautoscaling/policy:Policy"
SENTRY_KEY = "footing-sentry:index:ClientKey"
PAGERS: Final = ("pagerduties", "opsgenies", "victorops", "oncalls", "pushovers", "jiras")
"""Integrations of a contact point that wake somebody or open a case; email and chat do not."""
PHYSICAL_NAMES: Final = {
    DATABASE: "identifier",
    REDIS: "replicationGroupId",
    SERVERLESS_REDIS: "name",
    UPSTASH: "databaseName",
    CACHE: "clusterId",
    **dict.fromkeys(CLUSTERS, "clusterIdentifier"),
    SERVICE: "name",
}
"""Property under which metrics know a resource of a type."""
WATCHED: Final = (DATABASE, *CLUSTERS, REDIS, SERVERLESS_REDIS, CACHE)
"""What holds data, and measures itself where alerts can look."""


class _Watch:
    """What the alerts of a stack look at."""

    def __init__(self, stack: Stack) -> None:
        queries = [query for group in stack.of(ALERTS) for query in _queries(group)]
        self._named = {text for texts, _ in queries for text in texts}
        hidden = [by_urn(group, "rules") for texts, group in queries if texts == {_HIDDEN}]
        self._urns = {urn for urns in hidden for urn in urns}
        self._unclear = not all(hidden) or any(texts == {_DOUBTFUL} for texts, _ in queries)
        for monitor in stack.of(MONITOR):
            text = monitor.get("query")
            self._named |= set(_TAG_VALUE.findall(text)) if isinstance(text, str) else set()
            self._urns |= set(by_urn(monitor, "query"))
            self._unclear = self._unclear or (unreadable(text) and not by_urn(monitor, "query"))
        for alarm in stack.of(ALARM):
            enabled, actions = alarm.get("actionsEnabled"), alarm.get("alarmActions")
            scales = linked(alarm, "alarmActions", stack, SCALING_POLICY)
            # An alarm that only scales a service is looked at by nobody.
            if truth(enabled) is not False and actions not in (None, []) and not scales:
                self._add_alarm(alarm, doubtful=unreadable(enabled, actions))
        self._groups = {_MEMBER.sub("", text) for text in self._named}

    def _add_alarm(self, alarm: Resource, *, doubtful: bool) -> None:
        for key in _MEASURED:
            values, sources = list(_values(alarm.get(key))), by_urn(alarm, key)
            # What is unknown and comes from resources of the stack is about those.
            self._unclear = self._unclear or doubtful or (unreadable(*values) and not sources)
            if not doubtful:
                self._named |= {it for it in values if isinstance(it, str)}
                self._urns |= set(sources)

    def on(self, resource: Resource) -> bool | None:
        """Return whether an alert looks at `resource`; None where that is unknown."""
        name = resource.get(PHYSICAL_NAMES[resource.type])
        named = self._named | self._groups if resource.type == REDIS else self._named
        if resource.urn in self._urns or (isinstance(name, str) and name != "" and name in named):
            return True
        return None if unreadable(name) or self._unclear else False


_MEMBER: Final = re.compile(r"(?:-\d{4})?-\d{3}$")
"""Metrics know the members of a replication group, `<id>-001` or `<id>-0001-001`, and not the group."""
_TAG_VALUE: Final = re.compile(r":([\w.-]+)")
"""Value of a tag in a query of Datadog, `{dbinstanceidentifier:feed-production}`."""
_MEASURED: Final = ("dimensions", "metricQueries")
"""Properties of an alarm that say what it looks at."""
_HIDDEN, _DOUBTFUL = "[unknown]", "[doubtful]"
"""Stand for a query whose text is unknown, and for one that may not be there at all."""


def _queries(group: Resource) -> Iterator[tuple[set[str], Resource]]:
    """Yield the texts of each query of a group of alerts that are not paused, with the group."""
    rules = group.get("rules")
    for rule in [rules] if unreadable(rules) else items(rules):
        paused = at(rule, "isPaused")
        if unreadable(rule, paused, at(rule, "datas")):
            yield {_DOUBTFUL}, group
        elif truth(paused) is not True:
            yield from ((_texts(at(data, "model")), group) for data in items(at(rule, "datas")))


def _texts(model: Any) -> set[str]:
    read = parsed(model)
    return {_HIDDEN} if unreadable(read) else {it for it in _values(read) if isinstance(it, str)}


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _values(item)
    elif isinstance(value, list):
        for item in value:
            yield from _values(item)
    else:
        yield value


def _is_watched(types: tuple[str, ...]) -> StackCheck:
    found = partial(decide, "what the alerts look at", "no alert", "one alert at least")

    def check(stack: Stack) -> Iterator[tuple[Resource, Judgement]]:
        watch = _Watch(stack)
        for resource in stack.of(*types):
            watched = watch.on(resource)
            yield resource, found(holds=watched is True, doubtful=watched is None)

    return check


_rings_nobody: Final = must(
    "protocol",
    hold=lambda protocol: protocol not in RINGING_PROTOCOLS,
    required="email, or a queue",
    observed=lambda protocol: f"messages by {protocol}",
)


def _wakes_nobody(resource: Resource) -> Judgement:
    if resource.type == SUBSCRIPTION:
        return _rings_nobody(resource)
    if resource.type == SENTRY_ALERT:
        filters = resource.get("actionFilters")
        actions = [at(it, "actions") for it in items(filters)]
        kinds = [at(action, "type") for found in actions for action in items(found)]
        paging = [kind for kind in kinds if kind in RINGING_ACTIONS]
        if paging:
            return fail(f"{paging[0]} in use", "email or chat")
        return undecided("actionFilters") if unreadable(filters, *actions, *kinds) else PASSED
    for key in PAGERS:
        found = resource.get(key)
        if found is UNKNOWN:
            return undecided(key)
        if found not in (None, []):
            return fail(f"{key} in use", "email or chat")
    return PASSED


def _reports_errors(task: Resource, stack: Stack) -> Judgement:
    if BASTION in task.urn or is_pooler(task) or is_measuring(task) or not any(stack.of(SENTRY_KEY)):
        return NOT_APPLICABLE
    definitions = task.get("containerDefinitions")
    return decide(
        "containerDefinitions",
        "no SENTRY_DSN",
        "the DSN of a Sentry project",
        holds=bool(linked(task, "containerDefinitions", stack, SENTRY_KEY)) or "SENTRY_DSN" in _texts(definitions),
        doubtful=unreadable(definitions),
    )


RULES: Final = (
    StackRule(
        id="alerts-on-data",
        title="An alert looks at everything that holds data",
        why="a disk fills and a replica falls behind while nobody looks",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/monitoring-cloudwatch.html",
        remedy="Add an alert whose query names the resource.",
        keys=("cloudwatch_alarms", "grafana.contacts", "datadog"),
        levels=IN_PRODUCTION,
        types=frozenset(WATCHED),
        check=_is_watched(WATCHED),
    ),
    StackRule(
        id="alerts-on-services",
        title="An alert looks at every service",
        why="visitors would be the first to tell",
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html",
        remedy="Add an alert whose query names the service.",
        keys=("cloudwatch_alarms", "grafana.contacts", "datadog"),
        levels=IN_PRODUCTION,
        types=frozenset({SERVICE}),
        check=_is_watched((SERVICE,)),
    ),
    StackRule(
        id="service-error-reports",
        title="Services report their errors to the stack's Sentry project",
        why="an error in a log line is read by nobody",
        source="https://docs.sentry.io/product/sentry-basics/dsn-explainer/",
        remedy="Give the container SENTRY_DSN, from a ClientKey.",
        keys=("sentry",),
        severity=Severity.MEDIUM,
        levels=IN_PRODUCTION,
        types=frozenset({TASK}),
        check=each((TASK,), _reports_errors),
    ),
    Rule(
        id="alerts-wake-nobody-for-staging",
        title="Alerts of an environment without users wake nobody",
        why="who is woken for nothing sleeps through the next page",
        source="https://grafana.com/docs/grafana/latest/alerting/fundamentals/notifications/contact-points/",
        remedy="Send them by email or to a chat.",
        keys=("alerts.may_page",),
        severity=Severity.MEDIUM,
        levels=Levels(production=Level.OFF, elsewhere=Level.MANDATORY),
        types=frozenset({CONTACT, SENTRY_ALERT, SUBSCRIPTION}),
        check=_wakes_nobody,
    ),
)
