"""A probe from outside: Route 53's public checkers ask for the health path, through DNS, edge and origin."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from msgspec import Struct
from msgspec.structs import replace

from components.component import Component
from observability import Board, CloudWatch, Signal, Signals, Unit
from observability.durations import MINUTE_SECONDS
from observability.records.limits import under

METRICS_REGION = "us-east-1"
"""The only region with Route 53's metrics.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
"""
CHECKER_REGIONS = ("ap-southeast-1", "eu-west-1", "us-east-1")
"""Where the checkers are: three regions, the fewest that Route 53 takes."""
INTERVAL_SECONDS = 30
"""Time between two requests of one checker, in seconds; 10 would cost more."""
REQUESTS_IN_FIVE_MINUTES = 60
"""Requests of the checkers, about: with all eight regions the endpoint sees one each two seconds.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""
FAILURES = 3
"""Requests in a row that have to fail before a checker calls the endpoint unhealthy."""


class ProbeArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Probe`."""

    probe_name: str
    """Name in Route 53's console."""
    hostname: str
    """Host name that visitors use. Source: the first of config `edge.hostnames`."""
    path: str
    """Path that answers 200 to 399 within two seconds. Source: config `services.NAME.health_path`."""
    needed: Sequence[pulumi.Resource] = ()
    """What answers: a probe made before it would fail."""


class Probe(Component):
    """One health check of Route 53. It does not look at the certificate's validity."""

    health_check_id: pulumi.Output[str]
    """Id of the health check."""

    def __init__(self, name: str, args: ProbeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, replace(args, needed=()), opts)
        self._url = f"https://{args.hostname}{args.path}"
        check = aws.route53.HealthCheck(
            f"{name}-check",
            type="HTTPS",
            fqdn=args.hostname,
            port=443,
            resource_path=args.path,
            enable_sni=True,
            request_interval=INTERVAL_SECONDS,
            failure_threshold=FAILURES,
            measure_latency=False,
            regions=list(CHECKER_REGIONS),
            tags={"Name": args.probe_name},
            opts=self._child(depends_on=list(args.needed)),
        )
        self.health_check_id = check.id
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return Signals(
            subject="Probe",
            board=Board.EDGE,
            signals=(
                Signal(
                    id="probe-status",
                    title="Route 53 HealthCheckStatus",
                    description=f"1 while Route 53's checkers get an answer from {self._url}; at 0 nobody does.",
                    query=CloudWatch(
                        namespace="AWS/Route53",
                        metric="HealthCheckStatus",
                        dimensions={"HealthCheckId": self.health_check_id},
                        statistic="Minimum",
                        region=METRICS_REGION,
                    ),
                    unit=Unit.NUMBER,
                    thresholds=under(page=1),
                    for_seconds=3 * MINUTE_SECONDS,
                    # A new check has no datum yet; one that is gone shows in a preview.
                    sparse=True,
                    runbook=(
                        f"`curl -v {self._url}` from outside. No name: the name servers at the registrar. 52x: "
                        "Cloudflare cannot reach the origin. 403: the edge challenges the checkers. An answer: "
                        "read in Route 53's console which checkers fail."
                    ),
                ),
            ),
        )
