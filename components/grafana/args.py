"""What dashboards and alerts are made from, and what they refuse to be made from."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi

from components._signals import CloudWatch, Signal, Signals

UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""What Grafana takes as the uid of a folder, dashboard or rule."""

SHORTEST_INTERVAL_SECONDS = 10
"""Grafana evaluates in steps of this; other intervals are refused."""


@dataclass(frozen=True, kw_only=True)
class ContactArgs:
    """Where messages go; at least one of the three, and all that are given."""

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
        # An Output has no truth value: whether one is given is all that may be asked.
        given = [self.slack_webhook_url, self.email_addresses or None, self.pagerduty_integration_key]
        if all(way is None for way in given):
            raise ValueError(
                "a contact without slack_webhook_url, email_addresses or pagerduty_integration_key reaches nobody"
            )


@dataclass(frozen=True, kw_only=True)
class ObservabilityArgs:
    """What `Observability` is made from."""

    app: str
    """Name of the application; the label `service` of every alert."""
    environment: str
    """Name of the environment; the label `environment` of every alert."""
    folder_title: str
    """Title of the folder that holds the dashboard and the rules."""
    signals: Sequence[Signals]
    """What the components of the stack tell about themselves, in the order of the dashboard."""
    region: str
    """AWS region of the CloudWatch metrics."""
    cloudwatch_datasource_uid: pulumi.Input[str] | None = None
    """Uid, not name, of the CloudWatch data source; needed by every signal that asks CloudWatch."""
    prometheus_datasource_uid: pulumi.Input[str] | None = None
    """Uid, not name, of the Prometheus data source; needed by every signal that asks Prometheus."""
    page: ContactArgs
    """Where an alert goes that somebody has to act on now."""
    ticket: ContactArgs
    """Where an alert goes that somebody has to act on this working day."""
    info: ContactArgs | None = None
    """Where an alert goes that is only worth knowing; without it, where tickets go."""
    may_page: bool = False
    """Whether a pager may ring for this environment. Production only."""
    runbook_url: str
    """Page with a section for each signal, its id the anchor, for example `https://example.com/runbook`."""
    evaluation_interval_seconds: int = 60
    """How often rules are evaluated, in seconds; a multiple of 10."""

    def __post_init__(self) -> None:
        """Refuse alerts that could not be made, or would go to the wrong person.

        Raises:
            ValueError: a pager without leave, a signal without its data source, two signals of one name, a time
                that does not fit the evaluation interval, or a name that is no uid.

        """
        reasons = [*_unwanted_pagers(self), *_bad_names(self), *_bad_times(self), *_missing_sources(self)]
        if reasons:
            raise ValueError("; ".join(reasons))

    @property
    def uid(self) -> str:
        """Uid of the folder and the dashboard, and beginning of every other name."""
        return f"{self.app}-{self.environment}"


def by_subject(signals: Sequence[Signals]) -> dict[str, list[Signal]]:
    """Signals by what they are about, in order; a subject without any is left out."""
    groups: dict[str, list[Signal]] = {}
    for told in signals:
        if told.signals:
            groups.setdefault(told.subject, []).extend(told.signals)
    return groups


def _all_signals(args: ObservabilityArgs) -> list[Signal]:
    return [signal for told in args.signals for signal in told.signals]


def _unwanted_pagers(args: ObservabilityArgs) -> Iterator[str]:
    for field in ("page", "ticket", "info"):
        contact: ContactArgs | None = getattr(args, field)
        if contact and contact.pagerduty_integration_key is not None and not args.may_page:
            yield f"{field} rings a pager, which {args.environment} may not: use Slack or mail, or set may_page"
        elif contact and contact.pagerduty_integration_key is not None and field != "page":
            yield f"{field} rings a pager, which only page may: use Slack or mail"


def _bad_names(args: ObservabilityArgs) -> Iterator[str]:
    if not UID.fullmatch(args.uid):
        yield f"{args.uid!r} is no uid for Grafana: app and environment have 39 characters of a-z, 0-9, - and _"
    for id_, count in Counter(signal.id for signal in _all_signals(args)).items():
        if count > 1:
            yield f"{count} signals are called {id_!r}: an id is used once in a stack"
    for signal in _all_signals(args):
        directions = Counter((it.severity, it.below) for it in signal.thresholds)
        if max(directions.values(), default=0) > 1:
            yield f"signal {signal.id!r} has two thresholds of one severity and direction: keep one"


def _bad_times(args: ObservabilityArgs) -> Iterator[str]:
    interval = args.evaluation_interval_seconds
    if interval < SHORTEST_INTERVAL_SECONDS or interval % SHORTEST_INTERVAL_SECONDS:
        yield f"evaluation_interval_seconds is {interval}: a multiple of {SHORTEST_INTERVAL_SECONDS}"
        return
    for signal in _all_signals(args):
        if signal.thresholds and signal.for_seconds % interval:
            yield (
                f"signal {signal.id!r} waits {signal.for_seconds} seconds, "
                f"no multiple of evaluation_interval_seconds, which is {interval}"
            )


def _missing_sources(args: ObservabilityArgs) -> Iterator[str]:
    for signal in _all_signals(args):
        kind = "cloudwatch" if isinstance(signal.query, CloudWatch) else "prometheus"
        if getattr(args, f"{kind}_datasource_uid") is None:
            yield f"signal {signal.id!r} has no data source: set {kind}_datasource_uid"
