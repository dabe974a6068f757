"""Signals of a service at Fly.io: of the application itself, of its Machines, and of Fly's proxy before them.

Names of Fly's own metrics: https://fly.io/docs/monitoring/metrics/#built-in-metrics
"""

from collections.abc import Iterator

from components.service.fly.args import FlyServiceArgs
from components.service.objectives import hit_ratios, objectives
from components.service.signals.prometheus import application_signals
from components.service.signals.traffic import LEAST_REQUESTS, traffic
from observability import (
    Board,
    ByHand,
    Check,
    Comparison,
    Group,
    MinimumTraffic,
    Prometheus,
    Signal,
    Signals,
    Unit,
    Vendor,
    VendorQuestion,
    Wanted,
)
from observability.promql import (
    Aggregation,
    Increase,
    Level,
    Match,
    Operator,
    Quantile,
    Rate,
    Ratio,
    Scaled,
    Series,
)
from observability.records.limits import over, under
from observability.records.names import Job

MEMORY_LEFT_SHARE = 0.1
"""Share of a Machine's memory under which a ticket is written."""
THROTTLED_SHARE = 0.2
"""Share of the time for which a Machine is throttled, over which a ticket is written."""
CENTISECONDS = 0.01
"""Seconds in the unit in which Fly.io counts the time of CPUs."""

CHECKS = (
    Check(
        id="service-secrets",
        group=Group.SERVICE,
        title="The app has the secrets of the stack and no other",
        question=ByHand("fly secrets list: names alone"),
        fix="`fly secrets unset NAME`: a name that is taken out of the stack file stays in the vault.",
    ),
)


def machine_checks(app: str, image: str | None) -> Iterator[Check]:
    """Yield the checks of an app's Machines; `image` is what each runs, None where CI says so.

    https://fly.io/docs/machines/api/machines-resource/#list-machines
    """
    asked = [
        (
            "checks",
            "Every check of a Machine that runs passes",
            "[?state=='started'].checks[?status!='passing'][].name",
            "Read `fly logs` of its app, then `fly checks list`.",
        ),
    ]
    if image is not None:
        asked.append(
            (
                "image",
                "Every Machine runs the requested image",
                f"[?config.image!='{image}'].[name, config.image][]",
                "Deploy again: an update of a Machine fails for lack of room in its region, or of the image.",
            )
        )
    for word, title, path, fix in asked:
        yield Check(
            id=f"service-machines-{word}",
            group=Group.SERVICE,
            title=title,
            question=VendorQuestion(
                vendor=Vendor.FLY, url=f"/apps/{app}/machines", path=path, wanted=Wanted(Comparison.EMPTY)
            ),
            fix=fix,
        )


def fly_signals(args: FlyServiceArgs) -> Signals:
    """Return the signals of a web service or a worker."""
    telemetry, kind = args.telemetry, "service" if args.http else "worker"
    names, promised = telemetry.metric_names, telemetry.objectives
    image = None if args.machine.owned_by_ci else args.machine.image
    return Signals(
        subject=kind.capitalize(),
        signals=(
            *(traffic(telemetry, ()) if names else ()),
            *(_proxy(args) if args.http and args.own_metrics else ()),
            *(_machines(args, kind) if args.own_metrics else ()),
            *(application_signals(names) if names else ()),
            *(hit_ratios(promised) if promised and names else ()),
        ),
        objectives=objectives(promised, names) if promised and names else (),
        checks=(*CHECKS, *machine_checks(args.app, image)) if args.http else (),
    )


def _of_app(args: FlyServiceArgs, metric: str, *matches: Match) -> Series:
    return Series(metric, (Match("job", Job.FLY), Match("app", args.app), *matches))


