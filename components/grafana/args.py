"""Arguments of the Grafana component, and the combinations that it refuses."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pulumi
from msgspec import Struct

from observability import CloudWatch, CloudWatchMath, Query, Signals, Sql, UpstashStatistic
from observability.alerting.alerts import Alert, alerts
from observability.dashboards.boards import records
from observability.dashboards.panels import PanelContext
from observability.dashboards.queries import DataSources

UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""What Grafana takes as the uid of a folder, dashboard or rule."""
SHORTEST_INTERVAL_SECONDS = 10
"""Grafana evaluates in steps of this; other intervals are refused."""
HOURS_A_DAY = 24
SOURCE_KINDS: Mapping[type[Query], str] = {
    CloudWatch: "cloudwatch",
    CloudWatchMath: "cloudwatch",
    Sql: "postgres",
    UpstashStatistic: "upstash",
}
"""Data source that a kind of query needs; Prometheus for every other."""


class ContactArgs(Struct, frozen=True, kw_only=True):
    """Contact point of one severity: at least one of Slack, mail and PagerDuty, and all that are given."""

    slack_webhook_url: pulumi.Input[str] | None = None
    """Secret. Incoming webhook of a Slack channel."""
    slack_channel: str | None = None
    """Channel to ask for, with its `#`; a webhook of a Slack app has its own and ignores it."""
    email_addresses: Sequence[str] = ()
    """Mail addresses, all in one message."""
    pagerduty_integration_key: pulumi.Input[str] | None = None
    """Secret. Integration key of a PagerDuty service: rings a pager, so only with `may_page`."""

    def __post_init__(self) -> None:
        """Refuse a contact that nobody would hear.

        Raises:
            ValueError: none of the three is given.

        """
        # An Output has no truth value, so each is compared with None.
        given = [self.slack_webhook_url, self.email_addresses or None, self.pagerduty_integration_key]
        if all(way is None for way in given):
            raise ValueError(
                "a contact without slack_webhook_url, email_addresses or pagerduty_integration_key reaches nobody"
            )


class TicketHoursArgs(Struct, frozen=True, kw_only=True):
    """When tickets are sent, Monday to Friday; those of the night wait for the morning. Pages never wait."""

    first_hour: int = 8
    """Hour at which they begin, 0 to 23."""
    last_hour: int = 18
    """Hour at which they end, 1 to 24, after the first."""
    timezone: str = "UTC"
    """Name in the time zone database, for example `Europe/Amsterdam`."""

    def __post_init__(self) -> None:
        """Refuse hours that are none.

        Raises:
            ValueError: they do not lie within one day.

        """
        if not 0 <= self.first_hour < self.last_hour <= HOURS_A_DAY:
            raise ValueError(f"ticket hours are {self.first_hour} to {self.last_hour}: within 0 to {HOURS_A_DAY}")


class ObservabilityArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Observability`."""

    app: str
    """Name of the application; the label `service` of every alert."""
    environment: str
    """Name of the environment; the label `environment` of every alert."""
    owner: str
    """Owner of every record that names none; the label `owner` of its alerts."""
    folder_title: str
    """Title of the folder that holds the dashboards and the rules."""
    signals: Sequence[Signals]
    """Records of the stack's components, in the order of the rows."""
    region: str
    """AWS region of the CloudWatch metrics."""
    cloudwatch_datasource_uid: pulumi.Input[str] | None = None
    """Uid, not name, of the CloudWatch data source; needed by every signal that queries CloudWatch."""
    prometheus_datasource_uid: pulumi.Input[str] | None = None
    """Uid, not name, of the Prometheus data source; needed by every objective and every signal with PromQL."""
    postgres_datasource_uid: pulumi.Input[str] | None = None
    """Uid, not name, of the PostgreSQL data source; needed by every signal with SQL."""
    upstash_datasource_uid: pulumi.Input[str] | None = None
    """Uid, not name, of the Infinity data source with Upstash's credentials; needed by its statistics."""
    recorded_objectives: bool = False
    """Whether Prometheus has the recording rules of `footing observe`: panels and messages read those, which is
    cheaper than a whole period of counters."""
    page: ContactArgs
    """Contact point of pages: somebody has to act now."""
    ticket: ContactArgs
    """Contact point of tickets: somebody has to act this working day."""
    info: ContactArgs | None = None
    """Contact point of information; that of tickets when left out."""
    may_page: bool = False
    """Whether a pager may ring for this environment. Production only."""
    ticket_hours: TicketHoursArgs | None = None
    """Hours in which tickets and information are sent; at any time when left out."""
    owns_notification_policy: bool = False
    """Whether this stack writes the organization's whole tree of notification policies, over everybody's; else
    each rule names its contact point itself."""
    pages_inhibit: bool = False
    """Whether a page inhibits tickets of the same record: Grafana 13 or later, elsewhere the deployment fails."""
    runbook_url: str
    """Page with a section for each record, its id the anchor, for example `https://example.com/runbook`."""
    needed: Sequence[pulumi.Resource] = ()
    """What the alerts watch: none fires for what is not there yet."""
    evaluation_interval_seconds: int = 60
    """How often rules are evaluated, in seconds; a multiple of 10."""

    def __post_init__(self) -> None:
        """Refuse alerts that could not be made, or would go to the wrong person.

        Raises:
            ValueError: a pager without `may_page`, a query without its data source, two records or alerts of one
                name, a time that does not fit the evaluation interval, or a name that is no uid.

        """
        contacts = {"page": self.page, "ticket": self.ticket, "info": self.info}
        pagers = [key for key, it in contacts.items() if it and it.pagerduty_integration_key is not None]
        whose = "which only page may" if self.may_page else f"which {self.environment} may not"
        ways = "use Slack or mail" if self.may_page else "use Slack or mail, or set may_page"
        reasons = [f"{key} rings a pager, {whose}: {ways}" for key in pagers if key != "page" or not self.may_page]
        reasons += [*_bad_names(self), *_bad_times(self), *_missing_sources(self)]
        if reasons:
            raise ValueError("; ".join(reasons))

    @property
    def uid(self) -> str:
        """Uid of the folder, and beginning of every other name."""
        return f"{self.app}-{self.environment}"

    @property
    def panel_context(self) -> PanelContext:
        """Names and data sources that all panels and rules have in common."""
        return PanelContext(
            app=self.app,
            environment=self.environment,
            runbook_url=self.runbook_url,
            recorded=self.recorded_objectives,
            sources=DataSources(
                cloudwatch_uid=self.cloudwatch_datasource_uid,
                prometheus_uid=self.prometheus_datasource_uid,
                postgres_uid=self.postgres_datasource_uid,
                upstash_uid=self.upstash_datasource_uid,
                region=self.region,
            ),
        )


def by_subject(components: Sequence[Signals]) -> dict[str, list[Alert]]:
    """Return the alerts by subject, in order; a subject without any is left out."""
    groups: dict[str, list[Alert]] = {}
    for alert in alerts(components):
        groups.setdefault(alert.subject, []).append(alert)
    return groups


def _bad_names(args: ObservabilityArgs) -> Iterator[str]:
    if not UID.fullmatch(args.uid):
        yield f"{args.uid!r} is no uid for Grafana: app and environment have 39 characters of a-z, 0-9, - and _"
    for id_, count in Counter(record.id for component in args.signals for record in records(component)).items():
        if count > 1:
            yield f"{count} records are called {id_!r}: an id is used once in a stack"
    for name, count in Counter(alert.name for alert in alerts(args.signals)).items():
        if count > 1:
            yield f"{count} alerts are called {name!r}: a record has one threshold of each severity and direction"


def _bad_times(args: ObservabilityArgs) -> Iterator[str]:
    interval = args.evaluation_interval_seconds
    if interval < SHORTEST_INTERVAL_SECONDS or interval % SHORTEST_INTERVAL_SECONDS:
        yield f"evaluation_interval_seconds is {interval}: a multiple of {SHORTEST_INTERVAL_SECONDS}"
        return
    for alert in alerts(args.signals):
        if alert.for_seconds % interval:
            yield (
                f"alert {alert.name!r} waits {alert.for_seconds} seconds, "
                f"no multiple of evaluation_interval_seconds, which is {interval}"
            )


def _missing_sources(args: ObservabilityArgs) -> Iterator[str]:
    needed = [
        (f"signal {signal.id!r}", SOURCE_KINDS.get(type(query), "prometheus"))
        for component in args.signals
        for signal in component.signals
        for query in (signal.query, *signal.extra_queries.values())
    ]
    needed += [(f"objective {it.id!r}", "prometheus") for component in args.signals for it in component.objectives]
    for record, kind in dict.fromkeys(needed):
        if getattr(args, f"{kind}_datasource_uid") is None:
            yield f"{record} has no data source: set {kind}_datasource_uid"
