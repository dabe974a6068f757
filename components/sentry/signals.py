"""Signals that Sentry evaluates itself.

Thresholds count errors that happen, not events that are sent: `provider` scales them by the sample rate.
"""

from collections.abc import Iterator

from components.sentry.args import AlertArgs, SentryArgs
from observability import (
    Board,
    ByHand,
    Check,
    Comparison,
    Group,
    IssueCategory,
    IssueEvent,
    SentryIssues,
    SentryMetric,
    Severity,
    Signal,
    Signals,
    Threshold,
    Vendor,
    VendorQuestion,
    Wanted,
)

ERRORS_WINDOW_SECONDS = 300
"""Window of the count of errors, in seconds. Source: requirements, S0."""
ERROR_EVENTS = "error"
SPAN_EVENTS = "trace_item_span"
VITALS = {"largest-paint": ("lcp", "largest contentful paint"), "first-byte": ("ttfb", "time to first byte")}
"""Sentry's measurement of each, and its name: https://docs.sentry.io/product/insights/frontend/web-vitals/."""


def signals(args: SentryArgs) -> Signals:
    """Return the signals of one project."""
    return Signals(
        subject="Error tracking" if args.part == "api" else f"Error tracking: {args.part}",
        board=Board.ERRORS,
        signals=tuple(by_role(args).values()),
        checks=(
            *_checks(args),
            Check(
                id=f"sentry-accepts-{args.project}",
                group=Group.OBSERVABILITY,
                title=f"Sentry accepts an event for {args.project}",
                question=ByHand("POST a test envelope to the DSN, status 200"),
                fix="429: the key's rate limit or the quota is used up. 403: the key is off.",
            ),
        ),
    )


def _checks(args: SentryArgs) -> Iterator[Check]:
    """Yield the checks by Sentry's API: https://docs.sentry.io/api/."""
    project = f"/api/0/projects/{args.team.organization}/{args.project}/"
    detectors = f"/api/0/organizations/{args.team.organization}/detectors/?project={args.project}"
    asked = (
        (
            "project",
            "exists at Sentry",
            VendorQuestion(
                vendor=Vendor.SENTRY, url=project, path="slug", wanted=Wanted(Comparison.IS, args.project)
            ),
            "Apply again; somebody deleted or renamed it in Sentry's pages.",
        ),
        (
            "key",
            "has a key that is on",
            VendorQuestion(
                vendor=Vendor.SENTRY,
                url=f"{project}keys/",
                path="[?isActive].name",
                wanted=Wanted(Comparison.PRESENT),
            ),
            "Switch the key on again: Settings, Client Keys of the project.",
        ),
        (
            "monitors",
            "has no monitor that is off",
            VendorQuestion(
                vendor=Vendor.SENTRY,
                url=detectors,
                path="[?enabled == `false`].name",
                wanted=Wanted(Comparison.EMPTY),
            ),
            "Enable it in Sentry's page Monitors, or apply again.",
        ),
    )
    for word, title, question, fix in asked:
        yield Check(
            id=f"sentry-{word}-{args.project}",
            group=Group.OBSERVABILITY,
            title=f"{args.project} {title}",
            question=question,
            fix=fix,
        )


def by_role(args: SentryArgs) -> dict[str, Signal]:
    """Return the signals that are switched on, by the end of their resource's name."""
    alerts = args.alerts
    return {
        **({"errors": _errors(args)} if alerts.errors else {}),
        **({"new-issue": _new_issue(args.part)} if alerts.new_issue else {}),
        **(_performance(args) if alerts.performance_regression else {}),
        **{role: _vital(args.part, role, milliseconds) for role, milliseconds in _vitals(alerts).items()},
    }


def _vitals(alerts: AlertArgs) -> dict[str, int]:
    given = {"largest-paint": alerts.largest_paint_ms, "first-byte": alerts.first_byte_ms}
    return {role: milliseconds for role, milliseconds in given.items() if milliseconds}


def _vital(part: str, role: str, milliseconds: int) -> Signal:
    measurement, name = VITALS[role]
    return Signal(
        id=f"sentry-{role}-{part}",
        title=f"p75 {name}: {part}",
        description=f"The {name} of 75 % of the traced page loads is shorter.",
        query=SentryMetric(
            aggregate=f"p75(measurements.{measurement})",
            dataset="events_analytics_platform",
            event_types=(SPAN_EVENTS,),
        ),
        unit="ms",
        thresholds=(Threshold(severity=Severity.TICKET, value=milliseconds),),
        for_seconds=0,
        runbook="Sentry, Insights, Web Vitals: the worst page first. A late first byte makes every paint late.",
    )


def _errors(args: SentryArgs) -> Signal:
    return Signal(
        id=f"sentry-errors-{args.part}",
        title=f"Error events in 5 minutes: {args.part}",
        description="Errors that Sentry received from the application, scaled by the sample rate.",
        query=SentryMetric(
            aggregate="count()",
            dataset="events",
            event_types=(ERROR_EVENTS,),
            window_seconds=ERRORS_WINDOW_SECONDS,
            sample_rate=args.sampling.errors,
        ),
        unit="short",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=args.alerts.errors_warning),
            Threshold(severity=Severity.PAGE, value=args.alerts.errors_critical),
        ),
        for_seconds=0,
        runbook=(
            "Open the project's issues of the last hour, by number of events. One issue with the newest release: "
            "roll that back. Many issues at once: a dependency is down, look at the database first. "
            f"The key drops events over {args.key_limit.events} in {args.key_limit.window_seconds} seconds, so a "
            "count at that limit may be higher."
        ),
    )


def _new_issue(part: str) -> Signal:
    return Signal(
        id=f"sentry-new-issue-{part}",
        title=f"New issues and regressions: {part}",
        description="Errors that Sentry has not seen before, or that were resolved and have regressed.",
        query=SentryIssues(events=(IssueEvent.NEW, IssueEvent.REGRESSED), category=IssueCategory.ERROR),
        unit="short",
        thresholds=(Threshold(severity=Severity.TICKET, value=0),),
        for_seconds=0,
        runbook="Read the first event's release and breadcrumbs; assign the issue, or archive it with a reason.",
    )


def _performance(args: SentryArgs) -> dict[str, Signal]:
    slow_issue = Signal(
        id=f"sentry-slow-issue-{args.part}",
        title=f"New performance issues: {args.part}",
        description="Slow patterns that Sentry finds in traces, for example N+1 queries.",
        query=SentryIssues(events=(IssueEvent.NEW, IssueEvent.REGRESSED), category=IssueCategory.PERFORMANCE),
        unit="short",
        thresholds=(Threshold(severity=Severity.TICKET, value=0),),
        for_seconds=0,
        runbook="Open the issue's example trace and fix what repeats: one query for all rows, or a cache.",
    )
    slow = Signal(
        id=f"sentry-slow-{args.part}",
        title=f"p95 transaction duration: {args.part}",
        description="95 % of the traced transactions are faster. Sampling makes it coarser, not lower.",
        query=SentryMetric(
            aggregate="p95(span.duration)",
            dataset="events_analytics_platform",
            event_types=(SPAN_EVENTS,),
            search="is_transaction:true",
        ),
        unit="ms",
        thresholds=(Threshold(severity=Severity.TICKET, value=args.alerts.p95_target_ms),),
        for_seconds=0,
        runbook="Sentry, Performance, by p95: open the slowest transaction, then the longest span of an example.",
    )
    return {"slow-issue": slow_issue, "slow": slow}