def _machines(args: FlyServiceArgs, kind: str) -> Iterator[Signal]:
    up = _of_app(args, "fly_instance_up")
    yield Signal(
        id=f"{kind}-machines",
        title="Machines up",
        description="Machines of the app that report; those that stand still do not.",
        query=Prometheus(expression=Level(up)),
        unit=Unit.NUMBER,
        thresholds=under(ticket=args.least_running or None, page=1 if args.least_running else None),
        sparse=not args.least_running,
        alert_on_absence=bool(args.least_running),
        board=Board.RESOURCES,
        runbook="Read `fly status` and `fly logs` of the app. A region without room: add one to fly.regions.",
    )
    memory = [
        Level(_of_app(args, f"fly_instance_memory_mem_{it}"), by=("instance",)) for it in ("available", "total")
    ]
    yield Signal(
        id=f"{kind}-machine-memory",
        title="Memory left of each Machine",
        description="Share of a Machine's memory that is free or can be freed; at 0 the kernel kills the process.",
        query=Prometheus(expression=Ratio(*memory)),
        unit=Unit.SHARE,
        thresholds=under(ticket=MEMORY_LEFT_SHARE),
        board=Board.RESOURCES,
        runbook=f"Raise `{args.key}.fly.guest.memory_mib`, after a look at what grew since the last deployment.",
    )
    throttled = Scaled(Rate(_of_app(args, "fly_instance_cpu_throttle"), ("instance",)), CENTISECONDS)
    yield Signal(
        id=f"{kind}-machine-throttle",
        title="CPU throttling of each Machine",
        description="Share of the time for which a Machine waits because its shared CPU's quota is used up.",
        query=Prometheus(expression=throttled),
        unit=Unit.SHARE,
        thresholds=over(ticket=THROTTLED_SHARE),
        board=Board.RESOURCES,
        runbook=f"Raise `{args.key}.fly.guest.cpus`, or take cpu_kind performance, which has no quota.",
    )
    yield Signal(
        id=f"{kind}-machine-oom",
        title="Machines killed for lack of memory",
        description="1 where the last exit of a Machine was the kernel's, for it had no memory left.",
        query=Prometheus(expression=Level(_of_app(args, "fly_instance_exit_oom"), Aggregation.MAX)),
        unit=Unit.NUMBER,
        thresholds=over(ticket=0),
        sparse=True,
        board=Board.RESOURCES,
        runbook=f"Raise `{args.key}.fly.guest.memory_mib`; `fly machine status` has the exit.",
    )


def _proxy(args: FlyServiceArgs) -> Iterator[Signal]:
    answers = _of_app(args, "fly_edge_http_responses_count")
    errors = answers.where(Match("status", "5..", Operator.LIKE))
    shares = args.telemetry.error_shares
    yield Signal(
        id="service-proxy-errors",
        title="HTTP 5xx ratio at Fly's proxy",
        description="Share of a 5xx in what visitors are answered, the proxy's own 502 and 503 among them.",
        query=Prometheus(expression=Ratio(Rate(errors), Rate(answers))),
        unit=Unit.SHARE,
        thresholds=shares.thresholds,
        minimum_traffic=MinimumTraffic(expression=Increase(answers), value=LEAST_REQUESTS),
        board=Board.ERRORS,
        runbook="Compare with the application's own ratio. Higher here: no Machine answers, so see `fly status`.",
    )
    times = _of_app(args, "fly_edge_http_response_time_seconds_bucket")
    yield Signal(
        id="service-proxy-latency",
        title="p95 response time at Fly's proxy",
        description="95 % of the requests are answered faster, from Fly's edge on.",
        query=Prometheus(expression=Quantile(0.95, times)),
        unit=Unit.SECONDS,
        board=Board.LATENCY,
    )
    yield Signal(
        id="service-proxy-concurrency",
        title="Requests and connections under way",
        description="What the proxy counts of each Machine against its limits, in all.",
        query=Prometheus(expression=Level(_of_app(args, "fly_app_concurrency"))),
        unit=Unit.NUMBER,
        board=Board.TRAFFIC,
    )
